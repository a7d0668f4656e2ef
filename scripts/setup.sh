#!/bin/sh
# Installs the Debian packages that a step needs and that are missing. Usage: scripts/setup.sh run|test|bench
set -eu

run="libsimdjson-dev libzstd-dev libxxhash-dev libroaring-dev zlib1g-dev libsqlite3-dev libpq-dev tzdata ca-certificates"
test="$run postgresql chromium python3 python3-venv fonts-noto-cjk fonts-noto-color-emoji curl"
bench="$run nginx-light wrk python3 curl"

case "${1:-}" in
run) wanted=$run ;;
test) wanted=$test ;;
bench) wanted=$bench ;;
*)
    echo "usage: scripts/setup.sh run|test|bench" >&2
    exit 2
    ;;
esac

if ! command -v swift >/dev/null 2>&1; then
    echo "Swift is not installed. Teahouse needs Swift 6.2 or newer: https://www.swift.org/install/linux/" >&2
    exit 1
fi

missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These libraries are missing:$missing. Install your system's packages of the same libraries." >&2
    exit 1
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "These packages are missing:$missing. Install them as root: apt-get install$missing" >&2
        exit 1
    }
    as_root=sudo
fi
echo "Installing$missing"
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086 # the list is meant to be split
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null
