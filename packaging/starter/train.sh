#!/usr/bin/env bash
# Makes the starter model from Debian packages: pictures of Noto Color Emoji, names of Unicode CLDR, then autoencoder,
# U-Net with text encoder, and a sheet of samples. Hours; run it again after an interruption (Ctrl+C included) and it
# goes on where it was. Root or sudo for the packages.
#
#   packaging/starter/train.sh [OPTION...]
#     --animals                 the model without words: animals.txt, 64x64 (the plan's "pixel" stage) and nothing else
#     --autoencoder-minutes M   end the stage after M minutes instead of the plan's steps; the learning rate falls to
#     --latent-minutes M        its end
#     --pixel-minutes M
#     --threads N               without it: one a physical core
#
# Everything lies in ${XDG_CACHE_HOME:-~/.cache}/tincture/starter, the model in its folder model (animals/model), which
# is to be copied to resources/models.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/packaging/starter
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tincture/starter
programs=$root/build/release/bench
hasWords=yes
options=()
declare -A minutes=()
while [ $# -gt 0 ]; do
    case $1 in
    --animals) hasWords= ;;
    --autoencoder-minutes | --latent-minutes | --pixel-minutes)
        stage=${1#--}
        minutes[${stage%-minutes}]=${2:?"$1 needs a number"}
        shift
        ;;
    --threads)
        options+=(--threads "${2:?"$1 needs a number"}")
        shift
        ;;
    *)
        sed -n '2,14p' "$0" >&2
        exit 2
        ;;
    esac
    shift
done

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo -n "$@"
    else echo "Installing packages needs root. Run this as root, or install sudo." >&2; exit 1; fi
}

install_packages() {
    local missing=() package
    for package in fonts-noto-color-emoji unicode-cldr-core libfreetype-dev libharfbuzz-dev; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "Installing ${missing[*]}"
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
}

build_programs() {
    "$root/packaging/install-deps.sh"
    [ -e "$root/build/release/build.ninja" ] || (cd "$root" && cmake --preset release >/dev/null)
    cmake --build "$root/build/release" --target prepare_data train_prepared >"$cache/build.log" 2>&1 || {
        grep -E 'error|FAILED' "$cache/build.log" | head -n 40
        echo "The build failed; the whole log is in $cache/build.log" >&2
        exit 1
    }
}

# Folders are made under another name first, so that one that is there is whole.
make_pictures() {
    [ ! -d "$cache/pictures" ] || return 0
    echo "Drawing the pictures"
    g++ -std=c++20 -O2 -Wno-deprecated-enum-enum-conversion "$here/make_data.cpp" $(pkg-config --cflags --libs freetype2 harfbuzz opencv4) -o "$cache/make_data"
    rm -rf "$cache/pictures.part"
    "$cache/make_data" /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf /usr/share/unicode/cldr/common "$cache/pictures.part"
    mv "$cache/pictures.part" "$cache/pictures"
}

prepare() { # FOLDER OPTION...
    local folder=$1
    shift
    [ ! -d "$folder/prepared" ] || return 0
    echo "Reading the pictures"
    mkdir -p "$folder"
    rm -rf "$folder/prepared.part"
    "$programs/prepare_data" "$cache/pictures" "$folder/prepared.part" "$@"
    mv "$folder/prepared.part" "$folder/prepared"
}

stage() { # PLAN FOLDER STAGE [OPTION...]
    local plan=$1 folder=$2 stage=$3
    shift 3
    [ ! -e "$folder/$stage.done" ] || return 0
    echo "Stage $stage (log: $folder/$stage.log)"
    local length=()
    [ -z "${minutes[$stage]:-}" ] || length=(--minutes "${minutes[$stage]}")
    mkdir -p "$folder/model"
    local code=0
    nice -n 10 "$programs/train_prepared" "$plan" "$stage" --data "$folder/prepared/data.safetensors" \
        --out "$folder/model" --checkpoints "$folder/checkpoints/$stage" "${length[@]}" "${options[@]}" "$@" \
        > >(tee -i -a "$folder/$stage.log") 2>&1 || code=$?
    if [ $code -eq 3 ]; then
        echo "Stopped. Run this again to go on."
        exit 0
    fi
    [ $code -eq 0 ] || exit $code
    touch "$folder/$stage.done"
}

export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000} # threads that wait leave the core to other programs
mkdir -p "$cache"
install_packages
build_programs
make_pictures
plan=$here/plan.json
if [ -z "$hasWords" ]; then
    prepare "$cache/animals" --size 64 --pieces 0 --names "$here/animals.txt"
    stage "$plan" "$cache/animals" pixel
    echo "Done: $cache/animals/model"
    exit 0
fi
prepare "$cache" --size 128
stage "$plan" "$cache" autoencoder
mkdir -p "$cache/model/tokenizer"
cp "$cache/prepared/tokenizer/"* "$cache/model/tokenizer/"
stage "$plan" "$cache" latent
stage "$plan" "$cache" sheet
echo "Done: $cache/model (sheet.ppm shows samples beside their originals; it is no part of the model)"
