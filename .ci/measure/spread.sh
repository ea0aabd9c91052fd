#!/usr/bin/env bash
# Measures how much work the cubes of a count differ in, and writes the rows of a
# table of docs/benchmarks.md: spread.sh MILP... counts each milp in 256 cubes, one
# after the other with one worker; and again with -cubes-left, where each count
# gives back what it leaves after twice the mean number of regions, until all is
# counted. Work is in nodes, which do not depend on what else the machine does.
set -euo pipefail
PATH=$(cd "$(dirname "$0")/../.." && pwd)/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '| network | regions | seconds | slowest of 256 | given back | counts | rounds |'
echo '|---|---|---|---|---|---|---|'
for milp in "$@"; do
	solve -cubes 256 "$milp" >"$work/cubes"
	solve -j 1 "$work/cubes" >"$work/facts"
	most=$(jq -s 'map(select(.type == "count")) | (map(.regions | tonumber) | add) / length * 2 | ceil' "$work/facts")
	: >"$work/back"
	rounds=0
	while report -left "$work/cubes" "$work/back" >"$work/left" && [ -s "$work/left" ]; do
		solve -j 1 -max "$most" -cubes-left "$work/left" >>"$work/back"
		rounds=$((rounds + 1))
	done
	regions=$(report -format json "$work/facts" | jq -r '"\(.name) | \(.exact.regions)"')
	[ "$(report -format json "$work/back" | jq -r '"\(.name) | \(.exact.regions)"')" = "$regions" ]
	jq -rs --arg net "$regions" --slurpfile back "$work/back" --arg rounds "$rounds" '
		def tenth: . * 10 | round / 10;
		def counts: map(select(.type == "count") | .stats);
		counts as $c | ($back | counts) as $b | ($c | (map(.nodes) | add) / length) as $mean
		| "| \($net) | \($c | map(.seconds) | add | tenth) | \($c | map(.nodes) | max / $mean | tenth) | \($b | map(.nodes) | max / $mean | tenth) | \($b | length) | \($rounds) |"' "$work/facts"
done
