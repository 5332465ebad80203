//! What a workspace becomes when it takes a document over, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use super::duplicates::Duplicate;
use super::import::{Imported, import};
use super::missing::Missing;
use super::rows::Rows;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::follow::{Data, follow, with_additions};
use crate::regen::overlay::{Outcome, Review};
use crate::regen::unnamed::{Unnamed, unnamed};
use crate::regen::wording::Wording;
use crate::regen::{Inputs, Source};
use crate::sources::DOCUMENT;
use crate::yaml::edit::{Edit, edited};
use crate::yaml::read::Document;

/// A workspace: its openapi.yaml, and the data beside it.
pub(crate) struct Workspace {
    /// The text of openapi.yaml, and what it says.
    pub(crate) ours: Option<(String, Document)>,
    pub(crate) data: Option<Data>,
}

/// The next openapi.yaml, the data that goes with it, and what people have to know and to do.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(super) imported: Imported,
    /// openapi.yaml as it will be.
    pub(super) now: Document,
    /// Whether that is another text than it was.
    pub(super) is_new: bool,
    /// The data as it will be; none in a workspace that begins.
    pub(crate) data: Option<Data>,
    /// Which of its files have another text now.
    changed: BTreeSet<String>,
    /// What was settled about it.
    pub(super) settled: Vec<Review>,
    /// What people decide about it.
    pub(super) open: Vec<Review>,
    emptied: Vec<String>,
    /// Places of edits that could not be made, each with its file.
    pub(super) by_hand: Vec<String>,
    pub(super) rows: Rows,
    /// Enums without a name of ours, or why they cannot be told.
    pub(super) unnamed: Result<Vec<Unnamed>, String>,
    /// Parameters that upstream states twice, each with what is said of it.
    pub(super) duplicates: Vec<(Duplicate, Diagnostic)>,
}

/// Takes the facts of `theirs` into a workspace. What has moved, and what is new, follows from `before`: the document
/// for which the data was written. With `apply`, the data follows as far as that can be decided.
pub(crate) fn take(
    theirs: &Document,
    workspace: &Workspace,
    before: Option<&Document>,
    apply: bool,
) -> Result<Taken, Diagnostics> {
    let Workspace { ours, data } = workspace;
    let added = match (before, data) {
        (Some(before), Some(data)) => {
            Some(with_additions(before.root(), theirs.root(), &data.overlay)?)
        }
        _ => None,
    };
    let document = ours.as_ref().map(|(_, document)| document);
    let mut imported = import(theirs, document, before, added.as_ref())?;
    let now = Document::parse(DOCUMENT, &imported.text)?;
    if let Some(data) = data {
        without_words_elsewhere(&mut imported, &now, &data.words)?;
    }
    let said = |found: &Duplicate| (found.clone(), found.diagnostic(theirs));
    let mut taken = Taken {
        duplicates: imported.duplicates.iter().map(said).collect(),
        is_new: ours.as_ref().is_none_or(|(text, _)| *text != imported.text),
        imported,
        now,
        data: None,
        changed: BTreeSet::new(),
        settled: Vec::new(),
        open: Vec::new(),
        emptied: Vec::new(),
        by_hand: Vec::new(),
        rows: Rows::default(),
        unnamed: Ok(Vec::new()),
    };
    if let (Some(before), Some(data), Some(added)) = (before, data, &added) {
        taken.follow(theirs, before, data, apply)?;
        taken.name(added);
    }
    Ok(taken)
}

/// Counts as said what has words in a file of words, and strikes it from the list of what has none: a new property of
/// a known name.
fn without_words_elsewhere(
    imported: &mut Imported,
    now: &Document,
    words: &[Source],
) -> Result<(), Diagnostics> {
    let mut worded = now.root().clone();
    let wording = Wording::parse(words)?;
    // What reaches nothing is told where code is generated.
    let _ = wording.begin(&mut worded).end(&mut worded);
    imported.missing = Missing::from(&worded);
    imported.unsaid.retain(|unsaid| {
        let node = worded.pointer(&unsaid.pointer);
        node.is_none_or(|node| node.get(unsaid.key).is_none())
    });
    Ok(())
}

