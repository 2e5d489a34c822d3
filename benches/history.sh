#!/bin/sh
# Compares a scan of a whole history with what git needs merely to read the same objects.
#
# usage: [IDEOGUARD=path] benches/history.sh REPO [RUNS]
#
# Needs git, python3 and Linux's /proc. REPO is only read; the store goes to a temporary folder. The
# program is a release build; without IDEOGUARD it is looked for on PATH.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
# shellcheck source=benches/program.sh
. "$(dirname "$0")/program.sh"
exec python3 "$(dirname "$0")/history.py" "$program" "$@"
