//! What a document says as a whole: its version, servers, security, tags and components.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::rules::{self, Direction, Rule};
use super::walk::{Spot, Walk};
use crate::pointer::join;

/// Sections of the components, with what an entry is called in the ids of rules.
const SECTIONS: [(&str, &str); 10] = [
    ("callbacks", "callback"),
    ("examples", "example"),
    ("headers", "header"),
    ("links", "link"),
    ("parameters", "parameter"),
    ("pathItems", "path-item"),
    ("requestBodies", "request-body"),
    ("responses", "response"),
    ("schemas", "schema"),
    ("securitySchemes", "security-component"),
];

/// The rules of a list of security requirements.
struct Security {
    added: &'static Rule,
    introduced: &'static Rule,
    removed: &'static Rule,
    dropped: &'static Rule,
    scope_added: &'static Rule,
    scope_removed: &'static Rule,
}

static GLOBAL: Security = Security {
    added: &rules::GLOBAL_SECURITY_ADDED,
    introduced: &rules::GLOBAL_SECURITY_INTRODUCED,
    removed: &rules::GLOBAL_SECURITY_REMOVED,
    dropped: &rules::GLOBAL_SECURITY_DROPPED,
    scope_added: &rules::GLOBAL_SCOPE_ADDED,
    scope_removed: &rules::GLOBAL_SCOPE_REMOVED,
};

static OWN: Security = Security {
    added: &rules::SECURITY_ADDED,
    introduced: &rules::SECURITY_INTRODUCED,
    removed: &rules::SECURITY_REMOVED,
    dropped: &rules::SECURITY_DROPPED,
    scope_added: &rules::SCOPE_ADDED,
    scope_removed: &rules::SCOPE_REMOVED,
};

/// Schemes that are needed together, and the scopes of each.
type Requirements<'d> = BTreeMap<String, BTreeSet<&'d str>>;

fn requirements(list: &Value) -> Requirements<'_> {
    let mut found = Requirements::new();
    for requirement in list.as_array().into_iter().flatten() {
        let mut schemes: Vec<&str> = Vec::new();
        let mut scopes = BTreeSet::new();
        for (scheme, needed) in requirement.as_object().into_iter().flatten() {
            schemes.push(scheme);
            scopes.extend(
                needed
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str),
            );
        }
        schemes.sort_unstable();
        found
            .entry(schemes.join(" and "))
            .or_default()
            .extend(scopes);
    }
    found
}

