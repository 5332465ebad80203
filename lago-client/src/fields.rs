//! The fields of a JSON object that has no type.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of an object, each still text. An object in which a name stands twice is refused: readers differ in which
/// value they take.
pub(crate) struct Fields<'j>(BTreeMap<Cow<'j, str>, &'j RawValue>);

impl<'j> Fields<'j> {
    /// None when it is no such object.
    pub(crate) fn read(json: &'j [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    #[cfg(any(test, feature = "webhooks"))]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A field, where it is there and reads as `T`.
    pub(crate) fn get<T: Deserialize<'j>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }
}

impl<'j> Deserialize<'j> for Fields<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'j> Visitor<'j> for FieldsVisitor {
    type Value = Fields<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Fields<'j>, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if fields.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_of_different_names_has_no_fields() {
        for json in [
            "[]",
            "null",
            "",
            "{",
            r#"{"a":1} {}"#,
            r#"{"a":1,"b":2,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
        ] {
            assert!(Fields::read(json.as_bytes()).is_none(), "{json}");
        }
    }

    #[test]
    fn a_field_reads_as_what_it_is() {
        let fields = Fields::read(br#"{"name":"a\n","list":[1,{"a":[]}],"null":null}"#).unwrap();
        assert_eq!(fields.get("name"), Some("a\n".to_owned()));
        assert_eq!(fields.get::<i64>("name"), None);
        assert_eq!(
            fields
                .get::<Vec<serde::de::IgnoredAny>>("list")
                .unwrap()
                .len(),
            2
        );
        assert_eq!(fields.get("null"), Some(None::<String>));
        assert!(fields.has("null") && !fields.has("other"));
        assert_eq!(fields.get::<Option<String>>("other"), None);
    }
}
