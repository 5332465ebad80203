//! Parameters of operations, and headers, which are like them.

use serde_json::Value;

use super::finding::Subject;
use super::flat::resolved;
use super::messages::is_true;
use super::rules;
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
                    let own =
                        |listed: &str, operation: &str| listed.starts_with(&join(operation, ""));
                    if own(&old.pointer, &spot.old) != own(&new.pointer, &spot.new) {
                        // It is said of the whole path now, or no longer.
                        let (old, new) = ((&*old.pointer, None), (&*new.pointer, None));
                        self.note(spot, &rules::RESTRUCTURED, "", old, new);
                    }
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
        let name = |node: &'d Value| node.get("name");
        let in_path = |node: &Value| node.get("in").is_some_and(|place| place == "path");
        let is_renamed = name(old) != name(new) && in_path(old) && in_path(new);
        if is_renamed {
            let (was, is) = at("name");
            let rule = &rules::PATH_PARAMETER_RENAMED;
            self.note(spot, rule, "", (&was, name(old)), (&is, name(new)));
        }
        self.maybe_schema(spot, "schema");
        self.content(spot);
        let mut known = vec!["required", "deprecated", "schema", "content"];
        known.extend(SERIALIZATION.map(|(key, _)| key));
        known.extend(is_renamed.then_some("name"));
        self.rest(spot, &known);
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
