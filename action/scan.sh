#!/bin/bash
# Scans what the workflow's event brings; tells it as annotations, in the step's summary, as SARIF and as JSON.
#
# All it needs comes in variables: PROGRAM, RANGE, SARIF, JSON, BASE, TIP, DEFAULT_BRANCH, IS_FORK, and what
# GitHub sets for every step. It ends as the scan did: what could not be read is never a success.
set -euo pipefail

fail() {
    printf '::error title=ideoguard::%s\n' "$1"
    exit 2
}

is_commit() {
    git cat-file -e "$1^{commit}" 2>/dev/null
}

# The zeros that stand for a branch which was not there.
is_nothing() {
    [ -z "${1//0/}" ]
}

# Brings the commits between two, which a checkout leaves out unless it is told otherwise.
complete() {
    local shallow=()
    [ "$(git rev-parse --is-shallow-repository)" = true ] && shallow=(--unshallow)
    if [ "${#shallow[@]}" -gt 0 ] || ! is_commit "$TIP" || { ! is_nothing "$BASE" && ! is_commit "$BASE"; }; then
        git fetch --quiet --no-tags "${shallow[@]}" origin "$TIP" ||
            fail "the history of $TIP could not be fetched; give actions/checkout \`fetch-depth: 0\`"
        # Of a branch that was pushed by force, what was there before may be gone.
        is_nothing "$BASE" || is_commit "$BASE" || git fetch --quiet --no-tags origin "$BASE" || true
    fi
    is_commit "$TIP" || fail "the commit $TIP is not here; give actions/checkout \`fetch-depth: 0\`"
}

# Prints the commits to judge: those that are not in what was there before, if that is known.
range() {
    local default="refs/remotes/origin/$DEFAULT_BRANCH"
    if ! is_nothing "$BASE" && is_commit "$BASE"; then
        printf '%s..%s\n' "$BASE" "$TIP"
    elif [ -n "$DEFAULT_BRANCH" ] && is_commit "$default" && [ "$(git rev-parse "$default")" != "$TIP" ]; then
        printf '%s..%s\n' "$default" "$TIP"
    else
        printf '%s\n' "$TIP"
    fi
}

# Writes what says what is allowed, as it is at a commit, into a folder: an allow file may extend others.
rules_at() {
    local GIT_INDEX_FILE="$2.index"
    export GIT_INDEX_FILE
    git read-tree "$1" &&
        mkdir -p "$2/.ideoguard" &&
        git ls-files -z -- '*.toml' .ideoguard | git checkout-index -z --stdin --force --prefix="$2/" &&
        touch "$2/.ideoguard.toml" "$2/.ideoguard/baseline"
}

say_nothing_new() {
    printf '::notice title=ideoguard::%s holds no commits, so there is nothing to judge\n' "$RANGE"
    printf 'exit-code=0\n' >>"$GITHUB_OUTPUT"
    exit 0
}

what=()
allowed=()
if [ -z "$RANGE" ] && [ -n "$TIP" ]; then
    is_nothing "$TIP" && RANGE="the deletion of $GITHUB_REF" say_nothing_new
    complete
    RANGE=$(range)
fi
if [ -n "$RANGE" ]; then
    count=$(git rev-list --count --end-of-options "$RANGE" --) || fail "the range $RANGE names no commits here; give actions/checkout \`fetch-depth: 0\`"
    [ "$count" -gt 0 ] || say_nothing_new
    what=(--range "$RANGE")
else
    what=(--history --no-store)
fi
if [ "$IS_FORK" = true ]; then
    rules=$RUNNER_TEMP/ideoguard-base
    rules_at "$BASE" "$rules" || fail "the allow file of $BASE could not be read"
    allowed=(--config "$rules/.ideoguard.toml" --baseline "$rules/.ideoguard/baseline")
fi

code=0
"$PROGRAM" scan --no-progress "${what[@]}" "${allowed[@]}" --format json --output "$JSON" || code=$?
# Without a report there is only the error, which was said.
[ -s "$JSON" ] || exit "$((code == 0 ? 3 : code))"
"$PROGRAM" report "$JSON" --format github
"$PROGRAM" report "$JSON" --format markdown >>"$GITHUB_STEP_SUMMARY"
"$PROGRAM" report "$JSON" --format sarif --output "$SARIF"
printf '%s\n' "exit-code=$code" "sarif=$SARIF" "json=$JSON" >>"$GITHUB_OUTPUT"
exit "$code"
