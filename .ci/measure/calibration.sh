#!/usr/bin/env bash
# Runs every rule of report many times on networks whose number of regions is
# known, and writes docs/calibration.md: make calibration runs it. Settings:
#
#   RUNS=200    runs of each kind on each network
#   TRIALS=28   trials, probes or cells in a run (probes: four times as many)
#   ROWS=REGEXP only the networks whose names match
#   PAGE=FILE   what to write, KEPT=DIR where to keep what is found
#
# What is found is kept, so that the page has the networks of earlier runs, too.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PWD/bin:$PATH
runs=${RUNS:-200} trials=${TRIALS:-28} only=${ROWS:-.}
kept=${KEPT:-build/calibration}
mkdir -p "$kept"
page=$(mktemp)
trap 'rm -f "$page"' EXIT

# the networks: a name, how to encode it, rows that leave cells of some tens
networks() {
	cat <<'END'
mnist-1-21-10 examples/mnist-1-21-10.onnx 1
random-2-8-8 examples/random/random-2-8-8.json 1
spiral-2-16-16-2 -domain=-1,1 examples/spiral-2-16-16-2.onnx 1
spiral-2-32-32-32-2 -domain=-1,1 examples/spiral-2-32-32-32-2.onnx 5
mnist-3-19-10 examples/mnist-3-19-10.onnx 6
random-2-32-32-32 examples/random/random-2-32-32-32.json 6
random-3-16-16-16 examples/random/random-3-16-16-16.json 8
random-5-20 examples/random/random-5-20.json 8
mnist-5-17-10 examples/mnist-5-17-10.onnx 8
random-4-24-24 examples/random/random-4-24-24.json 11
random-20-14 examples/random/random-20-14.json 9
random-8-20 examples/random/random-8-20.json 12
random-10-16-8 examples/random/random-10-16-8.json 15
END
}

# split N turns a stream of facts into runs: N numbered facts are a run, which
# has a milp of its own, with the network and the count as they are
split() {
	jq -c -n --argjson n "$1" --argjson runs "$runs" '
		def run($i): .milp = "run \($i)";
		[inputs] | (map(select(.type == "network"))[0]) as $net | (map(select(.type == "count"))[0]) as $count
		| (range($runs) as $i | ($net | run($i)), ($count | run($i))),
		  (.[] | if .type == "probe" then run(.probe / $n | floor) | .probe %= $n | .of = $n
		         elif .type == "trial" or .type == "cell" then run(.trial / $n | floor) | .trial %= $n
		         else empty end)'
}

# tuned N OUT is runs of N probes that pilots of their own have tuned
tuned() {
	local run
	for ((run = 0; run < runs; run++)); do
		solve -seed "tuned $run" -pilot 16 -probes "$1" "$2.milp" | cat - "$2.count" |
			jq -c --arg run "run $run" 'select(.type == "probe" or .type == "network" or .type == "count") | .milp = $run'
	done
}

# rules prints for each rule: what it is of, its name, runs, how often it was
# wrong, and the bits that it lost on average or the width of the interval
rules() {
	report -format json | jq -r -s --arg of "$1" '
		def line($of): [$of, .[0].method + (if .[0].default then " *" else "" end), length, (map(select(.holds == false)) | length), (map(.lost) | add / length)];
		([.[] | .exact.log2 as $exact | .lower.rules[]? | .lost = $exact - .log2] | group_by(.method)[] | line($of)),
		([.[] | .interval.rules[]? | .lost = .bits] | group_by(.method)[] | line("interval: " + $of))
		| @tsv'
}

