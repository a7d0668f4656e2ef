#!/usr/bin/env bash
# Awards a second under one budget at two servers over one PostgreSQL: counted in one row, and in a slice for each, in turns.
# Usage: Benchmarks/budget.sh [SECONDS]      with the tests built (make test)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$here/../.build-test/release/teahousePackageTests.xctest
seconds=${1:-10}
work=${BENCH_DIR:-$here/../.build/bench}/budget
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
createdb -h 127.0.0.1 -p "$port" -U postgres teahouse

TEAHOUSE_TESTING=1 TEAHOUSE_LEDGER_SECONDS=$seconds TEAHOUSE_BUDGET_POSTGRES=postgresql://postgres@127.0.0.1:$port/teahouse \
    "$tests" --testing-library swift-testing --filter BudgetLoadTests | sed -n -e 's/^RESULT /teahouse: /p' -e '/✘/p'
