//! Code in the guides can be read without scrolling, and shows where each name comes from.

use std::collections::BTreeSet;

use super::{guides, text};

/// What rustdoc shows of a line of code at its usual width.
const WIDTH: usize = 95;

/// A block of code: its first line in the page, the language, and its lines.
struct Block<'t> {
    line: usize,
    language: &'t str,
    lines: Vec<&'t str>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for (index, line) in page.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(language) if !is_open => {
                let line = index + 1;
                let (language, _) = language.split_once(',').unwrap_or((language, ""));
                let lines = Vec::new();
                found.push(Block {
                    line,
                    language,
                    lines,
                });
                is_open = true;
            }
            Some(_) => is_open = false,
            None if is_open => found
                .last_mut()
                .into_iter()
                .for_each(|block| block.lines.push(line)),
            None => {}
        }
    }
    assert!(!is_open, "a block without an end");
    found
}

/// What follows `# ` in a line of Rust that rustdoc runs and does not show.
fn hidden(line: &str) -> Option<&str> {
    match line.trim_start() {
        "#" => Some(""),
        line => line.strip_prefix("# "),
    }
}

fn too_wide(name: &str, page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks(page) {
        for (index, line) in block.lines.iter().enumerate() {
            let is_shown = block.language != "rust" || hidden(line).is_none();
            let width = line.chars().count();
            if is_shown && width > WIDTH {
                let place = block.line + index + 1;
                found.push(format!("{name}:{place} has {width} characters"));
            }
        }
    }
    found
}

/// The words of code: names, numbers, and each other character by itself. Comments and texts are left out.
fn words(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in code.lines() {
        let mut rest = line.split("//").next().unwrap_or_default();
        while let Some(first) = rest.chars().next() {
            let is_part = |char: char| char.is_alphanumeric() || char == '_';
            let length = match first {
                '"' => match rest[1..].find('"') {
                    Some(end) => {
                        rest = &rest[end + 2..];
                        continue;
                    }
                    None => rest.len(),
                },
                first if is_part(first) => rest.find(|char| !is_part(char)).unwrap_or(rest.len()),
                first => first.len_utf8(),
            };
            found.push(&rest[..length]);
            rest = &rest[length..];
        }
    }
    found.retain(|word| !word.trim().is_empty());
    found
}

/// The names that `let`, `fn` and `use` bring in.
fn brought_in<'c>(words: &[&'c str]) -> BTreeSet<&'c str> {
    let is_name = |word: &&str| word.starts_with(|char: char| char.is_alphabetic() || char == '_');
    let mut names = BTreeSet::new();
    for (index, word) in words.iter().enumerate() {
        let until = |end: &str| {
            let rest = &words[index + 1..];
            let end = rest.iter().position(|word| *word == end);
            &rest[..end.unwrap_or(rest.len())]
        };
        match *word {
            "let" => names.extend(until("=").iter().copied().filter(|word| *word != "mut")),
            "fn" => names.extend(words.get(index + 1)),
            // The last of a path, and the last of each in braces.
            "use" => {
                let path = [until(";"), &[","]].concat();
                let pairs = path.windows(2).filter(|pair| matches!(pair[1], "," | "}"));
                names.extend(pairs.map(|pair| pair[0]));
            }
            _ => {}
        }
    }
    names.into_iter().filter(is_name).collect()
}

/// The names in lines that are seen, which only lines that are not seen bring in.
fn out_of_nowhere<'c>(block: &Block<'c>, known: &BTreeSet<&'c str>) -> Vec<&'c str> {
    let mut unseen = Vec::new();
    let mut seen = Vec::new();
    for line in &block.lines {
        match hidden(line) {
            Some(line) => unseen.extend(words(line)),
            None => seen.extend(words(line)),
        }
    }
    let shown = brought_in(&seen);
    // What stands behind a dot is a method or a field.
    let used = |name: &&str| {
        let mut places = (0..seen.len()).filter(|place| seen[*place] == *name);
        places.any(|place| place == 0 || seen[place - 1] != ".")
    };
    let names = brought_in(&unseen).into_iter().filter(used);
    names
        .filter(|name| !shown.contains(name) && !known.contains(name))
        .collect()
}

/// What a page says of its names that is not so. Only the client is known from one block to the next.
fn unexplained(name: &str, page: &str) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for block in blocks(page) {
        if block.language != "rust" {
            continue;
        }
        for unexplained in out_of_nowhere(&block, &known) {
            let place = block.line;
            found.push(format!(
                "{name}:{place} does not show where `{unexplained}` comes from"
            ));
        }
        let seen = block.lines.iter().filter(|line| hidden(line).is_none());
        let seen: Vec<&str> = seen.flat_map(|line| words(line)).collect();
        known.extend(brought_in(&seen).get("lago"));
    }
    found
}

/// The guides, and the first pages that people read.
fn pages() -> Vec<(String, String)> {
    let mut pages = guides();
    let docs = text("lago-client/src/lib.rs");
    let docs = docs.lines().filter_map(|line| line.strip_prefix("//!"));
    let docs = docs.map(|line| line.strip_prefix(' ').unwrap_or(line));
    pages.push(("lib.rs".to_owned(), docs.collect::<Vec<_>>().join("\n")));
    pages
}

#[test]
fn code_is_not_wider_than_the_page() {
    let found = pages();
    let found: Vec<_> = found
        .iter()
        .flat_map(|(name, page)| too_wide(name, page))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    // What programs print stands in the README as it is printed.
    let readme = text("README.md");
    let blocks = blocks(&readme);
    let code = blocks
        .iter()
        .filter(|block| matches!(block.language, "rust" | "toml"));
    for line in code.flat_map(|block| &block.lines) {
        assert!(line.chars().count() <= WIDTH, "README.md: {line}");
    }
}

#[test]
fn names_in_code_come_from_lines_that_are_shown() {
    let found = pages();
    let found: Vec<_> = found
        .iter()
        .flat_map(|(name, page)| unexplained(name, page))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_wide_line_and_a_name_out_of_nowhere_are_found() {
    let wide = "x".repeat(WIDTH + 1);
    let page = format!(
        "```rust\nuse a::{{B, c::D}};\n# use e::F;\n# let lago = B::new();\n# let (g, mut h, of) = lago.both();\n\
         let i = F.of(g, \"h\", lago); // h\n# {wide}\n```\n\n```toml\n{wide}\n```\n\n\
         ```rust,no_run\nlet lago = D::new();\n```\n\n```rust\n# let lago = 1;\nlago.call();\n```\n"
    );
    let unexplained = unexplained("page", &page).join("\n");
    let expected =
        ["F", "g", "lago"].map(|name| format!("page:1 does not show where `{name}` comes from"));
    assert_eq!(unexplained, expected.join("\n"));
    assert_eq!(too_wide("page", &page), ["page:11 has 96 characters"]);
}
