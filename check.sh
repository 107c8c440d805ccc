#!/usr/bin/env bash
# The gate, from a bare machine on: installs what is missing, then runs every check (tools/check.sh).
#
#   ./check.sh            everything that must pass before a change lands
#   ./check.sh --full     also the second compiler and a minute of each fuzz target
#   ./check.sh STEP…      only some steps; tools/check.sh --help lists them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
case " $* " in *' -h '* | *' --help '*) exec tools/check.sh --help ;; esac
# shellcheck source=tools/steps.sh
. tools/steps.sh
steps_begin setup
setup build check
exec tools/check.sh "$@"
