//! Operations and webhooks: which there are, and what stands at them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::rules::{self, Direction};
use super::walk::{Similar, Spot, Step, Walk};
use crate::pointer::join;
use crate::regen::renames::{MovedOperation, nameless};
use crate::regen::schema::METHODS;

/// The operations of a document, by method and path without the names of its parameters.
fn operations(root: &Value) -> BTreeMap<(String, &'static str), String> {
    let mut found = BTreeMap::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if item.get(method).is_some() {
                found.insert((nameless(path), method), path.clone());
            }
        }
    }
    found
}

fn place(path: &str, method: &str) -> String {
    join(&join("/paths", path), method)
}

impl<'d> Walk<'d> {
    /// Compares all operations; returns those that may have been renamed.
    pub(super) fn operations(&mut self) -> Vec<Similar> {
        let (olds, news) = (operations(self.old), operations(self.new));
        let mut gone = Vec::new();
        for (key, path) in &olds {
            let was = place(path, key.1);
            match news.get(key) {
                Some(now) => self.operation(&was, &place(now, key.1), key.1, (path, now)),
                None => gone.push((was, path, key)),
            }
        }
        for (key, path) in &news {
            if !olds.contains_key(key) {
                let is = place(path, key.1);
                let user = format!("{} {path}", key.1.to_uppercase());
                let spot = self.root("", &is, &user, Direction::Request);
                self.came(&spot, &rules::ENDPOINT_ADDED, &is);
            }
        }
        for (was, path, key) in &gone {
            let user = format!("{} {path}", key.1.to_uppercase());
            let spot = self.root(was, "", &user, Direction::Request);
            let announced = self.old_at(was).get("deprecated") == Some(&Value::Bool(true));
            let path_is_gone = !news.keys().any(|(known, _)| *known == key.0);
            let rule = match (path_is_gone, announced) {
                (true, false) => &rules::PATH_REMOVED,
                (true, true) => &rules::PATH_REMOVED_AS_ANNOUNCED,
                (false, false) => &rules::OPERATION_REMOVED,
                (false, true) => &rules::OPERATION_REMOVED_AS_ANNOUNCED,
            };
            self.went(&spot, rule, was);
        }
        let moved = self.renames.operations(self.old, self.new).into_iter();
        // One that is only called otherwise in its path has been compared.
        let renamed = moved.filter(|MovedOperation { old, new, .. }| {
            old.method != new.method || nameless(&old.path) != nameless(&new.path)
        });
        let similar = renamed.map(|MovedOperation { old, new, .. }| Similar {
            old: place(&old.path, old.method),
            new: place(&new.path, new.method),
        });
        similar.collect()
    }

    fn operation(&mut self, was: &str, is: &str, method: &str, (path_was, path_is): (&str, &str)) {
        let user = format!("{} {path_is}", method.to_uppercase());
        let spot = self.root(was, is, &user, Direction::Request);
        if path_was != path_is {
            let text = Value::from(path_was);
            self.note(
                &spot,
                &rules::PATH_PARAMETER_RENAMED,
                "",
                (was, Some(&text)),
                (is, None),
            );
        }
        self.facts(&spot);
        let (path_was, path_is) = (join("/paths", path_was), join("/paths", path_is));
        self.parameters(&spot, &path_was, &path_is);
        self.messages(&spot);
        if let Some(path) = self.enter(&spot, Step::Same, &path_was, &path_is) {
            self.servers(&path);
            let known: Vec<&str> = METHODS
                .into_iter()
                .chain(["parameters", "servers"])
                .collect();
            self.rest(&path, &known);
        }
    }

    /// Compares all webhooks.
    pub(super) fn webhooks(&mut self) {
        let empty = Map::new();
        let olds = self.old["webhooks"].as_object().unwrap_or(&empty);
        let news = self.new["webhooks"].as_object().unwrap_or(&empty);
        for (key, item) in olds {
            let place = join("/webhooks", key);
            let user = format!("webhook {key}");
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let at = join(&place, method);
                if news
                    .get(key)
                    .is_some_and(|item| item.get(*method).is_some())
                {
                    let spot = self.root(&at, &at, &user, Direction::Webhook);
                    self.facts(&spot);
                    self.parameters(&spot, &place, &place);
                    self.messages(&spot);
                } else {
                    let spot = self.root(&at, "", &user, Direction::Webhook);
                    self.went(&spot, &rules::WEBHOOK_REMOVED, &at);
                }
            }
        }
        for (key, item) in news {
            let place = join("/webhooks", key);
            let user = format!("webhook {key}");
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                if olds.get(key).is_none_or(|item| item.get(*method).is_none()) {
                    let at = join(&place, method);
                    let spot = self.root("", &at, &user, Direction::Webhook);
                    self.came(&spot, &rules::WEBHOOK_ADDED, &at);
                }
            }
        }
    }

    /// What an operation says of itself.
    fn facts(&mut self, spot: &Spot) {
        let (old, new) = (self.old_at(&spot.old), self.new_at(&spot.new));
        let is_true = |node: &Value| node.get("deprecated") == Some(&Value::Bool(true));
        let at = |key: &str| (join(&spot.old, key), join(&spot.new, key));
        if is_true(old) != is_true(new) {
            let rule = if is_true(new) {
                &rules::ENDPOINT_DEPRECATED
            } else {
                &rules::ENDPOINT_REACTIVATED
            };
            let (was, is) = at("deprecated");
            self.note(spot, rule, "", (&was, None), (&is, None));
        }
        let id = |node: &'d Value| node.get("operationId");
        if id(old) != id(new) {
            let rule = if id(old).is_none() {
                &rules::OPERATION_ID_ADDED
            } else {
                &rules::OPERATION_ID_REMOVED
            };
            let (was, is) = at("operationId");
            self.note(spot, rule, "", (&was, id(old)), (&is, id(new)));
        }
        let tags = |node: &'d Value| {
            node.get("tags")
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        let (was, is) = at("tags");
        for tag in tags(old).iter().filter(|tag| !tags(new).contains(tag)) {
            self.note(
                spot,
                &rules::TAG_REMOVED,
                "",
                (&was, Some(tag)),
                (&is, None),
            );
        }
        for tag in tags(new).iter().filter(|tag| !tags(old).contains(tag)) {
            self.note(spot, &rules::TAG_ADDED, "", (&was, None), (&is, Some(tag)));
        }
        self.security(spot);
        self.servers(spot);
        let known = [
            "deprecated",
            "operationId",
            "tags",
            "security",
            "servers",
            "parameters",
            "requestBody",
            "responses",
        ];
        self.rest(spot, &known);
    }
}
