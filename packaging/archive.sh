#!/bin/sh
# Packs the program with its manual pages, completions and licences: FOLDER/ideoguard-VERSION-TARGET.tgz and
# its checksum. The same program gives the same bytes.
#
# usage: packaging/archive.sh PROGRAM TARGET FOLDER
#
# TARGET is Rust's name of the platform, such as x86_64-unknown-linux-musl. Needs GNU tar.
set -eu

[ $# -eq 3 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
program=$1 target=$2 folder=$3
here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")

version=$("$program" --version)
name=ideoguard-${version#ideoguard }-$target
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
mkdir -p "$packed/$name" "$folder"
install -m 755 "$program" "$packed/$name/"
install -m 644 "$source/README.md" "$source/CHANGELOG.md" "$source/LICENSE-APACHE" "$source/LICENSE-MIT" "$packed/$name/"
"$here/share.sh" "$program" "$packed/$name/share"

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=u+rwX,go+rX,go-w -C "$packed" -cf - "$name" |
    gzip -9 -n >"$folder/$name.tgz"
(cd "$folder" && sha256sum "$name.tgz" >"$name.tgz.sha256")
printf '%s\n' "$folder/$name.tgz"
