#!/usr/bin/env bash
# Runs the statistics of regions (solve -probes -measure) many times on networks all of
# whose regions can be written, and writes docs/calibration-statistics.md: make calibration
# runs it. Settings:
#
#   RUNS=200    runs on each network
#   PROBES=112  probes in a run
#   ROWS=REGEXP only the networks whose names match
#   PAGE=FILE   what to write, KEPT=DIR where to keep what is found
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PWD/bin:$PATH
runs=${RUNS:-200} probes=${PROBES:-112} only=${ROWS:-.}
kept=${KEPT:-build/calibration-statistics}
mkdir -p "$kept"
page=$(mktemp)
trap 'rm -f "$page"' EXIT

# the networks: a name, what is measured, how to encode it
networks() {
	cat <<'END'
mnist-1-21-10 class,facets,slope examples/mnist-1-21-10.onnx
random-2-8-8 class,facets,radius,slope,volume examples/random/random-2-8-8.json
spiral-2-16-16-2 class,facets,radius,slope,volume -domain=-1,1 examples/spiral-2-16-16-2.onnx
spiral-2-32-32-32-2 class,facets,radius,slope,volume -domain=-1,1 examples/spiral-2-32-32-32-2.onnx
mnist-3-19-10 class,facets,slope examples/mnist-3-19-10.onnx
random-2-32-32-32 class,facets,slope,volume examples/random/random-2-32-32-32.json
random-3-16-16-16 class,facets,slope,volume examples/random/random-3-16-16-16.json
random-5-20 class,facets,radius,slope,volume examples/random/random-5-20.json
random-4-24-24 class,facets,slope,volume examples/random/random-4-24-24.json
random-20-14 class,facets,slope examples/random/random-20-14.json
END
}

# truth prints the figures of all regions: what it is of, its level, and its value
truth() {
	jq -c 'select(.type == "region") | .x as $x
		| def at($p): . as $f | [range($f.b | length) as $i | $f.b[$i] + ([range($p | length) as $j | $f.a[$i][$j] * $p[$j]] | add)];
		def scores: if length == 1 then [0] + . else . end;
		(.affine | at($x) | scores) as $y | ($y | index(max)) as $c
		| {class: $c, facets: (.facets | map(select(.unit != null)) | length), radius, volume, slope: [.affine.a[0:2][] | map(. * .) | add | sqrt]}
		+ if .vertices then {constant: (.affine as $f | [.vertices[] as $v | $f | at($v) | scores | max - .[$c]] | max < 1e-10)} else {} end' |
		jq -r -s 'length as $n
			| def figures($of): sort as $s | [$of, "mean", (add / $n)], (0.1, 0.5, 0.9 | [$of, "quantile \(.)", $s[(. * $n - 1e-9 | ceil) - 1]]);
			(group_by(.class)[] | ["class \(.[0].class)", "share", length / $n]),
			(if .[0].constant == null then empty else ["one class", "share", (map(select(.constant)) | length) / $n] end),
			(map(.facets) | figures("facets")), (map(.radius | values) | if length == 0 then empty else figures("radius") end),
			(map(.volume | values) | if length == 0 then empty else figures("volume") end),
			((.[0].slope | keys[]) as $i | map(.slope[$i]) | figures("slope of output \($i)"))
			| @tsv'
}

# split turns a stream of probes into runs, each with a milp of its own
split() {
	jq -c --argjson n "$probes" 'select(.type == "probe") | .milp = "run \(.probe / $n | floor)" | .probe %= $n | .of = $n | del(.stats)'
}

