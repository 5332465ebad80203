//! Which of the things that came is which of those that went, by shape and name.

use serde_json::Value;
use similar::TextDiff;

use crate::regen::schema::reference;

/// How alike two names are, from 0 to 1, of which one may be a rewording of the other.
const ALIKE: f32 = 0.6;

/// How much a shape says that two things under unlike names have in common only if they are the same: not a mere
/// string, number or list of them.
const TELLING: usize = 4;

/// Pairs what went with what came, each with its shape. Of those of one shape, the names that are most alike belong
/// together; names that are not alike do when there is no other choice and the shape tells them apart from the rest.
pub(super) fn pairs<'n>(
    gone: &[(&'n str, Value)],
    came: &[(&'n str, Value)],
) -> Vec<(&'n str, &'n str)> {
    struct Candidate {
        likeness: f32,
        was: usize,
        is: usize,
    }
    let mut left = Vec::new();
    for (was, (old, shape)) in gone.iter().enumerate() {
        let alike = came
            .iter()
            .enumerate()
            .filter(|(_, (_, other))| other == shape);
        left.extend(alike.map(|(is, (new, _))| Candidate {
            likeness: TextDiff::from_chars(*old, *new).ratio(),
            was,
            is,
        }));
    }
    left.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    let rivals = |left: &[Candidate], one: &Candidate| -> Vec<f32> {
        let others = left.iter().filter(|other| {
            (other.was, other.is) != (one.was, one.is)
                && (other.was == one.was || other.is == one.is)
        });
        others.map(|other| other.likeness).collect()
    };
    let mut found = Vec::new();
    loop {
        let next = left.iter().position(|one| {
            let rivals = rivals(&left, one);
            let is_best = rivals.iter().all(|other| *other < one.likeness);
            let tells = rivals.is_empty() && weight(&gone[one.was].1) >= TELLING;
            one.likeness >= ALIKE && is_best || tells
        });
        let Some(next) = next else { break };
        let Candidate { was, is, .. } = left.remove(next);
        left.retain(|other| other.was != was && other.is != is);
        found.push((gone[was].0, came[is].0));
    }
    found
}

/// How much a shape says: its keywords, inner ones included. A reference says as much as what it leads to.
fn weight(shape: &Value) -> usize {
    match shape {
        Value::Object(map) if reference(shape).is_some() => map.len() + TELLING,
        Value::Object(map) => map
            .iter()
            // A type is one fact, also with null beside it.
            .map(|(key, value)| 1 + if key == "type" { 0 } else { weight(value) })
            .sum(),
        Value::Array(items) => items.iter().map(|item| weight(item).max(1)).sum(),
        _ => 0,
    }
}
