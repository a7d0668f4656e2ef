#!/usr/bin/env bash
# Durable commands about points a second, in process and beside a ledger written as a function of PostgreSQL, in turns: transfers between
# 100,000 members, and points from one issuer. Then waits at half load, 10,000 balances in one call, and lots that expire at one instant.
# Usage: Benchmarks/ledger.sh [SECONDS] [LOTS] [postgres]      with the tests built (make test) and TEAHOUSE_BENCH set to the kit
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$here/../.build-test/release/teahousePackageTests.xctest
kit=${TEAHOUSE_BENCH:?the folder of the benchmark kit}/ledger
seconds=${1:-10} lots=${2:-1000000} place=${3:-sqlite}
work=${BENCH_DIR:-$here/../.build/bench}/ledger

# shellcheck source=Benchmarks/postgres.sh
source "$here/postgres.sh"
postgres_server "$work"
createdb ledger
createdb teahouse

function_of() { # function_of KIND
    psql -q -f "$kit/schema.sql" ledger 2>/dev/null
    echo "function $1: $(pgbench -n -f "$kit/$1.sql" -c 8 -j 2 -T "$seconds" ledger 2>/dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p')/s"
}

mkdir -p "$work/records"
[ "$place" = postgres ] && export TEAHOUSE_LEDGER_POSTGRES="postgresql://postgres@$PGHOST:$PGPORT/teahouse"
function_of uniform
function_of hot
TEAHOUSE_TESTING=1 TEAHOUSE_LEDGER_SECONDS=$seconds TEAHOUSE_LEDGER_LOTS=$lots TEAHOUSE_LEDGER_DIR=$work/records \
    "$tests" --testing-library swift-testing --filter LedgerLoadTests | sed -n -e 's/^RESULT /teahouse: /p' -e '/✘/p'
function_of uniform
function_of hot
