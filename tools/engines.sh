# Shared by fetch_engines and build_engines: which engines there are, where the cache is, and one lock.
# Meant to be sourced by bash. Prints nothing to stdout.

cache="${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}"

# One line per engine: name, package that carries its source, version, sha256 of the package,
# folder of the engine inside the package. A version changes here and nowhere else.
engine_table() {
  cat <<'TABLE'
llama llama-cpp-python 0.3.36 832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e vendor/llama.cpp
TABLE
}

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

# Sets package, version, sha256, inside, source_dir for the engine $1.
select_engine() {
  local row
  row=$(engine_table | awk -v name="$1" '$1 == name')
  [ -n "$row" ] || die "unknown engine '$1'; known are: $(engine_table | awk '{printf "%s ", $1}')"
  read -r _ package version sha256 inside <<<"$row"
  source_dir="$cache/src/$1-$version-${sha256:0:12}"
}

sha256_of() {  # of a file, or of stdin when the argument is -
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

# Holds the lock $1 until the script ends, so that two runs at once do the work once.
# flock frees itself when its holder dies. Without it (macOS) a folder with the holder's
# process id is the lock, and one whose holder is gone is taken over.
take_lock() {
  mkdir -p "$cache/locks"
  local lock="$cache/locks/$1"
  if command -v flock >/dev/null; then
    exec 9>"$lock"
    flock -n 9 || { say "waiting for another $(basename "$0") ($lock)"; flock 9; }
    return
  fi
  local said= holder
  until mkdir "$lock.d" 2>/dev/null; do
    holder=$(cat "$lock.d/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      mv "$lock.d" "$lock.stale.$$" 2>/dev/null && rm -rf "$lock.stale.$$"
      continue
    fi
    [ -n "$said" ] || { say "waiting for another $(basename "$0") ($lock.d)"; said=1; }
    sleep 1
  done
  echo $$ >"$lock.d/pid"
  cleanup_paths+=("$lock.d")
}

cleanup_paths=()
cleanup() { [ ${#cleanup_paths[@]} -eq 0 ] || rm -rf "${cleanup_paths[@]}"; }
trap cleanup EXIT
