#!/bin/sh
# Packs the program as a Python wheel: FOLDER/ideoguard-VERSION-py3-none-PLATFORM.whl.
#
# usage: packaging/wheel.sh TARGET FOLDER
#
# TARGET is Rust's name of a platform for which `cargo build --release --locked --target TARGET` was run.
# Needs maturin, on PATH or named by MATURIN.
set -eu

[ $# -eq 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
target=$1 folder=$2
# A static program runs with every C library of Linux.
compatible=
case $target in *-linux-musl) compatible='--compatibility manylinux2014 --compatibility musllinux_1_1' ;; esac

# Unquoted on purpose: these are several words, or none.
# shellcheck disable=SC2086
"${MATURIN:-maturin}" build --release --locked --manifest-path "$(dirname "$0")/../Cargo.toml" --target "$target" --out "$folder" $compatible
