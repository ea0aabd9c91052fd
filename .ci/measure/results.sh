#!/usr/bin/env bash
# Counts the regions of the MNIST networks with 22 hidden units, bounds their
# numbers by hashing and probes, and writes docs/results.md: make results runs
# it. Settings:
#
#   LIMIT=30m   for each count, as for solve -time-limit
#   WORKERS=N   of solve; default: all cores
#   ROWS=REGEXP count only the networks whose names match
#   PAGE=FILE   what to write
#   ACAS=FOLDER the networks of ACAS Xu and the boxes of their properties, as
#               the public repository stanleybak/nnenum has them: counts these
#               as well
#
# What is found stays in build/results, so that a later run counts only what
# has no exact count yet.
set -euo pipefail
cd "$(dirname "$0")/../.."
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

# how each lower bound is had
questions() {
	echo 'size-2 hashgen -size 2 | solve'
	echo 'size-5 hashgen -size 5 | solve'
	echo 'half hashgen -size half | solve'
	echo 'probes solve -probes 200'
}

# ask NAME: has all lower bounds of a network made that are not there
ask() {
	local what command out
	questions | while read -r what command; do
		out=$kept/$1.$what.json
		if [ "$(jq -r .milp "$out" 2>/dev/null)" != "$(id "$1")" ]; then
			bash -o pipefail -c "encode examples/$1.onnx | $command | report -format json" >"$out.part"
			mv "$out.part" "$out"
		fi
	done
}

# lower NAME: the row of its lower bounds
lower() {
	local what command
	{
		best "$1" "$(id "$1")" | jq '{count: .}'
		questions | while read -r what command; do
			jq --arg what "$what" '{($what): .}' "$kept/$1.$what.json" 2>/dev/null || :
		done
	} | jq -r -s --arg name "$1" '
		def bits: . * 100 | round / 100;
		def bound: if . then "2^\(.lower.rules | map(select(.default))[0].log2 | bits) (\(.stats.seconds | bits) s)" else "" end;
		def known($method): .count.bounds[$method] | if . then "2^\(.log2 | bits)" else "" end;
		add | "| " + ([$name,
			(.count.count | if . == null then "" elif .exact then "2^\(.log2 | bits)" else "at least 2^\(.log2 | bits)" end),
			(."size-2" | bound), (."size-5" | bound), (.half | bound),
			(.half | if . then .interval | "2^\(.lower.log2 | bits) to 2^\(.upper.log2 | bits)" else "" end),
			(.probes | bound),
			(.probes | if . then .from.probes[0].mean | "2^\(.log2 | bits) ± \(.bits | bits) bits" else "" end),
			known("activation"), known("serra2018")] | join(" | ")) + " |"'
}

# acas: counts the regions of the networks of ACAS Xu in the boxes of properties,
# as one line for each that is kept. Boxes that are the same are counted once.
acas() {
	local file name property milp id
	milp=$(mktemp)
	for file in "$ACAS"/ACASXU_run2a_*_batch_2000.onnx; do
		name=${file##*ACASXU_run2a_} name=${name%_batch_2000.onnx}
		for property in 1 2 3 4; do
			encode -domain "$ACAS/prop_$property.vnnlib" "$file" >"$milp" 2>/dev/null
			id=$(jq -r .id "$milp")
			if ! jq -e --arg id "$id" 'select(.milp == $id)' $kept/acas.ndjson >/dev/null 2>&1; then
				solve -count -j "$workers" -time-limit "$limit" "$milp" | jq -c 'select(.type == "count")' >>$kept/acas.ndjson
			fi
			jq -c --arg id "$id" --arg name "$name" --arg property "$property" '
				select(.milp == $id) | {name: $name, property: $property, regions, exact, seconds: .stats.seconds}' $kept/acas.ndjson | head -1
		done
	done >$kept/acas.part
	mv $kept/acas.part $kept/acas.json
	rm "$milp"
}

# acas_rows: a row for each network of ACAS Xu
acas_rows() {
	jq -rs 'group_by(.name)[] | sort_by(.property) | "| " + ([.[0].name, (.[]
		| (if .exact then "" else "at least " end) + .regions, (.seconds * 100 | round / 100 | tostring))]
		| join(" | ")) + " |"' $kept/acas.json
}

# whole FILE: what the records of a count by cubes say
whole() {
	report -format json "$1" | jq -r '.from.counts[0]
		| "| \(if .exact then "" else "at least " end)\(.regions) | 2^\(.log2 * 100 | round / 100) | \(.why) |"'
}

