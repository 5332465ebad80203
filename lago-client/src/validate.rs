//! Requests against the API's description: where they are not as it says. What follows from that is decided by who asks:
//! the stand-in, and the gateway.

mod body;
mod finding;
mod keys;
mod query;
mod schemas;

use serde_json::Value;

pub(crate) use finding::{Finding, Place, Problem};
#[cfg(feature = "mock-validation")]
pub(crate) use keys::is_index;
pub(crate) use keys::keys;
#[cfg(feature = "mock-validation")]
pub(crate) use query::base as query_name;
pub(crate) use schemas::{Facts, facts};

/// A query against the parameters of its operation, decoded and in the order in which they were sent.
pub(crate) fn of_query(facts: &Facts, sent: &[(String, String)]) -> Vec<Finding> {
    query::findings(&facts.query, sent)
}

/// A body against its schema. None is no body.
pub(crate) fn of_body(facts: &Facts, sent: Option<&Value>) -> Vec<Finding> {
    match (&facts.body, sent) {
        (Some(described), sent) => body::findings(described, sent),
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![Finding {
            place: Place::Body(String::new()),
            problem: Problem::NotTaken,
            value: Value::Null,
        }],
    }
}
