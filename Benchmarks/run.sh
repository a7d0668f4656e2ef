#!/usr/bin/env bash
# Everything that BENCHMARKS.md shows, in its order, as Markdown. Usage: Benchmarks/run.sh [BINARY] [collect|import|memory|pages …]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] && [ -x "$1" ] && [ -f "$1" ] && { export BINARY=$(realpath "$1"); shift; }
[ $# -gt 0 ] || set -- collect import memory pages
echo "Machine: $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(free -g | awk '/^Mem/ { print $2 }') GiB, $(uname -sr)"
for name in "$@"; do
    echo
    echo "## $name"
    echo
    "$here/$name.sh"
done
