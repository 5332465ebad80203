//! Objects, maps and lists: what is in them, and what of it has to be there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{At, Depth, Flat, Walk, flat};
use crate::pointer::join;
use crate::spec::diff::finding::Guard;
use crate::spec::diff::rules;
use crate::spec::diff::walk::{Similar, Spot};

/// Maps of schemas: keyword, what an entry is called in the ids of rules.
const MAPS: [(&str, &str); 3] = [
    ("patternProperties", "pattern-property"),
    ("dependentSchemas", "dependent-schema"),
    ("$defs", "definition"),
];

/// What may stand beside the listed properties.
enum Additional<'f, 'd> {
    Anything,
    Nothing,
    These(&'f At<'d>),
}

impl<'d> Walk<'d> {
    /// Compares what is in an object, a map or a list.
    pub(super) fn objects(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        if self.envelopes(spot, old, new) {
            return;
        }
        self.properties(spot, old, new);
        self.required_only(spot, old, new);
        self.additional(spot, old, new);
        match (old.keywords.get("items"), new.keywords.get("items")) {
            (Some(was), Some(is)) if !self.both_share(was, is) => {
                self.schema(&spot.within(&was.pointer, &is.pointer));
            }
            (None, Some(is)) => {
                self.note(
                    spot,
                    &rules::CONDITION_ADDED,
                    "items",
                    (&spot.old, None),
                    (&is.pointer, None),
                );
            }
            (Some(was), None) => {
                self.note(
                    spot,
                    &rules::CONDITION_REMOVED,
                    "items",
                    (&was.pointer, None),
                    (&spot.new, None),
                );
            }
            _ => {}
        }
        for (key, word) in MAPS {
            self.maps(spot, (old.keywords.get(key), new.keywords.get(key)), word);
        }
    }

    /// Notes that an object stands in a property of another now, or does so no longer, and compares the two;
    /// false when that is not so.
    fn envelopes(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) -> bool {
        if let Some((name, at)) = around(new, self.new, old) {
            let name = Value::from(name);
            let inner = spot.within(&spot.old, &at.pointer);
            self.note(
                spot,
                &rules::WRAPPED_IN_PROPERTY,
                "",
                (&spot.old, None),
                (&at.pointer, Some(&name)),
            );
            self.schema(&inner);
            return true;
        }
        if let Some((name, at)) = around(old, self.old, new) {
            let name = Value::from(name);
            let inner = spot.within(&at.pointer, &spot.new);
            self.note(
                spot,
                &rules::UNWRAPPED_FROM_PROPERTY,
                "",
                (&at.pointer, Some(&name)),
                (&spot.new, None),
            );
            self.schema(&inner);
            return true;
        }
        false
    }

