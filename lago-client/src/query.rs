//! Query parameters that are maps.
//!
//! Rack reads `metadata[region]=eu` as an entry of a map. It decodes names before it looks for
//! brackets in them, so no encoding brings a key that has one to the server as it is.

use serde::{Serialize, Serializer};

/// A map in a query, with a parameter for each of its entries: `metadata[region]=eu`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeepObject {
    entries: Vec<(String, String)>,
    /// What is wrong with a key; said when the call is made.
    problem: Option<BadKey>,
}

/// A key that cannot reach the server, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadKey(String);

impl From<BadKey> for progenitor_client::Error {
    fn from(BadKey(why): BadKey) -> Self {
        Self::InvalidRequest(why)
    }
}

impl DeepObject {
    /// The entries of the parameter `name`, in their order.
    pub fn new<K, V>(name: &str, entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        let mut problem = None;
        let entries = entries.into_iter().map(|(key, value)| {
            let key = key.as_ref();
            if let Some(why) = unfit(key) {
                let said = || BadKey(format!("`{name}` has the key {key:?}: {why}"));
                problem.get_or_insert_with(said);
            }
            (format!("{name}[{key}]"), value.into())
        });
        let entries = entries.collect();
        Self { entries, problem }
    }

    /// The map, when every key can reach the server.
    pub(crate) fn checked(&self) -> Result<&Self, BadKey> {
        match &self.problem {
            Some(problem) => Err(problem.clone()),
            None => Ok(self),
        }
    }
}

/// Why a key cannot reach the server.
fn unfit(key: &str) -> Option<&'static str> {
    match key {
        "" => Some("without a key the server reads a list"),
        _ if key.contains(['[', ']']) => Some("the server reads brackets as nesting"),
        _ if key.contains('\0') => Some("no text in the server's database has a NUL"),
        _ => None,
    }
}

/// Progenitor names what it sends itself, but leaves the keys of a map as they are.
impl Serialize for DeepObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_the_server_reads_as_others_are_refused_by_name() {
        for key in ["a[b]", "a[b", "a]", "[", "", "a\0b"] {
            let map = DeepObject::new("metadata", [("region", "eu"), (key, "1")]);
            let error = progenitor_client::Error::<()>::from(map.checked().unwrap_err());
            let message = error.to_string();
            let expected = format!("`metadata` has the key {key:?}");
            assert!(message.contains(&expected), "{message}");
        }
        let map = DeepObject::new("metadata", [("a&b=c;d+e%5B", "")]);
        assert_eq!(map.checked(), Ok(&map));
    }

    #[test]
    fn entries_are_parameters_of_their_own() {
        let metadata = DeepObject::new("metadata", [("region", "eu & us"), ("a b", "")]);
        let request = reqwest::Client::new()
            .get("http://lago.test/")
            .query(&progenitor_client::QueryParam::new(
                "metadata",
                &Some(&metadata),
            ))
            .build()
            .unwrap();
        assert_eq!(
            request.url().query(),
            Some("metadata%5Bregion%5D=eu+%26+us&metadata%5Ba+b%5D=")
        );
    }
}
