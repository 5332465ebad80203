#!/usr/bin/env bash
# Rehearses the update to the version that openapi.yaml has: does the tree before it, with the tools of today and
# what people decided, become the tree that is committed?
#
#   tests/rehearse-update.sh DIR [REV]
#
# DIR holds the published document as openapi-VERSION.yaml; it is not ours to keep here. REV is the revision before
# the update: without it, the parent of the first commit whose openapi.yaml has the version. The tree of REV becomes a
# repository of its own in a temporary folder. There
#   1. `cargo xtask spec update` runs: it says what is left for people, and what it leaves is compared with what is
#      committed;
#   2. what people wrote (words, overlay, names, rows) is taken over as data from HEAD, and the same command runs again:
#      nothing may be left now, and it lists what people decided.
# The status is 1 when something is left, or when the facts, the words or the generated code differ from what is
# committed.
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

# The tree before, as a repository: `update` compares with what is committed.
commit=(-c user.name=rehearsal -c user.email=rehearsal@example.com -c core.hooksPath=/dev/null -c commit.gpgsign=false)
(
    cd "$work/tree"
    git init --quiet
    git add --all
    git "${commit[@]}" commit --quiet --message "Before"
)
update() { # and the log that it writes; 1 means that something is left for people
    (cd "$work/tree" && "$xtask" spec update "$document" --no-snapshots --pr-body "$work/body.md") >"$1" 2>&1
}

echo "== the tools, on $(git log -1 --format='%h %s' "$before")"
started=$(date +%s%N)
left=0
update "$work/first.log" || left=$?
if [[ $left -gt 1 ]]; then
    cat "$work/first.log" >&2
    exit 1
fi
echo "update took $((($(date +%s%N) - started) / 1000000)) ms"
sed -n '/^document /p; /^Rust /p; /^overlay /p' "$work/first.log"
if [[ $left -eq 1 ]]; then
    echo "left for people:"
    # The head of each list, which counts what is in it.
    sed -n '/^Left for people:/,$p' "$work/first.log" | grep -E '^[A-Z][^:]*: [0-9]+' | sed 's/ (.*//; s/^/  /'
fi

echo "== what a person wrote beyond that (lines added, removed)"
differences() { # in a path below both folders
    (cd "$work" && { git diff --no-index --no-renames --numstat "tree/$1" "head/$1" || true; } |
        sed -E 's#\{tree => head\}/##; s#tree/(.*) => /dev/null#\1 (removed)#; s#/dev/null => head/(.*)#\1 (new)#; s#^#  #')
}
for path in "${decided[@]}"; do
    differences "$path"
done

echo "== the decisions of HEAD as data, and the same command again: what people decided"
for path in "${decided[@]}"; do
    rm -rf "${work:?}/tree/$path"
    cp -R "$work/head/$path" "$work/tree/$path"
done
left=0
update "$work/second.log" || left=$?
if [[ $left -ne 0 ]]; then
    cat "$work/second.log" >&2
    exit 1
fi
sed -n '/^## What people decided/,/^## /p' "$work/body.md" | sed -n 's/^- /  /p'

echo "== what that leaves"
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