impl Taken {
    /// The files that are to be written, openapi.yaml first: the words of entries that go stand in it.
    pub(crate) fn files(&self) -> Vec<(&str, &str)> {
        let document = self
            .is_new
            .then_some((DOCUMENT, self.imported.text.as_str()));
        let data = self.data.iter().flat_map(Data::files);
        let data = data.filter(|source| self.changed.contains(&source.name));
        let data = data.map(|source| (source.name.as_str(), source.text.as_str()));
        document.into_iter().chain(data).collect()
    }

    /// The files of the overlay that have lost their last entry.
    pub(crate) fn emptied(&self) -> &[String] {
        &self.emptied
    }

    /// Everything that code is generated from.
    pub(crate) fn inputs(&self, strict: bool) -> Option<Inputs> {
        let spec = Source {
            name: DOCUMENT.to_owned(),
            text: self.imported.text.clone(),
        };
        Some(Inputs::new(spec, self.data.clone()?, strict))
    }

    fn follow(
        &mut self,
        theirs: &Document,
        before: &Document,
        data: &Data,
        apply: bool,
    ) -> Result<(), Diagnostics> {
        let (before, now) = (before.root(), self.now.root());
        let reviews = follow(before, now, data)?;
        let (after, by_hand) = changed(data.clone(), &reviews);
        let rows = Document::parse(&after.operations.name, &after.operations.text)?;
        self.rows = Rows::missing(theirs.root(), &rows);
        self.by_hand = by_hand;
        if apply {
            let texts = data.files().zip(after.files());
            let texts = texts.filter(|(old, new)| old.text != new.text);
            self.changed = texts.map(|(_, new)| new.name.clone()).collect();
            let empty = |source: &&Source| {
                let is_empty = source.text.contains("\nentries: []\n");
                is_empty && self.changed.contains(&source.name)
            };
            let empty = after.overlay.iter().filter(empty);
            self.emptied = empty.map(|source| source.name.clone()).collect();
        }
        let is_open = |outcome: &Outcome| matches!(outcome, Outcome::Open { .. });
        self.open = match apply {
            // People look for them in the files as they are then.
            true if !self.changed.is_empty() => only(follow(before, now, &after)?, is_open),
            _ => only(reviews.clone(), is_open),
        };
        self.settled = only(reviews, |outcome| !is_open(outcome));
        self.data = Some(after);
        Ok(())
    }

    fn name(&mut self, added: &serde_json::Value) {
        if let Some(inputs) = self.inputs(false) {
            self.unnamed = unnamed(&inputs, added).map_err(|problems| problems.to_string());
        }
    }
}

/// The outcomes of which something is true.
fn only(mut reviews: Vec<Review>, is: impl Fn(&Outcome) -> bool) -> Vec<Review> {
    for review in &mut reviews {
        review.outcomes.retain(|(.., outcome)| is(outcome));
    }
    reviews.retain(|review| !review.outcomes.is_empty());
    reviews
}

/// The data as the reviews have it, and the places that cannot be changed in their text.
fn changed(mut data: Data, reviews: &[Review]) -> (Data, Vec<String>) {
    let mut by_hand = Vec::new();
    let mut edits: BTreeMap<&str, BTreeSet<Edit>> = reviews
        .iter()
        .map(|review| (review.file.as_str(), review.edits.clone()))
        .collect();
    let files = data.overlay.iter_mut().chain(&mut data.words);
    for source in files.chain([&mut data.names, &mut data.operations]) {
        let Some(mut edits) = edits.remove(source.name.as_str()) else {
            continue;
        };
        loop {
            match edited(&source.text, &edits) {
                Ok(text) => break source.text = text,
                Err(place) => {
                    by_hand.push(format!("{} {place}", source.name));
                    let before = edits.len();
                    edits.retain(|edit| !edit.is_at(&place));
                    if edits.len() == before {
                        break;
                    }
                }
            }
        }
    }
    (data, by_hand)
}
