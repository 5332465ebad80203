//! A rule about names that are nearly other names.

use std::collections::{BTreeMap, BTreeSet};

use strsim::damerau_levenshtein;

use super::super::subject::Subject;
use super::Found;
use crate::pointer::join;
use crate::regen::schema::{list, properties};

/// Shorter words are often near each other and right.
const SHORTEST: usize = 6;

/// How often a word has to stand in the document to be what was meant.
const OFTEN: usize = 3;

/// A name of the document: where it stands, and what it is.
struct Named<'d> {
    at: String,
    name: &'d str,
}

pub(super) fn misspelt(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let named = names(subject);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in named.iter().flat_map(|named| words(named.name)) {
        *counts.entry(word).or_default() += 1;
    }
    let whole: BTreeSet<String> = named
        .iter()
        .map(|named| words(named.name).join(" "))
        .collect();
    let mut said = BTreeSet::new();
    for Named { at, name } in &named {
        let own = words(name);
        // Most names stand in many places, and of frequent words alone.
        let rare = own.iter().any(|word| is_rare(word, &counts));
        if !rare || !said.insert(*name) {
            continue;
        }
        let meant = own
            .iter()
            .find_map(|word| meant_by(word, &counts))
            .map(|(word, meant)| format!("`{word}` stands for `{meant}`, which other names have"));
        let meant = meant.or_else(|| {
            let near = near_whole(&own.join(" "), &whole, &counts)?;
            Some(format!("nearly `{near}`, which the document has, too"))
        });
        if let Some(meant) = meant {
            found.push(Found::new(
                at.clone(),
                format!("`{name}` looks misspelt: {meant}"),
                "correct it, if the server does",
            ));
        }
    }
}

/// The nearest of some names, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = known.map(|known| (damerau_levenshtein(name, known), known));
    let (distance, near) = near.min()?;
    (distance > 0 && distance <= 1 + name.len() / 5).then_some(near)
}

fn names<'d>(subject: &Subject<'d>) -> Vec<Named<'d>> {
    let mut named = Vec::new();
    let section = |pointer: &str| {
        let map = subject
            .root
            .pointer(pointer)
            .and_then(|map| map.as_object());
        let pointer = pointer.to_owned();
        map.into_iter().flatten().map(move |(name, _)| Named {
            at: join(&pointer, name),
            name,
        })
    };
    named.extend(section("/components/schemas"));
    named.extend(section("/webhooks"));
    for schema in &subject.schemas {
        named.extend(properties(schema.node).map(|(name, _)| Named {
            at: join(&join(&schema.pointer, "properties"), name),
            name,
        }));
        named.extend(
            list(schema.node, "enum")
                .enumerate()
                .filter_map(|(number, value)| {
                    Some(Named {
                        at: format!("{}/enum/{number}", schema.pointer),
                        name: value.as_str()?,
                    })
                }),
        );
    }
    named
}

/// The words of a name, whatever its style: `payment_receipt.created`, `PaymentReceiptObject`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    let mut fresh = true;
    for c in name.chars() {
        if !c.is_alphabetic() {
            (fresh, previous_lower) = (true, false);
            continue;
        }
        if fresh || (c.is_uppercase() && previous_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (fresh, previous_lower) = (false, c.is_lowercase());
    }
    words
}

fn is_rare(word: &str, counts: &BTreeMap<String, usize>) -> bool {
    word.len() >= SHORTEST && counts.get(word).is_some_and(|count| *count < OFTEN)
}

/// A rare word, and the frequent one that it is nearly.
fn meant_by<'w>(word: &'w str, counts: &BTreeMap<String, usize>) -> Option<(&'w str, String)> {
    if !is_rare(word, counts) {
        return None;
    }
    let own = counts.get(word).copied().unwrap_or_default();
    let others = counts.iter().filter(|(other, count)| {
        **count >= OFTEN.max(own * 3)
            && other.len() >= SHORTEST
            && other.len().abs_diff(word.len()) <= 1
            && !inflected(word, other)
            && damerau_levenshtein(word, other) == 1
    });
    others.map(|(other, _)| (word, other.clone())).next()
}

/// Whether two words differ in their ends alone: `charge` and `charges`, `created` and `creates`.
fn inflected(one: &str, other: &str) -> bool {
    let same = one
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let shorter = one.chars().count().min(other.chars().count());
    same + 1 >= shorter
}

/// Another name of the document that is nearly the whole of this one.
fn near_whole<'n>(
    name: &str,
    all: &'n BTreeSet<String>,
    counts: &BTreeMap<String, usize>,
) -> Option<&'n String> {
    let most = name.len() / 6;
    let near = all.iter().filter(|other| {
        *other != name && other.len().abs_diff(name.len()) <= most && !name.contains(other.as_str())
    });
    // Names that differ by whole words are different names.
    near.filter(|other| other.split(' ').count() == name.split(' ').count())
        .map(|other| (damerau_levenshtein(name, other), other))
        .filter(|(distance, _)| *distance <= most)
        .filter(|(_, other)| {
            let pairs = name.split(' ').zip(other.split(' '));
            pairs
                .filter(|(a, b)| a != b)
                .all(|(a, b)| is_rare(a, counts) && similar(a, b))
        })
        .min()
        .map(|(_, other)| other)
}

/// Whether one word may be the other with letters lost or doubled: they end alike and share most letters.
fn similar(one: &str, other: &str) -> bool {
    let ends = one.chars().rev().zip(other.chars().rev());
    let same = ends.take_while(|(a, b)| a == b).count();
    one.len() >= SHORTEST && other.len() >= SHORTEST && same >= 4
}
