#!/usr/bin/env bash
# Memory of identities and the speed of resolving, in process: two identities a person, a UUID and a user id, and three calls.
# Usage: Benchmarks/identities.sh [IDENTITIES]      with the tests built (make test)
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.build-test/release/teahousePackageTests.xctest
TEAHOUSE_TESTING=1 TEAHOUSE_IDENTITIES=${1:-10000000} "$tests" --testing-library swift-testing --filter IdentityLoadTests |
    sed -n 's/^RESULT identities=\([0-9]*\) people=\([0-9]*\) bytes=\([0-9]*\) calls=\([0-9]*\)$/\1 identities of \2 people: \3 bytes each, \4 calls a second/p'
