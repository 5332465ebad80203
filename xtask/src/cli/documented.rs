//! The commands that pages show, taken as they are typed.

use std::fs;
use std::path::PathBuf;

use clap::Parser;

use crate::{Cli, workspace};

/// The pages that show commands.
fn pages() -> Vec<String> {
    let root = workspace().unwrap();
    let mut pages: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"]
        .map(|page| root.join(page))
        .into();
    let mut waiting = vec![root.join("docs"), root.join("lago-client/src/guide")];
    while let Some(folder) = waiting.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => pages.push(path),
            }
        }
    }
    pages
        .into_iter()
        .map(|page| fs::read_to_string(page).unwrap())
        .collect()
}

/// What stands behind `cargo xtask` where a page says `$ cargo xtask …`.
fn commands(page: &str) -> Vec<Vec<String>> {
    let joined = page.replace("\\\n", " ");
    let lines = joined
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("$ "));
    let commands = lines.filter_map(|line| {
        let (_, arguments) = line.split_once("cargo xtask ")?;
        let words = arguments.split_whitespace();
        Some(
            words
                .take_while(|word| *word != ">")
                .map(str::to_owned)
                .collect(),
        )
    });
    commands.collect()
}

#[test]
fn commands_of_the_pages_are_taken() {
    let mut count = 0;
    for command in pages().iter().flat_map(|page| commands(page)) {
        let said = command.join(" ");
        let words = std::iter::once("cargo xtask".to_owned()).chain(command);
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("`cargo xtask {said}`: {error}");
        }
        count += 1;
    }
    assert!(count > 15, "{count}");
}

#[test]
fn a_command_in_two_lines_is_one_and_what_it_writes_to_is_no_part_of_it() {
    let page = "  $ KEY=1 cargo xtask spec merged \\\n    --format json > all.json\n$ cargo test\n";
    let expected = ["spec", "merged", "--format", "json"].map(str::to_owned);
    assert_eq!(commands(page), [expected.to_vec()]);
}
