#!/usr/bin/env bash
# The questions of the benchmark kit by fresh processes whose files were evicted, beside other engines; a clock starts when storage is open.
# Usage: Benchmarks/cold.sh [MILLIONS] [RUNS]    on the stores that peers.sh has loaded
. "$(dirname "$0")/common.sh"
millions=${1:-10} runs=${2:-3}
kit=$(cd "${TEAHOUSE_BENCH:-$here/../../shared/bench}" && pwd)
data=$work/peers-$millions store=$work/peers-$millions-teahouse
[ -f "$store.keys" ] || { echo "there is no store: Benchmarks/peers.sh $millions first" >&2; exit 1; }
python=$work/peers-venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
api_key=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["apiKey"])' "$store.keys")
results=$work/cold.jsonl
: >"$results"
say "Teahouse"
for query in Q1 Q2 Q3 Q4 Q5 Q6 Q8 Q9; do
    for _ in $(seq "$runs"); do
        (cd "$kit" && "$python" -c 'import common, sys; common.drop_cache(sys.argv[1])' "$store")
        start_server "$store"
        "$python" "$here/peers_teahouse.py" "$kit" "$data" "$url" "$api_key" "$server_pid" 1 "$query" >>"$results"
        stop_server
    done
done
for engine in "chdb chdb-lz4 --enum --lz4" "chdb chdb-zstd" "duckdb duckdb" "polars polars"; do
    say "$engine"
    # shellcheck disable=SC2086
    set -- $engine
    (cd "$kit" && "$python" "run_$1.py" --parquet "$data" --db "$work/peers-$millions-$2" --runs 1 --cold "$runs" "${@:3}") >>"$results"
done
"$python" - "$results" <<'PYTHON'
import collections, json, statistics, sys
times, opened = collections.defaultdict(list), []
for line in open(sys.argv[1]):
    row = json.loads(line)
    if row.get("mode") == "cold" and "median_ms" in row and row["query"] != "Q7":
        times[row["query"], row["engine"]].append(row["median_ms"])
        opened += [row["open_ms"]] if "open_ms" in row else []
engines = list(dict.fromkeys(engine for _, engine in times))
print("| ms | " + " | ".join(engines) + " | best peer ÷ Teahouse |\n|---|" + "---|" * (len(engines) + 1))
for query in sorted({query for query, _ in times}):
    own, *peers = [statistics.median(times[query, engine]) for engine in engines]
    print(f"| {query} | " + " | ".join(f"{ms:.0f}" for ms in [own] + peers) + f" | {min(peers) / own:.2f} |")
print(f"\nTeahouse opens its storage, which reads and verifies all of it, in {statistics.median(opened):.0f} ms.")
PYTHON
