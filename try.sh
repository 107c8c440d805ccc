#!/usr/bin/env bash
# From a bare machine to a table of results: installs what is missing, builds assay with its engine, and runs a suite
# on the models that come with it. Run it as often as you like; what is done is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/steps.sh
. tools/steps.sh

# What is shown, and what to do next.
demo=(build/release/assay run suites/strings.yaml)
next='Next: build/release/assay run SUITE --model FILE.gguf tries your own model; docs/suite-guide.md shows how to write a suite.
      build/release/assay serve --open replays this run on a page, at its true speed.'

case ${1-} in
  '') ;;
  -h | --help)
    echo 'usage: ./try.sh    (installs what is missing, builds, runs the demo suite; no options)'
    exit 0
    ;;
  *)
    echo "try.sh: unknown option '$1'; expected none. See ./try.sh --help" >&2
    exit 2
    ;;
esac

steps_begin try
use_ccache
setup build
step 'engine libraries' build_engine
step 'configure' configure_preset release
step 'build' cmake --build --preset release
printf '\n'
"${demo[@]}"
printf '\n%s\n' "$next"
