#!/usr/bin/env bash
# The nine questions of the benchmark kit beside other engines, on one machine in one run, and whether all answers are equal.
# Usage: Benchmarks/peers.sh [MILLIONS] [RUNS]    TEAHOUSE_BENCH=folder of the kit (default: ../shared/bench)
. "$(dirname "$0")/common.sh"
millions=${1:-10} runs=${2:-7}
kit=${TEAHOUSE_BENCH:-$here/../../shared/bench}
[ -f "$kit/check.py" ] || { echo "there is no benchmark kit in $kit: TEAHOUSE_BENCH=folder of the kit" >&2; exit 1; }
kit=$(cd "$kit" && pwd)

venv=$work/peers-venv
if [ ! -f "$venv/ready" ]; then
    say "installing peers into $venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q chdb duckdb polars numpy pyarrow orjson
    touch "$venv/ready"
fi
python=$venv/bin/python
export PYTHONDONTWRITEBYTECODE=1

# make_data NAME: the kit's files, and what Teahouse imports of them
make_data() {
    local data=$work/peers-$1
    [ -f "$data/meta.json" ] && return
    say "making the data of $1"
    mkdir -p "$data"
    if [ "$1" = edge ]; then
        "$python" "$kit/edge.py" --out "$data"
    else
        "$python" "$kit/gen.py" --events "${1}000000" --persons "$(($1 * 50000))" --out "$data" >&2
    fi
}

# load NAME: people in the order of their numbers, by which the kit breaks ties of Q5, then the events in the order of arrival
load() {
    local data=$work/peers-$1 began file
    store=$work/peers-$1-teahouse
    if [ ! -f "$store.keys" ]; then
        "$python" "$here/peers_files.py" "$data" >&2
        rm -rf "$store"
        "$binary" workspace create Peers --timezone UTC --currency USD --data "$store" >"$store.new"
        for file in people.ndjson events.csv; do
            began=$(now)
            "$binary" import "$data/$file" --json --data "$store" >"$work/import.json" 2>"$work/import.log" ||
                { cat "$work/import.log" >&2; exit 1; }
            say "loaded $file of $1 in $(since "$began") s"
            since "$began" >"$store.$file.seconds"
        done
        rm "$data/events.csv" "$data/people.ndjson"
        start_server "$store"
        api_key=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["apiKey"])' "$store.new")
        event_count >/dev/null
        settled "$store"
        stop_server
        mv "$store.new" "$store.keys"
    fi
    api_key=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["apiKey"])' "$store.keys")
}

# ask NAME: Teahouse's lines of results
ask() {
    load "$1"
    start_server "$store"
    "$python" "$here/peers_teahouse.py" "$kit" "$work/peers-$1" "$url" "$api_key" "$server_pid" "$runs"
    stop_server
}

# peer NAME SCRIPT STORAGE [OPTIONS]: another engine's lines, loading the data when that has not been done
peer() {
    local data=$work/peers-$1 storage=$work/peers-$1-$3 build=--build
    [ -f "$storage.ready" ] && build=""
    # shellcheck disable=SC2086
    (cd "$kit" && "$python" "run_$2.py" --parquet "$data" --db "$storage" $build --runs "$runs" "${@:4}")
    touch "$storage.ready"
}

results=$work/peers.jsonl
: >"$results"
for set in edge 1 "$millions"; do
    [ "$set" = 1 ] && [ "$millions" = 1 ] && continue
    make_data "$set"
    say "Teahouse, $set"
    ask "$set" | tee -a "$results" >&2
done
for engine in "chdb chdb-lz4 --enum --lz4" "chdb chdb-zstd" "duckdb duckdb" "polars polars"; do
    say "$engine"
    # shellcheck disable=SC2086
    peer "$millions" $engine | tee -a "$results" >&2
done
(cd "$kit" && "$python" check.py "$results") >&2 || say "not all answers are equal"
"$python" "$here/peers_table.py" "$results" "$millions" "$work/peers-$millions-teahouse"
