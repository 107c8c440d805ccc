# Sourced by try.sh, check.sh and tools/check.sh (bash 3.2 and later, so that macOS's own bash will do).
#
#   step "what" command…    runs the command with its output in $log, and prints one line: what, and how long it took.
#                           When it fails: the end of the log, the log's place, and the step's exit status.
#   step_table              the steps so far with their times.
#   skip "what" "why"       a line that says what was not done.

steps_names=()
steps_times=()
steps_results=()

steps_begin() { # $1: name of the log below build/logs
  mkdir -p build/logs
  log="build/logs/$1.log"
  : >"$log"
}

steps_note() { # name, seconds, result
  steps_names+=("$1")
  steps_times+=("$2")
  steps_results+=("$3")
}

step() {
  local what=$1 started=$SECONDS status=0
  shift
  if [ -t 1 ]; then printf '  %-44s …' "$what"; fi
  printf '\n=== %s: %s\n' "$what" "$*" >>"$log"
  local first_line
  first_line=$(wc -l <"$log")
  # Behind || the shell does not stop at errors inside a function, so those called here return them by themselves.
  ("$@") >>"$log" 2>&1 </dev/null || status=$?
  local took=$((SECONDS - started))
  if [ -t 1 ]; then printf '\r'; fi
  if [ "$status" -eq 0 ]; then
    printf '  %-44s %4d s\n' "$what" "$took"
    steps_note "$what" "$took" ok
    return 0
  fi
  printf '  %-44s %4d s  FAILED (exit status %d)\n\n' "$what" "$took" "$status"
  steps_note "$what" "$took" FAILED
  # Kept apart: the next run of the same script begins its log anew.
  tail -n "+$((first_line + 1))" "$log" >"${log%.log}.failed.log"
  tail -n "${STEP_TAIL:-60}" "${log%.log}.failed.log"
  printf '\nThe whole output is in %s.\n' "${log%.log}.failed.log"
  return "$status"
}

skip() {
  printf '  %-44s    –    skipped: %s\n' "$1" "$2"
  steps_note "$1" 0 "skipped: $2"
}

step_table() {
  local i total=0
  printf '\n  %-44s %6s  %s\n' step time result
  for i in "${!steps_names[@]}"; do
    printf '  %-44s %4d s  %s\n' "${steps_names[$i]}" "${steps_times[$i]}" "${steps_results[$i]}"
    total=$((total + steps_times[i]))
  done
  printf '  %-44s %4d s\n' total "$total"
}

# ccache when it is there. CMake reads these at the first configure of a build folder. Paths below the checkout are
# made relative, so that a second checkout profits from the first.
use_ccache() {
  if command -v ccache >/dev/null 2>&1; then
    export CCACHE_BASEDIR="${CCACHE_BASEDIR-$PWD}" CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR-1}"
    export CMAKE_C_COMPILER_LAUNCHER="${CMAKE_C_COMPILER_LAUNCHER-ccache}"
    export CMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER-ccache}"
  fi
}

# macOS: the system's own python3 is older than our scripts want, and Homebrew calls its one python3.12 on the PATH and
# python3 in a folder beside.
use_homebrew() {
  [ "$(uname -s)" = Darwin ] || return 0
  command -v brew >/dev/null 2>&1 || return 0
  local folder
  folder="$(brew --prefix)/opt/python@3.12/libexec/bin"
  if [ -d "$folder" ]; then export PATH="$folder:$PATH"; fi
}

# Installs the packages for the given purposes (see tools/setup), saying so first. Silent when none is missing.
setup() {
  local missing
  missing=$(tools/setup --missing "$@")
  if [ -z "$missing" ]; then
    use_homebrew
    return 0
  fi
  # shellcheck disable=SC2086  # a list of words
  printf 'Missing here, to be installed: %s\n' "$(echo $missing)"
  if [ "$(uname -s)" != Darwin ] && [ "$(id -u)" -ne 0 ]; then
    echo 'Installing needs root; sudo may ask for your password.'
  fi
  step 'install packages' tools/setup "$@"
  use_homebrew
  use_ccache
}

# Fetches and builds the engine unless the cache has it; its folder is then in $engine_prefix_file.
engine_prefix_file=build/engine_prefix
build_engine() {
  mkdir -p build
  tools/build_engines libs >"$engine_prefix_file.new" || return
  tail -n 1 "$engine_prefix_file.new" >"$engine_prefix_file" || return
  rm -f "$engine_prefix_file.new"
}

# Configures build/<preset> when that was not done yet, or the engine has moved. (Changed CMake files are ninja's job.)
configure_preset() {
  local prefix known=''
  prefix=$(cat "$engine_prefix_file" 2>/dev/null || true)
  [ ! -f "build/$1/build.ninja" ] || known=$(cat "build/$1/engine_prefix" 2>/dev/null || true)
  if [ -f "build/$1/build.ninja" ] && [ "$known" = "$prefix" ]; then return 0; fi
  cmake --preset "$1" "-DASSAY_ENGINE_PREFIX=$prefix" || return
  printf '%s\n' "$prefix" >"build/$1/engine_prefix"
}
