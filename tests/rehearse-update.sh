#!/usr/bin/env bash
# Rehearses the update to the version that openapi.yaml has: does the tree before it, with the tools of today and
# what people decided, become the tree that is committed?
#
#   tests/rehearse-update.sh DIR [REV]
#
# DIR holds the published document as openapi-VERSION.yaml; it is not ours to keep here. REV is the revision before
# the update: without it, the parent of the first commit whose openapi.yaml has the version. The tree of REV is put
# into a temporary folder. There
#   1. the tools run on the document: what they leave is compared with what is committed, and what differs is what
#      a person still wrote (words, overlay, names, rows);
#   2. that is taken over as data from HEAD, the document is imported again and the code generated.
# The status is 1 when the facts, the words or the generated code differ from what is committed.
set -euo pipefail

if [[ $# -lt 1 || ! -d $1 ]]; then
    echo "usage: tests/rehearse-update.sh DIR [REV]" >&2
    exit 2
fi
documents=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

version=$(sed -n "s/^  version: '\(.*\)'$/\1/p" openapi.yaml)
document=$documents/openapi-$version.yaml
if [[ ! -f $document ]]; then
    echo "there is no $document, and openapi.yaml is of version $version" >&2
    exit 2
fi
before=${2:-$(git log --format=%H --reverse -S"version: '$version'" -- openapi.yaml | head -n 1)^}
before=$(git rev-parse --verify --quiet "$before^{commit}") || {
    echo "no revision of this repository: ${2:-the one before version $version}" >&2
    exit 2
}

cargo build --quiet --package xtask
xtask=$(cargo metadata --format-version 1 --no-deps |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/xtask
decided=(openapi.yaml xtask/overlay xtask/names.yaml xtask/operations.yaml)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree" "$work/head"
git archive "$before" | tar -x -C "$work/tree"
git archive HEAD | tar -x -C "$work/head"

apply=
if "$xtask" spec import --help | grep -q -- '--apply'; then
    apply=--apply
fi
echo "== the tools, on $(git log -1 --format='%h %s' "$before")"
started=$(date +%s%N)
(cd "$work/tree" && "$xtask" spec import $apply "$document") >"$work/import.log" 2>&1 || {
    cat "$work/import.log" >&2
    exit 1
}
(cd "$work/tree" && "$xtask" regen) >"$work/regen.log" 2>&1 || true
echo "import and regen took $((($(date +%s%N) - started) / 1000000)) ms"
echo "left for a person: $(grep -c '^error' "$work/regen.log" || true) messages of regen"

echo "== what a person wrote beyond that (lines added, removed)"
differences() { # in a path below both folders
    (cd "$work" && { git diff --no-index --no-renames --numstat "tree/$1" "head/$1" || true; } |
        sed -E 's#\{tree => head\}/##; s#tree/(.*) => /dev/null#\1 (removed)#; s#/dev/null => head/(.*)#\1 (new)#; s#^#  #')
}
for path in "${decided[@]}"; do
    differences "$path"
done

echo "== the decisions of HEAD as data, imported and generated anew"
for path in "${decided[@]}"; do
    rm -rf "${work:?}/tree/$path"
    cp -R "$work/head/$path" "$work/tree/$path"
done
(cd "$work/tree" && "$xtask" spec import "$document" && "$xtask" regen) >"$work/regen.log" 2>&1 || {
    cat "$work/regen.log" >&2
    exit 1
}

failed=0
generated=(lago-client/src/generated lago-types/src/generated lago-types/benches/generated tests/src/generated)
for path in openapi.yaml "${generated[@]}"; do
    if git diff --no-index --quiet "$work/tree/$path" "$work/head/$path"; then
        printf '  %-32s as committed\n' "$path"
    else
        failed=1
        printf '  %-32s differs\n' "$path"
        differences "$path"
    fi
done
exit "$failed"
