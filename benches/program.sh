# shellcheck shell=sh
# Finds what every bench needs, and names the program in `program`; read by the other scripts with `.`.

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

command -v git >/dev/null || fail "git is missing"
command -v python3 >/dev/null || fail "python3 is missing"
program=${IDEOGUARD:-ideoguard}
# The script that reads this one uses it.
# shellcheck disable=SC2034
program=$(command -v "$program") || fail "there is no program ${IDEOGUARD:-ideoguard}; name one with IDEOGUARD=path"
