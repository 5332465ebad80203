#!/usr/bin/env bash
# Generates a workspace from every document of a folder and checks that it compiles.
#
#   tests/every-version.sh DIR [WORK]
#
# DIR holds OpenAPI documents, *.yaml or *.json. WORK, a folder that survives the run, keeps what is
# compiled unless CARGO_TARGET_DIR does; without it a temporary one is used. ONLY=regen stops before
# the compiler, CHECK holds its arguments. Prints a line for each document; the status is 1 when any
# fails, 2 when there is none.
set -euo pipefail

if [[ $# -lt 1 || ! -d $1 ]]; then
    echo "usage: tests/every-version.sh DIR [WORK]" >&2
    exit 2
fi
documents=$(cd "$1" && pwd)
if [[ $# -gt 1 ]]; then
    mkdir -p "$2"
    work=$(cd "$2" && pwd)
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
cd "$(dirname "$0")/.."

cargo build --quiet --package xtask
xtask=$(cargo metadata --format-version 1 --no-deps |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/xtask

failed=0
found=0
for document in "$documents"/*.yaml "$documents"/*.json; do
    [[ -f $document ]] || continue
    found=1
    name=$(basename "$document")
    log=$work/${name%.*}.log
    if ! "$xtask" regen --spec "$document" --out "$work/workspace" >"$log" 2>&1; then
        outcome=refused
    elif [[ ${ONLY:-} == regen ]]; then
        outcome=generated
    # One folder for all: what does not change is compiled once.
    elif CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} cargo check --quiet ${CHECK:-} \
        --manifest-path "$work/workspace/Cargo.toml" >>"$log" 2>&1; then
        outcome=compiles
    else
        outcome="does not compile"
    fi
    case $outcome in
    refused | "does not compile")
        failed=1
        printf '%-28s %s: %s\n' "$name" "$outcome" "$(grep -m 1 -E '^error|panicked' "$log" || tail -n 1 "$log")"
        ;;
    *) printf '%-28s %s\n' "$name" "$outcome" ;;
    esac
done

if [[ $found == 0 ]]; then
    echo "$documents holds no document" >&2
    exit 2
fi
exit "$failed"
