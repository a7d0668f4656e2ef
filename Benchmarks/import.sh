#!/usr/bin/env bash
# Import of an NDJSON file, and bytes on disk per event. Usage: Benchmarks/import.sh [PEOPLE] [ROUNDS]
. "$(dirname "$0")/common.sh"
people=${1:-20000} rounds=${2:-3}

file=$work/shop-$people.ndjson
[ -s "$file" ] || { say "writing $file"; "$binary" demo --people "$people" --write "$file" >&2; }
lines=$(wc -l <"$file")
bytes=$(stat -c %s "$file")
times=()
for _ in $(seq "$rounds"); do
    data=$work/import
    rm -rf "$data"
    "$binary" workspace create Import --timezone Asia/Shanghai --currency CNY --data "$data" >/dev/null
    began=$(now)
    "$binary" import "$file" --json --data "$data" >"$work/import.json" 2>"$work/import.log" || { cat "$work/import.log" >&2; exit 1; }
    times+=("$(since "$began")")
    say "import: ${times[-1]} s  $(tr -d '\n' <"$work/import.json" | cut -c1-200)"
done
stored=$(du -sb "$data/workspaces" | cut -f1)
python3 - "$lines" "$bytes" "$stored" "$(median "${times[@]}")" <<'PY'
import sys
lines, size, stored, seconds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
print("| import | events | seconds | events/s | MB/s of input | bytes an event on disk |")
print("|---|---|---|---|---|---|")
print(f"| NDJSON of the demo shop | {lines:,} | {seconds:.2f} | {lines / seconds:,.0f} | {size / seconds / 1e6:,.0f} | {stored / lines:.1f} |")
PY
