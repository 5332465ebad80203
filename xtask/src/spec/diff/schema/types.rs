//! Types, formats and null.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Walk;
use crate::spec::diff::flat::Flat;
use crate::spec::diff::rules::{self, Rule};
use crate::spec::diff::walk::Spot;

/// Formats of which the first is a part of the second.
const PARTS: [(&str, &str); 2] = [("int32", "int64"), ("float", "double")];

/// How two things stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    /// The new one takes all that the old one takes, and more.
    Wider,
    Narrower,
    Other,
}

impl Walk<'_> {
    /// Compares what kind of value it is; false when it is another kind, so that there is nothing more to compare.
    pub(super) fn types(&mut self, spot: &Spot, old: &Flat<'_>, new: &Flat<'_>) -> bool {
        if old.nullable != new.nullable {
            let rule = if new.nullable {
                &rules::BECAME_NULLABLE
            } else {
                &rules::BECAME_NOT_NULLABLE
            };
            self.note(spot, rule, "", (&spot.old, None), (&spot.new, None));
        }
        let (was, is) = (types(old), types(new));
        let (from, to) = (format(old), format(new));
        let (by_type, by_format) = (of_types(&was, &is), of_formats(from, to));
        let Some(rule) = rule(&was, &is, by_type, by_format) else {
            return true;
        };
        let text = |types: &BTreeSet<&str>, format: Option<&str>| {
            let types: Vec<&str> = types.iter().copied().collect();
            let types = if types.is_empty() {
                "anything".to_owned()
            } else {
                types.join(" or ")
            };
            Value::String(
                format.map_or_else(|| types.clone(), |format| format!("{types} ({format})")),
            )
        };
        let key = match by_type {
            Relation::Same => "format",
            _ => "type",
        };
        let place = |flat: &Flat<'_>, host: &str| {
            flat.keywords
                .get(key)
                .map_or_else(|| host.to_owned(), |at| at.pointer.clone())
        };
        // When both differ, what holds them is the place.
        let both =
            by_type == Relation::Other || by_type != Relation::Same && by_format != Relation::Same;
        let (at_old, at_new) = match both {
            true => (spot.old.clone(), spot.new.clone()),
            false => (place(old, &spot.old), place(new, &spot.new)),
        };
        let becomes_text =
            is.len() == 1 && is.contains("string") && to.is_none() && new.value("enum").is_none();
        let raw = self.note(
            spot,
            rule,
            "",
            (&at_old, Some(&text(&was, from))),
            (&at_new, Some(&text(&is, to))),
        );
        raw.as_text = becomes_text.then_some(&rules::TYPE_GENERALIZED);
        by_type != Relation::Other
    }
}

fn rule(
    was: &BTreeSet<&str>,
    is: &BTreeSet<&str>,
    by_type: Relation,
    by_format: Relation,
) -> Option<&'static Rule> {
    let lists = was.len() > 1 || is.len() > 1;
    Some(match (by_type, by_format) {
        (Relation::Same, Relation::Same) => return None,
        (Relation::Other, _) => &rules::TYPE_REPLACED,
        (Relation::Wider, _) if lists && !is.is_empty() => &rules::LIST_OF_TYPES_WIDENED,
        (Relation::Narrower, _) if lists && !was.is_empty() => &rules::LIST_OF_TYPES_NARROWED,
        (Relation::Wider | Relation::Same, Relation::Wider | Relation::Same) => {
            &rules::TYPE_GENERALIZED
        }
        (Relation::Narrower | Relation::Same, Relation::Narrower | Relation::Same) => {
            &rules::TYPE_SPECIALIZED
        }
        _ => &rules::TYPE_CHANGED,
    })
}

/// The types that a schema takes, null aside; none when it says nothing.
fn types<'d>(flat: &Flat<'d>) -> BTreeSet<&'d str> {
    let types = match flat.value("type") {
        Some(Value::String(ty)) => vec![ty.as_str()],
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    types.into_iter().filter(|ty| *ty != "null").collect()
}

fn format<'d>(flat: &Flat<'d>) -> Option<&'d str> {
    flat.value("format").and_then(Value::as_str)
}

fn of_types(was: &BTreeSet<&str>, is: &BTreeSet<&str>) -> Relation {
    // A number takes all that an integer takes.
    let takes = |types: &BTreeSet<&str>, ty: &str| {
        types.is_empty() || types.contains(ty) || ty == "integer" && types.contains("number")
    };
    let all = |from: &BTreeSet<&str>, to: &BTreeSet<&str>| {
        (!from.is_empty() || to.is_empty()) && from.iter().all(|ty| takes(to, ty))
    };
    match (was == is, all(was, is), all(is, was)) {
        (true, ..) => Relation::Same,
        (false, true, _) => Relation::Wider,
        (false, false, true) => Relation::Narrower,
        (false, false, false) => Relation::Other,
    }
}

fn of_formats(was: Option<&str>, is: Option<&str>) -> Relation {
    match (was, is) {
        _ if was == is => Relation::Same,
        (Some(_), None) => Relation::Wider,
        (None, Some(_)) => Relation::Narrower,
        (Some(was), Some(is)) if PARTS.contains(&(was, is)) => Relation::Wider,
        (Some(was), Some(is)) if PARTS.contains(&(is, was)) => Relation::Narrower,
        _ => Relation::Other,
    }
}
