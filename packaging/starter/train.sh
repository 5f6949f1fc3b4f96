#!/usr/bin/env bash
# Makes the starter model from Debian packages: pictures of Noto Color Emoji, names of Unicode CLDR, then autoencoder,
# U-Net with text encoder, and a sheet of samples. Hours; run it again after an interruption (Ctrl+C included) and it
# goes on where it was. Root or sudo for the packages.
#
#   packaging/starter/train.sh [OPTION...]
#     --first                   the small first model: 289 pictures of 64x64 (first.txt, first_plan.json) for 10 and 29
#                               minutes, then 50 of them (first50.txt, first50_plan.json) for 15
#     --animals                 the model without words: animals.txt, 64x64 (the plan's "pixel" stage) and nothing else
#     --autoencoder-minutes M   end the stage after M minutes instead of the plan's steps; the learning rate falls to
#     --latent-minutes M        its end
#     --pixel-minutes M
#     --threads N               without it: one a physical core
#
# Everything lies in ${XDG_CACHE_HOME:-~/.cache}/tincture/starter, the model in its folder model (first/model,
# animals/model), which is to be copied to resources/models.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/packaging/starter
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tincture/starter
programs=$root/build/release/bench
kind=starter
options=()
declare -A minutes=()
while [ $# -gt 0 ]; do
    case $1 in
    --first) kind=first ;;
    --animals) kind=animals ;;
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
        sed -n '2,18p' "$0" >&2
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

# Names of pictures to names of files.
files_of() { # NAMES
    python3 - "$1" "$cache/pictures/captions.jsonl" <<'PYTHON'
import json, sys
names = {line.strip() for line in open(sys.argv[1], encoding="utf-8")}
for line in open(sys.argv[2], encoding="utf-8"):
    picture = json.loads(line)
    if picture["name"] in names:
        print(picture["file"])
PYTHON
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
folder=$cache
case $kind in
starter) prepare "$cache" --size 128 ;;
first)
    prepare "$cache" --size 128 # for the vocabulary of the whole set
    folder=$cache/first
    plan=$here/first_plan.json
    prepare "$folder" --size 64 --vocabulary "$cache/prepared/tokenizer/spiece.model" --names "$here/first.txt"
    minutes[autoencoder]=${minutes[autoencoder]:-10}
    minutes[latent]=${minutes[latent]:-29}
    ;;
animals)
    folder=$cache/animals
    mkdir -p "$folder"
    files_of "$here/animals.txt" >"$folder/names.txt"
    prepare "$folder" --size 64 --pieces 0 --names "$folder/names.txt"
    stage "$plan" "$folder" pixel
    echo "Done: $folder/model"
    exit 0
    ;;
esac
stage "$plan" "$folder" autoencoder
mkdir -p "$folder/model/tokenizer"
cp "$folder/prepared/tokenizer/"* "$folder/model/tokenizer/"
stage "$plan" "$folder" latent
if [ $kind = first ]; then
    # 289 pictures are more than these minutes can tell apart: 50 of them again.
    base=$folder/model
    folder=$folder/few
    plan=$here/first50_plan.json
    prepare "$folder" --size 64 --vocabulary "$cache/prepared/tokenizer/spiece.model" --names "$here/first50.txt"
    mkdir -p "$folder/model"
    cp -r "$base/vae" "$base/tokenizer" "$folder/model/"
    minutes[latent]=15
    stage "$plan" "$folder" latent --init "$base"
fi
stage "$plan" "$folder" sheet
echo "Done: $folder/model (sheet.ppm shows samples beside their originals; it is no part of the model)"
