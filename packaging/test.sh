#!/usr/bin/env bash
# Installs what is missing, builds, runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."
packaging/build.sh
exec ctest --preset release --timeout 600
