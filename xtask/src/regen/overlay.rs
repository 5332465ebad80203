//! xtask/overlay/: where the server differs from the published document.
//!
//! A file names the server of which it speaks. Each entry says what it changes (`target`, `change`),
//! in which servers that is missing, why, and on what evidence. On openapi.yaml an entry whose
//! target is gone, or that repeats what is published, is an error: the document has been corrected
//! and the entry must go. On other documents it is a report.

mod absence;
mod agree;
mod change;
mod evidence;
mod file;
mod operation;
mod review;
mod schema;

use std::fmt;

use serde_json::Value;

use super::Source;
use super::address::{Address, Addresses, index, refresh};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::read::Document;
pub(crate) use absence::says_only_who_lacks_it;
use change::Change;
use file::{Entry, File};
pub(crate) use review::{Outcome, Review};

/// Why an entry cannot be applied.
#[derive(Clone, Debug, PartialEq)]
enum Refusal {
    /// The document says already what the entry says, or has what it brings.
    Stated(String),
    /// The document does not have the target.
    Missing,
    /// Anything else.
    Other(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stated(what) | Self::Other(what) => what,
            Self::Missing => "its target is not in this document",
        })
    }
}

/// What the target of an entry may say in place of a method and a path.
const EVERY_OPERATION: &str = "every operation";

/// The entries of all files of the overlay.
#[derive(Debug)]
pub(crate) struct Overlay {
    files: Vec<File>,
}

impl Overlay {
    /// Reads the files and checks that every entry is whole.
    pub(crate) fn parse(sources: &[Source]) -> Result<Self, Diagnostics> {
        let mut files = Vec::new();
        let mut found = Vec::new();
        for source in sources {
            let document = Document::parse(&source.name, &source.text)?;
            files.push(file::read(document, &mut found));
        }
        match found.is_empty() {
            true => Ok(Self { files }),
            false => Err(Diagnostics(found)),
        }
    }

    /// Applies the entries in order; returns how many places changed, and findings about the
    /// others.
    pub(crate) fn apply(&self, root: &mut Value) -> (usize, Vec<Diagnostic>) {
        let mut document = Target::new(root);
        let mut applied = 0;
        let mut findings = Vec::new();
        for File {
            document: file,
            entries,
        } in &self.files
        {
            for entry in entries {
                for target in &entry.targets {
                    match document.apply(target, entry) {
                        Ok(()) => applied += 1,
                        Err(reason) => findings.push(file.diagnostic(
                            &entry.pointer,
                            format!("the entry for `{target}` does not apply: {reason}"),
                            "the document may have been corrected: check it, then remove or mend the entry",
                        )),
                    }
                }
            }
        }
        (applied, findings)
    }

    /// Applies only the entries that bring something which has words of its own.
    pub(crate) fn apply_additions(&self, root: &mut Value) {
        let mut document = Target::new(root);
        let entries = self.files.iter().flat_map(|file| &file.entries);
        for entry in entries.filter(|entry| entry.change.adds()) {
            for target in &entry.targets {
                // What cannot be applied adds nothing.
                let _ = document.apply(target, entry);
            }
        }
    }
}

/// The document while it changes.
struct Target<'d> {
    root: &'d mut Value,
    addresses: Addresses,
    /// What the addresses know of it.
    known: Known,
}

/// How far the addresses follow the document.
#[derive(PartialEq)]
enum Known {
    /// They know every place.
    All,
    /// They lack places that are new.
    Old,
    /// They may be wrong.
    Wrong,
}

impl<'d> Target<'d> {
    fn new(root: &'d mut Value) -> Self {
        Self {
            addresses: index(root),
            root,
            known: Known::All,
        }
    }

    fn apply(&mut self, target: &str, entry: &Entry) -> Result<(), Refusal> {
        let root = &mut *self.root;
        if let Some(place) = entry.change.lacks(root) {
            let lacking = format!("it refers to `{place}`, which is not in this document");
            return Err(Refusal::Other(lacking));
        }
        match &entry.change {
            Change::Parameter(parameter) => operation::add_parameter(root, target, parameter),
            Change::Errors(errors) => operation::add_errors(root, target, errors),
            Change::MayBeEmpty => operation::allow_empty(root, target),
            Change::Operation(new) => operation::add(root, target, new).map(|()| self.grown()),
            Change::Webhook(new) => {
                operation::add_webhook(root, target, new).map(|()| self.grown())
            }
            Change::Schema(new) => schema::create(root, target, new).map(|()| self.grown()),
            Change::Required | Change::Optional if target.ends_with(" request") => {
                operation::require_body(root, target, entry.change == Change::Required)
            }
            Change::Absent if target.contains('?') => {
                operation::remove_parameter(root, target)?;
                // Its siblings have moved.
                self.known = Known::Wrong;
                Ok(())
            }
            Change::Required | Change::Optional | Change::Absent => self.presence(target, entry),
            _ => self.schema(target, entry),
        }
    }

    /// Changes whether an object has a property.
    fn presence(&mut self, target: &str, entry: &Entry) -> Result<(), Refusal> {
        let address = Address::new(target);
        let (owner, name) = address
            .parent()
            .zip(address.property())
            .ok_or_else(|| other("its target is no property of an object"))?;
        let pointer = self.find(owner.as_str())?;
        let object = self.root.pointer_mut(&pointer).ok_or(Refusal::Missing)?;
        match entry.change {
            Change::Required => schema::require(object, name)?,
            Change::Optional => {
                let is_known = self.addresses.contains_key(target);
                schema::make_optional(object, name).map_err(|refusal| match is_known {
                    true => refusal,
                    false => Refusal::Missing,
                })?;
            }
            _ => schema::remove(object, name)?,
        }
        if entry.change == Change::Absent {
            self.changed(target);
        } else if let Some(place) = self.addresses.get(target)
            && let Some(property) = self.root.pointer_mut(place)
        {
            schema::describe(property, &entry.why);
        }
        Ok(())
    }

    fn schema(&mut self, target: &str, entry: &Entry) -> Result<(), Refusal> {
        let pointer = self.find(target)?;
        let before = self.root.pointer(&pointer).ok_or(Refusal::Missing)?;
        let mut after = schema::changed(self.root, before, &entry.change, &entry.why)?;
        if after == *before {
            return Err(same());
        }
        if entry.change.is_for_readers() {
            schema::describe(&mut after, &entry.why);
        }
        if let Some(node) = self.root.pointer_mut(&pointer) {
            *node = after;
        }
        self.changed(target);
        Ok(())
    }

    /// The pointer of an address; an entry may aim at what one before it made.
    fn find(&mut self, address: &str) -> Result<String, Refusal> {
        let missed = self.known == Known::Old && !self.addresses.contains_key(address);
        if missed || self.known == Known::Wrong {
            self.addresses = index(self.root);
            self.known = Known::All;
        }
        self.addresses.get(address).cloned().ok_or(Refusal::Missing)
    }

    /// Takes note that there are other schemas at and below an address than before.
    fn changed(&mut self, address: &str) {
        if !refresh(self.root, &mut self.addresses, address) {
            self.known = Known::Wrong;
        }
    }

    /// Takes note that there are other operations, webhooks or components than before.
    fn grown(&mut self) {
        if self.known == Known::All {
            self.known = Known::Old;
        }
    }
}

fn same() -> Refusal {
    stated("the document says the same")
}

fn stated(what: &str) -> Refusal {
    Refusal::Stated(what.to_owned())
}

fn other(what: &str) -> Refusal {
    Refusal::Other(what.to_owned())
}

#[cfg(test)]
mod tests;
