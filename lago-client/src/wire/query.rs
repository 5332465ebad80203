//! What stands in a query.
//!
//! Rack reads `metadata[region]=eu` as an entry of a map. It decodes names before it looks for
//! brackets in them, so no encoding brings a key that has one to the server as it is.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use lago_types::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::invalid::InvalidRequest;

/// The parameters of a query, not encoded yet, in the order in which they were written.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    invalid: Option<InvalidRequest>,
}

impl Query {
    fn add(&mut self, name: &str, value: impl Into<String>) {
        self.pairs.push((name.to_owned(), value.into()));
    }

    /// The parameters, when each can reach the server.
    pub(crate) fn pairs(self) -> Result<Vec<(String, String)>, InvalidRequest> {
        match self.invalid {
            Some(invalid) => Err(invalid),
            None => Ok(self.pairs),
        }
    }
}

/// What can stand in a query. A list is a parameter for each of its elements, under one name; what is left out is
/// none.
pub(crate) trait QueryValue {
    /// Writes the value as parameters called `name`.
    fn write(&self, name: &str, query: &mut Query);
}

/// Values that are in a query what they are as text.
macro_rules! query_text {
    ($($type:ty),* $(,)?) => {
        $(
            impl $crate::wire::query::QueryValue for $type {
                fn write(&self, name: &str, query: &mut $crate::wire::query::Query) {
                    $crate::wire::query::text(self, name, query);
                }
            }
        )*
    };
}
pub(crate) use query_text;

query_text!(bool, i64, String, Uuid, NaiveDate, Decimal);

/// Writes a value as it is printed.
pub(crate) fn text(value: &dyn std::fmt::Display, name: &str, query: &mut Query) {
    query.add(name, value.to_string());
}

impl QueryValue for DateTime<Utc> {
    /// As in JSON.
    fn write(&self, name: &str, query: &mut Query) {
        query.add(name, self.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }
}

impl<T: QueryValue> QueryValue for Option<T> {
    fn write(&self, name: &str, query: &mut Query) {
        if let Some(value) = self {
            value.write(name, query);
        }
    }
}

impl<T: QueryValue> QueryValue for Vec<T> {
    fn write(&self, name: &str, query: &mut Query) {
        for value in self {
            value.write(name, query);
        }
    }
}

impl QueryValue for Value {
    /// Of a value of no known type only the outermost list or map is taken apart; what is inside is JSON.
    fn write(&self, name: &str, query: &mut Query) {
        let plain = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self {
            Self::Null => {}
            Self::Array(items) => items.iter().for_each(|item| query.add(name, plain(item))),
            Self::Object(entries) => entries
                .iter()
                .for_each(|(key, value)| query.add(key, plain(value))),
            scalar => query.add(name, plain(scalar)),
        }
    }
}

/// A map of which the server reads each entry as part of one parameter: `metadata[region]=eu`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeepObject(Vec<(String, String)>);

impl DeepObject {
    /// The entries, in their order.
    pub(crate) fn new<K, V>(entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        let owned = |(key, value): (K, V)| (key.as_ref().to_owned(), value.into());
        Self(entries.into_iter().map(owned).collect())
    }
}

impl QueryValue for DeepObject {
    fn write(&self, name: &str, query: &mut Query) {
        for (key, value) in &self.0 {
            match unfit(key) {
                None => query.add(&format!("{name}[{key}]"), value),
                // A key may be a person's, so that none is quoted.
                Some(why) => {
                    let message = || format!("a key of `{name}` {why}");
                    query
                        .invalid
                        .get_or_insert_with(|| InvalidRequest::new(message()));
                }
            }
        }
    }
}

/// What keeps a key from reaching the server.
pub(crate) fn unfit(key: &str) -> Option<&'static str> {
    match key {
        "" => Some("is empty: without one the server reads a list"),
        _ if key.contains(['[', ']']) => Some("has a bracket, which the server reads as nesting"),
        _ if key.contains('\0') => Some("has a NUL, which no text in the server's database can"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