# judge prints for each figure and method: how often the interval did not hold the
# truth, the runs, and the mean width over the truth
judge() { # TRUTH
	report -format json | jq -r '.from.probes[0].measured | (["effective", "mean", "", 0, 0, .effective] | @tsv), (.statistics[]
		| (if .class != null then "class \(.class)" elif .constant != null then "one class" elif .output != null then "slope of output \(.output)" else .of end) as $of
		| (if .level then "quantile \(.level)" else .figure end) as $figure
		| .value as $v | .intervals[] | [$of, $figure, .method + (if .default then " *" else "" end), .lower // "-inf", .upper // "inf", $v] | @tsv)' |
		awk -F'\t' -v truth="$1" '
			BEGIN { while ((getline < truth) > 0) t[$1 "\t" $2] = $3 }
			$1 == "effective" { effective += $6; all++ }
			($1 "\t" $2) in t {
				x = t[$1 "\t" $2]; e = 1e-9 * (x < 0 ? -x : x) + 1e-12; k = $1 "\t" $2 "\t" $3; n[k]++
				if ($4 != "-inf" && $4 > x + e || $5 != "inf" && $5 < x - e) wrong[k]++
				if ($4 != "-inf" && $5 != "inf") { width[k] += $5 - $4; finite[k]++ }
				sum[k] += $6
			}
			END { printf "effective\tmean\t\t0\t%d\t0\t%g\t0\n", all, effective / all; for (k in n) { split(k, p, "\t"); x = t[p[1] "\t" p[2]]
				printf "%s\t%d\t%d\t%g\t%g\t%g\n", k, wrong[k], n[k], x, sum[k] / n[k], finite[k] ? width[k] / finite[k] : -1 } }' | sort
}

measure() { # NAME MEASURES FILE...
	local name=$1 what=$2 out=$kept/$1 aspects=(-facets -affine)
	[[ $what =~ radius ]] && aspects+=(-radius)
	[[ $what =~ volume ]] && aspects+=(-volume -vertices)
	encode "${@:3}" >"$out.milp"
	solve -regions "${aspects[@]}" "$out.milp" | truth >"$out.truth"
	[ -e "$out.probes" ] || { solve -probes $((runs * probes)) -measure "$what" "$out.milp" | split >"$out.drawn" && mv "$out.drawn" "$out.probes"; }
	judge "$out.truth" <"$out.probes"
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
# Calibration of the statistics of regions

How often the intervals of [statistics of regions](statistics.md) do not hold the figure of
all regions, on networks all of whose regions were written. Each network has $runs runs of
$probes probes, and the intervals are asked for 95 % confidence.

An entry has the number of wrong intervals in 100, of all figures of its kind in all runs:
shares of classes, means, and quantiles at 10, 50 and 90 %. The number in brackets is that
of the worst figure. With probability below 1e-4 a sound rule is wrong in more than 11 of
100 for one figure. Shares below 5 % and above 95 % are counted apart, in the runs that have
seen the class. The effective number of probes is the mean over runs.

\`make calibration\` writes this page.

END
	for shown in 1 0; do
		if [ $shown = 1 ]; then
			echo '## Those that report shows: of means by the bootstrap, of others by delta'
		else
			echo '## The others: of means by delta, of others by the bootstrap'
		fi
		echo
		echo '| network | effective | shares | rare shares | facets | radius | slope | volume |'
		echo '|---|---|---|---|---|---|---|---|'
		networks | while read -r name _; do
			[ -e "$kept/$name.tsv" ] || continue
			awk -F'\t' -v name="$name" -v shown=$shown '
				$1 == "effective" { effective = $7 }
				$3 != "" && ($3 ~ / \*$/) == shown {
					k = $1; sub(/ of output.*/, "", k)
					if ($2 == "share") k = $6 < 0.05 || $6 > 0.95 ? "rare" : "share"
					r = $4 / $5 * 100; wrong[k] += $4; n[k] += $5; if (r > worst[k]) worst[k] = r
				}
				END {
					line = sprintf("| %s | %.0f |", name, effective); m = split("share rare facets radius slope volume", order, " ")
					for (i = 1; i <= m; i++) { k = order[i]; line = line (n[k] ? sprintf(" %.1f (%.1f) |", 100 * wrong[k] / n[k], worst[k]) : " |") }
					print line
				}' "$kept/$name.tsv"
		done
		echo
	done
} >"$page"
cat "$page" >"${PAGE:-docs/calibration-statistics.md}"
