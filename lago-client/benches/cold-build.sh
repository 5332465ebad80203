#!/usr/bin/env bash
# Measures what a program costs to build from nothing: CPU seconds (user and system, of all processes) of a cold
# `cargo build` of a hello-world with each subject, in turn, round by round. CPU seconds and not time, because other
# work on the machine changes time more; compare only subjects of the same run.
#
#   lago-client/benches/cold-build.sh [--rounds N] [--release] SUBJECT...
#
# A subject is one of
#   REVISION[:FEATURES]   lago-client of a revision of this repository (`.` is what is checked out); FEATURES replace
#                         the default ones, with commas, and `none` is none
#   official:VERSION      the crate `lago-client` of the registry
#   bare:FEATURES         reqwest with FEATURES, tokio and serde_json
#
# With --release the profile is release, and the size of the stripped program is printed too.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=2 profile=()
while [[ ${1-} == --* ]]; do
    case $1 in
    --rounds) rounds=$2 && shift 2 ;;
    --release) profile=(--release) && shift ;;
    *) echo "no such option: $1" >&2 && exit 2 ;;
    esac
done
[[ $# -gt 0 ]] || { sed -n '2,/^set/{/^#/p}' "$0" >&2; exit 2; }

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What a caller of this script has set would change what is measured.
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL CARGO_PROFILE_DEV_DEBUG CARGO_PROFILE_RELEASE_DEBUG

calls_lago='use lago_client::{Client, types::CustomerInput};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lago = Client::from_env()?;
    let customer = lago.customers().create(CustomerInput::new("acme").name("Acme")).await?;
    println!("{}", customer.lago_id);
    Ok(())
}'
calls_official='use lago_client::LagoClient;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lago = LagoClient::from_env()?;
    let invoices = lago.list_invoices(None).await?;
    println!("{}", invoices.invoices.len());
    Ok(())
}'
calls_bare='#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let response = reqwest::Client::new().get(std::env::var("URL")?).send().await?;
    let value: serde_json::Value = serde_json::from_slice(&response.bytes().await?)?;
    println!("{value}");
    Ok(())
}'

# A program with a subject, in the folder of this number.
program() { # number subject
    local folder=$work/$1 subject=$2 features=${2#*:} dependency source lock=$root/Cargo.lock
    mkdir -p "$folder/src"
    case $subject in
    official:*) dependency="lago-client = \"=$features\"" source=$calls_official ;;
    bare:*)
        dependency="reqwest = { version = \"0.13\", default-features = false, features = [\"${features//,/\", \"}\"] }
serde_json = \"1\"" source=$calls_bare
        ;;
    *)
        local revision=${subject%%:*} path=$root chosen=
        if [[ $revision != . ]]; then
            # Beside the program: within, it would be a member of its workspace.
            path=$work/repository-$1
            mkdir "$path"
            git archive "$revision" | tar -x -C "$path"
            lock=$path/Cargo.lock
        fi
        case $subject in
        *:none) chosen=', default-features = false' ;;
        *:*) chosen=", default-features = false, features = [\"${features//,/\", \"}\"]" ;;
        esac
        dependency="lago-client = { path = \"$path/lago-client\"$chosen }" source=$calls_lago
        ;;
    esac
    cat >"$folder/Cargo.toml" <<END
[package]
name = "hello"
version = "0.1.0"
edition = "2024"

[dependencies]
$dependency
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[workspace]
END
    printf '%s\n' "$source" >"$folder/src/main.rs"
    # The same versions for all, as far as they have the same crates.
    cp "$lock" "$folder/Cargo.lock"
    cargo fetch --quiet --manifest-path "$folder/Cargo.toml"
}

number=0
for subject in "$@"; do
    program $((number++)) "$subject"
done

TIMEFORMAT='%U %S'
for ((round = 1; round <= rounds; round++)); do
    number=0
    for subject in "$@"; do
        folder=$work/$number target=$work/target
        used=$({ time CARGO_TARGET_DIR=$target cargo build --quiet --offline "${profile[@]}" \
            --manifest-path "$folder/Cargo.toml" >"$work/said" 2>&1 || echo failed >"$work/failed"; } 2>&1)
        [[ ! -e $work/failed ]] || { cat "$work/said" >&2; exit 1; }
        size=
        if [[ -n ${profile-} ]]; then
            strip -o "$work/stripped" "$target/release/hello"
            size="  $(stat -c %s "$work/stripped") bytes"
        fi
        awk -v r="$round" -v s="$subject" -v z="$size" '{ printf "%d  %-44s %6.1f s%s\n", r, s, $1 + $2, z }' <<<"$used"
        rm -rf "$target"
        number=$((number + 1))
    done
done
