#!/usr/bin/env bash
# Asks whether the tests would notice a faulty generator. Draws faults that the emitters or the overlay could have
# (`cargo xtask faults`), generates with each of them into a copy of the workspace, and runs tests of behaviour there.
#
#   tests/mutations.sh WORK [COUNT] [SEED]
#
# WORK is a folder outside of the workspace, and survives: a run that was broken off goes on where it was, and what was
# tried is tried again when its line is taken out of WORK/results-SEED. COUNT is 60 when left out, SEED is 1. ONLY holds
# faults to be tried, a line each, in place of a sample.
#
# What counts is what tests see that know the document, a recording, or what a person wrote. Snapshots are renewed: each
# matches. Tests that read sources are left out, and `regen --check` is not run. A fault from which no code comes, or
# the same, is no candidate; one whose code does not compile with these tests is noticed, and has a column of its own.
#
# Prints a table of kinds, one of the modules that noticed a fault first, and the faults that were not noticed. The
# status is 1 when those are more than one in twenty. It takes about a minute for each fault, and three for one that
# nothing notices.
set -euo pipefail

if [[ $# -lt 1 ]]; then
    echo "usage: tests/mutations.sh WORK [COUNT] [SEED]" >&2
    exit 2
fi
mkdir -p "$1"
work=$(cd "$1" && pwd)
count=${2:-60}
seed=${3:-1}
cd "$(dirname "$0")/.."

# In this order, until one notices: cheap ones first, and the last ones are a program of their own, which most faults do
# not need. Others are not even compiled: tests that read sources or data of the generator, and those of hand-written
# machinery and of programs.
it=("wire requests types kinds operations server" "coverage" "replay")
rest="property mock pages paths drift unpublished client errors free_form downloads traced traces"

cargo build --quiet --package xtask
xtask=$(cargo metadata --format-version 1 --no-deps |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/xtask

# What is changed while a run goes on is of the next.
cp "$xtask" "$work/xtask"
xtask=$work/xtask

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} CARGO_INCREMENTAL=1
export INSTA_FORCE_PASS=1 INSTA_UPDATE=no
results=$work/results-$seed
touch "$results"

# Copies what differs. Times are those of the copy: cargo compiles what is newer than what it made.
renew() { # from to, paths on stdin
    local path
    while IFS= read -r path; do
        if [[ -f $1/$path ]] && ! cmp --silent "$1/$path" "$2/$path"; then
            mkdir -p "$(dirname "$2/$path")"
            cp "$1/$path" "$2/$path"
        fi
    done
}

generated=(lago-client/src/generated lago-types/src/generated lago-types/benches/generated tests/src/generated)

# Puts the code of a fault into the copy.
put() { # fault log
    "$xtask" regen --fault "$1" --out "$work/faulty" >"$2" 2>&1 || return 1
    (cd "$work/faulty" && find "${generated[@]}" xtask/overlay -type f) >"$work/paths"
    renew "$work/faulty" "$work/workspace" <"$work/paths"
    (cd "$work/workspace" && find "${generated[@]}" -type f) | sort >"$work/there"
    sort "$work/paths" | comm -13 - "$work/there" | (cd "$work/workspace" && xargs --no-run-if-empty rm)
}

# Runs modules of one of the programs; without modules it is only compiled.
run() { # log program [module]...
    local log=$1 program=$2
    shift 2
    (
        cd "$work/workspace"
        case $# in
        0) cargo test --quiet -p lago-tests --test "$program" --no-run ;;
        *) timeout 900 cargo test --quiet -p lago-tests --test "$program" -- "${@/%/::}" ;;
        esac
    ) >>"$log" 2>&1
}

# The first test that failed; none is named when the program broke off.
failed() { # log
    local name
    name=$(sed -n 's/^    \([a-z_]*::[a-z_:0-9]*\)$/\1/p' "$1" | head -n 1)
    echo "${name:-a program that broke off}"
}

