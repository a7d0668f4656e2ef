# What the benchmarks share: a folder to work in, a server to measure, and clean endings. Sourced by bash scripts.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${BINARY:-$here/../.build/release/teahouse}
work=${BENCH_DIR:-$here/../.build/bench}
export TEAHOUSE_ADMIN_TOKEN=bench-admin-token
server_pid="" nginx_pid="" sampler_pid=""

[ -x "$binary" ] || { echo "$binary is missing: make build, or BINARY=… " >&2; exit 1; }
for tool in wrk curl python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: scripts/setup.sh bench" >&2; exit 1; }
done
mkdir -p "$work"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
now() { date +%s.%N; }
since() { python3 -c "import sys; print('%.3f' % ($(now) - $1))"; }
say() { echo "$*" >&2; }

# start_server DATA: sets server_pid, url, and start_seconds (until /healthz answers 200)
start_server() {
    local port began
    port=$(free_port)
    url=http://127.0.0.1:$port
    began=$(now)
    "$binary" serve --data "$1" --listen "127.0.0.1:$port" >"$work/server.log" 2>&1 &
    server_pid=$!
    until curl -fs -o /dev/null "$url/healthz"; do
        kill -0 "$server_pid" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
        sleep 0.01
    done
    start_seconds=$(since "$began")
}

stop_server() {
    [ -z "$server_pid" ] && return
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
}

# new_workspace NAME: sets write_key and api_key
new_workspace() {
    local made
    made=$("$binary" workspace create "$1" --timezone Asia/Shanghai --currency CNY --url "$url")
    write_key=$(echo "$made" | python3 -c 'import json, sys; print(json.load(sys.stdin)["writeKey"])')
    api_key=$(echo "$made" | python3 -c 'import json, sys; print(json.load(sys.stdin)["apiKey"])')
}

# event_count: how many events the workspace of api_key holds
event_count() {
    curl -fs "$url/api/v1/query" -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' -d '{
        "kind": "trend", "interval": "year", "series": [{"selector": {"any": true}, "measure": "total"}],
        "range": {"from": "1971-01-01", "to": "2100-01-01"}}' |
        python3 -c 'import json, sys; print(int(sum(r["values"][0] for r in json.load(sys.stdin)["rows"])))'
}

# settled DATA: returns when the files of its parts have not changed for 30 seconds, in which a quiet server begins to merge them
settled() {
    local parts="" now_parts still=0
    while [ "$still" -lt 30 ]; do
        sleep 1
        # A file may go while it is looked at.
        now_parts=$(ls -l "$1"/workspaces/*/parts 2>/dev/null || true)
        if [ "$now_parts" = "$parts" ]; then still=$((still + 1)); else still=0; fi
        parts=$now_parts
    done
    say "$(grep -c '[.]part$' <<<"$parts") parts"
}

# memory_kb FIELD: VmRSS, RssAnon or RssFile of the server
memory_kb() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$server_pid/status"; }

median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# field NAME: one number of the line that load.lua prints at its end, read from standard input
field() { sed -n "s/^RESULT .*$1=\([0-9.]*\).*/\1/p"; }

finish() {
    for pid in $sampler_pid $nginx_pid $server_pid; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
}
trap finish EXIT
