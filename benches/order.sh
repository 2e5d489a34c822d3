#!/bin/sh
# Lists the functions that run when pushes of a few objects are judged, for link/push.txt.
#
# usage: : >link/push.txt && cargo build --profile profiling
#        IDEOGUARD=target/profiling/ideoguard benches/order.sh >link/push.txt
#
# Needs git, python3, valgrind and nm. The program is one with names, and without an order: valgrind sees only the
# functions of the section `.text`.
set -eu

if [ $# -gt 0 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
# shellcheck source=benches/program.sh
. "$(dirname "$0")/program.sh"
command -v valgrind >/dev/null || fail "valgrind is missing"
command -v nm >/dev/null || fail "nm is missing"
cat <<'END'
# The functions that run when a push of a few objects is judged, one a line; `*` is what differs from build to build.
# The linker puts them side by side (build.rs). Written by benches/order.sh.
END
exec python3 "$(dirname "$0")/order.py" "$program"
