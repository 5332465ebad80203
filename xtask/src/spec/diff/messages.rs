//! What is sent and what comes back: bodies, responses, media types.

use serde_json::{Map, Value};

use super::finding::Subject;
use super::flat::{resolved, target};
use super::rules::{self, Rule};
use super::walk::{Spot, Step, Walk};
use crate::pointer::join;

impl<'d> Walk<'d> {
    /// Notes that something is referred to where it stood itself, or the other way round.
    pub(super) fn references(&mut self, spot: &Spot, old: &str, new: &str) {
        match (target(self.old_at(old)), target(self.new_at(new))) {
            (Some(was), Some(is)) if self.renames.same(&was, &is) => {}
            (Some(was), Some(is)) => {
                let (was, is) = (Value::from(was), Value::from(is));
                self.note(
                    spot,
                    &rules::REFERENCE_CHANGED,
                    "",
                    (old, Some(&was)),
                    (new, Some(&is)),
                );
            }
            (None, None) => {}
            _ => {
                self.note(spot, &rules::RESTRUCTURED, "", (old, None), (new, None));
            }
        }
    }

    /// Compares the body of an operation and its responses.
    pub(super) fn messages(&mut self, spot: &Spot) {
        let (was, is) = (
            join(&spot.old, "requestBody"),
            join(&spot.new, "requestBody"),
        );
        match (self.old.pointer(&was), self.new.pointer(&is)) {
            (None, None) => {}
            (Some(_), Some(_)) => {
                self.references(spot, &was, &is);
                let (old, new) = (resolved(self.old, &was).0, resolved(self.new, &is).0);
                if let Some(inner) = self.enter(spot, Step::Part(Subject::Body), &old, &new) {
                    self.body(&inner);
                }
            }
            (None, Some(_)) => {
                let needs = is_true(resolved(self.new, &is).1, "required");
                let rule = if needs {
                    &rules::REQUIRED_BODY_ADDED
                } else {
                    &rules::OPTIONAL_BODY_ADDED
                };
                self.came(spot, rule, &is);
            }
            (Some(_), None) => {
                self.went(spot, &rules::BODY_REMOVED, &was);
            }
        }
        self.responses(spot);
    }

    /// Compares two request bodies.
    pub(super) fn body(&mut self, spot: &Spot) {
        let (old, new) = (self.old_at(&spot.old), self.new_at(&spot.new));
        let (was, is) = (join(&spot.old, "required"), join(&spot.new, "required"));
        let rule = match (is_true(old, "required"), is_true(new, "required")) {
            (false, true) => Some(&rules::BODY_BECAME_REQUIRED),
            (true, false) => Some(&rules::BODY_BECAME_OPTIONAL),
            _ if old.get("required") != new.get("required") => Some(&rules::ANNOTATION_CHANGED),
            _ => None,
        };
        if let Some(rule) = rule {
            self.note(spot, rule, "required", (&was, None), (&is, None));
        }
        self.content(spot);
        self.rest(spot, &["required", "content"]);
    }

    fn responses(&mut self, spot: &Spot) {
        let empty = Map::new();
        let (at_old, at_new) = (join(&spot.old, "responses"), join(&spot.new, "responses"));
        let olds = self.old_at(&at_old).as_object().unwrap_or(&empty);
        let news = self.new_at(&at_new).as_object().unwrap_or(&empty);
        let succeeds = |status: &str| status.starts_with('2');
        for status in olds.keys() {
            let (was, is) = (join(&at_old, status), join(&at_new, status));
            if news.contains_key(status) {
                self.references(spot, &was, &is);
                let (old, new) = (resolved(self.old, &was).0, resolved(self.new, &is).0);
                if let Some(inner) = self.enter(spot, Step::Reply, &old, &new) {
                    self.response(&inner);
                }
            } else {
                let rule = match succeeds(status) {
                    true => &rules::SUCCESS_STATUS_REMOVED,
                    false => &rules::FAILURE_STATUS_REMOVED,
                };
                self.replied(spot, rule, (&was, ""), status);
            }
        }
        for status in news.keys().filter(|status| !olds.contains_key(*status)) {
            let rule = match succeeds(status) {
                true => &rules::SUCCESS_STATUS_ADDED,
                false => &rules::FAILURE_STATUS_ADDED,
            };
            self.replied(spot, rule, ("", &join(&at_new, status)), status);
        }
    }

    /// Notes a response that came or went.
    fn replied(&mut self, spot: &Spot, rule: &'static Rule, (was, is): (&str, &str), status: &str) {
        let value = Some(Value::from(status));
        if let Some(inner) = self.enter(spot, Step::Reply, was, is) {
            match was.is_empty() {
                true => self.came(&inner, rule, is).after = value,
                false => self.went(&inner, rule, was).before = value,
            }
        }
    }

