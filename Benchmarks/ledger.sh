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
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

rm -rf "$work"
mkdir -p "$work"
as() { if [ "$(id -u)" = 0 ]; then su postgres -c "$1"; else bash -c "$1"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$work"
as "$programs/initdb -D $work/data -A trust -U postgres >/dev/null"
printf "port=%s\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nshared_buffers=1GB\nmax_wal_size=4GB\n" "$port" |
    as "cat >>$work/data/postgresql.conf"
as "$programs/pg_ctl -D $work/data -l $work/log -w start >/dev/null"
trap 'as "$programs/pg_ctl -D $work/data -m fast stop >/dev/null"; rm -rf "$work"' EXIT
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres
createdb ledger
createdb teahouse

function_of() { # function_of KIND
    psql -q -f "$kit/schema.sql" ledger 2>/dev/null
    echo "function $1: $(pgbench -n -f "$kit/$1.sql" -c 8 -j 2 -T "$seconds" ledger 2>/dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p')/s"
}

mkdir -p "$work/records"
[ "$place" = postgres ] && export TEAHOUSE_LEDGER_POSTGRES="postgresql://postgres@127.0.0.1:$port/teahouse"
function_of uniform
function_of hot
TEAHOUSE_TESTING=1 TEAHOUSE_LEDGER_SECONDS=$seconds TEAHOUSE_LEDGER_LOTS=$lots TEAHOUSE_LEDGER_DIR=$work/records \
    "$tests" --testing-library swift-testing --filter LedgerLoadTests | sed -n -e 's/^RESULT /teahouse: /p' -e '/✘/p'
function_of uniform
function_of hot
