#!/usr/bin/env bash
# Prints the tables of docs/benchmarks.md, which explains them: make bench runs
# it. Baselines are measured in the same run, as machines differ and are noisy.
# With BASE=COMMIT it compares this tree with another commit instead: see
# compare.sh. Settings, all limits in seconds:
#
#   LIMIT=20        for each count by a baseline
#   FULL=600        for each count by the default engine
#   MIP_LIMIT=60    for each question to branch and bound
#   BASELINE=FLAGS  of solve, for the baseline: "-oracle highs"
#   ROWS=REGEXP     only the networks whose names match
#   YARDSTICK=FILE  C++ source of another counter to measure besides. It is run
#                   as PROGRAM LO HI SECONDS with the network on stdin as text:
#                   inputs and layers, then for each layer its size, weights row
#                   by row, and biases. It prints {"count":, "secs":, "complete":}
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -n "${BASE:-}" ]; then exec bash .ci/measure/compare.sh; fi
PATH=$PWD/bin:$PATH
limit=${LIMIT:-20} full=${FULL:-600} mip=${MIP_LIMIT:-60}
limit=${limit%s} full=${full%s} mip=${mip%s}
baseline=${BASELINE--oracle highs} # several words, or none
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. .ci/measure/networks.sh
if [ -n "${YARDSTICK:-}" ]; then
	sh .ci/need g++ -lglpk=libglpk-dev
	g++ -O2 -w -o "$tmp/yardstick" "$YARDSTICK" -lglpk
fi

# count FLAGS... MILP: the count record; of quick ones the middle one of five,
# as a few milliseconds are easily disturbed
count() {
	local first
	first=$(once "$@")
	if jq -e '.exact and .stats.seconds < 0.5' >/dev/null <<<"$first"; then
		for _ in 1 2 3 4; do once "$@"; done | jq -cs --argjson first "$first" '. + [$first] | sort_by(.stats.seconds)[2]'
	else
		echo "$first"
	fi
}
once() { solve -count "$@" | jq -c 'select(.type == "count")'; }

