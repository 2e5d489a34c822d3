#!/bin/sh
# Shows how the cost of a scan grows with a history: a quarter of it, half of it, all of it.
#
# usage: [IDEOGUARD=path] benches/growth.sh REPO [RUNS]
#
# Needs what history.sh needs. Each part is all that the first commits of HEAD lead to, packed anew
# in a temporary folder; REPO is only read.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

commits=$(git -C "$1" rev-list --count HEAD)
for share in 4 2 1; do
    part=$folder/part
    rm -rf "$part"
    git init --quiet --bare "$part"
    tip=$(git -C "$1" rev-list --topo-order --skip=$((commits - commits / share)) --max-count=1 HEAD)
    printf '%s\n' "$tip" | git -C "$1" pack-objects --quiet --revs --threads=0 "$part/objects/pack/pack" >/dev/null
    git -C "$part" update-ref HEAD "$tip"
    printf '1/%s: %s\n' "$share" "$(git -C "$part" count-objects -v | sed -n 's/^in-pack: \(.*\)/\1 objects/p; s/^size-pack: \(.*\)/\1 KiB/p' | tr '\n' ' ')"
    "$here/history.sh" "$part" "${2:-5}"
done
