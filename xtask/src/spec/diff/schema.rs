//! Schemas: what they refer to, and whatever else they say by the keywords below.

mod bounds;
mod compositions;
mod objects;
mod types;
mod values;

use serde_json::Value;

use super::finding::Guard;
use super::flat::{ANNOTATIONS, At, Depth, Flat, component, flat};
use super::rules::{self, Rule};
use super::walk::{Spot, Step, Walk};
use crate::pointer::join;

/// Whether a schema refers to another one, be it within what lets it be null.
fn refers(root: &Value, pointer: &str) -> bool {
    flat(root, pointer, Depth::Wrappers).reference.is_some()
}

/// A keyword in both schemas, as far as they have it.
struct Both<'f, 'd> {
    key: &'f str,
    old: Option<&'f At<'d>>,
    new: Option<&'f At<'d>>,
}

impl<'d> Walk<'d> {
    /// Compares two schemas.
    pub(super) fn schema(&mut self, spot: &Spot) {
        let depth = self.depth(spot);
        let (old, new) = (
            flat(self.old, &spot.old, depth),
            flat(self.new, &spot.new, depth),
        );
        if let (Some(was), Some(is)) = (&old.reference, &new.reference) {
            if !self.renames.same(was, is) {
                self.reference(spot, was, is);
            }
            if let Some(inner) = self.enter(spot, Step::Same, was, is) {
                self.schema(&inner);
            }
        }
        let renamed =
            component(&spot.old) != component(&spot.new) && self.renames.same(&spot.old, &spot.new);
        // Members are only merged where they differ.
        let is_merged = !old.merged.is_empty() || !new.merged.is_empty();
        if old.form != new.form
            || is_merged
            || refers(self.old, &spot.old) != refers(self.new, &spot.new) && !renamed
        {
            self.note(
                spot,
                &rules::RESTRUCTURED,
                "",
                (&spot.old, None),
                (&spot.new, None),
            );
        }
        self.merged(spot, &old, &new);
        self.flats(spot, &old, &new);
    }

    fn reference(&mut self, spot: &Spot, was: &str, is: &str) {
        let name = |pointer: &str| Value::String(component(pointer).unwrap_or(pointer).to_owned());
        let (was, is) = (name(was), name(is));
        self.note(
            spot,
            &rules::REFERENCE_CHANGED,
            "",
            (&join(&spot.old, "$ref"), Some(&was)),
            (&join(&spot.new, "$ref"), Some(&is)),
        );
    }

    /// How far both have to be seen through until they can be compared keyword by keyword.
    fn depth(&self, spot: &Spot) -> Depth {
        let old = flat(self.old, &spot.old, Depth::Wrappers);
        let new = flat(self.new, &spot.new, Depth::Wrappers);
        match (&old.reference, &new.reference) {
            (Some(_), Some(_)) => return Depth::Wrappers,
            (None, None) => {}
            _ => {
                let old = flat(self.old, &spot.old, Depth::References);
                let new = flat(self.new, &spot.new, Depth::References);
                return self.same_members(&old, &new).unwrap_or(Depth::References);
            }
        }
        self.same_members(&old, &new).unwrap_or(Depth::Wrappers)
    }

    /// Merged, unless both have the same members in `allOf`; none if they have none.
    fn same_members(&self, old: &Flat<'_>, new: &Flat<'_>) -> Option<Depth> {
        let members = |flat: &Flat<'_>| flat.value("allOf").and_then(Value::as_array).cloned();
        let (old, new) = match (members(old), members(new)) {
            (None, None) => return None,
            (Some(old), Some(new)) => (old, new),
            _ => return Some(Depth::Members),
        };
        let reference = |member: &Value| super::flat::target(member);
        let same = old.len() == new.len()
            && old
                .iter()
                .zip(&new)
                .all(|(old, new)| match (reference(old), reference(new)) {
                    (Some(old), Some(new)) => self.renames.same(&old, &new),
                    (None, None) => true,
                    _ => false,
                });
        if same { None } else { Some(Depth::Members) }
    }

    /// Compares what two schemas say.
    fn flats(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let guard = Guard {
            read_only: spot.guard.read_only || old.is_true("readOnly") && new.is_true("readOnly"),
            write_only: spot.guard.write_only
                || old.is_true("writeOnly") && new.is_true("writeOnly"),
        };
        let spot = &Spot {
            guard,
            ..spot.clone()
        };
        if self.one_of_several(spot, old, new) || !self.types(spot, old, new) {
            return;
        }
        self.objects(spot, old, new);
        self.compositions(spot, old, new);
        let mut keys: Vec<&str> = old
            .keywords
            .keys()
            .chain(new.keywords.keys())
            .copied()
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let both = Both {
                key,
                old: old.keywords.get(key),
                new: new.keywords.get(key),
            };
            // What a member says that both share is compared where the member is.
            let shared = match (
                both.old.and_then(|at| at.origin.as_ref()),
                both.new.and_then(|at| at.origin.as_ref()),
            ) {
                (Some(was), Some(is)) => self.shared(was, is),
                _ => false,
            };
            if !shared
                && !self.is_compared_elsewhere(key)
                && both.old.map(|at| at.value) != both.new.map(|at| at.value)
            {
                let known = self.values(spot, &both)
                    || self.bounds(spot, &both)
                    || self.conditions(spot, &both);
                if !known {
                    self.other(spot, &both);
                }
            }
        }
    }

    /// Keywords with a walk of their own.
    fn is_compared_elsewhere(&self, key: &str) -> bool {
        matches!(
            key,
            "type"
                | "format"
                | "nullable"
                | "description"
                | "title"
                | "$comment"
                | "additionalProperties"
                | "items"
                | "allOf"
                | "oneOf"
                | "anyOf"
                | "discriminator"
                | "prefixItems"
                | "patternProperties"
                | "dependentSchemas"
                | "$defs"
        )
    }

    /// Whether two components are one.
    fn shared(&self, was: &str, is: &str) -> bool {
        let at = |name: &str| format!("/components/schemas/{name}");
        self.renames.same(&at(was), &at(is))
    }

    /// A keyword without rules of its own.
    fn other(&mut self, spot: &Spot, both: &Both<'_, '_>) {
        let rule = match both.key {
            "example" | "examples" => &rules::EXAMPLE_CHANGED,
            key if key.starts_with("x-")
                || ANNOTATIONS.contains(&key)
                || key == "externalDocs"
                || key == "xml" =>
            {
                &rules::ANNOTATION_CHANGED
            }
            _ => &rules::OTHER_CHANGED,
        };
        self.keyword(spot, rule, both.key, both);
    }

    /// Notes a difference of a keyword.
    fn keyword(&mut self, spot: &Spot, rule: &'static Rule, what: &str, both: &Both<'_, '_>) {
        let side = |at: Option<&At<'_>>, host: &str| {
            at.map_or_else(|| host.to_owned(), |at| at.pointer.clone())
        };
        let (old, new) = (side(both.old, &spot.old), side(both.new, &spot.new));
        self.note(
            spot,
            rule,
            what,
            (&old, both.old.map(|at| at.value)),
            (&new, both.new.map(|at| at.value)),
        );
    }
}
