//! Where a request is not what the API's description says.

use serde_json::Value;

/// One place where a request is not as described.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    pub(crate) place: Place,
    pub(crate) problem: Problem,
    /// What stands there; null where nothing does.
    pub(crate) value: Value,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "mock-validation"),
    allow(dead_code, reason = "some are only what the stand-in finds")
)]
pub(crate) enum Place {
    /// A JSON pointer into the body.
    Body(String),
    /// A parameter of the query, as it was sent.
    Query(String),
    /// A header.
    Header(&'static str),
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "mock-validation"),
    allow(dead_code, reason = "some are only what the stand-in finds")
)]
pub(crate) enum Problem {
    /// The description has no such field or parameter.
    Unknown,
    /// There is a body where the operation takes none.
    NotTaken,
    /// The key under which everything stands is missing, or there is nothing under it.
    NoRoot,
    /// A field or parameter that is required.
    Missing,
    /// Null in place of a value that is required, or may be left out.
    Null { is_required: bool },
    /// Text without anything in it, where a value is required.
    Blank,
    /// Of another type than these, but such that Rails makes one of them.
    Coerced(String),
    /// Of another type than these.
    Type(String),
    /// Not one of the values of an enum.
    Value,
    /// Not of this format.
    Format(String),
    /// More elements than the server takes, or none.
    Count,
    /// A number with which the server fails.
    Fails,
    /// Something else, in words.
    Other(String),
}

impl Problem {
    /// What a person reads.
    pub(crate) fn reason(&self, place: &Place, value: &Value) -> String {
        let shown = || shown(value);
        match self {
            Self::Unknown => match place {
                Place::Query(_) => "no such parameter of this operation, Lago ignores it".into(),
                _ => "no such field in a request of this operation, Lago ignores it".into(),
            },
            Self::NotTaken => "the operation takes no body, Lago ignores it".into(),
            Self::NoRoot => "the root key is missing, or nothing stands under it".into(),
            Self::Missing => "it is required and missing".into(),
            Self::Null { is_required: true } => "it is required and null".into(),
            Self::Null { is_required: false } => "null is none of its values; leave it out".into(),
            Self::Blank => "it is required and empty".into(),
            Self::Coerced(types) => format!("{} is taken as {types}; send that", shown()),
            Self::Type(types) => format!("{} where {types} is described", shown()),
            Self::Value => format!("{} is none of the values described", shown()),
            Self::Format(format) => format!("{} is no {format}", shown()),
            Self::Count => "Lago takes 1 to 100 elements".into(),
            Self::Fails => format!("Lago fails with {}", shown()),
            Self::Other(words) => words.clone(),
        }
    }
}

/// How much of a value is shown, in characters.
const SHOWN: usize = 60;

/// A value for a person: whole when it is short.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".into(),
        Value::Array(_) => "a list".into(),
        Value::String(text) if text.chars().count() > SHOWN => {
            let start: String = text.chars().take(SHOWN).collect();
            format!("{}…", Value::from(start))
        }
        other => other.to_string(),
    }
}
