#!/usr/bin/env bash
# Awards a second under one budget at two servers over one PostgreSQL: counted in one row, and in a slice for each, in turns.
# Usage: Benchmarks/budget.sh [SECONDS]      with the tests built (make test)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$here/../.build-test/release/teahousePackageTests.xctest
seconds=${1:-10}
work=${BENCH_DIR:-$here/../.build/bench}/budget

# shellcheck source=Benchmarks/postgres.sh
source "$here/postgres.sh"
postgres_server "$work"
createdb teahouse

TEAHOUSE_TESTING=1 TEAHOUSE_LEDGER_SECONDS=$seconds TEAHOUSE_BUDGET_POSTGRES=postgresql://postgres@$PGHOST:$PGPORT/teahouse \
    "$tests" --testing-library swift-testing --filter BudgetLoadTests | sed -n -e 's/^RESULT /teahouse: /p' -e '/✘/p'
