#!/usr/bin/env bash
# Compares the speed of this tree with that of another commit. make bench runs
# it when BASE names the commit: BASE=77a6007 make bench.
#
# The base is built in a worktree of its own, with its own Makefile. Its encode
# and hashgen make the milps and hashes, and both builds read these files. The
# two builds run in turn: base, new, base, new. A row has the medians of both,
# the ratio of the speeds new/base, the quartiles of the ratios of the pairs,
# and the ratio of the best runs, which other work on the machine disturbs
# least. The script fails when the two builds give different facts. Settings:
#
#   BASE=COMMIT     what to compare with
#   ROWS=REGEXP     only the networks whose names match
#   PAIRS=41        at most that many pairs for a row
#   SPEND=60        seconds for a row: a row gets as many pairs as fit, but at
#                   least 2, and at least 5 when a pair takes less than SPEND/5
#   FULL=600        seconds, limit of a count
#   LIMIT=20        seconds, limit of a count of an edited milp
#   MIP_LIMIT=60    seconds, limit of a question to branch and bound
set -euo pipefail
cd "$(dirname "$0")/../.."
pairs=${PAIRS:-41} spend=${SPEND:-60}
limit=${LIMIT:-20} full=${FULL:-600} mip=${MIP_LIMIT:-60}
limit=${limit%s} full=${full%s} mip=${mip%s}
commit=$(git rev-parse --verify --quiet "$BASE^{commit}") || { echo "compare.sh: no commit $BASE" >&2; exit 1; }
tmp=$(mktemp -d)

# leave removes the base's worktree and all that was measured.
leave() {
	git worktree remove --force "$tmp/base" 2>/dev/null || git worktree prune
	rm -rf "$tmp"
}
trap leave EXIT

# build makes the tools of the base. What make of this tree has exported must
# not reach the make of that one.
build() {
	git worktree add --quiet --detach "$tmp/base" "$commit"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u PKG_CONFIG make -s -C "$tmp/base" all >"$tmp/log" 2>&1 ||
		{ cat "$tmp/log" >&2; echo "compare.sh: cannot build $BASE" >&2; exit 1; }
}

# Each question prints {seconds, work, answer, facts}: work divided by seconds
# is the speed, the answer is for people, and the facts must be those of the
# other build. What a limit has stopped is no fact.

# count FLAGS... MILP
count() {
	solve -count "$@" | jq -c 'select(.type == "count") | {
		seconds: .stats.seconds, work: (.regions | tonumber),
		answer: ((if .exact then "" else "at least " end) + .regions),
		facts: (if .exact then [.regions] else [] end)}'
}

# timed JQ COMMAND...: what JQ makes of the records of the command, with the
# seconds on the wall
timed() {
	local program=$1 start=$EPOCHREALTIME
	shift
	"$@" >"$tmp/records"
	jq -cs --arg began "$start" --arg ended "$EPOCHREALTIME" "
		{seconds: ((\$ended | tonumber) - (\$began | tonumber))} + ($program)" "$tmp/records"
}

# trials FLAGS... QUESTIONS
trials() {
	timed '[.[] | select(.type == "trial")] | {
		work: length, answer: "\(map(.rows) | add) rows, \(map(select(.closed)) | length) closed",
		facts: [.[] | select(.closed) | [.trial, .rows]] | sort}' solve "$@"
}

# probes FLAGS... MILP: weights are equal when they agree to six digits
probes() {
	timed '[.[] | select(.type == "probe")] | {
		work: length, answer: "\(length) probes, mean of log2 \(map(.log2) | add / length * 100 | round / 100)",
		facts: [.[] | select(.complete) | [.probe, (.log2 * 1e6 | round)]] | sort}' solve "$@"
}

# pair QUESTION...: one run by the base and one by this tree, as a line [base, new]
pair() {
	local base new
	base=$(PATH=$tmp/base/bin:$PATH "$@")
	new=$(PATH=$PWD/bin:$PATH "$@")
	jq -cn --argjson base "$base" --argjson new "$new" '[$base, $new]'
}

# again: how many more pairs a row gets after its first
again() {
	jq -n --slurpfile first "$1" --argjson pairs "$pairs" --argjson spend "$spend" '
		($first[0] | map(.seconds) | add) as $took
		| [$spend / ([$took, 1e-3] | max) | floor, if $took * 5 < $spend then 5 else 2 end] | max
		| [., $pairs] | min - 1'
}

