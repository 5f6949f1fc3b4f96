#!/bin/bash
# Trains the starter models on a machine with a CUDA GPU, in parts of a few minutes each; every part goes on where the
# last one ended as long as the folder WORK is still there.
#
#   run.sh BUILD                    build train_prepared against the LibTorch of python3's torch; unpack the data
#   run.sh STAGE MINUTES [LIMIT]    STAGE autoencoder, latent or pixel. MINUTES is the length of the whole stage (the
#                                   learning rate falls to its end), LIMIT the seconds this part may take (then it is
#                                   stopped with a checkpoint and its weights so far are written)
#   run.sh SHEET [GUIDANCE]         pictures drawn from captions beside their originals, and the share of them found
#   run.sh PACK FOLDER [MODEL...]   weights (of starter, animals), sheets and logs as files of at most 15 MiB
#
# Needs in INPUT (default: .cache/gpu of the checkout): data.safetensors.xz and animals.safetensors of prepare_data,
# tokenizer/, nlohmann/ where the system has none; vae/ where the autoencoder was trained on another machine. INIT names
# a model whose weights the stage latent starts from.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
input=${INPUT:-$root/.cache/gpu}
work=${WORK:-$root/build/starter}
program=$work/build/train_prepared
plan=$root/packaging/starter/plan.json
mkdir -p "$work"

stage() { # STAGE DATA OUT MINUTES LIMIT [OPTION...]
    local stage=$1 data=$2 out=$3 minutes=$4 limit=$5
    shift 5
    timeout -s TERM -k 60 "$limit" "$program" "$plan" "$stage" --data "$data" --out "$out" --device cuda \
        --minutes "$minutes" --checkpoints "$work/checkpoints/$stage" --checkpoint-minutes 3 "$@" 2>&1 |
        tee -a "$work/$stage.log" || [ $? -eq 124 ] # stopped at the limit
}

case ${1:-} in
BUILD)
    torch=$(python3 -c 'import torch; print(torch.__path__[0])')
    cmake -S "$root/packaging/starter/gpu" -B "$work/build" -G Ninja -DTORCH="$torch" -DNLOHMANN="$input" >"$work/build.log"
    ninja -C "$work/build" >>"$work/build.log" || { grep -E 'error|FAILED' "$work/build.log" | head -30; exit 1; }
    [ -f "$work/data.safetensors" ] || xz -dc -T0 "$input/data.safetensors.xz" >"$work/data.safetensors.part"
    [ -f "$work/data.safetensors" ] || mv "$work/data.safetensors.part" "$work/data.safetensors"
    if [ -d "$input/vae" ] && [ ! -d "$work/starter/vae" ]; then # trained before, on another machine
        mkdir -p "$work/starter"
        cp -r "$input/vae" "$work/starter/"
    fi
    ;;
autoencoder) stage autoencoder "$work/data.safetensors" "$work/starter" "$2" "${3:-100000}" ;;
latent) stage latent "$work/data.safetensors" "$work/starter" "$2" "${3:-100000}" ${INIT:+--init "$INIT"} ;;
pixel) stage pixel "$input/animals.safetensors" "$work/animals" "$2" "${3:-100000}" ;;
SHEET)
    "$program" "$plan" sheet --data "$work/data.safetensors" --out "$work/starter" --device cuda --guidance "${2:-5}" |
        tee -a "$work/sheet.log"
    ;;
PACK)
    out=$2
    shift 2
    mkdir -p "$out"
    [ -d "$input/tokenizer" ] && mkdir -p "$work/starter" && cp -r "$input/tokenizer" "$work/starter/"
    # Sheets as JPEG where python3 can.
    for sheet in starter animals; do
        [ -f "$work/$sheet/sheet.ppm" ] || continue
        python3 -c "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2], quality=92)" \
            "$work/$sheet/sheet.ppm" "$out/$sheet.jpg" || true
    done
    cat "$work"/*.log | grep -v '^\[' | tail -c 200000 >"$out/logs.txt" || true
    (cd "$work" && tar -c --exclude=sheet.ppm "${@:-starter}") | split -b 15M -d -a 1 - "$out/models.tar."
    ls -la "$out"
    ;;
*)
    sed -n '2,14p' "$0" >&2
    exit 2
    ;;
esac
