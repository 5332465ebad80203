//! Takes nodes out of a YAML text, or writes them anew, and leaves every other byte as it is.

use std::collections::BTreeSet;
use std::ops::Range;

use super::spans::{Place, Spans};
use super::write::text_on_one_line;

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edit {
    /// The entry or item at a pointer goes.
    Remove(String),
    /// The scalar at a pointer is this text.
    Write(String, String),
    /// The entry at a pointer goes by this key.
    Rename(String, String),
}

impl Edit {
    /// Whether it changes the node at a pointer, or what is in it.
    pub(crate) fn is_at(&self, pointer: &str) -> bool {
        let (Self::Remove(at) | Self::Write(at, _) | Self::Rename(at, _)) = self;
        at.strip_prefix(pointer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The text after the changes. The error is the pointer of a place that is written in a way that cannot be
/// changed like this.
pub(crate) fn edited(text: &str, edits: &BTreeSet<Edit>) -> Result<String, String> {
    let spans = Spans::of(text).map_err(|error| error.to_string())?;
    let in_flow = |at: &str| {
        let holder = at.rfind('/').and_then(|end| spans.get(&at[..end]));
        holder.is_some_and(|holder| holder.flow)
    };
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Remove(_) => {}
            Edit::Write(at, new) => {
                let place = spans.get(at).ok_or_else(|| at.clone())?;
                changes.push((place.value.clone(), text_on_one_line(new, in_flow(at))));
            }
            Edit::Rename(at, new) => {
                let key = spans.get(at).and_then(|place| place.key.clone());
                changes.push((
                    key.ok_or_else(|| at.clone())?,
                    text_on_one_line(new, in_flow(at)),
                ));
            }
        }
    }
    let removed: BTreeSet<&str> = edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Remove(at) => Some(at.as_str()),
            _ => None,
        })
        .collect();
    let holders: BTreeSet<&str> = removed
        .iter()
        .filter_map(|at| Some(&at[..at.rfind('/')?]))
        .collect();
    for holder in holders {
        let place = spans.get(holder).ok_or_else(|| holder.to_owned())?;
        let children: Vec<(&str, &Place, bool)> = place
            .children
            .iter()
            .filter_map(|child| {
                Some((
                    child.as_str(),
                    spans.get(child)?,
                    removed.contains(child.as_str()),
                ))
            })
            .collect();
        match (place.flow, children.iter().all(|(.., goes)| *goes)) {
            (true, _) => changes.extend(without_items(&children)),
            (false, false) => {
                for (at, child, _) in children.iter().filter(|(.., goes)| *goes) {
                    let lines = lines(text, child).ok_or_else(|| (*at).to_owned())?;
                    changes.push((lines, String::new()));
                }
            }
            (false, true) => {
                let empty = match place.children.first().is_some_and(|at| at.ends_with("/0")) {
                    true => "[]",
                    false => "{}",
                };
                let first_line = match place.key.as_ref() {
                    Some(key) => text[key.end..place.value.start]
                        .find('\n')
                        .map(|at| key.end + at),
                    None => None,
                };
                let from = first_line.ok_or_else(|| holder.to_owned())?;
                changes.push((from..place.value.end, format!(" {empty}")));
            }
        }
    }
    let mut after = applied(text, changes);
    if !removed.is_empty() && text.ends_with('\n') {
        // Comments behind the last entry may have been parted from it.
        after.truncate(after.trim_end().len());
        after.push('\n');
    }
    Ok(after)
}

/// What goes when items between brackets go: each with the comma behind it, those at the end with the comma
/// before them.
fn without_items(children: &[(&str, &Place, bool)]) -> Vec<(Range<usize>, String)> {
    let kept = children.iter().rposition(|(.., goes)| !goes);
    let gone = |range| (range, String::new());
    let (before, after) = children.split_at(kept.map_or(0, |last| last + 1));
    let mut changes: Vec<_> = before
        .windows(2)
        .filter(|pair| pair[0].2)
        .map(|pair| gone(pair[0].1.whole().start..pair[1].1.whole().start))
        .collect();
    if let (Some(first), Some(last)) = (after.first(), after.last()) {
        let from = match before.last() {
            Some((_, kept, _)) => kept.whole().end,
            None => first.1.whole().start,
        };
        changes.push(gone(from..last.1.whole().end));
    }
    changes
}