# row NAME QUESTION...: measures one row of the table and prints it
row() {
	local name=$1 file=$tmp/pairs n
	shift
	pair "$@" >"$file"
	for ((n = $(again "$file"); n > 0; n--)); do pair "$@"; done >>"$file"
	jq -rs --arg name "$name" "$numbers$statistics"'
		map(.[0]) as $base | map(.[1]) as $new
		| map((.[1] | speed) / (.[0] | speed)) as $ratios
		| [$name, $new[0].answer, length,
			($base | map(.seconds) | median | short), ($new | map(.seconds) | median | short),
			(($new | map(speed) | median) / ($base | map(speed) | median) | percent),
			"\($ratios | quantile(0.25) | percent) to \($ratios | quantile(0.75) | percent)",
			(($new | map(speed) | max) / ($base | map(speed) | max) | percent)] | cells' "$file"
	# one network's time a region, for the edits of it
	jq -cs --arg name "$name" "$numbers$statistics"'
		{name: $name, base: (map(.[0] | 1e6 / speed) | median), new: (map(.[1] | 1e6 / speed) | median)}' "$file" >>"$tmp/times"
	jq -es 'map(map(.facts)) | flatten(1) | map(select(. != [])) | unique | length <= 1' "$file" >/dev/null ||
		{ echo "compare.sh: $name: facts differ: $(jq -cs 'map(map(.facts)) | flatten(1) | unique' "$file")" >&2; wrong=1; }
}
statistics='
def speed: .work / ([.seconds, 1e-6] | max);
# the quantile q of sorted numbers, interpolated
def quantile($q): sort | ($q * (length - 1)) as $at | ($at | floor) as $i
	| .[$i] + ($at - $i) * ((.[$i + 1] // .[$i]) - .[$i]);
def median: quantile(0.5);
def percent: . * 100 | round / 100;'

# edit NAME: what a region of an edited milp costs, beside one of the network as it is
edit() {
	jq -rs --arg name "$1" --arg plain "${1%+*}" "$numbers"'
		(map(select(.name == $name))[0]) as $edited | (map(select(.name == $plain))[0]) as $as_is
		| [$name, ($edited.base | short), ($edited.base | over($as_is.base)),
			($edited.new | short), ($edited.new | over($as_is.new))] | cells' "$tmp/times"
}

build
wrong=
# the base's tools make what both builds read
PATH=$tmp/base/bin:$PATH
. .ci/measure/networks.sh

echo "Base: $(git log -1 --format='%h %s' "$commit"), new: $(git describe --always --dirty)"
echo
table "question, answer, pairs, base: seconds, new: seconds, speed new/base, quartiles of the pairs, of the best runs"
for name in $plain; do
	if wanted "$name"; then row "$name" count -j 1 -time-limit "${full}s" "$(network "$name")"; fi
done
for name in $edited; do
	if wanted "$name"; then row "$name" count -j 1 -time-limit "${limit}s" "$(network "$name")"; fi
done
for name in $shared; do
	if wanted "$name"; then row "$name, two workers" count -j 2 -time-limit "${full}s" "$(network "$name")"; fi
done
for name in $sampled; do
	wanted "$name" || continue
	hashgen -trials 28 "$(network "$name")" >"$tmp/$name.trials"
	row "$name, 28 trials" trials -j 1 "$tmp/$name.trials"
	row "$name, 200 probes" probes -j 1 -probes 200 "$(network "$name")"
done
if wanted mnist-11-11-10; then
	hashgen -trials 1 -size 5 "$(network mnist-11-11-10)" >"$tmp/mip"
	row "mnist-11-11-10, 1 trial of size 5, \`-engine mip\`" trials -engine mip -time-limit "${mip}s" "$tmp/mip"
fi

for name in $edited; do
	if wanted "$name"; then edit "$name"; fi
done >"$tmp/edits"
if [ -s "$tmp/edits" ]; then
	echo
	table "edited milp, base: microseconds a region, times the plain count, new: microseconds a region, times the plain count"
	cat "$tmp/edits"
fi
[ -z "$wrong" ]
