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
echo "| events | resident MiB | of it mapped files MiB | anonymous MiB, mean | anonymous MiB, most |"
echo "|---|---|---|---|---|"
samples=$work/memory.samples
sent=0 round=0
: >"$work/memory.rounds"
while [ "$sent" -lt $((millions * 1000000)) ]; do
    round=$((round + 1))
    : >"$samples"
    while sleep 0.1; do memory_kb RssAnon; done >>"$samples" &
    sampler_pid=$!
    line=$(RUN=m$round wrk -t1 -c16 -d8s -s "$here/load.lua" "$url" | grep ^RESULT)
    kill "$sampler_pid" && wait "$sampler_pid" 2>/dev/null || true
    sampler_pid=""
    sent=$((sent + $(echo "$line" | field requests | cut -d. -f1) * 100))
    python3 - "$samples" "$sent" "$(memory_kb VmRSS)" "$(memory_kb RssFile)" "$work/memory.rounds" <<'PY'
import sys
samples = [int(line) / 1024 for line in open(sys.argv[1]) if line.strip()]
sent, resident, mapped = (int(value) for value in sys.argv[2:5])
mean, most = sum(samples) / len(samples), max(samples)
print(f"| {sent / 1e6:.1f} M | {resident / 1024:,.0f} | {mapped / 1024:,.0f} | {mean:,.0f} | {most:,.0f} |")
print(mean, most, file=open(sys.argv[5], "a"))
PY
done
python3 - "$work/memory.rounds" <<'PY'
import sys
rounds = [[float(value) for value in line.split()] for line in open(sys.argv[1])]
late = rounds[len(rounds) // 4:]
for name, place in (("means", 0), ("peaks", 1)):
    values = [values[place] for values in late]
    middle = sorted(values)[len(values) // 2]
    spread = max(abs(value - middle) for value in values) / middle * 100
    print(f"\nAnonymous memory after the first quarter, {name} of 8 seconds: {min(values):,.0f} to {max(values):,.0f} MiB, median {middle:,.0f}, at most {spread:.0f} % away from it.")
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
