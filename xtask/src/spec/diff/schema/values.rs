//! Which values are taken: enums, constants, patterns, defaults, and what is said about who sends them.

use serde_json::Value;

use super::{Both, Walk};
use crate::spec::diff::rules::{self, Rule};
use crate::spec::diff::walk::Spot;

/// Rules for a keyword that is there or not.
struct Flag {
    key: &'static str,
    set: &'static Rule,
    unset: &'static Rule,
}

static FLAGS: [Flag; 4] = [
    Flag {
        key: "readOnly",
        set: &rules::BECAME_READ_ONLY,
        unset: &rules::BECAME_NOT_READ_ONLY,
    },
    Flag {
        key: "writeOnly",
        set: &rules::BECAME_WRITE_ONLY,
        unset: &rules::BECAME_NOT_WRITE_ONLY,
    },
    Flag {
        key: "uniqueItems",
        set: &rules::UNIQUE_ITEMS_SET,
        unset: &rules::UNIQUE_ITEMS_UNSET,
    },
    Flag {
        key: "deprecated",
        set: &rules::SCHEMA_DEPRECATED,
        unset: &rules::SCHEMA_REACTIVATED,
    },
];

/// Rules for a keyword that came, went or has another value.
struct Said {
    key: &'static str,
    added: &'static Rule,
    removed: &'static Rule,
    changed: &'static Rule,
}

static SAID: [Said; 5] = [
    Said {
        key: "const",
        added: &rules::CONST_ADDED,
        removed: &rules::CONST_REMOVED,
        changed: &rules::CONST_CHANGED,
    },
    Said {
        key: "default",
        added: &rules::DEFAULT_ADDED,
        removed: &rules::DEFAULT_REMOVED,
        changed: &rules::DEFAULT_CHANGED,
    },
    Said {
        key: "pattern",
        added: &rules::PATTERN_ADDED,
        removed: &rules::PATTERN_REMOVED,
        changed: &rules::PATTERN_CHANGED,
    },
    Said {
        key: "contentMediaType",
        added: &rules::CONTENT_CHANGED,
        removed: &rules::CONTENT_CHANGED,
        changed: &rules::CONTENT_CHANGED,
    },
    Said {
        key: "contentEncoding",
        added: &rules::CONTENT_CHANGED,
        removed: &rules::CONTENT_CHANGED,
        changed: &rules::CONTENT_CHANGED,
    },
];

/// Patterns that everything matches.
const ANYTHING: [&str; 5] = ["", ".*", "^.*$", "^.*", ".*$"];

impl Walk<'_> {
    /// Compares a keyword about values; false when it is about something else.
    pub(super) fn values(&mut self, spot: &Spot, both: &Both<'_, '_>) -> bool {
        if both.key == "enum" {
            return self.enums(spot, both);
        }
        if let Some(flag) = FLAGS.iter().find(|flag| flag.key == both.key) {
            let on =
                |at: Option<&super::At<'_>>| at.is_some_and(|at| at.value == &Value::Bool(true));
            let rule = match (on(both.old), on(both.new)) {
                (false, true) => flag.set,
                (true, false) if both.key == "writeOnly" && spot.required => {
                    &rules::REQUIRED_BECAME_NOT_WRITE_ONLY
                }
                (true, false) => flag.unset,
                // `false` says what is said anyway.
                _ => &rules::ANNOTATION_CHANGED,
            };
            let what = match both.key {
                "readOnly" | "writeOnly" if spot.required => "required",
                "readOnly" | "writeOnly" => "optional",
                key => key,
            };
            self.keyword(spot, rule, what, both);
            return true;
        }
        let Some(said) = SAID.iter().find(|said| said.key == both.key) else {
            return false;
        };
        let anything = |at: &super::At<'_>| {
            at.value
                .as_str()
                .is_some_and(|said| ANYTHING.contains(&said))
        };
        let rule = match (both.old, both.new) {
            (Some(_), Some(new)) if both.key == "pattern" && anything(new) => {
                &rules::PATTERN_GENERALIZED
            }
            (None, _) => said.added,
            (_, None) => said.removed,
            _ => said.changed,
        };
        let what = match both.key {
            "contentMediaType" => "content-media-type",
            "contentEncoding" => "content-encoding",
            key => key,
        };
        self.keyword(spot, rule, what, both);
        true
    }

    fn enums(&mut self, spot: &Spot, both: &Both<'_, '_>) -> bool {
        let (old, new) = match (both.old, both.new) {
            (None, _) => {
                self.keyword(spot, &rules::BECAME_ENUM, both.key, both);
                return true;
            }
            (_, None) => {
                self.keyword(spot, &rules::BECAME_NOT_ENUM, both.key, both);
                return true;
            }
            (Some(old), Some(new)) => (old, new),
        };
        let (Value::Array(was), Value::Array(is)) = (old.value, new.value) else {
            return false;
        };
        for value in was.iter().filter(|value| !is.contains(value)) {
            self.note(
                spot,
                &rules::ENUM_VALUE_REMOVED,
                "",
                (&old.pointer, Some(value)),
                (&new.pointer, None),
            );
        }
        for value in is.iter().filter(|value| !was.contains(value)) {
            self.note(
                spot,
                &rules::ENUM_VALUE_ADDED,
                "",
                (&old.pointer, None),
                (&new.pointer, Some(value)),
            );
        }
        true
    }
}
