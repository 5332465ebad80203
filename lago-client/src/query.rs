//! Query parameters that are maps.

use serde::{Serialize, Serializer};

/// A map in a query, with a parameter for each of its entries: `metadata[region]=eu`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeepObject(Vec<(String, String)>);

impl DeepObject {
    /// The entries of the parameter `name`, in their order.
    pub fn new<K, V>(name: &str, entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        let entries = entries.into_iter();
        Self(
            entries
                .map(|(key, value)| (format!("{name}[{}]", key.as_ref()), value.into()))
                .collect(),
        )
    }
}

/// Progenitor names what it sends itself, but leaves the keys of a map as they are.
impl Serialize for DeepObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
