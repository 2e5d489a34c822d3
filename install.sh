#!/bin/sh
# Builds ideoguard from this folder and installs it; with --demo it then stops a leak before your eyes.
set -eu

usage() {
    cat <<'END'
usage: ./install.sh [--root DIR] [--demo]

  --root DIR   install into DIR/bin instead of where cargo installs programs
  --demo       afterwards, let it refuse a made-up Ideogram key in a scratch repository
  --help       show this text
END
}

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Prints the oldest Rust that Cargo.toml allows.
oldest_rust() {
    sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$source/Cargo.toml"
}

# Tells whether version $1 (1.95.0) is at least version $2 (1.90).
is_at_least() {
    major=${1%%.*}
    minor=${1#*.}
    minor=${minor%%.*}
    [ "$major" -gt "${2%%.*}" ] || { [ "$major" -eq "${2%%.*}" ] && [ "$minor" -ge "${2#*.}" ]; }
}

check_tools() {
    has git || fail "git is missing; install it with your system's packages (Debian: apt-get install git)"
    has cc || has gcc || has clang ||
        fail "a C compiler is missing, libgit2 needs one; install it with your system's packages (Debian: apt-get install build-essential; macOS: xcode-select --install)"
    has cargo || fail "cargo is missing; get Rust $(oldest_rust) or newer from https://rustup.rs"
    # `cargo --version` says "cargo 1.95.0 (…)"; asked here, so that rust-toolchain files count.
    version=$(cd "$source" && cargo --version) || fail "cargo does not run; try: cargo --version"
    version=${version#cargo }
    version=${version%% *}
    is_at_least "$version" "$(oldest_rust)" ||
        fail "Rust $version is too old, $(oldest_rust) or newer is needed; update it with: rustup update stable"
}

# Prints the folder that cargo installs programs into: --root, then what cargo itself goes by.
default_root() {
    if [ -n "${CARGO_INSTALL_ROOT-}" ]; then
        say "$CARGO_INSTALL_ROOT"
    elif [ -n "${CARGO_HOME-}" ]; then
        say "$CARGO_HOME"
    else
        # Without HOME, cargo asks the system for the user's folder.
        home=${HOME:-$(getent passwd "$(id -u)" 2>/dev/null | cut -d : -f 6)}
        [ -n "$home" ] || fail "HOME is not set, so say where to install to: ./install.sh --root DIR"
        say "$home/.cargo"
    fi
}

build() {
    say "== building ideoguard (the first time takes some minutes)"
    cargo install --path "$source" --locked --force --root "$root"
    [ -x "$program" ] || fail "cargo said that it installed ideoguard, but there is no $program"
}

say_what_is_next() {
    say ""
    say "== installed: $program"
    case ":$PATH:" in
    *":$root/bin:"*) called=ideoguard ;;
    *)
        called=$program
        # To be copied into a shell as it stands.
        case $called in *[!A-Za-z0-9_./-]*) called="'$called'" ;; esac
        say "   $root/bin is not on your PATH; add it, or call the program by its full name."
        ;;
    esac
    say "   next, in one of your repositories:"
    say "     $called install    puts the hooks in place"
    say "     $called scan       looks at the files that are there"
}

# Runs git so that nothing of the user's own setup counts: no hooks, no signing, no templates.
demo_git() {
    env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u GIT_OBJECT_DIRECTORY \
        GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
        GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.org \
        GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@example.org \
        git -C "$scratch/app" "$@"
}

# Prints a key as Ideogram issues them, made up this moment: 64 random bytes in base64url without padding.
made_up_key() {
    head -c 64 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'
}

# Commits app.py, which must end as $1 says: refused or passed.
demo_commit() {
    demo_git add app.py
    say "\$ git commit --message 'draw a cat'"
    code=0
    demo_git commit --quiet --message 'draw a cat' || code=$?
    say "-> git ended with $code"
    case $1 in
    refused) [ "$code" -ne 0 ] || fail "the demo failed: a commit with a key in it went through" ;;
    passed) [ "$code" -eq 0 ] || fail "the demo failed: a commit without a key was refused" ;;
    esac
}

demo() {
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/ideoguard demo.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir "$scratch/app"
    say ""
    say "== demo: a scratch repository with the hooks in place"
    demo_git init --quiet
    (
        unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
        export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
        cd "$scratch/app" && "$program" install
    ) || fail "the demo failed: the hooks could not be installed"

    say ""
    say "== demo: a commit with a made-up Ideogram key in app.py"
    printf 'import os\n\nIDEOGRAM_API_KEY = "%s"\n' "$(made_up_key)" >"$scratch/app/app.py"
    demo_commit refused
    if demo_git rev-parse --quiet --verify HEAD >/dev/null; then
        fail "the demo failed: the commit was refused, and yet it is there"
    fi

    say ""
    say "== demo: the same with the key taken from the environment"
    printf 'import os\n\nIDEOGRAM_API_KEY = os.environ["IDEOGRAM_API_KEY"]\n' >"$scratch/app/app.py"
    demo_commit passed
    demo_git rev-parse --quiet --verify HEAD >/dev/null || fail "the demo failed: the commit passed, but it is not there"
    say ""
    say "== demo: the leak was refused, the fixed version passed"
}

# With CDPATH set, cd may go elsewhere and print where.
unset CDPATH
source=$(cd "$(dirname "$0")" && pwd)
root=
wants_demo=no
while [ $# -gt 0 ]; do
    case $1 in
    --root)
        root=${2-}
        [ -n "$root" ] || fail "--root needs a folder"
        shift
        ;;
    --root=?*) root=${1#--root=} ;;
    --demo) wants_demo=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage >&2
        fail "unknown word: $1"
        ;;
    esac
    shift
done

check_tools
[ -n "$root" ] || root=$(default_root)
mkdir -p "$root"
root=$(cd "$root" && pwd)
program=$root/bin/ideoguard
build
say_what_is_next
if [ "$wants_demo" = yes ]; then
    demo
fi
