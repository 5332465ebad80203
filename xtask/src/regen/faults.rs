//! Faults that a generator could have, one at a time, so that tests can be asked whether they notice.
//!
//! `cargo xtask faults` draws a sample of them, and `cargo xtask regen --fault FAULT --out DIR` generates as a generator
//! with that fault would: what is read from the document is changed before it is printed. Types, calls, tables and the
//! calls of lago-tests are then wrong alike, so that nothing but the document itself, or a recording, contradicts them.
//! A fault of the overlay is one of its data: an entry that is lost, or that lost a part.
//!
//! `tests/mutations.sh` goes through a sample.

mod operations;
mod overlay;
mod sample;
mod types;

use std::fmt;
use std::str::FromStr;

use super::emit::Tree;
use super::ir::Api;
use super::{Clock, Generated, Inputs, generate, lower};
use crate::diagnostic::{Diagnostic, Diagnostics};
pub(crate) use sample::{listed, sample};

/// A fault: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// The name of its kind.
    pub(crate) kind: String,
    /// The place: `Invoice.number`, `GET /plans?page`, `webhook invoice.created`, `xtask/overlay/FILE POINTER TARGET`.
    pub(crate) address: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind, self.address)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, address) = text
            .split_once('@')
            .ok_or("write it as `cargo xtask faults` prints it: KIND@ADDRESS")?;
        Ok(Self {
            kind: kind.to_owned(),
            address: address.to_owned(),
        })
    }
}

/// Goes over the places where a kind of fault can be in what was read, and puts it where it is told to: one function, so
/// that what is listed can be put.
type Places = fn(&mut Api, &mut dyn FnMut(&str) -> bool);

/// A kind of fault in what emitters print.
struct Kind {
    name: &'static str,
    places: Places,
}

/// Every kind, those first of which a sample has one more when it cannot have as many of each.
const KINDS: &[Kind] = &[
    kind("field lost", types::lose_field),
    kind("field misnamed", types::misname_field),
    kind("field required", types::require_field),
    kind("enum value lost", types::lose_value),
    kind("parameter misnamed", operations::misname_parameter),
    kind("method wrong", operations::change_method),
    kind("arguments swapped", operations::swap_arguments),
    kind("path values swapped", operations::swap_path_values),
    kind("response root wrong", operations::misname_response_root),
    kind("request root wrong", operations::misname_request_root),
    kind("field of another type", types::change_type),
    kind("null lost", types::forbid_null),
    kind("parameter lost", operations::lose_parameter),
    kind("parameter required", operations::require_parameter),
    kind("path wrong", operations::misspell_path),
    kind("page lost", operations::lose_page),
    kind("empty response refused", operations::forbid_empty),
    kind("repeated or not", operations::flip_idempotency),
    kind("identity unchecked", operations::lose_identity),
    kind("webhook lost", operations::lose_webhook),
    kind("webhook root wrong", operations::misname_webhook_root),
];

const fn kind(name: &'static str, places: Places) -> Kind {
    Kind { name, places }
}

/// Every fault that can be, kind by kind.
fn all(inputs: &Inputs, api: &mut Api) -> Result<Vec<Vec<Fault>>, Diagnostics> {
    let mut kinds: Vec<Vec<Fault>> = KINDS.iter().map(|kind| kind.faults(api)).collect();
    kinds.extend(overlay::faults(inputs)?);
    kinds.retain(|faults| !faults.is_empty());
    Ok(kinds)
}

impl Kind {
    fn faults(&self, api: &mut Api) -> Vec<Fault> {
        let mut found = Vec::new();
        (self.places)(api, &mut |address| {
            found.push(Fault {
                kind: self.name.to_owned(),
                address: address.to_owned(),
            });
            false
        });
        found
    }
}

impl Fault {
    /// Puts the fault into what was read; whether there is such a place.
    fn put(&self, api: &mut Api) -> bool {
        let mut is_put = false;
        if let Some(kind) = KINDS.iter().find(|kind| kind.name == self.kind) {
            (kind.places)(api, &mut |address| {
                let is_here = !is_put && address == self.address;
                is_put |= is_here;
                is_here
            });
        }
        is_put
    }

    fn unknown(&self) -> Diagnostics {
        Diagnostic {
            file: self.to_string(),
            line: None,
            pointer: None,
            message: "there is no such kind of fault, or none at this place".to_owned(),
            advice: "`cargo xtask faults` lists all".to_owned(),
        }
        .into()
    }
}

/// What a generator with the fault prints, and the files of the overlay if it is one of theirs.
pub(crate) fn faulty(inputs: &Inputs, fault: &Fault) -> Result<(Generated, Tree), Diagnostics> {
    if let Some(inputs) = overlay::altered(inputs, fault)? {
        let generated = super::regen(&inputs)?;
        let files = inputs.overlay.into_iter();
        return Ok((
            generated,
            files.map(|file| (file.name, file.text)).collect(),
        ));
    }
    let mut clock = Clock::start();
    let mut prepared = lower(inputs, &mut clock)?;
    if !fault.put(&mut prepared.api) {
        return Err(fault.unknown());
    }
    let overlay = inputs.overlay.iter().cloned();
    let overlay = overlay.map(|file| (file.name, file.text)).collect();
    Ok((generate(prepared, clock)?, overlay))
}

#[cfg(test)]
mod tests;
