#!/usr/bin/env bash
# Measures how the bounds of a count close in on each other, and writes
# docs/falling.md: make falling runs it. Each row is a run of its own that its
# limit stops. Settings:
#
#   ROWS="NAME:SECONDS,SECONDS... ..."  networks of examples and the limits
#   WORKERS=N                           of solve; default: all cores
#   PAGE=FILE                           what to write
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PWD/bin:$PATH
workers=${WORKERS:-$(nproc)}
rows=${ROWS:-mnist-7-15-10:0.25,0.5,1,2,4 mnist-11-11-10:1,2,4,8,16,32,64,128,256 mnist-19-3-10:1,2,4,8,16,32,64,128,256}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
	cat <<'END'
# How the bounds of a count close in

A stopped count bounds every cell that is still open and adds the bounds up. So it
gives a lower and an upper bound on the number of regions; [bounds.md](bounds.md)
explains how. The table shows `encode examples/NAME.onnx | solve -count -time-limit
LIMIT` for growing limits, on two cores. Each row is a run of its own. *Found* is the
number of regions found, *lower* and *upper* are the count's bounds in bits, and *gap*
is their difference. The first row of a network has only the bound `tight`, without caps. A count
that ends within half of its limit pays nothing for its bounds. A longer count looks
at all cells that are left before it goes on counting. `make falling` writes this
page.

| network | limit, s | took, s | found | lower | upper | gap |
|---|---|---|---|---|---|---|
END
	for row in $rows; do
		name=${row%%:*}
		encode "examples/$name.onnx" >"$work/milp"
		bound -method tight "$work/milp" |
			jq -r --arg name "$name" 'select(.type == "bound") | "| \($name) | | | | | \(.log2 * 100 | round / 100) | |"'
		for limit in $(tr , ' ' <<<"${row#*:}"); do
			solve -count -j "$workers" -time-limit "${limit}s" "$work/milp" |
				jq -r --arg name "$name" --arg limit "$limit" '
					def bits: . * 100 | round / 100;
					select(.type == "count") | (.lower | tonumber | log2) as $lower | (.upper | tonumber | log2) as $upper
					| "| \($name) | \($limit) | \(.stats.seconds | bits) | \(.regions) | \($lower | bits) | \($upper | bits) | \($upper - $lower | bits) |"'
		done
	done
} >"$work/page"
cat "$work/page" >"${PAGE:-docs/falling.md}" # the page is replaced only when all went well
