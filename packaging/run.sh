#!/usr/bin/env bash
# Installs what is missing, builds, starts the studio. Without a display it makes a picture and says where it is.
set -euo pipefail
cd "$(dirname "$0")/.."
packaging/build.sh
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec build/release/bin/tincture "$@"
fi
echo 'No display: making a picture of "cat face" with the starter model'
exec build/release/bin/tincture-cli generate --model starter --prompt "cat face" --seed 1 --out "$PWD/build/cat-face.png"