    fn properties(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let find = |flat: &Flat<'d>, name: &str| {
            flat.properties
                .iter()
                .find(|(known, _)| *known == name)
                .cloned()
        };
        let mut gone = Vec::new();
        for (name, was) in &old.properties {
            match find(new, name) {
                Some((_, is)) => {
                    if !self.both_share(was, &is) {
                        let required = new.required.contains_key(name);
                        let inner = spot.within(&was.pointer, &is.pointer);
                        self.schema(&Spot { required, ..inner });
                    }
                    self.presence(spot, name, was, &is, (old, new));
                }
                None => gone.push((*name, was)),
            }
        }
        let came: Vec<_> = new
            .properties
            .iter()
            .filter(|(name, _)| find(old, name).is_none())
            .collect();
        for (name, was) in &gone {
            let guard = guard(self.old, &was.pointer);
            let rule = match old.required.contains_key(name) {
                true => &rules::REQUIRED_PROPERTY_REMOVED,
                false => &rules::OPTIONAL_PROPERTY_REMOVED,
            };
            let inner = Spot {
                guard,
                ..spot.within(&was.pointer, &spot.new)
            };
            self.went(&inner, rule, &was.pointer);
        }
        for (name, is) in &came {
            let guard = guard(self.new, &is.pointer);
            let has_default = flat(self.new, &is.pointer, Depth::References)
                .value("default")
                .is_some();
            let rule = match (new.required.contains_key(name), has_default) {
                (true, true) => &rules::REQUIRED_PROPERTY_WITH_DEFAULT_ADDED,
                (true, false) => &rules::REQUIRED_PROPERTY_ADDED,
                (false, _) => &rules::OPTIONAL_PROPERTY_ADDED,
            };
            let inner = Spot {
                guard,
                ..spot.within(&spot.old, &is.pointer)
            };
            self.came(&inner, rule, &is.pointer);
        }
        let nodes = |flat: &Flat<'d>| -> Vec<(&'d str, &'d Value)> {
            let all = flat.properties.iter();
            all.map(|(name, at)| (*name, at.value)).collect()
        };
        for (was, is) in self.renames.properties(&nodes(old), &nodes(new)) {
            if let (Some((_, was)), Some((_, is))) = (find(old, was), find(new, is)) {
                self.similar.push(Similar {
                    old: was.pointer,
                    new: is.pointer,
                });
            }
        }
    }

    /// Whether a property that both have has to be there.
    fn presence(
        &mut self,
        spot: &Spot,
        name: &str,
        was: &At<'d>,
        is: &At<'d>,
        (old, new): (&Flat<'d>, &Flat<'d>),
    ) {
        let guard = guard(self.new, &is.pointer);
        let inner = Spot {
            guard,
            ..spot.within(&was.pointer, &is.pointer)
        };
        match (old.required.get(name), new.required.get(name)) {
            (None, Some(at)) => {
                let has_default = flat(self.new, &is.pointer, Depth::References)
                    .value("default")
                    .is_some();
                let rule = match has_default {
                    true => &rules::BECAME_REQUIRED_WITH_DEFAULT,
                    false => &rules::BECAME_REQUIRED,
                };
                self.note(&inner, rule, "", (&was.pointer, None), (&at.pointer, None));
            }
            (Some(at), None) => {
                self.note(
                    &inner,
                    &rules::BECAME_OPTIONAL,
                    "",
                    (&at.pointer, None),
                    (&is.pointer, None),
                );
            }
            _ => {}
        }
    }

    /// Names that are required of properties which stand elsewhere, or nowhere.
    fn required_only(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let has =
            |flat: &Flat<'d>, name: &str| flat.properties.iter().any(|(known, _)| *known == name);
        let inner = &spot.within(&spot.old, &spot.new);
        for (name, at) in &old.required {
            // Of a property that went it has been said.
            if !new.required.contains_key(name) && !has(old, name) {
                self.went(inner, &rules::BECAME_OPTIONAL, &at.pointer);
            }
        }
        for (name, at) in &new.required {
            if !old.required.contains_key(name) && !has(new, name) {
                self.came(inner, &rules::BECAME_REQUIRED, &at.pointer);
            }
        }
    }

    fn additional(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let (was, is) = (
            old.keywords.get("additionalProperties"),
            new.keywords.get("additionalProperties"),
        );
        let rule = match (additional(was), additional(is)) {
            (Additional::These(was), Additional::These(is)) => {
                if !self.both_share(was, is) {
                    self.schema(&spot.within(&was.pointer, &is.pointer));
                }
                return;
            }
            (Additional::Anything, Additional::Anything)
            | (Additional::Nothing, Additional::Nothing) => {
                if was.map(|at| at.value) == is.map(|at| at.value) {
                    return;
                }
                &rules::ANNOTATION_CHANGED
            }
            (_, Additional::Nothing) => &rules::ADDITIONAL_PROPERTIES_CLOSED,
            (Additional::Nothing, _) => &rules::ADDITIONAL_PROPERTIES_OPENED,
            (Additional::Anything, _) => &rules::ADDITIONAL_PROPERTIES_TYPED,
            (_, Additional::Anything) => &rules::ADDITIONAL_PROPERTIES_UNTYPED,
        };
        let both = super::Both {
            key: "additionalProperties",
            old: was,
            new: is,
        };
        self.keyword(spot, rule, "additionalProperties", &both);
    }

    fn maps(&mut self, spot: &Spot, (old, new): (Option<&At<'d>>, Option<&At<'d>>), word: &str) {
        let entries = |at: Option<&At<'d>>| at.and_then(|at| at.value.as_object());
        for (name, _) in entries(old).into_iter().flatten() {
            let was = join(old.map_or("", |at| &at.pointer), name);
            match entries(new).is_some_and(|map| map.contains_key(name)) {
                true => {
                    self.schema(&spot.within(&was, &join(new.map_or("", |at| &at.pointer), name)))
                }
                false => self.went(spot, &rules::CONDITION_REMOVED, &was).what = word.to_owned(),
            }
        }
        for (name, _) in entries(new).into_iter().flatten() {
            if !entries(old).is_some_and(|map| map.contains_key(name)) {
                let is = join(new.map_or("", |at| &at.pointer), name);
                self.came(spot, &rules::CONDITION_ADDED, &is).what = word.to_owned();
            }
        }
    }

    /// Whether both stand in one component, which is compared for itself.
    pub(super) fn both_share(&self, was: &At<'d>, is: &At<'d>) -> bool {
        match (&was.origin, &is.origin) {
            (Some(was), Some(is)) => self.shared(was, is),
            _ => false,
        }
    }
}

/// The property of an object in which another one stands: the two have no name in common, and it has most names
/// of the other.
fn around<'f, 'd>(
    large: &'f Flat<'d>,
    root: &'d Value,
    small: &Flat<'d>,
) -> Option<(&'d str, &'f At<'d>)> {
    let names = |flat: &Flat<'d>| {
        flat.properties
            .iter()
            .map(|(name, _)| *name)
            .collect::<BTreeSet<_>>()
    };
    let wanted = names(small);
    if wanted.len() < 2 || !wanted.is_disjoint(&names(large)) {
        return None;
    }
    let found = large.properties.iter().find(|(_, at)| {
        let inner = names(&flat(root, &at.pointer, Depth::Members));
        inner.intersection(&wanted).count() * 2 > wanted.len()
    });
    found.map(|(name, at)| (*name, at))
}

fn additional<'f, 'd>(at: Option<&'f At<'d>>) -> Additional<'f, 'd> {
    match at {
        Some(at) if at.value == &Value::Bool(false) => Additional::Nothing,
        Some(at) if at.value.as_object().is_some_and(|map| !map.is_empty()) => {
            Additional::These(at)
        }
        _ => Additional::Anything,
    }
}

/// Who may send the property at a pointer.
fn guard(root: &Value, pointer: &str) -> Guard {
    let flat = flat(root, pointer, Depth::References);
    Guard {
        read_only: flat.is_true("readOnly"),
        write_only: flat.is_true("writeOnly"),
    }
}
