#!/usr/bin/env bash
# Archives: one of a loaded store is written, and loaded into an empty folder. Usage: Benchmarks/own.sh [MILLIONS] [ROUNDS]
# On the store that peers.sh has loaded. The clock runs from the start of the command to its end.
. "$(dirname "$0")/common.sh"
millions=${1:-10} rounds=${2:-5}
loaded=$work/peers-$millions-teahouse
[ -f "$loaded.keys" ] || { echo "there is no loaded store of $millions million events: Benchmarks/peers.sh $millions" >&2; exit 1; }
file=$work/own.teahouse data=$work/own
written=() times=()
for _ in $(seq "$rounds"); do
    rm -rf "$data" "$file"
    sync
    began=$(now)
    "$binary" export events -o "$file" --data "$loaded" 2>/dev/null
    written+=("$(since "$began")")
    "$binary" workspace create Own --timezone Asia/Shanghai --currency CNY --data "$data" >/dev/null
    sync
    began=$(now)
    "$binary" import "$file" --json --data "$data" >"$work/own.json" 2>"$work/own.log" || { cat "$work/own.log" >&2; exit 1; }
    times+=("$(since "$began")")
    say "written in ${written[-1]} s, loaded in ${times[-1]} s"
done
"$binary" check --data "$data" >&2
"$binary" export events --format teahouse --data "$data" 2>/dev/null | cmp - "$file"
python3 - "$work/own.json" "$(stat -c %s "$file")" "$(median "${written[@]}")" "$(median "${times[@]}")" <<'PY'
import json, sys
summary = json.load(open(sys.argv[1]))
size, written, loaded = int(sys.argv[2]), *map(float, sys.argv[3:])
count = summary["taken"]
print("| archive | events | bytes an event | written, s | loaded, s | loaded, events/s |")
print("|---|---|---|---|---|---|")
print(f"| benchmark kit | {count:,} | {size / count:.1f} | {written:.2f} | {loaded:.2f} | {count / loaded:,.0f} |")
PY
rm -rf "$data" "$file"