    /// Compares two responses.
    pub(super) fn response(&mut self, spot: &Spot) {
        let empty = Map::new();
        let (at_old, at_new) = (join(&spot.old, "headers"), join(&spot.new, "headers"));
        let olds = self.old_at(&at_old).as_object().unwrap_or(&empty);
        let news = self.new_at(&at_new).as_object().unwrap_or(&empty);
        for name in olds.keys() {
            let (was, is) = (join(&at_old, name), join(&at_new, name));
            if news.contains_key(name) {
                self.references(spot, &was, &is);
                let (old, new) = (resolved(self.old, &was).0, resolved(self.new, &is).0);
                if let Some(inner) = self.enter(spot, Step::Part(Subject::Header), &old, &new) {
                    self.parameter(&inner);
                }
            } else {
                let rule = match is_true(resolved(self.old, &was).1, "required") {
                    true => &rules::REQUIRED_HEADER_REMOVED,
                    false => &rules::OPTIONAL_HEADER_REMOVED,
                };
                self.went(spot, rule, &was);
            }
        }
        for name in news.keys().filter(|name| !olds.contains_key(*name)) {
            self.came(spot, &rules::HEADER_ADDED, &join(&at_new, name));
        }
        self.content(spot);
        self.rest(spot, &["headers", "content"]);
    }

    /// Compares the media types of a body, a response or a parameter.
    pub(super) fn content(&mut self, spot: &Spot) {
        let empty = Map::new();
        let (at_old, at_new) = (join(&spot.old, "content"), join(&spot.new, "content"));
        let olds = self.old_at(&at_old).as_object().unwrap_or(&empty);
        let news = self.new_at(&at_new).as_object().unwrap_or(&empty);
        for name in olds.keys() {
            let (was, is) = (join(&at_old, name), join(&at_new, name));
            if news.contains_key(name) {
                let inner = spot.beside(&was, &is);
                self.maybe_schema(&inner, "schema");
                self.rest(&inner, &["schema"]);
            } else {
                self.went(spot, &rules::MEDIA_TYPE_REMOVED, &was).before =
                    Some(Value::from(name.as_str()));
            }
        }
        for name in news.keys().filter(|name| !olds.contains_key(*name)) {
            self.came(spot, &rules::MEDIA_TYPE_ADDED, &join(&at_new, name))
                .after = Some(Value::from(name.as_str()));
        }
    }

    /// Compares the schemas under a key, or notes that only one side has one.
    pub(super) fn maybe_schema(&mut self, spot: &Spot, key: &str) {
        let (was, is) = (join(&spot.old, key), join(&spot.new, key));
        match (self.old.pointer(&was), self.new.pointer(&is)) {
            (Some(_), Some(_)) => self.schema(&spot.beside(&was, &is)),
            (None, Some(_)) => {
                self.came(spot, &rules::MEDIA_TYPE_SCHEMA_ADDED, &is);
            }
            (Some(_), None) => {
                self.went(spot, &rules::MEDIA_TYPE_SCHEMA_REMOVED, &was);
            }
            (None, None) => {}
        }
    }

    /// Compares all other keys of an object: examples, links, extensions, and what no rule knows.
    pub(super) fn rest(&mut self, spot: &Spot, known: &[&str]) {
        let empty = Map::new();
        let (old, new) = (self.old_at(&spot.old), self.new_at(&spot.new));
        if !(old.is_object() && new.is_object()) && old != new {
            // It is no object, as it has to be.
            let (old, new) = ((&*spot.old, Some(old)), (&*spot.new, Some(new)));
            self.note(spot, &rules::OTHER_CHANGED, "value", old, new);
            return;
        }
        let (old, new) = (
            old.as_object().unwrap_or(&empty),
            new.as_object().unwrap_or(&empty),
        );
        let other = |key: &&String| {
            !known.contains(&key.as_str()) && !matches!(key.as_str(), "description" | "summary")
        };
        let mut keys: Vec<&String> = old.keys().chain(new.keys()).filter(other).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after || key == "$ref" {
                continue;
            }
            let rule = match key.as_str() {
                "example" | "examples" => &rules::EXAMPLE_CHANGED,
                "externalDocs" | "links" => &rules::ANNOTATION_CHANGED,
                key if key.starts_with("x-") => &rules::ANNOTATION_CHANGED,
                _ => &rules::OTHER_CHANGED,
            };
            self.note(
                spot,
                rule,
                key,
                (&join(&spot.old, key), before),
                (&join(&spot.new, key), after),
            );
        }
    }
}

pub(super) fn is_true(node: &Value, key: &str) -> bool {
    node.get(key) == Some(&Value::Bool(true))
}
