#!/usr/bin/env bash
# Installs what Tincture is built from: Debian 12 packages (debian-packages.txt) and LibTorch from its wheel
# (libtorch-requirements.txt). Root or sudo, asks nothing, does nothing when all is there.
#   packaging/install-deps.sh [--cuda]      --cuda: also the GPU half of LibTorch (3 GB, NVIDIA)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
libtorch=${XDG_CACHE_HOME:-$HOME/.cache}/tincture/libtorch
cuda=false
case ${1:-} in
    '') ;;
    --cuda) cuda=true ;;
    *) echo "usage: packaging/install-deps.sh [--cuda]" >&2; exit 2 ;;
esac

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo -n "$@"
    else echo "Installing packages needs root. Run this as root, or install sudo." >&2; exit 1; fi
}

mapfile -t wanted < "$here/debian-packages.txt"
installed=$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' 2>/dev/null | awk '$2 == "ii" {print $1}')
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "[1/2] Installing ${#missing[@]} Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
        | awk '/^Setting up/ {n++; if (n % 50 == 0) {print "      " n " packages set up"; fflush()}}'
fi

# The stamp holds the pinned versions: a new pin fetches anew.
stamp=$(cat "$here/libtorch-requirements.txt"; echo "cuda=$cuda")
if [ "$(cat "$libtorch/.stamp" 2>/dev/null)" = "$stamp" ] ||
   { ! $cuda && [ "$(sed '$d' "$libtorch/.stamp" 2>/dev/null)" = "$(cat "$here/libtorch-requirements.txt")" ]; }; then
    [ ${#missing[@]} -eq 0 ] || echo "[2/2] LibTorch is there."
    exit 0
fi
echo "[2/2] Fetching LibTorch 2.15.0 (555 MB) into $libtorch"
mkdir -p "$libtorch"
work=$(mktemp -d "$libtorch/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
options=(--quiet --disable-pip-version-check --dest "$work" --only-binary=:all: --python-version 3.11 --implementation cp)
platforms=(--platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64)
for try in 1 2 3; do
    python3 -m pip download "${options[@]}" "${platforms[@]}" --no-deps --require-hashes -r "$here/libtorch-requirements.txt" && break
    [ "$try" -lt 3 ] || { echo "LibTorch could not be fetched. Check the network and run this again." >&2; exit 1; }
    sleep 5
done
echo "      unpacking"
for wheel in "$work"/*.whl; do
    if $cuda; then
        unzip -q -o "$wheel" 'torch/lib/*' 'torch/include/*' 'nvidia/*' -d "$libtorch" 2>/dev/null || [ $? -eq 11 ]
    else
        unzip -q -o "$wheel" 'torch/lib/libtorch_cpu*' 'torch/lib/libc10.so' 'torch/lib/libgomp*' 'torch/include/*' \
            'nvidia/cu13/lib/lib*.so*' -d "$libtorch" 2>/dev/null || [ $? -eq 11 ]   # 11: a pattern that this wheel does not have
    fi
done
if $cuda; then
    echo "      fetching the GPU libraries (3 GB)"
    unzip -p "$work"/torch-*.whl '*/METADATA' | awk '/^Requires-Dist: nvidia-/ {split($0, a, "[ ;]+"); print a[2]}' > "$work/nvidia.txt"
    python3 -m pip download "${options[@]}" "${platforms[@]}" --platform manylinux_2_27_x86_64 --platform manylinux1_x86_64 --no-deps -r "$work/nvidia.txt"
    for wheel in "$work"/nvidia_*.whl; do
        unzip -q -o "$wheel" 'nvidia/*' -d "$libtorch" 2>/dev/null || [ $? -eq 11 ]
    done
fi
printf '%s\n' "$stamp" > "$libtorch/.stamp"
