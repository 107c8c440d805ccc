#!/usr/bin/env bash
# The one gate. Steps go from cheap to expensive, and the first that fails ends it.
#
#   tools/check.sh [--full] [STEP…]
#
#   format   clang-format 16 agrees with every file
#   layers   no include points upwards, no third-party header leaves its place; and the lint notices when one does
#   names    nothing that Linux alone has stands outside a branch for it; and the lint notices when it does
#   scripts  the shell and Python files are well formed
#   engine   the pinned engine's libraries, from the cache or built
#   dev      every test, with all warnings as errors
#   asan     every test under AddressSanitizer and UndefinedBehaviorSanitizer
#   tsan     every test under ThreadSanitizer
#   tidy     clang-tidy 16 over src/ and workers/
#   page     web/ type-checked and unit-tested; the page in Chromium over a real `assay serve` (pictures: build/page-shots)
#   servers  (--full) the real servers and PyTorch for tests/engines, from the cache or made (minutes, 6 GB, once)
#   portable (--full) every C++ file against the standard library that macOS has
#   clang    (--full) every test with the second compiler, warnings as errors
#   fuzz     (--full) a minute of each fuzz target
#   deep     (--full) clang's path-sensitive analyser
#
# ./check.sh installs what these need and then runs this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
. tools/steps.sh

chosen='format layers names scripts engine dev page asan tsan tidy'
full="$chosen servers portable clang fuzz deep"
named=''
for argument in "$@"; do
  case $argument in
    -h | --help)
      sed -n '2,22s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --full) chosen=$full ;;
    *)
      case " $full " in
        *" $argument "*) named="$named $argument" ;;
        *)
          echo "tools/check.sh: unknown step '$argument'; expected: $full" >&2
          exit 2
          ;;
      esac
      ;;
  esac
done
[ -z "$named" ] || chosen=$named
jobs=$(getconf _NPROCESSORS_ONLN)

wants() { case " $chosen " in *" $1 "*) true ;; *) false ;; esac; }

finish() {
  local status=$?
  [ "${#steps_names[@]}" -eq 0 ] || step_table
  if [ "$status" -eq 0 ]; then echo 'All checks passed.'; else echo 'The checks did not pass.'; fi
  exit "$status"
}

check_scripts() {
  local file
  for file in $(git ls-files -co --exclude-standard); do
    [ -f "$file" ] || continue
    case "$(head -c 64 "$file" | head -n 1 | LC_ALL=C tr -d '\0')" in
      '#!'*bash) bash -n "$file" || return ;;
      '#!'*python3) python3 -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])' "$file" || return ;;
    esac
  done
}

# ThreadSanitizer of g++ 12 cannot start where the kernel scatters memory more than it expects; without scattering it
# can. Where that may not be switched off we try as it is.
plainly() {
  if [ "$(uname -s)" = Linux ] && setarch "$(uname -m)" -R true 2>/dev/null; then
    setarch "$(uname -m)" -R "$@"
  else
    "$@"
  fi
}

# Builds a preset and runs its tests; ctest's closing lines are shown.
tested() { # preset
  wants "$1" || return 0
  step "$1: configure" configure_preset "$1"
  step "$1: build" plainly cmake --build --preset "$1" -- -k 0
  step "$1: tests" plainly ctest --preset "$1" --parallel "$jobs"
  grep -E '^(100|[0-9]+)% tests passed|^Total Test time' "$log" | tail -n 2 | sed 's/^/    /'
}

# The page's own checks. Its build, with the limit of its weight, is part of building assay.
page_modules() { (cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); }
page_types() { (cd web && npm run --silent check); }
page_units() { (cd web && npm test); }
page_in_browser() { node --test tests/page/*.test.mjs; }

fuzz_all() {
  local program name
  for program in build/fuzz/fuzz/fuzz_*; do
    [ -x "$program" ] || continue
    name=${program##*/fuzz_}
    mkdir -p "build/fuzz/new/$name" "fuzz/corpus/$name"
    "$program" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=65536 -rss_limit_mb=1024 -print_final_stats=1 \
      "build/fuzz/new/$name" "fuzz/corpus/$name" || return
  done
}

steps_begin check
use_homebrew
use_ccache
trap finish EXIT
if [ "$(uname -s)" = Darwin ]; then
  # Apple's AddressSanitizer ends a program that asks it for leaks, and takes vectors that a library built without it
  # (googletest) has filled for overflows.
  asan=detect_container_overflow=0
else
  asan=detect_leaks=1
fi
export ASAN_OPTIONS="${ASAN_OPTIONS:-$asan:strict_string_checks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

if wants format; then
  if [ "$(uname -s)" = Darwin ] && ! tools/format --available; then
    skip format 'clang-format 16 is not here; Debian runs this step'
  else
    step format tools/format --check
  fi
fi
if wants layers; then
  step 'layers: self-test' tools/layers --self-test
  step layers tools/layers
fi
if wants names; then
  step 'names: self-test' tools/portable --self-test
  step names tools/portable --names
fi
! wants scripts || step scripts check_scripts
case " $chosen " in *' engine '* | *' dev '* | *' page '* | *' asan '* | *' tsan '* | *' tidy '* | *' portable '* | *' clang '* | *' servers '*) step engine build_engine ;; esac
if wants servers; then
  step 'servers: llama-server, Ollama, mlx' tools/servers
  step 'dev: configure' configure_preset dev
  step 'servers: build assay' cmake --build --preset dev --target assay
  step 'servers: PyTorch' build/dev/assay worker install transformers
fi
tested dev
if wants page; then
  if ! command -v npm >/dev/null 2>&1; then
    skip page 'npm is not here (tools/setup build); assay serve has no page without it'
  else
    step 'page: packages' page_modules
    step 'page: types' page_types
    step 'page: unit tests' page_units
    step 'page: build assay' cmake --build --preset dev --target assay assay-llama
    step 'page: in Chromium' page_in_browser
  fi
fi
tested asan
tested tsan
if wants tidy || wants deep; then
  step 'tidy: configure' configure_preset tidy
  if wants tidy && [ "$(uname -s)" = Darwin ] && ! tools/tidy --available; then
    skip tidy 'clang-tidy 16 is not here; Debian runs this step'
  elif wants tidy; then
    step tidy tools/tidy
  fi
  ! wants deep || step 'tidy, path-sensitive' tools/tidy --deep
fi
if wants portable; then
  if tools/portable --available; then
    step 'portable: configure' configure_preset tidy
    step portable tools/portable
  else
    skip portable 'clang 16 or the headers of its libc++ are not here; Debian runs this step'
  fi
fi
if wants clang && ! command -v clang++-16 >/dev/null 2>&1; then
  skip clang 'clang 16 is not here under this name (on macOS clang is the first compiler); Debian runs this step'
else
  tested clang
fi
if wants fuzz && ! command -v clang++-16 >/dev/null 2>&1; then
  skip fuzz 'clang 16, whose libFuzzer this needs, is not here under this name; Debian runs this step'
elif wants fuzz; then
  step 'fuzz: configure' configure_preset fuzz
  step 'fuzz: build' cmake --build --preset fuzz
  step 'fuzz: a minute of each target' fuzz_all
fi
