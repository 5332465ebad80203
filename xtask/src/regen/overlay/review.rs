//! What becomes of the overlay on the next document: entries that it has made true, entries whose places have
//! moved, and what people have to decide.

mod settle;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::agree::Difference;
use super::change::Change;
use super::file::{Entry, File};
use super::schema::resolve;
use super::{Overlay, Target};
use crate::pointer::join;
use crate::regen::moves::Moves;
use crate::regen::schema::{refer_to, reference};
use crate::yaml::edit::Edit;
use crate::yaml::write::to_yaml;
use settle::{Settled, at, settle_where_it_is};

/// What was found about one file of the overlay.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    /// The file as a person names it.
    pub(crate) file: String,
    /// The changes that bring it up to date.
    pub(crate) edits: BTreeSet<Edit>,
    /// What was found: the line and the target of the entry, and what becomes of it.
    pub(crate) outcomes: Vec<(usize, String, Outcome)>,
}

/// What becomes of an entry, or of one of its targets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The document says it now, and it goes; or this part of it.
    Corrected(Option<String>),
    /// The document has the operation now, as the entry has it: the entry goes, and the code of the operation leaves
    /// its feature.
    Published,
    /// It is about another address now.
    Moved(String),
    /// People decide. With what the entry may be replaced by, ready to be pasted.
    Open { reason: String, instead: String },
}

impl Overlay {
    /// Looks at each entry beside the next document, which is changed as the entries say.
    pub(crate) fn review(&self, root: &mut Value, moves: &mut Moves<'_>) -> Vec<Review> {
        let mut document = Target::new(root);
        // Entries that were written for the bare schema may stand before the one that wraps it.
        for entry in self.files.iter().flat_map(|file| &file.entries) {
            if let Change::Wrap(key) = &entry.change {
                for target in entry.targets.iter() {
                    let has_root = at(&mut document, target).cloned().is_some_and(|schema| {
                        resolve(document.root, &schema)["properties"]
                            .get(key)
                            .is_some()
                    });
                    if has_root {
                        moves.wrap(target, key);
                    }
                }
            }
        }
        let review = |file| FileReview::new(file).run(&mut document, moves);
        self.files.iter().map(review).collect()
    }
}

struct FileReview<'f> {
    file: &'f File,
    found: Review,
}

impl<'f> FileReview<'f> {
    fn new(file: &'f File) -> Self {
        let found = Review {
            file: file.document.name().to_owned(),
            edits: BTreeSet::new(),
            outcomes: Vec::new(),
        };
        Self { file, found }
    }

    fn run(mut self, document: &mut Target<'_>, moves: &Moves<'_>) -> Review {
        for entry in &self.file.entries {
            let entry = self.with_new_references(entry, moves);
            self.entry(&entry, document, moves);
        }
        self.found
    }