# shellcheck disable=SC2086 # words
try() { # fault log
    local modules
    # Cases that failed with another fault.
    rm -rf "$work/workspace/tests/tests/proptest-regressions"
    if ! put "$1" "$2"; then
        echo "not generated"
        return
    fi
    if ! run "$2" it; then
        echo "does not compile"
        return
    fi
    for modules in "${it[@]}"; do
        if ! run "$2" it $modules; then
            echo "noticed $(failed "$2")"
            return
        fi
    done
    if ! run "$2" rest; then
        echo "does not compile"
    elif ! run "$2" rest $rest; then
        echo "noticed $(failed "$2")"
    else
        echo "survived"
    fi
}

sample=$work/sample-$seed
if [[ -n ${ONLY:-} ]]; then
    sample=$work/only
    printf '%s\n' "$ONLY" >"$sample"
elif [[ ! -s $sample || $(grep --count --invert-match '^#' "$sample") != "$count" ]]; then
    "$xtask" faults --sample "$count" --seed "$seed" >"$sample"
fi

mkdir -p "$work/workspace" "$work/logs"
git ls-files --cached --others --exclude-standard >"$work/paths"
renew . "$work/workspace" <"$work/paths"
(cd "$work/workspace" && find lago-client lago-types tests xtask -type f) | sort >"$work/there"
sort "$work/paths" | comm -13 - "$work/there" | (cd "$work/workspace" && xargs --no-run-if-empty rm)
(
    cd "$work/workspace/tests"
    # Of programs, tests of the replay and of the stand-in run two.
    sed -i '/^\[\[bin\]\]/,/^$/d' Cargo.toml
    find src/bin -type f ! -name conform.rs ! -name mock.rs -delete
    printf '\n[[test]]\nname = "rest"\npath = "tests/it/rest.rs"\n' >>Cargo.toml
    modules() { # of a program
        echo '//! Tests.'
        printf '#[cfg(test)]\nmod %s;\n' "$@"
    }
    modules ${it[*]} >tests/it/main.rs
    modules $rest >tests/it/rest.rs
)
# Without a fault they have to pass.
(cd "$work/workspace" && cargo test -p lago-tests --test it --test rest) >"$work/logs/right.log" 2>&1 || {
    echo "the tests fail without a fault: $work/logs/right.log" >&2
    exit 2
}

number=0
while IFS= read -r fault; do
    number=$((number + 1))
    if [[ $fault == \#* ]] || cut -f 1 "$results" | grep --quiet --line-regexp --fixed-strings "$fault"; then
        continue
    fi
    log=$work/logs/$seed-$number.log
    from=$SECONDS
    outcome=$(try "$fault" "$log")
    printf '%s\t%s\t%s s\n' "$fault" "$outcome" $((SECONDS - from)) | tee -a "$results"
done <"$sample"

grep --invert-match '^#' "$sample" | awk -F '\t' -v results="$results" '
BEGIN { while ((getline line < results) > 0) { split(line, part, "\t"); outcome[part[1]] = part[2]; spent += part[3] } }
{
    said = outcome[$1]; kind = $1; sub(/@.*/, "", kind)
    if (!(kind in all)) order[++kinds] = kind
    all[kind]++; total++
    if (said ~ /^noticed/) { noticed[kind]++; first = said; sub(/^noticed /, "", first); sub(/::.*/, "", first); by[first]++ }
    else if (said == "survived") { survived[kind]++; lost[++survivors] = $1 }
    else { other[kind]++; by[said]++ }
}
END {
    row = "%-28s %7s %9s %16s\n"
    printf "\n" row, "kind", "noticed", "survived", "does not compile"
    for (i = 1; i <= kinds; i++) printf row, order[i], noticed[order[i]] + 0, survived[order[i]] + 0, other[order[i]] + 0
    printf "\nnoticed first by\n"
    for (name in by) printf "%7d %s\n", by[name], name
    printf "\nnot noticed: %d of %d\n", survivors, total
    for (i = 1; i <= survivors; i++) print lost[i]
    exit survivors * 20 > total
}'
