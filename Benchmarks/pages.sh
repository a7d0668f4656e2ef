#!/usr/bin/env bash
# The console's pages with the demo shop of about a million events, quiet and while EVENTS a second arrive (0: only quiet).
# Usage: Benchmarks/pages.sh [PEOPLE] [ROUNDS] [EVENTS]
. "$(dirname "$0")/common.sh"
people=${1:-20000} rounds=${2:-200} events=${3:-20}

data=$work/pages-$people
[ -f "$data/truth.json" ] || "$binary" demo --data "$data" --people "$people" --listen "127.0.0.1:$(free_port)" --exit >&2
start_server "$data"
python3 "$here/pages.py" "$url" owner@demo.teahouse.example "$(cat "$data/demo-password")" "$rounds" "$events"
