#!/usr/bin/env bash
# Counts the instructions of a call beside the same call through bare reqwest and serde_json into plain
# structs, with valgrind's callgrind: the difference of two runs, so that what begins and ends a run does not
# count. A server in a process of its own answers. Prints a line for each subject; the status is 1 when one
# costs more than its limit.
#
#   lago-client/benches/instructions.sh [SUBJECT...]
set -euo pipefail
cd "$(dirname "$0")/../.."

# subject, calls of the short and of the long run, the most that ours may cost of bare
table="event 50 250 1.06
batch 10 40 1.10
ingest 10 40 1.11
spool 2 6 1.42
customer 50 250 1.00
list 10 40 0.80
full 3 9 0.87
webhook 20 120 1.10"
wanted=${*:-event batch ingest spool customer list full webhook}

work=$(mktemp -d)
server=
stop() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    server=
}
trap 'stop; rm -rf "$work"' EXIT

program=$(cargo bench --quiet -p lago-client --features mock --bench instructions --no-run \
    --message-format json | sed -n 's/.*"executable":"\([^"]*instructions[^"]*\)".*/\1/p')

counted() { # subject way calls
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" call "$1" "$2" "$3" "$address" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

failed=0
while read -r subject short long limit; do
    [[ " $wanted " == *" $subject "* ]] || continue
    "$program" serve "$subject" >"$work/address" &
    server=$!
    until [[ -s $work/address ]]; do
        kill -0 "$server"
        sleep 0.1
    done
    address=$(<"$work/address")
    for way in ours bare; do
        from=$(counted "$subject" $way "$short")
        to=$(counted "$subject" $way "$long")
        declare "$way=$(((to - from) / (long - short)))"
    done
    stop
    : >"$work/address"
    line=$(awk -v s="$subject" -v o="$ours" -v b="$bare" -v l="$limit" \
        'BEGIN { r = o / b; printf "%-9s %10d of %10d  %.3f", s, o, b, r; if (l != "-") printf "  (limit %s)", l;
                 if (l != "-" && r > l) printf "  TOO MUCH" }')
    echo "$line"
    [[ $line != *"TOO MUCH"* ]] || failed=1
done <<<"$table"
exit $failed
