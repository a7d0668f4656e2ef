#!/usr/bin/env bash
# Collect, durable before the answer, beside nginx answering 204 under the same load in the same run.
# Usage: Benchmarks/collect.sh [SECONDS a run] [ROUNDS]      prints rows of BENCHMARKS.md
. "$(dirname "$0")/common.sh"
seconds=${1:-10} rounds=${2:-3}

data=$work/collect
rm -rf "$data" "$work/nginx"
mkdir -p "$work/nginx/tmp"
nginx_port=$(free_port)
sed "s/PORT/$nginx_port/" "$here/nginx.conf" >"$work/nginx/nginx.conf"
nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" 2>/dev/null &
nginx_pid=$!
start_server "$data"
new_workspace Collect
export WRITE_KEY=$write_key

run_load() { # URL CONNECTIONS: one line of load.lua
    RUN=$(date +%s%N) wrk -t1 -c"$2" -d"${seconds}s" -s "$here/load.lua" "$1" | grep ^RESULT
}

row() { # NAME BATCH CONNECTIONS
    local name=$1 connections=$3 ours=() theirs=() p99=() p50=() line
    export BATCH=$2
    seconds=2 run_load "$url" "$connections" >/dev/null
    for _ in $(seq "$rounds"); do
        line=$(run_load "http://127.0.0.1:$nginx_port" "$connections")
        theirs+=("$(echo "$line" | field rate)")
        line=$(run_load "$url" "$connections")
        say "$name: $line"
        [ "$(echo "$line" | field refused)" = 0 ] || { say "some requests were refused"; exit 1; }
        ours+=("$(echo "$line" | field rate)")
        p50+=("$(echo "$line" | field p50)")
        p99+=("$(echo "$line" | field p99)")
    done
    local mine his
    mine=$(median "${ours[@]}")
    his=$(median "${theirs[@]}")
    python3 - "$name" "$BATCH" "$mine" "$his" "$(median "${p50[@]}")" "$(median "${p99[@]}")" <<'PY'
import sys
name, batch, mine, his, p50, p99 = sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:])
print(f"| {name} | {mine:,.0f} | {mine * batch:,.0f} | {p50:.1f} | {p99:.1f} | {his:,.0f} | {100 * mine / his:.0f} % |")
PY
}

echo "| load | requests/s | events/s | p50 ms | p99 ms | nginx 204, requests/s | of nginx |"
echo "|---|---|---|---|---|---|---|"
row "single track, 64 connections" 1 64
row "batches of 100, 16 connections" 100 16
say "events kept: $(event_count)"
