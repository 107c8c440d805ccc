#!/usr/bin/env bash
# Makes the shipped text models again, from nothing: environment, tokenizer,
# training data, weights, GGUF files. Under an hour on two quiet cores.
#
#   models/train/train.sh              both models
#   models/train/train.sh tiny-s       one of them
#
# Logs and weights stay in the cache folder; only the GGUF files land in models/.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/assay
venv=$cache/train-venv
work=$cache/train

prepare() {
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  mkdir -p "$work"
}

# train NAME OPTION...: the budget is in steps, so a busy machine gets the same model, later.
train() {
  local name=$1
  shift
  "$venv/bin/python" "$here/train.py" "$name" --out "$work/$name.pt" "$@" | tee "$work/$name.log"
}

# export_as NAME KIND
export_as() {
  "$venv/bin/python" "$here/export.py" "$1" "$work/$1.pt" "$2" "$here/../$1.$2.gguf"
}

make_model() {
  case $1 in
    tiny-s)
      # Stopped while it still errs, so that a comparison with tiny-m shows something.
      train tiny-s --steps 1500 --stop 1000
      export_as tiny-s q8_0
      ;;
    tiny-m)
      train tiny-m --steps 1300
      export_as tiny-m q8_0
      export_as tiny-m q4_0
      ;;
    *)
      echo "train.sh: no model '$1'; there are tiny-s and tiny-m" >&2
      exit 2
      ;;
  esac
}

prepare
[ $# -gt 0 ] || set -- tiny-s tiny-m
for model in "$@"; do make_model "$model"; done