measure() { # NAME FILE... ROWS
	local name=$1 file=("${@:2:$#-2}") rows=${!#} out=$kept/$1
	encode "${file[@]}" >"$out.milp"
	solve -count "$out.milp" >"$out.count"
	for size in half 3; do
		hashgen -trials $((runs * trials)) -size $size "$out.milp" | solve | cat - "$out.count" | split "$trials" | rules "trials of size $size"
	done
	hashgen -trials $((runs * trials)) -rows "$rows" "$out.milp" | solve | cat - "$out.count" | split "$trials" | rules "cells"
	tuned $((4 * trials)) "$out" | rules "probes with 16 pilots"
	solve -population 16 -probes $((runs * 8)) "$out.milp" | cat - "$out.count" | split 8 | rules "eight populations of 16"
	# the mean of all probes, in standard errors from the truth
	solve -probes $((runs * 4 * trials)) "$out.milp" | cat - "$out.count" >"$out.probes"
	split $((4 * trials)) <"$out.probes" | rules "probes"
	jq -r -s '(map(select(.type == "count"))[0].log2) as $true | [.[] | select(.type == "probe") | .log2 - $true | exp2] as $w
		| ($w | add / length) as $mean | ($w | map((. - $mean) * (. - $mean)) | add / length / length | sqrt) as $se
		| ["mean of all probes", "mean", 1, (if $se == 0 then 0 else ($mean - 1) / $se * 100 | round / 100 end), $se] | @tsv' "$out.probes"
}

while read -r name args; do
	if [[ $name =~ $only ]]; then
		read -ra words <<<"$args"
		measure "$name" "${words[@]}" </dev/null >"$kept/$name.part"
		mv "$kept/$name.part" "$kept/$name.tsv"
	fi
done < <(networks)

{
	cat <<END
# Calibration

How often the rules of \`report\` are wrong, and how many bits they lose, on networks
with a known number of regions. Each network has $runs runs of $trials trials, as many
cells, $((4 * trials)) probes, and eight populations of 16 copies. The hashes of the cells have enough rows to leave some tens of
regions. All rules are asked for 95 % confidence, so a sound rule is wrong in 5 % of
the runs at most, apart from chance: it is wrong in more than $(jq -n --argjson n "$runs" '$n * 0.05 + 4 * ($n * 0.05 * 0.95 | sqrt) | floor') of $runs runs with
probability below 1e-4.

Each entry has the number of wrong runs and the mean loss: log2(regions) minus the
bound, and for intervals the width. The rule marked * is the default.
[inference.md](inference.md) explains the rules.

\`make calibration\` writes this page, and \`RUNS=1000 make calibration\` makes more runs.

END
	for of in 'trials of size half' 'trials of size 3' cells probes 'probes with 16 pilots' 'eight populations of 16' 'interval: trials of size half' 'interval: cells' 'interval: probes' 'interval: probes with 16 pilots' 'interval: eight populations of 16'; do
		grep -qs "^$of	" "$kept"/*.tsv || continue
		echo "## ${of^}"
		echo
		awk -F'\t' -v of="$of" -v runs="$runs" '
			FNR == 1 { n = split(FILENAME, p, "/"); name = p[n]; sub(/\.tsv$/, "", name); names[++count] = name }
			$1 == of { if (!($2 in seen)) { seen[$2] = 1; order[++rules] = $2 }; cell[name, $2] = sprintf("%d wrong, %.2f", $4, $5) }
			END {
				line = "| network |"; rule = "|---|"
				for (i = 1; i <= rules; i++) { line = line " " order[i] " |"; rule = rule "---|" }
				print line; print rule
				for (k = 1; k <= count; k++) { line = "| " names[k] " |"; for (i = 1; i <= rules; i++) line = line " " cell[names[k], order[i]] " |"; print line }
			}' $(networks | while read -r name _; do ls "$kept/$name.tsv" 2>/dev/null || :; done)
		echo
	done
	echo '## The mean of all probes'
	echo
	echo '| network | off by, in standard errors | standard error, of the number |'
	echo '|---|---|---|'
	networks | while read -r name _; do
		[ -e "$kept/$name.tsv" ] && awk -F'\t' -v name="$name" '$1 == "mean of all probes" { printf "| %s | %s | %.2g |\n", name, $4, $5 }' "$kept/$name.tsv"
	done || :
} >"$page"
cat "$page" >"${PAGE:-docs/calibration.md}"
