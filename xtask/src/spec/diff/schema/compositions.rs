//! Schemas that are made of others: choices, members, conditions.

use serde_json::Value;

use super::{Both, Flat, Walk};
use crate::pointer::join;
use crate::regen::renames::shape;
use crate::spec::diff::flat::{component, is_annotation, resolved, target};
use crate::spec::diff::rules::{self, Rule};
use crate::spec::diff::walk::{Spot, Step};

/// Keywords whose presence alone says something; their word in the ids of rules.
const CONDITIONS: [(&str, &str); 10] = [
    ("not", "not"),
    ("if", "if"),
    ("then", "then"),
    ("else", "else"),
    ("contains", "contains"),
    ("propertyNames", "property-names"),
    ("unevaluatedItems", "unevaluated-items"),
    ("unevaluatedProperties", "unevaluated-properties"),
    ("contentSchema", "content-schema"),
    ("dependentRequired", "dependent-required"),
];

/// The rules of a keyword that lists choices.
struct Choice {
    key: &'static str,
    added: &'static Rule,
    removed: &'static Rule,
}

static CHOICES: [Choice; 2] = [
    Choice {
        key: "oneOf",
        added: &rules::ONE_OF_ADDED,
        removed: &rules::ONE_OF_REMOVED,
    },
    Choice {
        key: "anyOf",
        added: &rules::ANY_OF_ADDED,
        removed: &rules::ANY_OF_REMOVED,
    },
];

/// Two lists of schemas, told apart by what they refer to or what they say.
struct Matched {
    both: Vec<(usize, usize)>,
    gone: Vec<usize>,
    came: Vec<usize>,
}

impl<'d> Walk<'d> {
    /// Compares choices, members, discriminators and first items.
    pub(super) fn compositions(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        for choice in &CHOICES {
            self.choices(spot, old, new, choice);
        }
        if let (Some(was), Some(is)) = (old.keywords.get("allOf"), new.keywords.get("allOf"))
            && !self.both_share(was, is)
        {
            // The same members: otherwise they have been merged.
            let count = was.value.as_array().map_or(0, Vec::len);
            for index in 0..count {
                let place = |at: &str| format!("{at}/{index}");
                self.schema(&spot.beside(&place(&was.pointer), &place(&is.pointer)));
            }
        }
        self.discriminator(spot, old, new);
        self.first_items(spot, old, new);
    }

