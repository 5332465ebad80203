//! Which values a place takes of those that its type has.

/// The limits of a value that a request sends, as far as the server is known to refuse the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// What is known of the value itself: keywords of JSON Schema with their values, in the order of [`KEYWORDS`].
    pub(crate) keywords: Vec<(&'static str, serde_json::Value)>,
    /// What is known of each element of a list, or value of a map.
    pub(crate) each: Option<Box<Self>>,
}

/// What limits a value of a type. Decimals have no `pattern`: their type says it. `format` is there for values in a path
/// alone, elsewhere it is a type.
pub(crate) const KEYWORDS: [&str; 8] = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "maxProperties",
];

impl Limits {
    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.keywords.is_empty() && self.each.is_none()
    }
}
