#!/bin/sh
# Compares ideoguard with `git diff --cached`, and with ripgrep if that is there, on a throwaway clone of a repository.
#
# usage: [IDEOGUARD=path] benches/compare.sh REPO [RUNS]
#
# Needs git and python3. REPO itself is only read. The program is a release build; without
# IDEOGUARD it is looked for on PATH.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
# shellcheck source=benches/program.sh
. "$(dirname "$0")/program.sh"
exec python3 "$(dirname "$0")/compare.py" "$program" "$@"
