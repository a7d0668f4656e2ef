#!/usr/bin/env bash
# Memory of the server while events come in by batches of 100, then the time to start with all of them, and that of the first request,
# which opens the workspace: a call is collected, durably.
# Usage: Benchmarks/memory.sh [MILLIONS of events]
. "$(dirname "$0")/common.sh"
millions=${1:-10}

data=$work/memory
rm -rf "$data"
start_server "$data"
new_workspace Memory
export WRITE_KEY=$write_key BATCH=100 PERSONS=500000
echo "| events | resident MiB | of it anonymous MiB | of it mapped files MiB |"
echo "|---|---|---|---|"
anonymous=()
sent=0 round=0
while [ "$sent" -lt $((millions * 1000000)) ]; do
    round=$((round + 1))
    line=$(RUN=m$round wrk -t1 -c16 -d8s -s "$here/load.lua" "$url" | grep ^RESULT)
    sent=$((sent + $(echo "$line" | field requests | cut -d. -f1) * 100))
    anonymous+=("$(memory_kb RssAnon)")
    python3 -c "print('| {:.1f} M | {:,.0f} | {:,.0f} | {:,.0f} |'.format($sent / 1e6, $(memory_kb VmRSS) / 1024, $(memory_kb RssAnon) / 1024, $(memory_kb RssFile) / 1024))"
done
python3 - "${anonymous[@]}" <<'PY'
import sys
values = [float(v) / 1024 for v in sys.argv[1:]]
late = values[len(values) // 4:]
middle = sorted(late)[len(late) // 2]
spread = max(abs(v - middle) for v in late) / middle * 100
print(f"\nAnonymous memory after the first quarter: median {middle:,.0f} MiB, at most {spread:.0f} % away from it.")
PY
say "events kept: $(event_count)"
stop_server
sleep 1
starts=() firsts=()
for _ in 1 2 3; do
    start_server "$data"
    starts+=("$start_seconds")
    began=$(now)
    curl -fs -o /dev/null "$url/v1/track" -H 'Content-Type: application/json' \
        -d "{\"userId\": \"u1\", \"event\": \"Product Viewed\", \"writeKey\": \"$write_key\"}"
    firsts+=("$(since "$began")")
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
done
stored=$(du -sb "$data/workspaces" | cut -f1)
python3 -c "print('\nStart to serving with {:.1f} M events: {} s after a stop, {} s and {} s after kill -9. {:.1f} bytes an event on disk.'.format($sent / 1e6, *'${starts[*]}'.split(), $stored / $sent))
print('The first request, which opens the workspace: {} s after a stop, {} s and {} s after kill -9.'.format(*'${firsts[*]}'.split()))"