if [ -n "${ACAS:-}" ]; then acas; fi
for name in $(names); do
	if [[ $name =~ $only ]]; then
		ask "$name"
		tally "$name"
		row "$name"
	fi
done

{
	cat <<'END'
# Results

This page has the exact numbers of linear regions of the MNIST networks in `examples`.
Each network has 784 inputs in [0, 1], two hidden layers with 22 units together, and 10
output units with ReLU. This is the family of networks of
[Serra and Ramalingam 2020](https://arxiv.org/abs/1810.03370). We trained the networks
ourselves, so their numbers are not those of the paper.

*Regions* is the count as a power of 2 and in full. Where *exact* says no, it is the
number of regions found before the time limit; each is a region, but there are more.
*Doubtful* is the number of decisions that are not proved. Since counts are exact it is 0
([exactness.md](exactness.md)); rows with another number are of an earlier version.
*Seconds* and *LPs* are the cost of the count, on a machine that had other work. *Serra 2018* bounds the number for all
networks of this shape, *activation* for all networks whose trained weights have the
same signs. The command makes the records of the row; [records.md](records.md)
describes them.

`make results` writes this page, and `LIMIT=2h make results` gives each count two
hours. It keeps the records in `build/results` and does not count a network again that
has an exact count. `ROWS=15-7 make results` counts one network only.

END
	echo '| network | regions | exact | seconds | LPs | doubtful | Serra 2018 | activation | command |'
	echo '|---|---|---|---|---|---|---|---|---|'
	for name in $(names); do row "$name"; done
	for name in $(names); do best "$name" "$(id "$name")"; done | jq -rs 'map(.count.stats.seconds // 0) | add | round
		| "| all together | | | \(.) | | | | | |"'
	cat <<'END'

## Lower bounds

This table has the same networks by 28 trials with rows of size 2, of size 5 and of
half the units, and by 200 probes. It gives the lower bounds with 95 % confidence by
the default rule of each, with the seconds of solve, summed over all its workers. It
gives the two-sided interval from the rows of half the units, and the mean of the probes
with its standard error. [calibration.md](calibration.md) says how often such bounds are
wrong.

END
	echo '| network | regions | size 2 | size 5 | half | interval | probes | mean of the probes | activation | Serra 2018 |'
	echo '|---|---|---|---|---|---|---|---|---|---|'
	for name in $(names); do lower "$name"; done
	if [ -e $kept/acas.json ]; then
		cat <<'END'

## ACAS Xu

These are the regions of networks of ACAS Xu, with five inputs and six hidden layers of 50
units, in the input boxes of the properties 1 to 4 of
[Katz et al. 2017](https://arxiv.org/abs/1702.01135). Property 2 has the box of property 1.
Networks and boxes are those of the public repository stanleybak/nnenum. Seconds are those
of `solve -count -j 2`. `ACAS=FOLDER make results` counts the networks of a folder.

END
		echo '| network | property 1 | seconds | property 2 | seconds | property 3 | seconds | property 4 | seconds |'
		echo '|---|---|---|---|---|---|---|---|---|'
		acas_rows
	fi
	cat <<'END'

## ACAS Xu on a whole box

ACAS Xu 1_9 has about 2^32.96 regions on its whole input box, that of property 7, with a
standard error of 0.06 bits, by `solve -seed b -probes 200 -population 1024`, in a minute. Its
count goes by 1000 cubes, as [cluster.md](cluster.md#the-loop) explains.
[acasxu-1_9.ndjson.zst](results/acasxu-1_9.ndjson.zst) has the cubes and the counts so far,
without the network. `report docs/results/acasxu-1_9.ndjson.zst` adds them up:

END
	echo '| found | | by |'
	echo '|---|---|---|'
	whole docs/results/acasxu-1_9.ndjson.zst
	cat <<'END'

The cubes were made by version 0.2.0, as follows. So the count can go on: `report -left` with
these cubes and that file gives the cubes that are left.

```text
printf '%s\n' -0.328422877,0.679857769 -0.5,0.5 -0.5,0.5 -0.5,0.5 -0.5,0.5 > box.csv
encode -domain box.csv ACASXU_run2a_1_9_batch_2000.onnx | solve -cubes 1000 > cubes.ndjson
```
END
} >"$page"
cat "$page" >"${PAGE:-docs/results.md}" # the page is replaced only when all went well