    fn entry(&mut self, entry: &Entry, document: &mut Target<'_>, moves: &Moves<'_>) {
        let places: Vec<String> = match self.raw(entry)["target"].is_string() {
            true => vec![format!("{}/target", entry.pointer)],
            false => (0..entry.targets.len())
                .map(|number| format!("{}/target/{number}", entry.pointer))
                .collect(),
        };
        let settled: Vec<(String, Settled)> = entry
            .targets
            .iter()
            .map(|target| settle_where_it_is(document, target, entry, moves))
            .collect();
        // What goes from an entry goes for all of its targets.
        let alike = settled.iter().all(|(_, one)| *one == settled[0].1);
        let mut gone = BTreeSet::new();
        for ((target, (at, settled)), place) in entry.targets.iter().zip(settled).zip(places) {
            if at != *target && matches!(settled, Settled::Applies | Settled::Partly(..)) {
                self.found
                    .edits
                    .insert(Edit::Write(place.clone(), at.clone()));
                self.note(entry, target, Outcome::Moved(at));
            }
            let outcome = match settled {
                Settled::Applies => continue,
                Settled::Stated => {
                    gone.insert(place);
                    match entry.change {
                        Change::Operation(_) => Outcome::Published,
                        _ => Outcome::Corrected(None),
                    }
                }
                Settled::Partly(parts, edits) if alike => {
                    self.found.edits.extend(edits);
                    Outcome::Corrected(Some(parts.join(", ")))
                }
                Settled::Partly(parts, _) => Outcome::Open {
                    reason: format!(
                        "the document has {} here, but not at every target of the entry: split it",
                        parts.join(", ")
                    ),
                    instead: String::new(),
                },
                Settled::Otherwise(differences) => self.otherwise(entry, &differences),
                Settled::Refused(reason) => Outcome::Open {
                    reason,
                    instead: String::new(),
                },
            };
            self.note(entry, target, outcome);
        }
        match gone.len() == entry.targets.len() {
            true => {
                self.found.edits.insert(Edit::Remove(entry.pointer.clone()));
            }
            false => self.found.edits.extend(gone.into_iter().map(Edit::Remove)),
        }
    }

    /// The entry with references to components that have another name now.
    fn with_new_references(&mut self, entry: &Entry, moves: &Moves<'_>) -> Entry {
        let mut change = self.raw(entry)["change"].clone();
        let mut renamed = Vec::new();
        let place = format!("{}/change", entry.pointer);
        rename_references(&mut change, &place, moves, &mut renamed);
        let mut entry = entry.clone();
        if !renamed.is_empty()
            && let Ok(change) = Change::read(&change)
        {
            entry.change = change;
            self.found.edits.extend(renamed);
        }
        entry
    }

    /// What the document says otherwise, with the entries that keep what ours said.
    fn otherwise(&self, entry: &Entry, differences: &[Difference]) -> Outcome {
        let said: Vec<String> = differences
            .iter()
            .map(|difference| format!("{}: {}", difference.address, difference.said))
            .collect();
        let raw = self.raw(entry);
        let instead: Vec<Value> = differences
            .iter()
            .filter(|difference| !difference.change.is_null())
            .map(|difference| {
                let mut new = json!({"target": difference.address, "change": difference.change});
                for key in ["why", "evidence"] {
                    if let Some(said) = raw.get(key) {
                        new[key] = said.clone();
                    }
                }
                new
            })
            .collect();
        let whose = match entry.change {
            Change::Operation(_) => "it is published now, and the document says otherwise",
            _ => "the document says otherwise",
        };
        Outcome::Open {
            reason: format!("{whose}: {}", said.join("; ")),
            instead: match instead.is_empty() {
                true => String::new(),
                false => to_yaml(&Value::Array(instead)),
            },
        }
    }

    fn raw(&self, entry: &Entry) -> &'f Value {
        let written = self.file.document.root().pointer(&entry.pointer);
        written.unwrap_or(&Value::Null)
    }

    fn note(&mut self, entry: &Entry, target: &str, outcome: Outcome) {
        let line = self.file.document.line(&entry.pointer).unwrap_or(1);
        self.found.outcomes.push((line, target.to_owned(), outcome));
    }
}

/// Points references at components by the names that they have now.
fn rename_references(node: &mut Value, place: &str, moves: &Moves<'_>, edits: &mut Vec<Edit>) {
    if let Some(new) = reference(node).and_then(|name| moves.component(name)) {
        let new = refer_to(new)["$ref"].clone();
        let text = new.as_str().unwrap_or_default().to_owned();
        edits.push(Edit::Write(format!("{place}/$ref"), text));
        node["$ref"] = new;
    }
    match node {
        Value::Object(map) => {
            for (key, value) in map {
                rename_references(value, &join(place, key), moves, edits);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter_mut().enumerate() {
                rename_references(item, &format!("{place}/{number}"), moves, edits);
            }
        }
        _ => {}
    }
}
