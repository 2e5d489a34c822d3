#!/bin/sh
# Packs the program for Debian: FOLDER/ideoguard_VERSION_ARCHITECTURE.deb.
#
# usage: packaging/deb.sh TARGET FOLDER
#
# TARGET is Rust's name of a platform for which `cargo build --release --target TARGET` was run.
# Needs cargo-deb.
set -eu

[ $# -eq 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
target=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

rm -rf target/share
packaging/share.sh "target/$target/release/ideoguard" target/share
cargo deb --no-build --no-strip --locked --target "$target" --output "$folder/"
