#!/bin/sh
# Lets the program write its manual pages and completions into a folder, laid out as below /usr/share.
#
# usage: packaging/share.sh PROGRAM FOLDER
set -eu

[ $# -eq 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
program=$1 folder=$2

mkdir -p "$folder/man/man1" "$folder/bash-completion/completions" "$folder/zsh/vendor-completions" "$folder/fish/vendor_completions.d"
"$program" man --dir "$folder/man/man1"
"$program" completions bash >"$folder/bash-completion/completions/ideoguard"
"$program" completions zsh >"$folder/zsh/vendor-completions/_ideoguard"
"$program" completions fish >"$folder/fish/vendor_completions.d/ideoguard.fish"
# As Debian wants them; -n leaves out what differs between two runs.
gzip -9 -n -f "$folder"/man/man1/*
