#!/usr/bin/env bash
# Shares a count, trials and probes out over three hosts with GNU parallel, ends
# hosts, fills a disk, cuts lines and kills solve in the middle, and checks that
# the summary is that of one machine: make cluster-test runs it. The hosts are
# made on this machine (hosts.sh). Where that is not possible, it says so in one
# line and does nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/cluster/hosts.sh
work=$(mktemp -d)
trap 'hosts_remove; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
hosts_possible why || { echo "cluster-test: skipped: $why"; exit 0; }

PATH=$PWD/bin:$PATH
export PARALLEL_HOME=$work/parallel PARALLEL_SSH="ssh -F $work/ssh_config"
export RSYNC_RSH=$PARALLEL_SSH
mkdir "$PARALLEL_HOME"
touch "$PARALLEL_HOME/will-cite"
home=$HOME
export HOME=$work # parallel and ssh write nothing elsewhere

say() { echo "cluster-test: $SECONDS s: $*"; }
fail() { say "FAILED: $*" >&2; exit 1; }

# summary FILE...: what report makes of facts, but for what differs from run to
# run, the seconds. All else is compared byte for byte.
summary() { report -format json "$@" | jq -c 'del(.stats.seconds)'; }

# same NAME FILE...: the summary of facts is that of one machine
same() {
	local name=$1
	shift
	summary "$@" >"$work/$name.summary" || fail "$name: report ends with $?"
	cmp "$work/one.summary" "$work/$name.summary" || fail "$name: the summary is another one"
	say "$name: the summary of one machine"
}

# once NAME FILE...: the facts have an exact count of each cube, and those that
# come twice agree
once() {
	local name=$1
	shift
	[ "$(cat "$@" | jq -r 'select(.type == "count" and .exact) | .cube' | sort -n | uniq | wc -l)" = "$cubes" ] || fail "$name: a cube is lost"
	[ "$(cat "$@" | jq -r 'select(.type == "count" and .exact) | "\(.cube) \(.regions)"' | sort -u | wc -l)" = "$cubes" ] || fail "$name: a cube was counted differently"
}

# over HOSTS LOG COMMAND < RECORDS: a job for each record; a log that is there is
# continued
over() {
	local hosts=$1 log=$2
	shift 2
	parallel --pipe --header : -N1 -j1 --sshlogin "$hosts" --joblog "$log" --resume-failed "$@" 2>>"$work/stderr"
}

# until_jobs LOG N: waits until N jobs have ended
until_jobs() {
	until [ -e "$1" ] && [ "$(wc -l <"$1")" -gt "$2" ]; do sleep 0.05; done
}

# again FILE: counts what is left of $work/cubes, as long as there is something
again() {
	while report -k -left "$work/cubes" "$1" >"$work/left" 2>>"$work/stderr" || [ -s "$work/left" ]; do
		[ -s "$work/left" ] || break
		solve -j 2 "$work/left" >>"$1"
	done
}

encode -domain 0,1 examples/mnist-7-15-10.onnx >"$work/net"
solve -cubes 24 "$work/net" >"$work/cubes"
hashgen -trials 8 "$work/net" >"$work/hashes"
cubes=$(grep -c '"type":"cube"' "$work/cubes")
solve "$work/cubes" >"$work/one"
solve "$work/hashes" >>"$work/one"
solve -probes 40 "$work/net" >>"$work/one"
summary "$work/one" >"$work/one.summary"

hosts_make 3
for i in 1 2 3; do cp bin/solve "$work/h$i/bin/"; done
all=1/h1,1/h2,1/h3
say "three hosts, $cubes cubes"

# A host ends in the middle. Its jobs fail, and the log continues with the others.
over $all "$work/log" solve -j 1 <"$work/cubes" >"$work/killed" & job=$!
until_jobs "$work/log" 5
host_kill 2
wait $job && fail "no job has noticed that its host is gone"
failed=$(awk 'NR > 1 && $7 + $8 != 0' "$work/log" | wc -l)
[ "$failed" -gt 0 ] || fail "no job has failed"
report -k "$work/cubes" "$work/killed" >"$work/partial" || true
grep -q 'no count of' "$work/partial" || fail "report does not say what is missing"
over 1/h1,1/h3 "$work/log" solve -j 1 <"$work/cubes" >>"$work/killed"
once killed "$work/killed"
host_start 2
over $all "$work/log-hashes" solve -j 1 <"$work/hashes" >>"$work/killed" & job=$!
until_jobs "$work/log-hashes" 3
host_kill 3
wait $job && fail "no job has noticed that its host is gone"
over 1/h1,1/h2 "$work/log-hashes" solve -j 1 <"$work/hashes" >>"$work/killed"
host_start 3
(cd "$work" && parallel -j1 --sshlogin $all --workdir /root --transferfile net solve -probes 40 -part {2}/10 {1} ::: net ::: $(seq 0 9)) >>"$work/killed" 2>>"$work/stderr"
same "hosts that ended, $failed jobs failed" "$work/killed"

