//! What becomes of the data of the generator when another version of the document takes the place of one:
//! entries of the overlay, addresses in names.yaml, rows of operations.yaml.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Source;
use super::moves::Moves;
use super::overlay::{Outcome, Overlay, Review};
use super::renames::{Renames, operations};
use super::schema::{reference, strings, text};
use crate::diagnostic::Diagnostics;
use crate::pointer::join;
use crate::yaml::edit::Edit;
use crate::yaml::read::Document;

/// The data beside the document.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    /// The files of the overlay.
    pub(crate) overlay: Vec<Source>,
    /// The files of words.
    pub(crate) words: Vec<Source>,
    /// names.yaml.
    pub(crate) names: Source,
    /// operations.yaml.
    pub(crate) operations: Source,
}

impl Data {
    /// All files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Source> {
        let listed = self.overlay.iter().chain(&self.words);
        listed.chain([&self.names, &self.operations])
    }
}

/// The sections of names.yaml that list addresses, and those whose keys are addresses.
const LISTS: [&str; 5] = ["types", "merge", "enums", "decimals", "client_generated"];
const KEYS: [&str; 2] = ["arguments", "asked"];

/// Compares what each file says with the new document; files of which there is nothing to say are left out.
pub(crate) fn follow(before: &Value, now: &Value, data: &Data) -> Result<Vec<Review>, Diagnostics> {
    let overlay = Overlay::parse(&data.overlay)?;
    let mut moves = Moves::between(before, now);
    let mut merged = now.clone();
    let mut reviews = overlay.review(&mut merged, &mut moves);
    let names = Document::parse(&data.names.name, &data.names.text)?;
    reviews.push(review_names(&names, &merged, &moves));
    let rows = Document::parse(&data.operations.name, &data.operations.text)?;
    reviews.push(review_operations(&rows, before, &merged));
    for source in &data.words {
        let words = Document::parse(&source.name, &source.text)?;
        reviews.push(review_words(&words, before, &merged, &moves));
    }
    reviews.retain(|review| !review.outcomes.is_empty());
    Ok(reviews)
}

/// A document with all that the overlay adds to it and without what it says of single fields: where the words of
/// ours stand that the next document has a place for. Components have the names that they will have.
pub(crate) fn with_additions(
    before: &Value,
    now: &Value,
    overlay: &[Source],
) -> Result<Value, Diagnostics> {
    let mut added = before.clone();
    Overlay::parse(overlay)?.apply_additions(&mut added);
    let renamed = Renames::between(before, now).schemas();
    if let Some(components) = added.pointer_mut("/components/schemas") {
        for (old, new) in renamed {
            components[new] = components[old].clone();
        }
    }
    Ok(added)
}

fn review_names(names: &Document, merged: &Value, moves: &Moves<'_>) -> Review {
    let places = super::address::index(merged);
    let new = |address: &str| match places.get(address) {
        // What had facts of its own may refer to a component now.
        Some(place) => {
            let component = merged.pointer(place).and_then(reference);
            component.map(str::to_owned)
        }
        None => moves.follow(address).filter(|new| places.contains_key(new)),
    };
    let mut found = Found::of(names.name());
    for section in LISTS {
        let section_place = format!("/{section}");
        let listed = entries(&names.root()[section]).flat_map(|(_, addresses)| strings(addresses));
        let mut known: BTreeSet<String> = listed.collect();
        for (name, addresses) in entries(&names.root()[section]) {
            for (number, address) in strings(addresses).iter().enumerate() {
                let place = format!("{}/{number}", join(&section_place, name));
                match new(address) {
                    Some(new) if known.insert(new.clone()) => {
                        found.moved(names, &place, address, new, Edit::Write);
                    }
                    // Listed under that address already.
                    Some(new) => found.moved(names, &place, address, new, |at, _| Edit::Remove(at)),
                    None => {}
                }
            }
        }
    }
    for section in KEYS {
        for (address, _) in entries(&names.root()[section]) {
            if let Some(new) = new(address) {
                let place = join(&format!("/{section}"), address);
                found.moved(names, &place, address, new, Edit::Rename);
            }
        }
    }
    found.0
}

/// Addresses and ids in a file of words that have moved.
fn review_words(words: &Document, before: &Value, merged: &Value, moves: &Moves<'_>) -> Review {
    let places = super::address::index(merged);
    let ids = Ids::between(before, merged);
    let mut found = Found::of(words.name());
    for (section, named) in [("places", "at"), ("values", "of"), ("operations", "of")] {
        let entries = words.root()[section].as_array().into_iter().flatten();
        for (number, entry) in entries.enumerate() {
            let at = format!("/{section}/{number}/{named}");
            let keys: Vec<(String, &str)> = match &entry[named] {
                Value::Array(keys) => {
                    let keys = keys.iter().enumerate();
                    keys.filter_map(|(number, key)| Some((format!("{at}/{number}"), key.as_str()?)))
                        .collect()
                }
                key => key.as_str().map(|key| (at, key)).into_iter().collect(),
            };
            for (place, key) in keys {
                let new = match section {
                    "operations" => ids.moved(key),
                    _ if places.contains_key(key) => None,
                    _ => moves.follow(key).filter(|new| places.contains_key(new)),
                };
                if let Some(new) = new {
                    found.moved(words, &place, key, new, Edit::Write);
                }
            }
        }
    }
    found.0
}

/// The operations of two documents.
struct Ids {
    /// The place of each id before.
    before: BTreeMap<String, String>,
    /// The id at each place now.
    now: BTreeMap<String, String>,
}

impl Ids {
    fn between(before: &Value, now: &Value) -> Self {
        Self {
            before: ids(before).map(|(place, id)| (id, place)).collect(),
            now: ids(now).collect(),
        }
    }

    /// The id that an operation has now, if it has another.
    fn moved(&self, id: &str) -> Option<String> {
        if self.now.values().any(|now| now == id) {
            return None;
        }
        self.now.get(self.before.get(id)?).cloned()
    }
}

/// Rows whose operation has another id now.
fn review_operations(rows: &Document, before: &Value, merged: &Value) -> Review {
    let mut found = Found::of(rows.name());
    let ids = Ids::between(before, merged);
    for (id, _) in entries(rows.root()) {
        let new = ids.moved(id);
        if let Some(new) = new.filter(|new| rows.root().get(new.as_str()).is_none()) {
            found.moved(rows, &join("", id), id, new, Edit::Rename);
        }
    }
    found.0
}

/// The ids of operations, each with its place.
fn ids(document: &Value) -> impl Iterator<Item = (String, String)> {
    let all = operations(document).into_iter();
    all.filter_map(|(place, node)| Some((place.address(), text(node, "operationId")?.to_owned())))
}

struct Found(Review);

impl Found {
    fn of(file: &str) -> Self {
        Self(Review {
            file: file.to_owned(),
            edits: BTreeSet::new(),
            outcomes: Vec::new(),
        })
    }

    fn moved(
        &mut self,
        document: &Document,
        place: &str,
        old: &str,
        new: String,
        edit: fn(String, String) -> Edit,
    ) {
        self.0.edits.insert(edit(place.to_owned(), new.clone()));
        let line = document.line(place).unwrap_or(1);
        let outcome = Outcome::Moved(new);
        self.0.outcomes.push((line, old.to_owned(), outcome));
    }
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}
