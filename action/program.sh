#!/bin/bash
# Finds ideoguard for the action, or builds it from the action's own source; names it in the output `program`.
#
# PROGRAM may name one that is there. A build is kept in the runner's cache of tools, under the name of
# its source, which is why a runner that is not thrown away builds once.
set -euo pipefail

if [ -z "$PROGRAM" ]; then
    source=${GITHUB_ACTION_PATH:?}
    sum=$(cd "$source" && find Cargo.toml Cargo.lock build.rs src rules -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
    root=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/ideoguard/${sum%% *}
    PROGRAM=$root/bin/ideoguard
    if [ ! -x "$PROGRAM" ]; then
        echo "::group::building ideoguard"
        cargo install --quiet --locked --path "$source" --root "$root" --target-dir "$RUNNER_TEMP/ideoguard-target"
        echo "::endgroup::"
    fi
fi
"$PROGRAM" --version
printf 'program=%s\n' "$PROGRAM" >>"$GITHUB_OUTPUT"
