#!/usr/bin/env bash
# Measures how much of the gap between the bound for all networks of a shape
# and the exact count the bounds from the weights close, on the MNIST networks
# with 22 hidden units, and writes docs/bounds-table.md: make bounds runs it.
# The exact counts are those that make results left in build/results. Settings:
#
#   LIMIT=10s   for each unit bound by milp, as for encode -time-limit
#   WORKERS=N   of encode; default: all cores
#   PAGE=FILE   what to write
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PWD/bin:$PATH
limit=${LIMIT:-10s} workers=${WORKERS:-$(nproc)}
kept=build/results
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# exact NAME: the log2 of the number of regions, or null. Counts are about the
# milp that encode makes by itself; the number is the same however units are
# bounded.
exact() {
	[ -e "$kept/$1.ndjson" ] || { echo null; return; }
	jq -s --arg id "$(encode "examples/$1.onnx" | jq -r .id)" '
		[.[] | select(.type == "count" and .milp == $id and .edited != true and .exact)][0].log2' "$kept/$1.ndjson"
}

# row NAME METHOD: one row of the table
row() {
	local start=$EPOCHREALTIME
	encode -tighten "$2" -time-limit "$limit" -j "$workers" "examples/$1.onnx" >"$work/milp"
	local seconds
	seconds=$(jq -n --arg a "$start" --arg b "$EPOCHREALTIME" '($b | tonumber) - ($a | tonumber)')
	bound -method serra2018,activation,tight,pairs "$work/milp" |
		jq -rs --arg name "$1" --argjson exact "$(exact "$1")" --argjson seconds "$seconds" '
			def round2: . * 100 | round / 100;
			(map(select(.type == "bound") | {(.method): .}) | add) as $b
			| $b.serra2018.log2 as $top
			| def closed: if $exact == null then "" else "\(($top - .) / ($top - $exact) * 1000 | round / 10) %" end;
			[$name, $b.tight.from,
				(if $exact == null then "not counted" else $exact | round2 end),
				($top | round2),
				($b.activation.log2 | round2, closed),
				($b.tight.log2 | round2, closed),
				($b.pairs.log2 | round2, closed),
				($seconds | round2), ($b.tight.stats.seconds | round2), ($b.pairs.stats.seconds | round2)]
			| "| \(map(tostring) | join(" | ")) |"'
}

{
	cat <<'END'
# What the bounds gain

The table has the MNIST networks of `examples`: 784 inputs in [0, 1], two hidden layers
with 22 units together, 10 output units with ReLU. *Regions* is the exact count.
*serra2018* is the bound for all networks of the shape, which Serra and Ramalingam 2020
call the configuration bound. Both are in bits. The next columns have the bounds
*activation*, *tight* and *pairs* in bits, each with the share of the gap that it closes,

    (serra2018 - bound) / (serra2018 - regions).

The last three columns have the cost in seconds: to bound the units by `encode -tighten`
with the method in *from*, and to compute *tight* and *pairs* from these.
[bounds.md](bounds.md) defines the bounds. `make bounds` writes this page. The counts are those of
[results.md](results.md).

END
	echo '| network | from | regions | serra2018 | activation | closes | tight | closes | pairs | closes | encode | tight | pairs |'
	echo '|---|---|---|---|---|---|---|---|---|---|---|---|---|'
	for n in 1 3 5 7 9 11 13 15 17 19 21; do
		for method in interval lp milp; do
			row "mnist-$n-$((22 - n))-10" $method
		done
	done
} >"$work/page"
cat "$work/page" >"${PAGE:-docs/bounds-table.md}" # the page is replaced only when all went well
