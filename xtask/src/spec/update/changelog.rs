//! Puts the fragment of an update into CHANGELOG.md, once.

/// The heading of what is not released yet.
const HEADING: &str = "## Unreleased";

/// CHANGELOG.md with a fragment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The whole text.
    pub(crate) text: String,
    /// What of the fragment is not in it, because people have worded the update of this version already.
    pub(crate) reworded: Vec<String>,
}

/// Puts the items of a fragment, which are lists of lines, under the heading of what is not released. What stands there
/// already is not written again; nothing is, when an item there speaks of the `version`.
pub(crate) fn placed(changelog: &str, fragment: &[String], version: &str) -> Placed {
    let items = items(fragment.iter().map(String::as_str));
    let known: Vec<Vec<&str>> = self::items(unreleased(changelog).lines());
    let words = |item: &[&str]| -> Vec<String> {
        let words = item.iter().flat_map(|line| line.split_whitespace());
        words.map(str::to_owned).collect()
    };
    let is_known = |item: &[&str]| known.iter().any(|other| words(other) == words(item));
    let new: Vec<String> = items
        .iter()
        .filter(|item| !is_known(item))
        .map(|item| item.join("\n"))
        .collect();
    let says_version =
        |word: &str| word.trim_matches([',', '.', ':', ';', '`', '(', ')']) == version;
    let is_worded = known
        .iter()
        .any(|item| words(item).iter().any(|word| says_version(word)));
    match new.is_empty() || is_worded {
        true => Placed {
            text: changelog.to_owned(),
            reworded: new,
        },
        false => Placed {
            text: with(changelog, &new.join("\n")),
            reworded: Vec::new(),
        },
    }
}

/// Lines as items of a list, each with the lines that go on with it.
fn items<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<Vec<&'l str>> {
    let mut items: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match items.last_mut() {
            _ if line.starts_with("- ") => items.push(vec![line]),
            Some(item) if line.starts_with("  ") => item.push(line),
            _ => {}
        }
    }
    items
}

/// Where the lines below a heading begin and end.
fn below(changelog: &str) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    let mut begin = None;
    for line in changelog.split_inclusive('\n') {
        match begin {
            Some(begin) if line.starts_with("## ") => return Some(begin..at),
            None if line.trim_end() == HEADING => begin = Some(at + line.len()),
            _ => {}
        }
        at += line.len();
    }
    begin.map(|begin| begin..changelog.len())
}

fn unreleased(changelog: &str) -> &str {
    below(changelog).map_or("", |range| &changelog[range])
}

/// The changelog with text as the first that stands under the heading, which is written where it is missing: before
/// the latest release.
fn with(changelog: &str, text: &str) -> String {
    let (before, after, heading) = match below(changelog) {
        Some(range) => {
            let (before, after) = changelog.split_at(range.start);
            (before, after, String::new())
        }
        None => {
            let releases = changelog.find("\n## ").map_or(changelog.len(), |at| at + 1);
            let (before, after) = changelog.split_at(releases);
            (before, after, format!("{HEADING}\n"))
        }
    };
    let mut out = before.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    if !heading.is_empty() && !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out += &format!("{heading}\n{text}\n");
    let after = after.trim_start_matches('\n');
    // A list goes on; anything else stands apart.
    if !after.is_empty() && !after.starts_with("- ") {
        out.push('\n');
    }
    out + after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_fragment_comes_first_and_once() {
        let new = fragment(&["- Lago's API 2, from 1.", "- New calls: `a`,", "  `b`."]);
        for (before, after) in [
            (
                "# Changelog\n\n## Unreleased\n\n- Old.\n\n## 0.1\n\n- First.\n",
                "# Changelog\n\n## Unreleased\n\n- Lago's API 2, from 1.\n- New calls: `a`,\n  `b`.\n- Old.\n\n## 0.1\n\n- First.\n",
            ),
            (
                "## Unreleased\n\n## 0.1\n",
                "## Unreleased\n\n- Lago's API 2, from 1.\n- New calls: `a`,\n  `b`.\n\n## 0.1\n",
            ),
            (
                "# Changelog\n\n## 0.1\n\n- First.\n",
                "# Changelog\n\n## Unreleased\n\n- Lago's API 2, from 1.\n- New calls: `a`,\n  `b`.\n\n## 0.1\n\n- First.\n",
            ),
            (
                "# Changelog",
                "# Changelog\n\n## Unreleased\n\n- Lago's API 2, from 1.\n- New calls: `a`,\n  `b`.\n",
            ),
            (
                "",
                "## Unreleased\n\n- Lago's API 2, from 1.\n- New calls: `a`,\n  `b`.\n",
            ),
        ] {
            let placed = placed(before, &new, "2");
            assert_eq!(placed.text, after);
            let again = super::placed(&placed.text, &new, "2");
            assert_eq!(
                (again.text, again.reworded),
                (placed.text, Vec::<String>::new())
            );
        }
    }

    #[test]
    fn what_people_worded_stays_theirs() {
        let changelog =
            "## Unreleased\n\n- Version 1.55.0 of the API.\n- Known: `a`\n  and `b`.\n\n## 0.1\n";
        let new = fragment(&[
            "- Lago's API 1.55.0, from 1.51.0.",
            "- Known: `a` and `b`.",
            "- More.",
        ]);
        let placed = placed(changelog, &new, "1.55.0");
        assert_eq!(placed.text, changelog);
        assert_eq!(
            placed.reworded,
            ["- Lago's API 1.55.0, from 1.51.0.", "- More."]
        );
        // Another version, or none, and it is written.
        for version in ["1.55.1", "1.5"] {
            let placed = super::placed(changelog, &new, version);
            assert!(
                placed.text.contains("- More.\n- Version"),
                "{}",
                placed.text
            );
        }
        // What was released before does not count.
        let released = "## Unreleased\n\n## 0.1\n\n- Version 1.55.0 of the API.\n";
        assert_ne!(super::placed(released, &new, "1.55.0").text, released);
    }

    #[test]
    fn nothing_to_say_changes_nothing() {
        assert_eq!(placed("# C\n", &[], "1").text, "# C\n");
    }
}
