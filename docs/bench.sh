#!/usr/bin/env bash
# Prints the table of docs/benchmarks.md: make bench runs it. Baselines are
# measured in the same run, as machines differ and are noisy.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
limit=${LIMIT:-60s} # for each question of the baseline

# row COMMAND: runs it and prints what its one count or trial record says
row() {
	bash -c "$1" | jq -r --arg command "$1" '
		select(.type == "count" or .type == "trial")
		| ((if .type == "count" then "\(.regions) regions" else "\(.rows) rows" end)
			+ (if .exact or .closed then "" else ", \(.why)" end)) as $answer
		| (if .type == "count" and .stats.lps then .stats.lps / (.regions | tonumber) * 100 | round / 100 | tostring else "" end) as $per
		| "| `\($command | gsub("\\|"; "\\|"))` | \($answer) | \(.stats.seconds * 100 | round / 100) | \(.stats.lps // 0) | \($per) | \(.stats.pivots // 0) | \(.stats.mips // 0) |"'
}

encode -domain=-1,1 examples/spiral-2-16-16-2.onnx >"$tmp/spiral"
encode examples/mnist-3-19-10.onnx >"$tmp/mnist-3-19-10"
encode examples/mnist-11-11-10.onnx >"$tmp/mnist-11-11-10"
cd "$tmp"
echo '| command | answer | seconds | LPs | LPs a region | pivots | MIPs |'
echo '|---|---|---|---|---|---|---|'
row "solve -count -j 1 spiral"
row "solve -count -j 1 -engine mip -time-limit $limit spiral"
row "solve -count -j 1 mnist-3-19-10"
row "solve -count -j 2 mnist-3-19-10"
row "solve -count -j 1 -engine mip -time-limit $limit mnist-3-19-10"
for size in 5 half; do
	row "hashgen -trials 1 -size $size mnist-11-11-10 | solve"
	row "hashgen -trials 1 -size $size mnist-11-11-10 | solve -engine mip -time-limit $limit"
done
