#!/usr/bin/env bash
# Measures how much work the cubes of a count differ in, and writes the rows of a
# table of docs/benchmarks.md: spread.sh MILP... counts each milp in 256 cubes, one
# after the other with one worker; and again with -cubes-left, where each count
# gives back what it has not finished after twice the mean, until all is counted.
set -euo pipefail
PATH=$(cd "$(dirname "$0")/../.." && pwd)/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '| network | regions | seconds | slowest, nodes | slowest, seconds | given back: slowest | questions | rounds |'
echo '|---|---|---|---|---|---|---|---|'
for milp in "$@"; do
	solve -cubes 256 "$milp" >"$work/cubes"
	solve -j 1 "$work/cubes" >"$work/facts"
	limit=$(jq -s 'map(select(.type == "count")) | (map(.stats.seconds) | add) / length * 2 * 1e6 | ceil' "$work/facts")us
	: >"$work/back"
	rounds=0
	while report -left "$work/cubes" "$work/back" >"$work/left" && [ -s "$work/left" ]; do
		solve -j 1 -time-limit "$limit" -cubes-left "$work/left" >>"$work/back"
		rounds=$((rounds + 1))
	done
	regions=$(report -format json "$work/facts" | jq -r '[.name, .exact.regions] | @tsv')
	[ "$(report -format json "$work/back" | jq -r '[.name, .exact.regions] | @tsv')" = "$regions" ]
	jq -rs --arg net "${regions/$'\t'/ | }" --slurpfile back "$work/back" --arg rounds $rounds '
		def tenth: . * 10 | round / 10;
		def counts: map(select(.type == "count") | .stats);
		counts as $c | ($back | counts) as $b | ($c | map(.seconds) | add) as $s
		| "| \($net) | \($s | tenth) | \(($c | map(.nodes) | max / (add / length)) | tenth) | \(($c | map(.seconds) | max) / $s * ($c | length) | tenth) | \(($b | map(.seconds) | max) / $s * ($c | length) | tenth) | \($b | length) | \($rounds) |"' "$work/facts"
done