    /// Notes members of `allOf` that came and went, and leads to those that both have.
    pub(super) fn merged(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        if old.merged.is_empty() && new.merged.is_empty() {
            return;
        }
        let direct = |root: &'d Value, at: &str, merged: &[String]| {
            let own = join(&resolved(root, at).0, "allOf") + "/";
            let own = merged.iter().filter(|member| member.starts_with(&own));
            own.cloned().collect::<Vec<_>>()
        };
        let was = direct(self.old, &spot.old, &old.merged);
        let is = direct(self.new, &spot.new, &new.merged);
        let (olds, news): (Vec<_>, Vec<_>) = (
            was.iter().map(|at| self.old_at(at)).collect(),
            is.iter().map(|at| self.new_at(at)).collect(),
        );
        let matched = self.matched(&olds, &news);
        for (from, to) in matched.both {
            if let (Some(old), Some(new)) = (target(olds[from]), target(news[to]))
                && let Some(inner) = self.enter(spot, Step::Same, &old, &new)
            {
                self.schema(&inner);
            }
        }
        for index in matched.gone {
            let rule = match can_be_merged(self.old, olds[index]) {
                true => &rules::ALL_OF_REMOVED_AS_LISTED,
                false => &rules::ALL_OF_REMOVED,
            };
            self.went(spot, rule, &was[index]).before = Some(name(olds[index]));
        }
        for index in matched.came {
            let rule = match can_be_merged(self.new, news[index]) {
                true => &rules::ALL_OF_ADDED_AS_LISTED,
                false => &rules::ALL_OF_ADDED,
            };
            self.came(spot, rule, &is[index]).after = Some(name(news[index]));
        }
    }

    /// Notes that a schema is one of several now, or no longer, and compares the two; false when that is not so.
    pub(super) fn one_of_several(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) -> bool {
        for choice in &CHOICES {
            let (one, rule) = match (old.keywords.get(choice.key), new.keywords.get(choice.key)) {
                (None, Some(several)) => (several, &rules::WRAPPED_IN_ONE_OF_WITH_ITSELF),
                (Some(several), None) => (several, &rules::UNWRAPPED_FROM_ONE_OF),
                _ => continue,
            };
            let is_new = !old.keywords.contains_key(choice.key);
            let (several, alone) = match is_new {
                true => (
                    self.new,
                    self.renames.shape(resolved(self.old, &spot.old).1),
                ),
                false => (self.old, shape(resolved(self.new, &spot.new).1)),
            };
            let members = one.value.as_array().map_or(&[][..], Vec::as_slice);
            let found = members.iter().position(|member| {
                let member = resolved_value(several, member);
                let shape = match is_new {
                    true => shape(member),
                    false => self.renames.shape(member),
                };
                shape == alone
            });
            let Some(index) = found else { continue };
            let names: Value = members.iter().map(name).collect::<Vec<_>>().into();
            let member = format!("{}/{index}", one.pointer);
            if is_new {
                self.note(
                    spot,
                    rule,
                    "",
                    (&spot.old, None),
                    (&one.pointer, Some(&names)),
                );
                self.schema(&spot.beside(&spot.old, &member));
            } else {
                self.note(
                    spot,
                    rule,
                    "",
                    (&one.pointer, Some(&names)),
                    (&spot.new, None),
                );
                self.schema(&spot.beside(&member, &spot.new));
            }
            return true;
        }
        false
    }

    fn choices(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>, choice: &Choice) {
        let (was, is) = match (old.keywords.get(choice.key), new.keywords.get(choice.key)) {
            (None, None) => return,
            (Some(was), Some(is)) if self.both_share(was, is) => return,
            (Some(was), Some(is)) => (was, is),
            (None, Some(is)) => {
                let members = is.value.as_array().map_or(&[][..], Vec::as_slice);
                let names: Vec<Value> = members.iter().map(name).collect();
                self.note(
                    spot,
                    &rules::WRAPPED_IN_ONE_OF,
                    "",
                    (&spot.old, None),
                    (&is.pointer, Some(&names.into())),
                );
                return;
            }
            (Some(was), None) => {
                self.note(
                    spot,
                    &rules::OTHER_CHANGED,
                    choice.key,
                    (&was.pointer, None),
                    (&spot.new, None),
                );
                return;
            }
        };
        let list = |value: &'d Value| value.as_array().map_or(&[][..], Vec::as_slice);
        let (olds, news): (Vec<_>, Vec<_>) = (
            list(was.value).iter().collect(),
            list(is.value).iter().collect(),
        );
        let mut matched = self.matched(&olds, &news);
        if let ([gone], [came]) = (&matched.gone[..], &matched.came[..])
            && target(olds[*gone]).is_none()
            && target(news[*came]).is_none()
        {
            matched.both.push((*gone, *came));
            (matched.gone, matched.came) = (Vec::new(), Vec::new());
        }
        for (from, to) in matched.both {
            let (from, to) = (
                format!("{}/{from}", was.pointer),
                format!("{}/{to}", is.pointer),
            );
            self.schema(&spot.within(&from, &to));
        }
        for index in matched.gone {
            let place = format!("{}/{index}", was.pointer);
            self.went(spot, choice.removed, &place).before = Some(name(olds[index]));
        }
        for index in matched.came {
            let place = format!("{}/{index}", is.pointer);
            self.came(spot, choice.added, &place).after = Some(name(news[index]));
        }
    }

    fn matched(&self, olds: &[&Value], news: &[&Value]) -> Matched {
        let mut came: Vec<usize> = (0..news.len()).collect();
        let (mut both, mut gone) = (Vec::new(), Vec::new());
        for (from, old) in olds.iter().enumerate() {
            let found = came
                .iter()
                .position(|to| match (target(old), target(news[*to])) {
                    (Some(old), Some(new)) => self.renames.same(&old, &new),
                    (None, None) => self.renames.shape(old) == shape(news[*to]),
                    _ => false,
                });
            match found {
                Some(at) => both.push((from, came.remove(at))),
                None => gone.push(from),
            }
        }
        Matched { both, gone, came }
    }

    /// Compares a keyword whose presence says something; false when it is another.
    pub(super) fn conditions(&mut self, spot: &Spot, both: &Both<'_, '_>) -> bool {
        let Some((_, word)) = CONDITIONS.iter().find(|(key, _)| *key == both.key) else {
            return false;
        };
        let rule = match (both.old, both.new) {
            (None, _) => &rules::CONDITION_ADDED,
            (_, None) => &rules::CONDITION_REMOVED,
            _ => &rules::CONDITION_CHANGED,
        };
        self.keyword(spot, rule, word, both);
        true
    }

    fn discriminator(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let (was, is) = match (
            old.keywords.get("discriminator"),
            new.keywords.get("discriminator"),
        ) {
            (None, None) => return,
            (Some(was), Some(is)) => (was, is),
            (was, is) => {
                let rule = match was {
                    None => &rules::DISCRIMINATOR_ADDED,
                    Some(_) => &rules::DISCRIMINATOR_REMOVED,
                };
                let both = Both {
                    key: "discriminator",
                    old: was,
                    new: is,
                };
                return self.keyword(spot, rule, "discriminator", &both);
            }
        };
        let (name_was, name_is) = (was.value.get("propertyName"), is.value.get("propertyName"));
        let places = |key: &str| (join(&was.pointer, key), join(&is.pointer, key));
        if name_was != name_is {
            let (old, new) = places("propertyName");
            self.note(
                spot,
                &rules::DISCRIMINATOR_PROPERTY_CHANGED,
                "",
                (&old, name_was),
                (&new, name_is),
            );
        }
        let (old, new) = places("mapping");
        let entries = |value: &'d Value| value.get("mapping").and_then(Value::as_object);
        for (key, before) in entries(was.value).into_iter().flatten() {
            let after = entries(is.value).and_then(|map| map.get(key));
            let rule = match after {
                Some(after) if after == before => continue,
                Some(_) => &rules::DISCRIMINATOR_MAPPING_CHANGED,
                None => &rules::DISCRIMINATOR_MAPPING_REMOVED,
            };
            let (old, new) = (
                join(&old, key),
                if after.is_some() {
                    join(&new, key)
                } else {
                    new.clone()
                },
            );
            self.note(spot, rule, key, (&old, Some(before)), (&new, after));
        }
        for (key, after) in entries(is.value).into_iter().flatten() {
            if !entries(was.value).is_some_and(|map| map.contains_key(key)) {
                let rule = &rules::DISCRIMINATOR_MAPPING_ADDED;
                self.note(
                    spot,
                    rule,
                    key,
                    (&old, None),
                    (&join(&new, key), Some(after)),
                );
            }
        }
    }

    fn first_items(&mut self, spot: &Spot, old: &Flat<'d>, new: &Flat<'d>) {
        let place = |flat: &Flat<'d>| {
            flat.keywords
                .get("prefixItems")
                .map(|at| at.pointer.clone())
        };
        let count = |flat: &Flat<'d>| {
            let list = flat.value("prefixItems").and_then(Value::as_array);
            list.map_or(0, Vec::len)
        };
        let (was, is) = (
            place(old).unwrap_or_default(),
            place(new).unwrap_or_default(),
        );
        let (olds, news) = (count(old), count(new));
        for index in 0..olds.min(news) {
            self.schema(&spot.within(&format!("{was}/{index}"), &format!("{is}/{index}")));
        }
        for index in news..olds {
            self.went(
                spot,
                &rules::PREFIX_ITEMS_REMOVED,
                &format!("{was}/{index}"),
            );
        }
        for index in olds..news {
            self.came(spot, &rules::PREFIX_ITEMS_ADDED, &format!("{is}/{index}"));
        }
    }
}

/// A schema in a word: its name, or the type of one without.
fn name(schema: &Value) -> Value {
    match target(schema) {
        Some(pointer) => Value::from(component(&pointer).unwrap_or(&pointer)),
        None => match schema.get("title").or_else(|| schema.get("type")) {
            Some(word) => word.clone(),
            None => Value::from("a schema without a name"),
        },
    }
}

fn resolved_value<'d>(root: &'d Value, schema: &'d Value) -> &'d Value {
    match target(schema) {
        Some(pointer) => resolved(root, &pointer).1,
        None => schema,
    }
}

/// Whether all that a member says is found by comparing the merged schemas.
fn can_be_merged(root: &Value, member: &Value) -> bool {
    let Some(map) = resolved_value(root, member).as_object() else {
        return false;
    };
    let merged = [
        "type",
        "format",
        "properties",
        "required",
        "allOf",
        "nullable",
        "$ref",
        "enum",
        "pattern",
    ];
    map.keys()
        .all(|key| merged.contains(&key.as_str()) || is_annotation(key))
}
