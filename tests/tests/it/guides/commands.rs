//! Commands and dependencies that the pages show: the programs, their options and the features are there.
//!
//! Commands of `cargo xtask` that are its own are tried by xtask's tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{guides, text, workspace};

/// The README, the guides, and the pages below docs/.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = guides().into_iter().map(|(_, page)| page).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "lago-types/README.md"].map(text));
    let mut waiting: Vec<PathBuf> = vec![workspace("docs")];
    while let Some(folder) = waiting.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => pages.push(fs::read_to_string(path).unwrap()),
            }
        }
    }
    pages
}

/// What is typed in a page, one command a line, without variables that stand before it and without what follows it.
fn commands(page: &str) -> Vec<Vec<String>> {
    let joined = page.replace("\\\n", " ");
    let typed = joined
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("$ "));
    let words = typed.map(|line| {
        let words = line.split_whitespace().skip_while(|word| {
            let name = word.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| !name.is_empty() && !name.starts_with('-'))
        });
        words
            .take_while(|word| !matches!(*word, ">" | "|" | "#"))
            .map(str::to_owned)
            .collect()
    });
    words.collect()
}

/// The features that lago-client has.
fn features() -> Vec<String> {
    let manifest = text("lago-client/Cargo.toml");
    let (_, rest) = manifest.split_once("\n[features]\n").unwrap();
    let section = rest.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split_once(" = "));
    names
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// What follows an option.
fn value<'w>(words: &'w [String], option: &str) -> Option<&'w str> {
    let place = words.iter().position(|word| word == option)?;
    words.get(place + 1).map(String::as_str)
}

/// The program of a command that tests can start, and what it is told.
fn started(words: &[String]) -> Option<(&'static str, &[String])> {
    let name = match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["cargo", "xtask", "conform", ..] => env!("CARGO_BIN_EXE_conform"),
        ["cargo", "xtask", "mock", ..] => env!("CARGO_BIN_EXE_mock"),
        ["lago-gateway", ..] => return Some((env!("CARGO_BIN_EXE_gateway"), &words[1..])),
        ["cargo", "run", ..] => {
            let program = match value(words, "--bin").or(value(words, "--example"))? {
                "backfill" => env!("CARGO_BIN_EXE_backfill"),
                "lago-gateway" => env!("CARGO_BIN_EXE_gateway"),
                _ => return None,
            };
            let end = words.iter().position(|word| word == "--")?;
            return Some((program, &words[end + 1..]));
        }
        _ => return None,
    };
    Some((name, &words[3..]))
}

/// What is wrong with a command, in words.
fn wrong(words: &[String]) -> Option<String> {
    let said = words.join(" ");
    if let Some(name) = value(words, "--example") {
        let file = workspace(&format!("lago-client/examples/{name}.rs"));
        let folder = workspace(&format!("lago-client/examples/{name}/main.rs"));
        if !file.exists() && !folder.exists() {
            return Some(format!("`{said}`: there is no such example"));
        }
    }
    let known = features();
    for feature in value(words, "--features")
        .into_iter()
        .flat_map(|list| list.split(','))
    {
        if value(words, "-p") == Some("lago-client") && !known.iter().any(|known| known == feature)
        {
            return Some(format!("`{said}`: there is no feature {feature}"));
        }
    }
    let (program, arguments) = started(words)?;
    // It reads everything before this and then says only how it is used.
    let output = Command::new(program)
        .args(arguments)
        .arg("--help")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    (!output.status.success()).then(|| format!("`{said}`: {error}"))
}

#[test]
fn commands_of_the_pages_are_taken_by_their_programs() {
    let pages = pages();
    let commands: Vec<Vec<String>> = pages.iter().flat_map(|page| commands(page)).collect();
    let found: Vec<String> = commands.iter().filter_map(|words| wrong(words)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let started = commands
        .iter()
        .filter(|words| started(words).is_some())
        .count();
    assert!(started > 10, "{started} of {}", commands.len());
}

#[test]
fn a_command_that_nothing_takes_is_found() {
    let page = "$ A=1 cargo xtask mock \\\n    --prot 1 > file\n  $ cargo run -p lago-client --features mock,mook --example top_up\n\
                $ cargo run -p lago-client --example topup\n$ lago-gateway serve --read-only\n$ ls -la\n";
    let found: Vec<String> = commands(page)
        .iter()
        .filter_map(|words| wrong(words))
        .collect();
    let [option, feature, example] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(
        option.starts_with("`cargo xtask mock --prot 1`: error: unexpected argument"),
        "{option}"
    );
    assert!(feature.ends_with("there is no feature mook"), "{feature}");
    assert!(example.ends_with("there is no such example"), "{example}");
}

#[test]
fn features_that_the_pages_switch_on_exist() {
    let known = features();
    let mut count = 0;
    for page in pages() {
        // Of other crates the line begins with their name.
        for line in page
            .lines()
            .filter_map(|line| line.strip_prefix("features = ["))
        {
            for feature in line.split('"').skip(1).step_by(2) {
                assert!(
                    known.iter().any(|known| known == feature),
                    "there is no feature {feature}"
                );
                count += 1;
            }
        }
    }
    assert!(count > 5, "{count}");
}
