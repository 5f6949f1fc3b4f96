#!/usr/bin/env bash
# Installs what is missing and builds the release preset into build/release; run.sh and test.sh begin with it.
set -euo pipefail
cd "$(dirname "$0")/.."
packaging/install-deps.sh
if [ ! -e build/release/build.ninja ]; then
    cmake --preset release > /dev/null
fi
echo "Building (a few minutes the first time)"
log=build/release/build.log
if ! cmake --build --preset release > "$log" 2>&1; then
    grep -E 'error|FAILED' "$log" | head -n 40 || true
    echo "The build failed; the whole log is in $log" >&2
    exit 1
fi
