#!/usr/bin/env bash
# Counts the regions of the MNIST networks with 22 hidden units and writes
# docs/results.md: make results runs it. Settings:
#
#   LIMIT=30m   for each count, as for solve -time-limit
#   WORKERS=N   of solve; default: all cores
#   ROWS=REGEXP count only the networks whose names match
#
# What is found stays in build/results, so that a later run counts only what
# has no exact count yet.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PATH
limit=${LIMIT:-30m} workers=${WORKERS:-$(nproc)} only=${ROWS:-.}
kept=build/results
mkdir -p $kept
page=$(mktemp)
trap 'rm -f "$page"' EXIT

# best NAME ID: the count and the bounds that the records have, null without a
# count. The milp is named by the digest of its content, so what is there of
# another version of the network does not count.
best() {
	[ -e "$kept/$1.ndjson" ] || { echo null; return; }
	jq -cs --arg id "$2" '
		map(select(.milp == $id and .edited != true)) as $facts
		| [$facts[] | select(.type == "count")]
		| if length == 0 then null else {
			count: max_by(.exact, (.regions | tonumber)),
			bounds: ([$facts[] | select(.type == "bound") | {(.method): .}] | add)} end' "$kept/$1.ndjson"
}

names() { for n in 1 3 5 7 9 11 13 15 17 19 21; do echo mnist-$n-$((22 - n))-10; done; }

# tally NAME: counts its regions, unless the exact number is there
tally() {
	local name=$1 command facts
	command="encode examples/$name.onnx | bound | solve -count -j $workers -time-limit $limit"
	facts=$(best "$name" "$(id "$name")")
	if jq -e .count.exact >/dev/null <<<"$facts"; then return; fi
	# only whole runs are kept, the count with the command that made it
	bash -o pipefail -c "$command" |
		jq -c --arg command "$command" 'if .type == "count" then .command = $command else . end' >"$kept/$name.part"
	cat "$kept/$name.part" >>"$kept/$name.ndjson"
	rm "$kept/$name.part"
}

id() { encode "examples/$1.onnx" | jq -r .id; }

row() {
	best "$1" "$(id "$1")" | jq -r --arg name "$1" '
		# a power of 2 and the number itself
		def number: "2^\(.log2 * 100 | round / 100), \(.regions)";
		def bound($method): .bounds[$method] | if . then number + (if .relaxed then " (relaxed)" else "" end) else "" end;
		"| " + (if . == null then [$name, "not counted yet", "", "", "", "", "", "", ""] else [$name,
			(.count | number),
			(.count | if .exact then "yes" else "no: \(.why)" end),
			(.count.stats.seconds * 100 | round / 100),
			.count.stats.lps // 0,
			.count.doubtful,
			bound("serra2018"), bound("activation"),
			"`\(.count.command | gsub("\\|"; "\\|"))`"] end | map(tostring) | join(" | ")) + " |"'
}

for name in $(names); do
	if [[ $name =~ $only ]]; then
		tally "$name"
		row "$name"
	fi
done

{
	cat <<'END'
# Results

The exact numbers of linear regions of the MNIST networks in `examples`. Each has
784 inputs in [0, 1], two hidden layers with 22 units together, and 10 output units
with ReLU, which is the family of networks of
[Serra and Ramalingam 2020](https://arxiv.org/abs/1810.03370). The networks are our
own, so their numbers are not those of the paper.

*Regions* is the count as a power of 2 and in full. Where *exact* says no, so many
regions were found before the time limit; each is a region, but there are more.
*Doubtful* counts decisions closer to call than double precision allows: with 0
there is no reason to doubt the count. *Seconds* and *LPs* are what the count took.
*Serra 2018* bounds the number for all networks of this shape, *activation* for all
whose trained weights have the same signs. The command makes the row's records; see
[records.md](records.md) for what is in them.

`make results` writes this page, and `LIMIT=2h make results` gives each count two
hours. Records are kept in `build/results`, and networks with an exact count are not
counted again; `ROWS=15-7 make results` counts one network only.

END
	echo '| network | regions | exact | seconds | LPs | doubtful | Serra 2018 | activation | command |'
	echo '|---|---|---|---|---|---|---|---|---|'
	for name in $(names); do row "$name"; done
} >"$page"
cat "$page" >docs/results.md # the page is replaced only when all went well
