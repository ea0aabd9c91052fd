# The networks that bench.sh and compare.sh measure. Both read this file, after
# they have set $tmp, a folder for what is made here.

# Two edits of the domain of random-10-16-8. One row over the inputs:
# -1 <= sum of the inputs <= 1.5.
edit_row='[.cols | to_entries[] | select(.value.kind == "input").key] as $inputs
	| .rows += [{name: "sum", kind: "user", lo: -1, hi: 1.5, idx: $inputs, val: ($inputs | map(1))}]'
# Other limits of the inputs than those that encode was given.
edit_limits='(.cols[] | select(.kind == "input")).hi = 0.5'

# networks whose counts are measured
plain='random-2-32-32-32 random-3-16-16-16 random-4-24-24 spiral-2-32-32-32-2 random-5-20 random-8-20
	random-10-16-8 random-20-14 resonance-6 threshold-5 mnist-3-19-10 mnist-5-17-10 mnist-11-11-10'
edited='random-10-16-8+row random-10-16-8+limits'
# networks that two workers count
shared='mnist-7-15-10 random-10-16-8'
# networks that are asked 28 parity trials, and 200 probes
sampled='random-10-16-8 mnist-11-11-10'

# network NAME: the file of its milp, made once by the encode on the PATH. What
# stands after a plus in the name is an edit.
network() {
	local file=$tmp/$1.milp
	[ -e "$file" ] || case $1 in
	*+row) jq -c "$edit_row" "$(network "${1%+*}")" ;;
	*+limits) jq -c "$edit_limits" "$(network "${1%+*}")" ;;
	random-*) encode -domain=-1,1 "examples/random/$1.json" ;;
	spiral-*) encode -domain=-1,1 "examples/$1.onnx" ;;
	mnist-*) encode "examples/$1.onnx" ;;
	*) examples/arrangement.sh "${1%-*}" "${1##*-}" | encode ;;
	esac >"$file"
	echo "$file"
}

# known NAME: its number of regions where that is known, else null
known() {
	case $1 in
	resonance-6) echo 1066044 ;;
	threshold-5) echo 94572 ;;
	*) jq --arg name "$1" '.[$name]' examples/random/KNOWN.json ;;
	esac
}

# wanted NAME: whether it is to be measured; ROWS says which
wanted() { [[ $1 =~ ${ROWS:-.} ]]; }

# table TITLES: the head of a table; commas are between the titles
table() {
	echo "| ${1//,/ |} |"
	echo "|${1//[^,]/}|" | sed 's/[,|]/|---/g; s/---$//'
}

# what the jq programs of the tables share
numbers='
def short: if . >= 100 then round elif . >= 10 then . * 10 | round / 10
	elif . >= 0.1 then . * 100 | round / 100 else . * 10000 | round / 10000 end;
# regions a second of a count
def per: if .stats.seconds > 0 then (.regions | tonumber) / .stats.seconds else 0 end;
# what is empty where it cannot be had
def over($d): if . and $d and $d > 0 then . / $d | short else "" end;
def cells: "| " + (map(. // "" | tostring) | join(" | ")) + " |";'
