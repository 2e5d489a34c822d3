#!/bin/sh
# Compares the time of the pre-receive hook with what `git index-pack` needs for the same pack, and times
# a push of one commit to a server with 300,000 references.
#
# usage: [IDEOGUARD=path] benches/server.sh [RUNS]
#
# Needs git and python3; makes its repositories in a temporary folder. The program is a release build;
# without IDEOGUARD it is looked for on PATH.
set -eu

fail() {
    printf 'server.sh: %s\n' "$*" >&2
    exit 2
}

if [ $# -gt 1 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
command -v git >/dev/null || fail "git is missing"
command -v python3 >/dev/null || fail "python3 is missing"
program=${IDEOGUARD:-ideoguard}
program=$(command -v "$program") || fail "there is no program ${IDEOGUARD:-ideoguard}; name one with IDEOGUARD=path"
exec python3 "$(dirname "$0")/server.py" "$program" "$@"