impl Walk<'_> {
    /// Compares what stands at the top, and every component.
    pub(super) fn document(&mut self) {
        let spot = self.root("", "", "", Direction::Request);
        for key in ["openapi", "jsonSchemaDialect"] {
            self.info(&spot, &join("", key));
        }
        let keys = |root: &Value| {
            root["info"]
                .as_object()
                .map(|map| map.keys().cloned().collect::<BTreeSet<_>>())
        };
        let mut known = keys(self.old).unwrap_or_default();
        known.extend(keys(self.new).unwrap_or_default());
        for key in known
            .iter()
            .filter(|key| !matches!(key.as_str(), "title" | "description" | "summary"))
        {
            self.info(&spot, &join("/info", key));
        }
        self.servers(&spot);
        self.requirements(&spot, &GLOBAL, ("/security", "/security"));
        self.named(
            &spot,
            "tags",
            "name",
            (&rules::DOCUMENT_TAG_ADDED, &rules::DOCUMENT_TAG_REMOVED),
        );
        let known = [
            "openapi",
            "jsonSchemaDialect",
            "info",
            "servers",
            "security",
            "tags",
            "paths",
            "webhooks",
            "components",
        ];
        self.rest(&spot, &known);
        self.components();
    }

    fn info(&mut self, spot: &Spot, pointer: &str) {
        let (old, new) = (self.old.pointer(pointer), self.new.pointer(pointer));
        if old != new {
            self.note(
                spot,
                &rules::INFO_CHANGED,
                "",
                (pointer, old),
                (pointer, new),
            );
        }
    }

    /// Compares servers, of the document, a path or an operation.
    pub(super) fn servers(&mut self, spot: &Spot) {
        self.named(
            spot,
            "servers",
            "url",
            (&rules::SERVER_ADDED, &rules::SERVER_REMOVED),
        );
    }

    /// Compares a list whose entries go by a name.
    fn named(
        &mut self,
        spot: &Spot,
        key: &str,
        name: &str,
        (added, removed): (&'static Rule, &'static Rule),
    ) {
        let (was, is) = (join(&spot.old, key), join(&spot.new, key));
        let list =
            |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (olds, news) = (list(self.old.pointer(&was)), list(self.new.pointer(&is)));
        let find = |list: &[Value], entry: &Value| {
            list.iter()
                .position(|other| other.get(name) == entry.get(name))
        };
        for (index, entry) in olds.iter().enumerate() {
            let was = format!("{was}/{index}");
            match find(&news, entry) {
                Some(at) => {
                    let place = spot.beside(&was, &format!("{is}/{at}"));
                    self.rest(&place, &[name]);
                }
                None => self.went(spot, removed, &was).before = entry.get(name).cloned(),
            }
        }
        for (index, entry) in news.iter().enumerate() {
            if find(&olds, entry).is_none() {
                self.came(spot, added, &format!("{is}/{index}")).after = entry.get(name).cloned();
            }
        }
    }

    /// Compares the security of an operation; without its own it has that of the document.
    pub(super) fn security(&mut self, spot: &Spot) {
        let own = |root: &Value, at: &str| {
            let own = join(at, "security");
            if root.pointer(&own).is_some() {
                own
            } else {
                "/security".to_owned()
            }
        };
        let (was, is) = (own(self.old, &spot.old), own(self.new, &spot.new));
        if was == "/security" && is == "/security" {
            return;
        }
        self.requirements(spot, &OWN, (&was, &is));
        if (was == "/security") != (is == "/security") {
            self.note(
                spot,
                &rules::RESTRUCTURED,
                "security",
                (&was, None),
                (&is, None),
            );
        }
    }

    fn requirements(&mut self, spot: &Spot, rules: &Security, (was, is): (&str, &str)) {
        let (old, new) = (self.old_at(was), self.new_at(is));
        let (olds, news) = (requirements(old), requirements(new));
        let open = |found: &Requirements<'_>| found.is_empty() || found.contains_key("");
        let text = |scheme: &str| Value::from(if scheme.is_empty() { "nothing" } else { scheme });
        for (scheme, scopes) in &news {
            match olds.get(scheme) {
                None => {
                    let rule = if open(&olds) && !open(&news) {
                        rules.introduced
                    } else {
                        rules.added
                    };
                    self.note(spot, rule, "", (was, None), (is, Some(&text(scheme))));
                }
                Some(before) => {
                    for scope in scopes.difference(before) {
                        let scope = Value::from(*scope);
                        self.note(spot, rules.scope_added, "", (was, None), (is, Some(&scope)));
                    }
                    for scope in before.difference(scopes) {
                        let scope = Value::from(*scope);
                        self.note(
                            spot,
                            rules.scope_removed,
                            "",
                            (was, Some(&scope)),
                            (is, None),
                        );
                    }
                }
            }
        }
        for scheme in olds.keys().filter(|scheme| !news.contains_key(*scheme)) {
            // Without the alternative of nothing, clients have to say who they are.
            let rule = if open(&news) && !scheme.is_empty() {
                rules.dropped
            } else {
                rules.removed
            };
            self.note(spot, rule, "", (was, Some(&text(scheme))), (is, None));
        }
    }

    fn components(&mut self) {
        let empty = Map::new();
        for (section, word) in SECTIONS {
            let place = join("/components", section);
            let olds = self.old_at(&place).as_object().unwrap_or(&empty);
            let news = self.new_at(&place).as_object().unwrap_or(&empty);
            for name in olds.keys() {
                let was = join(&place, name);
                let is = self.renames.now(&was).to_owned();
                let (spot, is_new) = self.pair(&was, &is);
                if self.new.pointer(&is).is_none() {
                    let rule = match section {
                        "securitySchemes" => &rules::SECURITY_SCHEME_REMOVED,
                        _ => &rules::COMPONENT_REMOVED,
                    };
                    self.went(&spot, rule, &was).what = word.to_owned();
                    continue;
                }
                if was != is {
                    let name = Value::from(name.as_str());
                    self.note(
                        &spot,
                        &rules::COMPONENT_RENAMED,
                        word,
                        (&was, Some(&name)),
                        (&is, None),
                    );
                }
                if is_new {
                    self.component(&spot, section);
                }
            }
            for name in news.keys() {
                let is = join(&place, name);
                let is_known =
                    olds.contains_key(name) || self.renames.all().any(|(_, now)| *now == is);
                if !is_known {
                    let (spot, _) = self.pair("", &is);
                    let rule = match section {
                        "securitySchemes" => &rules::SECURITY_SCHEME_ADDED,
                        _ => &rules::COMPONENT_ADDED,
                    };
                    self.came(&spot, rule, &is).what = word.to_owned();
                }
            }
        }
    }

    fn component(&mut self, spot: &Spot, section: &str) {
        match section {
            "schemas" => self.schema(spot),
            "parameters" | "headers" => self.parameter(spot),
            "responses" => self.response(spot),
            "requestBodies" => self.body(spot),
            "securitySchemes" => {
                let (old, new) = (self.old_at(&spot.old), self.new_at(&spot.new));
                if old.get("type") != new.get("type") {
                    let rule = &rules::SECURITY_SCHEME_TYPE_CHANGED;
                    let (was, is) = (join(&spot.old, "type"), join(&spot.new, "type"));
                    self.note(
                        spot,
                        rule,
                        "",
                        (&was, old.get("type")),
                        (&is, new.get("type")),
                    );
                }
                self.rest(spot, &["type"]);
            }
            _ => self.rest(spot, &[]),
        }
    }
}