/// The lines of an entry of a block, with the blank ones that part it from the next; none when it shares its
/// first line with something else.
fn lines(text: &str, place: &Place) -> Option<Range<usize>> {
    let whole = place.whole();
    let mut start = text[..whole.start].rfind('\n').map_or(0, |at| at + 1);
    let mut lead = text[start..whole.start].trim();
    if place.key.is_none() && lead.is_empty() {
        // The dash may stand on a line of its own.
        let above = text[..start].trim_end();
        start = above.rfind('\n').map_or(0, |at| at + 1);
        lead = text[start..whole.start].trim();
    }
    if lead != if place.key.is_some() { "" } else { "-" } {
        return None;
    }
    let line_end = text[whole.end..].find('\n');
    let mut end = line_end.map_or(text.len(), |at| whole.end + at + 1);
    let behind = &text[end..];
    let content = behind.len() - behind.trim_start().len();
    let next_line = behind[..content].rfind('\n').map_or(0, |at| at + 1);
    if content == behind.len() {
        // Nothing follows: what parted it from the entry before goes.
        let above = text[..start].trim_end();
        start = text[above.len()..start]
            .find('\n')
            .map_or(start, |at| above.len() + at + 1);
    }
    end += next_line;
    Some(start..end)
}

/// The text with ranges replaced; where ranges overlap, all of them go.
fn applied(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in changes {
        if range.end <= done && range.start < done {
            continue;
        }
        out.push_str(&text[done..range.start.max(done)]);
        out.push_str(&new);
        done = range.end.max(done);
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Head
entries:

# Fees

- target: [A.a, 'B.b', C.c]  # three
  change: {values: [x, y]}

# Taxes

- target:
    - D.d
    - E.e # last
  change:
    add:
      properties:
        one: {type: string}
        two:
          type: string
  why: it is so

- target: F
  change: note
";

    fn edited(edits: &[Edit]) -> String {
        let edits = edits.iter().cloned().collect();
        super::edited(TEXT, &edits).unwrap()
    }

    fn remove(pointer: &str) -> Edit {
        Edit::Remove(pointer.to_owned())
    }

    #[test]
    fn only_what_is_named_goes() {
        for (removed, before, after) in [
            (
                &["/entries/0/target/0"][..],
                "[A.a, 'B.b', C.c]",
                "['B.b', C.c]",
            ),
            (
                &["/entries/0/target/2"],
                "[A.a, 'B.b', C.c]",
                "[A.a, 'B.b']",
            ),
            (
                &["/entries/0/target/1", "/entries/0/target/2"],
                "[A.a, 'B.b', C.c]",
                "[A.a]",
            ),
            (
                &["/entries/0/target/0", "/entries/0/target/2"],
                "[A.a, 'B.b', C.c]",
                "['B.b']",
            ),
            (&["/entries/1/target/1"], "    - E.e # last\n", ""),
            (
                &["/entries/1/change/add/properties/two"],
                "        two:\n          type: string\n",
                "",
            ),
            (
                &[
                    "/entries/1/change/add/properties/one",
                    "/entries/1/change/add/properties/two",
                ],
                "properties:\n        one: {type: string}\n        two:\n          type: string\n",
                "properties: {}\n",
            ),
            (
                &["/entries/0"],
                "- target: [A.a, 'B.b', C.c]  # three\n  change: {values: [x, y]}\n\n",
                "",
            ),
            (&["/entries/2"], "\n- target: F\n  change: note\n", ""),
        ] {
            let removed: Vec<Edit> = removed.iter().map(|at| remove(at)).collect();
            assert!(TEXT.contains(before), "{before}");
            assert_eq!(edited(&removed), TEXT.replace(before, after), "{removed:?}");
        }
    }

    #[test]
    fn a_list_without_its_entries_is_still_a_list() {
        let all: Vec<Edit> = (0..3).map(|at| remove(&format!("/entries/{at}"))).collect();
        let text = edited(&all);
        assert!(text.starts_with("# Head\nentries: []\n"), "{text}");
    }

    #[test]
    fn scalars_and_keys_are_written_anew() {
        let write = |at: &str, new: &str| Edit::Write(at.to_owned(), new.to_owned());
        let text = edited(&[
            write("/entries/0/target/1", "B2.b[]"),
            write("/entries/2/target", "no: it is"),
            Edit::Rename("/entries/1/why".to_owned(), "because".to_owned()),
            remove("/entries/0/target/0"),
        ]);
        let expected = TEXT
            .replace("[A.a, 'B.b', C.c]", "[B2.b[], C.c]")
            .replace("target: F", "target: 'no: it is'")
            .replace("why: it", "because: it");
        // An item with brackets has to be quoted between brackets.
        assert_eq!(text, expected.replace("[B2.b[], ", "['B2.b[]', "));
    }

    #[test]
    fn what_shares_its_line_is_left_alone() {
        let edits = [remove("/entries/0/target")].into_iter().collect();
        assert_eq!(
            super::edited(TEXT, &edits),
            Err("/entries/0/target".to_owned())
        );
    }
}