# The same from what the facts themselves say, with work given back.
over $all "$work/log-back" solve -j 1 -time-limit 50ms -cubes-left <"$work/cubes" >"$work/back" & job=$!
until_jobs "$work/log-back" 5
host_kill 1
wait $job && fail "no job has noticed that its host is gone"
host_start 1
rounds=0
while report -left "$work/cubes" "$work/back" >"$work/left" && [ -s "$work/left" ]; do
	over $all "$work/log-back$((rounds += 1))" solve -j 1 -cubes-left -time-limit 200ms <"$work/left" >>"$work/back"
done
back=$(jq -s 'map(select(.left)) | length' "$work/back")
[ "$(report -format json "$work/back" | jq -r .exact.regions)" = "$(jq -r .exact.regions "$work/one.summary")" ] || fail "given back: another count"
say "$back counts given back, finished after $rounds more rounds: the count of one machine"

# A host with another version is refused.
sed 's/\(Version *= *\)"[^"]*"/\1"0.0.7"/' pkg/cli/version.go >"$work/cli.go"
echo "{\"Replace\": {\"$PWD/pkg/cli/version.go\": \"$work/cli.go\"}}" >"$work/overlay"
(HOME=$home go build -overlay "$work/overlay" -o "$work/h2/bin/solve" ./solve)
over $all "$work/log-version" solve -j 1 <"$work/cubes" >"$work/version" 2>>"$work/stderr" && fail "another version was not refused"
grep -q 'was made by version .*, and this is 0.0.7' "$work/stderr" || fail "no reason was given for refusing another version"
cp bin/solve "$work/h2/bin/solve"
over $all "$work/log-version" solve -j 1 <"$work/cubes" >>"$work/version"
once version "$work/version"
say "another version: refused, with the reason"
sed 's/"version":"[^"]*"/"version":"0.0.7"/' <(grep '"cube":3,' "$work/version") >"$work/mixed"
grep -v '"cube":3,' "$work/version" >>"$work/mixed"
report "$work/mixed" >"$work/page"
grep -q 'different versions, which are not added up' "$work/page" || fail "counts of two versions were added up"

# A disk is full, where jobs write to a file.
host_kill 3
host_start 3 16k
keep='cat > in && solve -j 1 in > out && cat out'
over $all "$work/log-disk" "$keep" <"$work/cubes" >"$work/disk" && fail "a full disk was not noticed"
grep -q 'No space left' "$work/stderr" || fail "nothing says that the disk is full"
host_kill 3
host_start 3
over $all "$work/log-disk" "$keep" <"$work/cubes" >>"$work/disk"
once disk "$work/disk"
say "a full disk: noticed and resumed"

# Records are cut in transfer, and the job does not notice.
printf '#!/bin/sh\n%s "$@" | head -c -40\n' "$PWD/bin/solve" >"$work/h3/bin/solve"
over $all "$work/log-cut" solve -j 1 <"$work/cubes" >"$work/cut"
report "$work/cubes" "$work/cut" >/dev/null 2>"$work/reason" && fail "a line that is cut was not noticed"
cut=$(report -k "$work/cut" 2>&1 >/dev/null | grep -c 'cut:[0-9]*: ') || true
again "$work/cut"
grep -q . "$work/reason" || fail "nothing says where the line is cut"
jq -cR 'fromjson?' "$work/cut" >"$work/whole"
once cut "$work/whole"
say "lines cut: $cut, $(sed -n 's/.*\(cut:[0-9]*: .*\)/\1/p' "$work/reason" | head -1); counted again"

# solve is killed at twenty moments.
: >"$work/shot"
shots=0
for i in $(seq 20); do
	report -k -left "$work/cubes" "$work/shot" >"$work/left" 2>>"$work/stderr" || true
	solve -j 1 -time-limit 30ms -cubes-left "$work/left" >"$work/part" & job=$!
	sleep "0.$(printf %03d $((RANDOM % 300)))"
	kill -9 $job 2>/dev/null && shots=$((shots + 1)) || true
	wait $job 2>/dev/null || true
	cat "$work/part" >>"$work/shot"
done
again "$work/shot"
[ "$(report -k -format json "$work/shot" 2>>"$work/stderr" | jq -r 'select(.type == "summary") | .exact.regions')" = "$(jq -r .exact.regions "$work/one.summary")" ] || fail "kill -9: another count"
say "kill -9: $shots times, the count of one machine, $(jq -R 'fromjson? // "cut"' "$work/shot" | grep -c '"cut"' || true) lines cut"
say "passed"
