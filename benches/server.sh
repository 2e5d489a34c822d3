#!/bin/sh
# Compares the time of the pre-receive hook with what `git index-pack` needs for the same pack, and times
# a push of one commit to a server with 300,000 references.
#
# usage: [IDEOGUARD=path] benches/server.sh [RUNS]
#
# Needs git and python3; makes its repositories in a temporary folder. The program is a release build;
# without IDEOGUARD it is looked for on PATH.
set -eu

if [ $# -gt 1 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
# shellcheck source=benches/program.sh
. "$(dirname "$0")/program.sh"
exec python3 "$(dirname "$0")/server.py" "$program" "$@"
