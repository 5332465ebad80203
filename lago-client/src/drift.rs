//! What the server sends and this version of the crate does not know.
//!
//! Decoding is behind a function without a place for more than the value, so what is found goes past it through the
//! thread: a call watches while it decodes, and decoding notes what it finds.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use lago_types::drift::{Unknown, UnknownValue};
use serde_ignored::Path;

use crate::operation::Operation;
use crate::redact::{self, long, word};

/// How much the server sent that this version of the crate does not know, which means that the
/// server is newer. Nothing is wrong with that: what is known is all there.
///
/// Counted are the responses that can be read, to all calls of a client and its clones. The first
/// time that something is met at a place there is also an event of `tracing`, at the level `WARN`
/// and under the target `lago_client::drift`. It names the operation, the place in the JSON and the
/// enum value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Enum values; they are there as `Unknown`.
    pub unknown_values: u64,
    /// Fields of objects; they are skipped.
    pub unknown_fields: u64,
}

/// How many places of one response are told; the rest is counted.
const MOST_OF_RESPONSE: usize = 16;

/// How many places are told by one client; the rest is counted.
const MOST_OF_CLIENT: usize = 1000;

/// What was found in one response.
#[derive(Debug, Default)]
pub(crate) struct Found {
    fields: u64,
    values: u64,
    /// Where, and which value if it is one.
    places: BTreeSet<(String, Option<String>)>,
}

impl Found {
    /// A field that nobody reads.
    pub(crate) fn field(&mut self, path: &Path<'_>) {
        self.fields += 1;
        if self.places.len() < MOST_OF_RESPONSE {
            self.places.insert((long(place(path)).to_string(), None));
        }
    }

    /// The enum values that are not known, and how to find out where one stands.
    pub(crate) fn values(&mut self, unknown: Unknown, locate: impl Fn(UnknownValue) -> String) {
        self.values += unknown.times;
        for value in unknown.values {
            let text = redact::value(&value.text).to_owned();
            self.places.insert((locate(value), Some(text)));
        }
    }
}

thread_local! {
    static FOUND: RefCell<Option<Found>> = const { RefCell::new(None) };
}

/// Hands on what was found to whoever watches.
pub(crate) fn note(found: Found) {
    // A thread that is ending watches nothing.
    let _ = FOUND.try_with(|watched| {
        if let Some(watched) = &mut *watched.borrow_mut() {
            *watched = found;
        }
    });
}

/// What a client has found so far.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    values: AtomicU64,
    fields: AtomicU64,
    told: Mutex<HashSet<(&'static str, String, Option<String>)>>,
}

impl Watch {
    /// Decodes, and counts and tells what is not known.
    pub(crate) fn over<T>(&self, operation: &'static Operation, decode: impl FnOnce() -> T) -> T {
        FOUND.set(Some(Found::default()));
        let value = decode();
        if let Some(found) = FOUND.take() {
            self.add(operation, found);
        }
        value
    }

    /// The counts.
    pub(crate) fn counts(&self) -> Drift {
        Drift {
            unknown_values: self.values.load(Ordering::Relaxed),
            unknown_fields: self.fields.load(Ordering::Relaxed),
        }
    }

    fn add(&self, operation: &'static Operation, found: Found) {
        if found.fields + found.values == 0 {
            return;
        }
        self.fields.fetch_add(found.fields, Ordering::Relaxed);
        self.values.fetch_add(found.values, Ordering::Relaxed);
        for (path, value) in found.places {
            if self.is_first(operation, &path, &value) {
                tell(operation, &path, value.as_deref());
            }
        }
    }

    fn is_first(&self, operation: &'static Operation, path: &str, value: &Option<String>) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST_OF_CLIENT && told.insert((operation.id, path.to_owned(), value.clone()))
    }
}

fn tell(operation: &Operation, path: &str, value: Option<&str>) {
    match value {
        Some(value) => tracing::warn!(
            target: "lago_client::drift",
            { lago.operation_id = operation.id, path, value },
            "the server sent an enum value that this version of the crate does not know"
        ),
        None => tracing::warn!(
            target: "lago_client::drift",
            { lago.operation_id = operation.id, path },
            "the server sent a field that this version of the crate does not know"
        ),
    }
}

/// The same for every element of a list: which one it was matters to nobody.
fn place(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, .. } => place(parent) + "[]",
        Path::Map { parent, key } => match place(parent) {
            start if start.is_empty() => word(key).to_owned(),
            start => format!("{start}.{}", word(key)),
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => place(parent),
    }
}
