//! What the pages for contributors and the guides point to is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The pages in a folder and below, with the folder that each is in.
fn pages(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        match path.is_dir() {
            true => found.extend(pages(&path)),
            false => found.push((folder.to_owned(), fs::read_to_string(path).unwrap())),
        }
    }
    found
}

/// The places of a page that may name a file.
fn words(page: &str) -> impl Iterator<Item = &str> {
    let words = page.split(['`', ' ', '\n', ':']);
    let words = words.map(|word| word.trim_end_matches(['.', ',', ';', ')']));
    // A message may speak of any file; where a link leads is looked up from its page.
    words.filter(|word| !word.contains('*') && !word.starts_with("../"))
}

/// The files of the workspace that a page names in code, and those that it links to.
fn named<'p>(root: &Path, folder: &Path, page: &'p str) -> Vec<(&'p str, PathBuf)> {
    const ROOMS: [&str; 7] = [
        "docs/",
        "examples/",
        "fuzz/",
        "lago-client/",
        "lago-types/",
        "tests/",
        "xtask/",
    ];
    let code = words(page).filter(|word| ROOMS.iter().any(|room| word.starts_with(room)));
    let code = code.map(|path| (path, root.join(path)));
    let links = page
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next());
    let links = links.filter(|link| !link.is_empty() && !link.contains(':'));
    code.chain(links.map(|link| (link, folder.join(link))))
        .collect()
}

/// The files of Rust that a page names without their crate, `retry/repeat.rs`, and that no crate has.
fn nowhere<'p>(sources: &[PathBuf], page: &'p str) -> Vec<&'p str> {
    let names = words(page).filter(|word| word.ends_with(".rs"));
    names
        .filter(|name| !sources.iter().any(|source| source.ends_with(name)))
        .collect()
}

/// Every file of Rust in the workspace.
fn sources(root: &Path) -> Vec<PathBuf> {
    let rooms = ["examples", "lago-client", "lago-types", "tests", "xtask"];
    let mut waiting: Vec<PathBuf> = rooms.map(|room| root.join(room)).into();
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            match path.is_dir() {
                // What was built is no source.
                true if path.ends_with("target") => {}
                true => waiting.push(path),
                false => found.push(path),
            }
        }
    }
    found
}

/// The pages for those who work on this, and the guides.
fn all(root: &Path) -> Vec<(PathBuf, String)> {
    let mut pages = pages(&root.join("docs"));
    pages.extend(self::pages(&root.join("lago-client/src/guide")));
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        pages.push((
            root.to_owned(),
            fs::read_to_string(root.join(page)).unwrap(),
        ));
    }
    pages
}

#[test]
fn a_file_that_is_named_without_its_crate_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = sources(&root);
    for (_, page) in all(&root) {
        let missing = nowhere(&sources, &page);
        assert!(
            missing.is_empty(),
            "{missing:?} are nowhere; the page begins {:?}",
            page.lines().next()
        );
    }
    let page = "`repeat.rs` and `retry/repeat.rs`, not `nowhere.rs` or `pace/repeat.rs`.";
    assert_eq!(nowhere(&sources, page), ["nowhere.rs", "pace/repeat.rs"]);
}

#[test]
fn files_and_links_of_the_pages_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut looked_up = 0;
    for (folder, page) in &all(&root) {
        for (name, path) in named(&root, folder, page) {
            assert!(
                path.exists(),
                "{name} is not there; the page begins {:?}",
                page.lines().next()
            );
            looked_up += 1;
        }
    }
    assert!(looked_up > 60, "{looked_up}");
}

#[test]
fn a_page_that_points_nowhere_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page =
        "See `xtask/src/gone.rs`, [a page](gone.md#part) and [the web](https://example.com).";
    let missing = named(&root, &root.join("docs"), page);
    let missing: Vec<_> = missing
        .iter()
        .filter(|(_, path)| !path.exists())
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(missing, ["xtask/src/gone.rs", "gone.md"]);
}
