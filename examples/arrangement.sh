#!/usr/bin/env bash
# Writes a network whose number of regions is known, in JSON:
#
#   examples/arrangement.sh FAMILY N | encode | solve -count | report
#
# One ReLU layer, a unit for each hyperplane of a well-known arrangement:
#   resonance N   the sum over each nonempty subset of N inputs is 0
#                   2, 6, 32, 370, 11292, 1066044 regions for N = 1 .. 6
#   threshold N   w_0 plus the sum over each subset of w_1 .. w_N is 0
#                   4, 14, 104, 1882, 94572, 15028134 for N = 1 .. 6
#   braid N       x_i = x_j                       N!
#   typeB N       x_i = 0 and x_i = +-x_j         2^N N!
#   shi N         x_i - x_j is 0 or 1 for i < j   (N+1)^(N-1)
# All but shi pass through 0, so a box around 0 cuts no region off; the box of
# shi has all its vertices inside.
#
# A deep one:
#   tents N       N layers, each 2 relu(x) - 4 relu(x - 1/2) of the one before,
#                 on [0, 1]                       2^N
set -euo pipefail
usage='usage: arrangement.sh resonance|threshold|braid|typeB|shi|tents N'
if [ $# != 2 ] || [[ ! $2 =~ ^[1-9][0-9]?$ ]]; then
	echo "$usage" >&2
	exit 2
fi
case $1 in
resonance | threshold | typeB | tents) ;;
braid | shi) # one input makes no hyperplane
	[ "$2" -ge 2 ] || { echo "arrangement.sh: $1 needs N of 2 or more" >&2; exit 2; } ;;
*) echo "$usage" >&2; exit 2 ;;
esac

jq -nc --arg family "$1" --argjson n "$2" '
def zeros($k): [range($k) | 0];
def pairs: range($n) as $i | range($i + 1; $n) | [$i, .];
# x_i + $c x_j
def pair($c): . as [$i, $j] | zeros($n) | .[$i] = 1 | .[$j] = $c;
# a row of 0 and 1 for each subset of the inputs, the empty one first
def subsets: reduce range($n) as $i ([[]]; map(. + [0]) + map(. + [1])) | .[];
# one layer of hyperplanes: coefficients, and the constant last
def arrangement($size): [.[] | {w: .[:-1], b: .[-1]}] | {
	layers: [{weights: map(.w), bias: map(.b), activation: "relu"}],
	domain: {lower: -$size, upper: $size}};

{name: "\($family)-\($n)"} +
if $family == "resonance" then [subsets | select(any(. > 0)) + [0]] | arrangement(1)
elif $family == "threshold" then [subsets | [1] + . + [0]] | arrangement(1)
elif $family == "braid" then [pairs | pair(-1) + [0]] | arrangement(1)
elif $family == "typeB" then [
	(range($n) as $i | zeros($n) | .[$i] = 1 | . + [0]),
	(pairs | pair(1) + [0], pair(-1) + [0])] | arrangement(1)
elif $family == "shi" then [pairs | pair(-1) + (0, -1 | [.])] | arrangement($n)
else {
	layers: [range($n) | {
		weights: (if . == 0 then [[1], [1]] else [[2, -4], [2, -4]] end),
		bias: [0, -0.5], activation: "relu"}],
	domain: {lower: 0, upper: 1}}
end'
