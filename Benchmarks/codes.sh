#!/usr/bin/env bash
# Product codes: a batch downloaded, and each of its codes registered once over 64 connections, durable before the answer.
# Usage: Benchmarks/codes.sh [CODES] [SECONDS]      prints what was registered; SECONDS have to suffice for all
. "$(dirname "$0")/common.sh"
codes=${1:-1000000} seconds=${2:-120}

data=$work/codes
rm -rf "$data"
start_server "$data"
new_workspace Codes
api() { curl -fsS -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' "$@"; }
batch=$(api "$url/api/v1/product-codes/batches" -d "{\"name\":\"Bench\",\"product\":\"tin\",\"count\":$codes,\"warranty_months\":24}" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
began=$(now)
api "$url/api/v1/product-codes/batches/$batch/codes" -o "$work/codes.csv"
say "downloaded in $(since "$began") s: $(($(wc -l <"$work/codes.csv") - 1)) codes, $(cut -d, -f1 "$work/codes.csv" | sort -u | wc -l) different lines"

export API_KEY=$api_key CODES=$work/codes.csv
wrk -t1 -c64 -d"${seconds}s" --timeout 10s -s "$here/codes.lua" "$url" | grep ^RESULT
curl -fsS "$url/metrics" | grep '^teahouse_product_codes_total'
api "$url/api/v1/product-codes/batches"
echo
say "events kept: $(event_count)"
