#!/usr/bin/env bash
# Prints the tables of docs/benchmarks.md, which explains them: make bench runs
# it. Baselines are measured in the same run, as machines differ and are noisy.
# Settings, all limits in seconds:
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
cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PATH
limit=${LIMIT:-20} full=${FULL:-600} mip=${MIP_LIMIT:-60}
limit=${limit%s} full=${full%s} mip=${mip%s}
baseline=${BASELINE--oracle highs} # several words, or none
only=${ROWS:-.}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if [ -n "${YARDSTICK:-}" ]; then
	sh .ci/need g++ -lglpk=libglpk-dev
	g++ -O2 -w -o "$tmp/yardstick" "$YARDSTICK" -lglpk
fi

# network NAME: its milp, made once
network() {
	local file=examples/$1
	[ -e "$tmp/$1" ] || case $1 in
	random-*) encode -domain=-1,1 "examples/random/$1.json" ;;
	spiral-*) encode -domain=-1,1 "$file.onnx" ;;
	mnist-*) encode "$file.onnx" ;;
	*) examples/arrangement.sh "${1%-*}" "${1##*-}" | encode ;;
	esac >"$tmp/$1"
	echo "$tmp/$1"
}

# wanted NAME: whether it is to be measured
wanted() { [[ $1 =~ $only ]]; }

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

numbers='
def short: if . >= 100 then round elif . >= 10 then . * 10 | round / 10
	elif . >= 0.1 then . * 100 | round / 100 else . * 10000 | round / 10000 end;
def per: if .stats.seconds > 0 then (.regions | tonumber) / .stats.seconds else 0 end;
# what is empty where it cannot be had
def over($d): if . and $d and $d > 0 then . / $d | short else "" end;
def cells: "| " + (map(. // "" | tostring) | join(" | ")) + " |";'

# row NAME [REGIONS]: one network by the default engine, the baseline and the
# yardstick; exact counts must agree, with REGIONS too when it is given
row() {
	wanted "$1" || return 0
	local milp ours base yard
	milp=$(network "$1")
	ours=$(count -j 1 -time-limit "${full}s" "$milp")
	base=$(count -j 1 $baseline -time-limit "${limit}s" "$milp")
	yard=$(yardstick "$milp")
	jq -nr --arg name "$1" --argjson known "${2:-null}" --argjson ours "$ours" \
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
	jq -ne --argjson known "${2:-null}" --argjson ours "$ours" --argjson base "$base" --argjson yard "$yard" '
		[$known, (($ours, $base) | select(.exact).regions | tonumber), ($yard | select(. and .complete).count)]
		| map(values) | unique | length <= 1' >/dev/null ||
		{ echo "bench.sh: $1: exact counts differ: $ours $base $yard, known ${2:-nothing}" >&2; wrong=1; }
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

# trial NAME SIZE FLAGS...: one hash
trial() {
	wanted "$1" || return 0
	local name=$1 size=$2 milp
	shift 2
	milp=$(network "$name")
	hashgen -trials 1 -size "$size" "$milp" | solve "$@" |
		jq -r --arg command "hashgen -trials 1 -size $size $name | solve${*:+ $*}" "$numbers"'
			select(.type == "trial") | [
				"`\($command | gsub("\\|"; "\\|"))`",
				"\(.rows) rows" + (if .closed then "" else ", \(.why)" end),
				(.stats.seconds | short), .stats.lps // 0, .stats.pivots // 0, .stats.mips // 0] | cells'
}

# head TITLES: the head of a table
head() {
	echo "| ${1//,/ |} |"
	echo "|${1//[^,]/}|" | sed 's/[,|]/|---/g; s/---$//'
}

wrong=
known() { jq --arg name "$1" '.[$name]' examples/random/KNOWN.json; }

head "network, regions, seconds, regions a second, LPs, LPs a region, HiGHS LPs, doubtful, \`${baseline:-same}\`: regions a second, ratio${YARDSTICK:+, yardstick: regions a second, ratio}"
for name in random-2-32-32-32 random-3-16-16-16 random-4-24-24 spiral-2-32-32-32-2 random-5-20 random-8-20 random-10-16-8 random-20-14; do
	row $name "$(known $name)"
done
row resonance-6 1066044
row threshold-5 94572
row mnist-3-19-10
row mnist-5-17-10
row mnist-11-11-10

echo
head "network, regions by one worker, seconds, regions by two workers, seconds, ratio of speed"
two mnist-7-15-10
two random-10-16-8

echo
head "command, answer, seconds, LPs, pivots, MIPs"
for size in 5 half; do
	trial mnist-11-11-10 $size
	trial mnist-11-11-10 $size -engine mip -time-limit "${mip}s"
done
[ -z "$wrong" ]
