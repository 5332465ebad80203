//! What a reference must lead to: a schema where a schema stands, a parameter where a parameter does.

use crate::pointer::parse;

/// What a reference stands for.
pub(super) struct Kind {
    /// With its article.
    pub(super) name: &'static str,
    /// The keys of mappings and lists of such nodes; the section of the components comes first.
    pub(super) holders: &'static [&'static str],
    /// The keys of such nodes.
    pub(super) keys: &'static [&'static str],
    /// Whether `true` and `false` are such nodes.
    pub(super) takes_booleans: bool,
}

pub(super) const SCHEMA: Kind = Kind {
    name: "a schema",
    holders: &[
        "schemas",
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "allOf",
        "oneOf",
        "anyOf",
    ],
    keys: &["schema", "items", "additionalProperties", "not"],
    takes_booleans: true,
};

pub(super) const PARAMETER: Kind = Kind {
    name: "a parameter",
    holders: &["parameters"],
    keys: &[],
    takes_booleans: false,
};

pub(super) const REQUEST: Kind = Kind {
    name: "a request body",
    holders: &["requestBodies"],
    keys: &["requestBody"],
    takes_booleans: false,
};

pub(super) const RESPONSE: Kind = Kind {
    name: "a response",
    holders: &["responses"],
    keys: &[],
    takes_booleans: false,
};

/// The sections of a document in which OpenAPI says what stands where.
const SECTIONS: [&str; 9] = [
    "openapi",
    "info",
    "servers",
    "paths",
    "webhooks",
    "components",
    "security",
    "tags",
    "externalDocs",
];

impl Kind {
    /// Whether a node of this kind can stand at a place.
    pub(super) fn stands_at(&self, pointer: &str) -> bool {
        let place = parse(pointer);
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        match place.as_slice() {
            [] => false,
            [section, ..] if !SECTIONS.contains(section) => true,
            [.., holder, _] if self.holders.contains(holder) => true,
            [.., key] => self.keys.contains(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_by_the_keys_that_lead_to_it() {
        for (place, kind) in [
            ("/components/schemas/A", &SCHEMA),
            ("/components/schemas/A/properties/b/items", &SCHEMA),
            ("/components/schemas/A/allOf/0", &SCHEMA),
            ("/paths/~1a/get/parameters/0/schema", &SCHEMA),
            ("/paths/~1a/get/parameters/0", &PARAMETER),
            ("/components/requestBodies/A", &REQUEST),
            ("/paths/~1a/post/requestBody", &REQUEST),
            ("/paths/~1a/get/responses/200", &RESPONSE),
        ] {
            for other in [&SCHEMA, &PARAMETER, &REQUEST, &RESPONSE] {
                let expected = other.name == kind.name;
                assert_eq!(other.stands_at(place), expected, "{place}: {}", other.name);
            }
        }
        for nowhere in [
            "",
            "/info",
            "/components/schemas",
            "/components/schemas/A/type",
        ] {
            assert!(!SCHEMA.stands_at(nowhere), "{nowhere}");
        }
        // Of what OpenAPI does not know, nobody can say.
        assert!(SCHEMA.stands_at("/x-more/a"));
    }
}
