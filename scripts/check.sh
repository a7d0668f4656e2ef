#!/bin/sh
# Format, file sizes and house rules. Warnings and undeclared imports are errors in the build when TEAHOUSE_STRICT is set.
set -eu

echo "format"
swift format lint --strict --parallel --recursive Package.swift Sources Tests

echo "house rules"
fail=0
rule() { # rule PATTERN PATHS MESSAGE
    # shellcheck disable=SC2086 # the paths are meant to be split
    if found=$(grep -rnE "$1" $2 --include='*.swift'); then
        echo "$found" | head -n 10
        echo "  ^ $3" >&2
        fail=1
    fi
}
rule '\btry!|\bas! |fatalError\(' "Sources" "throw an error that says what, where and what to do"
rule 'catch *\{ *\}' "Sources Tests" "an error is handled or passed on, never swallowed"
rule '\b(TODO|FIXME|XXX)\b([^(]|$)' "Sources Tests" "a note of what is missing names its issue: TODO(#7)"
rule '\.disabled\(' "Tests" "a test that does not run is no test"
rule '^(public |package |internal )?import (Hummingbird|GRDB|CPostgres|ArgumentParser)' \
    "Sources/Model Sources/Columns Sources/EventStore Sources/Records Sources/Questions Sources/People Sources/Intake Sources/Loyalty Sources/Workspaces Sources/Worlds" \
    "areas and ports do not import delivery code"

for file in $(find Sources -name '*.swift'); do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt 1000 ]; then
        echo "$file has $lines lines: is it one idea?" >&2
        fail=1
    fi
done
exit $fail
