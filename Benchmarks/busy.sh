#!/usr/bin/env bash
# The questions of the benchmark kit while events arrive, beside their quiet times, and how long senders wait for their answers.
# Usage: Benchmarks/busy.sh [MILLIONS] [RUNS] [EVENTS]   EVENTS a second (50,000), on a copy of the store that peers.sh has loaded
. "$(dirname "$0")/common.sh"
millions=${1:-10} runs=${2:-7} rate=${3:-50000}
kit=${TEAHOUSE_BENCH:-$here/../../shared/bench}
loaded=$work/peers-$millions-teahouse
[ -f "$loaded.keys" ] || { echo "there is no loaded store of $millions million events: Benchmarks/peers.sh $millions" >&2; exit 1; }
kit=$(cd "$kit" && pwd)
python=$work/peers-venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
key() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$loaded.keys" "$1"; }
api_key=$(key apiKey)

store=$work/busy
rm -rf "$store"
cp -a --reflink=auto "$loaded" "$store"
start_server "$store"
event_count >/dev/null
settled "$store"
say "quiet"
"$python" "$here/peers_teahouse.py" "$kit" "$work/peers-$millions" "$url" "$api_key" "$server_pid" "$runs" >"$work/quiet.jsonl"
say "while $rate events a second arrive"
python3 "$here/busy_sender.py" "$url" "$(key writeKey)" "$rate" "$work/busy.json" &
sampler_pid=$!
sleep 3
"$python" "$here/peers_teahouse.py" "$kit" "$work/peers-$millions" "$url" "$api_key" "$server_pid" "$runs" >"$work/busy.jsonl"
# Long enough for parts to be written and merged.
sleep 30
kill "$sampler_pid"
wait "$sampler_pid" || true
sampler_pid=""
stop_server
python3 - "$work/quiet.jsonl" "$work/busy.jsonl" "$work/busy.json" <<'PYTHON'
import json, sys
quiet, busy = [{row["query"]: row for row in map(json.loads, open(path))} for path in sys.argv[1:3]]
sent = json.load(open(sys.argv[3]))
print("| question | quiet, ms | busy, ms | times |\n|---|---|---|---|")
for query, row in sorted(quiet.items()):
    before, after = row["median_ms"], busy[query]["median_ms"]
    print(f"| {query} | {before:,.1f} | {after:,.1f} | {after / before:.2f} |")
print(
    f"\n{sent['events']:,} events in {sent['seconds']:.0f} s, {sent['events'] / sent['seconds']:,.0f} a second, in calls of {sent['batch']}: "
    f"answered in {sent['p50']:.1f} ms (p50), {sent['p99']:.1f} (p99), at most {sent['max']:.1f}.")
PYTHON
rm -rf "$store"
