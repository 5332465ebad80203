//! Why a memory refuses a request, in the words of the server.

use serde_json::{Map, Value, json};

use super::super::response::MockResponse;

/// A request that changes nothing.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Something that the request names does not exist.
    NotFound(String),
    /// What is there does not allow it, with this code.
    NotAllowed(&'static str),
    /// What was sent is wrong: codes by field, or by index and field.
    Invalid(Value),
}

impl Refusal {
    /// The 404 of a noun: `plan_not_found`.
    pub(super) fn missing(noun: &str) -> Self {
        Self::NotFound(format!("{noun}_not_found"))
    }

    /// One code for one field.
    pub(super) fn field(name: &str, code: &str) -> Self {
        let mut fields = Map::new();
        fields.insert(name.to_owned(), json!([code]));
        Self::Invalid(Value::Object(fields))
    }

    pub(super) fn taken(name: &str) -> Self {
        Self::field(name, "value_already_exist")
    }

    pub(super) fn into_response(self) -> MockResponse {
        match self {
            Self::NotFound(code) => MockResponse::error(404, &code),
            Self::NotAllowed(code) => MockResponse::error(405, code),
            Self::Invalid(details) => MockResponse::validation_errors(details),
        }
    }
}

/// What a step says: the body of the response, or null for none.
pub(super) type Outcome = Result<Value, Refusal>;