# text MILP: the ReLU layers as text for the yardstick. A stable unit has its
# row too.
text() {
	jq -r '. as $m
		| [.cols | to_entries[] | select(.value.kind == "input").key] as $inputs
		| (.units | map(.layer) | max) as $last
		| "\($inputs | length) \($last)",
		(range(1; $last + 1) as $l
			| [$m.units[] | select(.layer == $l) | $m.rows[.pre]] as $rows
			| (if $l == 1 then $inputs else [$m.units[] | select(.layer == $l - 1).h] end) as $from
			| ($rows | length),
			($rows[] | . as $r
				| (reduce range(.idx | length) as $k ({}; .[$r.idx[$k] | tostring] = $r.val[$k])) as $w
				| $from | map($w[tostring] // 0) | join(" ")),
			($rows | map(0 - .lo) | join(" ")))' "$1"
}

# yardstick MILP: what the yardstick says, null where there is none
yardstick() {
	[ -x "$tmp/yardstick" ] || { echo null; return; }
	local box
	box=$(jq -r '[.cols[] | select(.kind == "input") | "\(.lo) \(.hi)"] | unique | if length == 1 then .[0] else empty end' "$1")
	[ -n "$box" ] || { echo null; return; } # it wants one box for all inputs
	text "$1" | "$tmp/yardstick" $box "$limit" # box is two words
}

# row NAME: one network by the default engine, the baseline and the yardstick;
# exact counts must agree, and agree with what is known
row() {
	wanted "$1" || return 0
	local milp ours base yard known
	known=$(known "$1")
	milp=$(network "$1")
	ours=$(count -j 1 -time-limit "${full}s" "$milp")
	base=$(count -j 1 $baseline -time-limit "${limit}s" "$milp")
	yard=$(yardstick "$milp")
	jq -nr --arg name "$1" --argjson ours "$ours" \
		--argjson base "$base" --argjson yard "$yard" "$numbers"'
		($yard | if . and .secs > 0 then .count / .secs else null end) as $rate
		| [$name,
			(if $ours.exact then "" else "at least " end) + $ours.regions,
			($ours.stats.seconds | short),
			($ours | per | short),
			$ours.stats.lps // 0,
			($ours.stats.lps // 0 | over($ours.regions | tonumber)),
			$ours.stats.highs // 0,
			$ours.doubtful,
			($base | per | short), ($ours | per | over($base | per)),
			(if $yard then ($rate | short), ($ours | per | over($rate)) else empty end)] | cells'
	jq -ne --argjson known "$known" --argjson ours "$ours" --argjson base "$base" --argjson yard "$yard" '
		[$known, (($ours, $base) | select(.exact).regions | tonumber), ($yard | select(. and .complete).count)]
		| map(values) | unique | length <= 1' >/dev/null ||
		{ echo "bench.sh: $1: exact counts differ: $ours $base $yard, known $known" >&2; wrong=1; }
}

# two NAME: two workers against one
two() {
	wanted "$1" || return 0
	local milp one both
	milp=$(network "$1")
	one=$(count -j 1 -time-limit "${full}s" "$milp")
	both=$(count -j 2 -time-limit "${full}s" "$milp")
	jq -nr --arg name "$1" --argjson one "$one" --argjson both "$both" "$numbers"'
		[$name, ($one, $both | .regions, (.stats.seconds | short)), ($both | per | over($one | per))] | cells'
}

# edit NAME: an edited milp beside the network as it is
edit() {
	wanted "$1" || return 0
	local as_is edited
	as_is=$(count -j 1 -time-limit "${full}s" "$(network "${1%+*}")")
	edited=$(count -j 1 -time-limit "${limit}s" "$(network "$1")")
	jq -nr --arg name "$1" --argjson as_is "$as_is" --argjson edited "$edited" "$numbers"'
		[$name, (if $edited.exact then "" else "at least " end) + $edited.regions, ($edited.stats.seconds | short),
			(1e6 | over($edited | per)), ($as_is | per | over($edited | per))] | cells'
}

# trial NAME SIZE FLAGS...: one hash
trial() {
	wanted "$1" || return 0
	local name=$1 size=$2
	shift 2
	hashgen -trials 1 -size "$size" "$(network "$name")" | solve "$@" |
		answers "hashgen -trials 1 -size $size $name | solve${*:+ $*}" '"\(.[0].rows) rows" + (if .[0].closed then "" else ", \(.[0].why)" end)'
}

# samples NAME: 28 trials and 200 probes, by one worker
samples() {
	wanted "$1" || return 0
	hashgen -trials 28 "$(network "$1")" | solve -j 1 |
		answers "hashgen -trials 28 $1 | solve -j 1" '"\(map(select(.closed)) | length) closed, \(map(.rows) | add / length | short) rows on average"'
	solve -j 1 -probes 200 "$(network "$1")" |
		answers "solve -j 1 -probes 200 $1" '"mean of log2 \(map(.log2) | add / length | short)"'
}

# answers COMMAND JQ: the row of the trials or probes that the command gave; JQ
# makes the answer of them. Seconds are those of all answers.
answers() {
	jq -rs --arg command "$1" "$numbers"'
		map(select(.type == "trial" or .type == "probe"))
		| def total(f): map(f // 0) | add;
		[ "`\($command | gsub("\\|"; "\\|"))`", ('"$2"'),
			(total(.stats.seconds) | short), total(.stats.lps), total(.stats.pivots), total(.stats.mips)] | cells'
}

wrong=
table "network, regions, seconds, regions a second, LPs, LPs a region, HiGHS LPs, doubtful, \`${baseline:-same}\`: regions a second, ratio${YARDSTICK:+, yardstick: regions a second, ratio}"
for name in $plain; do row "$name"; done

echo
table "network, regions by one worker, seconds, regions by two workers, seconds, ratio of speed"
for name in $shared; do two "$name"; done

echo
table "edited milp, regions, seconds, microseconds a region, times the plain count"
for name in $edited; do edit "$name"; done

echo
table "command, answer, seconds, LPs, pivots, MIPs"
for size in 5 half; do
	trial mnist-11-11-10 $size
	trial mnist-11-11-10 $size -engine mip -time-limit "${mip}s"
done
for name in $sampled; do samples "$name"; done
[ -z "$wrong" ]
