//! What is sent and what comes back: parameters, bodies, responses, headers.

use serde_json::{Map, Value};

use super::finding::Subject;
use super::flat::{resolved, target};
use super::rules::{self, Rule};
use super::walk::{Spot, Step, Walk};
use crate::pointer::join;

/// Keywords of a parameter that say how it is written; their words in the ids of rules, their defaults.
const SERIALIZATION: [(&str, &str); 4] = [
    ("style", "style"),
    ("explode", "explode"),
    ("allowReserved", "allow-reserved"),
    ("allowEmptyValue", "allow-empty-value"),
];

impl<'d> Walk<'d> {
    /// Compares the parameters of an operation, those of its path included.
    pub(super) fn parameters(&mut self, spot: &Spot, path_was: &str, path_is: &str) {
        let olds = listed(self.old, &spot.old, path_was);
        let mut news = listed(self.new, &spot.new, path_is);
        let names = |found: &[Listed], root: &'d Value| -> Vec<String> {
            let path = found.iter().filter(|one| one.place == "path");
            let mut names: Vec<String> = path.map(|one| one.name.clone()).collect();
            // In the order in which the path has them.
            let text = crate::pointer::parse(if std::ptr::eq(root, self.old) {
                path_was
            } else {
                path_is
            });
            let text = text.last().cloned().unwrap_or_default();
            names.sort_by_key(|name| text.find(&format!("{{{name}}}")));
            names
        };
        // A parameter of the path that is called otherwise is the same one.
        let renamed: Vec<(String, String)> = match path_was == path_is {
            true => Vec::new(),
            false => names(&olds, self.old)
                .into_iter()
                .zip(names(&news, self.new))
                .collect(),
        };
        for old in olds {
            let now = renamed
                .iter()
                .find(|(was, _)| old.place == "path" && *was == old.name);
            let name = now.map_or(&old.name, |(_, is)| is);
            match news
                .iter()
                .position(|new| new.place == old.place && new.name == *name)
            {
                Some(at) => {
                    let new = news.remove(at);
                    self.references(spot, &old.pointer, &new.pointer);
                    if let Some(inner) = self.enter(
                        spot,
                        Step::Part(Subject::Parameter),
                        &old.target,
                        &new.target,
                    ) {
                        self.parameter(&inner);
                    }
                }
                None => {
                    let node = self.old_at(&old.target);
                    let rule = match (is_true(node, "deprecated"), is_true(node, "required")) {
                        (true, _) => &rules::DEPRECATED_PARAMETER_REMOVED,
                        (_, true) => &rules::REQUIRED_PARAMETER_REMOVED,
                        _ => &rules::OPTIONAL_PARAMETER_REMOVED,
                    };
                    if let Some(inner) =
                        self.enter(spot, Step::Part(Subject::Parameter), &old.pointer, "")
                    {
                        self.went(&inner, rule, &old.pointer);
                    }
                }
            }
        }
        for new in news {
            let rule = match (
                new.place.as_str(),
                is_true(self.new_at(&new.target), "required"),
            ) {
                ("path", _) => &rules::PATH_PARAMETER_ADDED,
                (_, true) => &rules::REQUIRED_PARAMETER_ADDED,
                _ => &rules::OPTIONAL_PARAMETER_ADDED,
            };
            if let Some(inner) = self.enter(spot, Step::Part(Subject::Parameter), "", &new.pointer)
            {
                self.came(&inner, rule, &new.pointer);
            }
        }
    }

    /// Notes that something is referred to where it stood itself, or the other way round.
    fn references(&mut self, spot: &Spot, old: &str, new: &str) {
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

    /// Compares two parameters or headers.
    pub(super) fn parameter(&mut self, spot: &Spot) {
        let (old, new) = (self.old_at(&spot.old), self.new_at(&spot.new));
        let at = |key: &str| (join(&spot.old, key), join(&spot.new, key));
        for (key, set, unset) in [
            (
                "required",
                &rules::PARAMETER_BECAME_REQUIRED,
                &rules::PARAMETER_BECAME_OPTIONAL,
            ),
            (
                "deprecated",
                &rules::PARAMETER_DEPRECATED,
                &rules::PARAMETER_REACTIVATED,
            ),
        ] {
            let (was, is) = at(key);
            let rule = match (is_true(old, key), is_true(new, key)) {
                (false, true) => set,
                (true, false) => unset,
                _ if old.get(key) != new.get(key) => &rules::ANNOTATION_CHANGED,
                _ => continue,
            };
            self.note(spot, rule, key, (&was, old.get(key)), (&is, new.get(key)));
        }
        for (key, word) in SERIALIZATION {
            if old.get(key) != new.get(key) {
                let (was, is) = at(key);
                // What is not said has a default.
                let default = |node: &Value| match node.get("in").and_then(Value::as_str) {
                    _ if key != "style" && key != "explode" => Value::Bool(false),
                    Some("query" | "cookie") if key == "style" => "form".into(),
                    Some("path" | "header") if key == "style" => "simple".into(),
                    _ if key == "style" => Value::Null,
                    place => {
                        let style = node.get("style").and_then(Value::as_str);
                        Value::Bool(
                            style.map_or(matches!(place, Some("query" | "cookie")), |style| {
                                style == "form"
                            }),
                        )
                    }
                };
                let (before, after) = (
                    old.get(key).cloned().unwrap_or_else(|| default(old)),
                    new.get(key).cloned().unwrap_or_else(|| default(new)),
                );
                let rule = match before == after {
                    true => &rules::ANNOTATION_CHANGED,
                    false => &rules::PARAMETER_SERIALIZATION_CHANGED,
                };
                self.note(spot, rule, word, (&was, Some(&before)), (&is, Some(&after)));
            }
        }
        self.maybe_schema(spot, "schema");
        self.content(spot);
        let known = [
            "name",
            "in",
            "required",
            "deprecated",
            "style",
            "explode",
            "allowReserved",
            "allowEmptyValue",
            "schema",
            "content",
        ];
        // A parameter of the path may be called otherwise; that is said of the path.
        self.rest(spot, &known);
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
    fn content(&mut self, spot: &Spot) {
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
    fn maybe_schema(&mut self, spot: &Spot, key: &str) {
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
        let old = self.old_at(&spot.old).as_object().unwrap_or(&empty);
        let new = self.new_at(&spot.new).as_object().unwrap_or(&empty);
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

/// A parameter of an operation.
struct Listed {
    place: String,
    name: String,
    /// Where it is listed, and where it stands.
    pointer: String,
    target: String,
}

/// The parameters of an operation; its own win over those of its path.
fn listed(root: &Value, operation: &str, path: &str) -> Vec<Listed> {
    let mut found: Vec<Listed> = Vec::new();
    for holder in [operation, path] {
        let list = join(holder, "parameters");
        let count = root
            .pointer(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let pointer = format!("{list}/{index}");
            let (target, node) = resolved(root, &pointer);
            let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
            let (place, name) = (text("in"), text("name"));
            if !found
                .iter()
                .any(|one| one.place == place && one.name == name)
            {
                found.push(Listed {
                    place,
                    name,
                    pointer,
                    target,
                });
            }
        }
    }
    found
}

fn is_true(node: &Value, key: &str) -> bool {
    node.get(key) == Some(&Value::Bool(true))
}
