//! Links of the guides lead somewhere, both in the documentation and for those who read the files.
//!
//! A guide says at its end where its links lead among the files. For the documentation `guide_links/` says it, by paths
//! of which `cargo doc` refuses one that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{guides, text, workspace};

/// Where links lead, by their label: the lines `[label]: target` of a page.
fn definitions(page: &str) -> BTreeMap<&str, &str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix('['));
    lines.filter_map(|line| line.split_once("]: ")).collect()
}

/// A page without its blocks of code and its definitions.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let lines = page.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_definition = line.starts_with('[') && line.contains("]: ");
        !is_code && !is_fence && !is_definition
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The labels that a page uses: those of ``[`code`]`` and of `[text][label]`.
fn labels(prose: &str) -> BTreeSet<String> {
    let apart = prose.split("][").skip(1);
    let apart = apart.filter_map(|rest| rest.split_once(']'));
    let apart = apart.map(|(label, _)| label.to_owned());
    let code = prose.match_indices("[`").filter_map(|(index, mark)| {
        let (code, after) = prose[index + mark.len()..].split_once("`]")?;
        let is_label = !code.contains('`') && !after.starts_with(['[', '(']);
        is_label.then(|| format!("`{code}`"))
    });
    apart.chain(code).collect()
}

/// The pages of definitions for the documentation: a feature, and what it adds.
fn guide_links() -> BTreeMap<String, String> {
    let files = fs::read_dir(workspace("lago-client/src/guide_links")).unwrap();
    let pages = files.map(|file| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    pages.collect()
}

#[test]
fn every_link_says_where_it_leads_for_both_kinds_of_readers() {
    let links = guide_links();
    let documented: BTreeSet<&str> = links
        .values()
        .flat_map(|page| definitions(page).into_keys())
        .collect();
    let mut used = BTreeSet::new();
    for (name, page) in guides() {
        let (prose, definitions) = (prose(&page), definitions(&page));
        assert!(
            !prose.contains("](crate::"),
            "{name}: write [text][label], and say where it leads at the end of the file and in guide_links/"
        );
        let labels = labels(&prose);
        let defined: BTreeSet<String> = definitions
            .keys()
            .map(|label| (*label).to_owned())
            .collect();
        assert_eq!(
            labels, defined,
            "{name}: what it links to, and what stands at its end"
        );
        for (label, file) in definitions {
            let path = workspace("lago-client/src/guide").join(file);
            assert!(
                path.is_file(),
                "{name}: {label} leads to {file}, which is not there"
            );
            used.insert(label.to_owned());
        }
    }
    let used: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    assert_eq!(
        used, documented,
        "what guides link to, and what stands in guide_links/"
    );
    assert!(used.len() > 200, "{}", used.len());
}

/// A label of a feature that is off would be text in brackets.
#[test]
fn what_a_feature_adds_leads_to_the_features_without_it() {
    let mut links = guide_links();
    let off = links.remove("switched_off").unwrap();
    links.remove("always").unwrap();
    let added: BTreeSet<&str> = links
        .values()
        .flat_map(|page| definitions(page).into_keys())
        .collect();
    assert!(
        definitions(&off)
            .values()
            .all(|target| *target == "crate::guide::features")
    );
    assert_eq!(
        definitions(&off).into_keys().collect::<BTreeSet<_>>(),
        added
    );
    let declared = text("lago-client/src/guide.rs");
    for feature in links.keys() {
        let line = format!(
            "#[cfg_attr(feature = \"{}\", doc = include_str!(\"guide_links/{feature}.md\"))]",
            feature.replace('_', "-")
        );
        assert!(declared.contains(&line), "guide.rs lacks {line}");
    }
}

#[test]
fn every_guide_leads_on_and_only_to_guides_that_there_are() {
    let guides = guides();
    let all: BTreeSet<&str> = guides.iter().map(|(name, _)| name.as_str()).collect();
    for (name, page) in &guides {
        let to_guides = definitions(page);
        let to_guides = to_guides.values().filter(|target| !target.contains('/'));
        for target in to_guides {
            let guide = target.strip_suffix(".md").unwrap_or(target);
            assert!(all.contains(guide), "{name} leads to {target}");
        }
        let prose = prose(page);
        let (_, last) = prose.rsplit_once("\n## ").unwrap();
        assert!(last.starts_with("Where next\n"), "{name} ends with {last}");
        let next = labels(last);
        let next = next.iter().filter(|label| all.contains(label.as_str()));
        assert!(next.count() > 1, "{name}");
    }
}

#[test]
fn labels_are_found_and_code_and_other_links_are_not() {
    let page = "A [`call`], [words][label], [`b()`][b], [`c`][`d`], [there](there.md), `[`, and [`here`](#here).\n\
                ```rust\nlet a = [b][c];\n```\n[`call`]: x.rs\n[label]: y.md\n";
    let found = labels(&prose(page));
    assert_eq!(
        found,
        BTreeSet::from(["`call`", "`d`", "b", "label"].map(str::to_owned))
    );
    assert_eq!(
        definitions(page),
        BTreeMap::from([("`call`", "x.rs"), ("label", "y.md")])
    );
}
