//! JSON as text that is taken apart level by level, so that nothing in it is read and written anew.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value and what it consists of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Level<'j> {
    /// Keys and the texts of their values, in their order.
    Object(Vec<(Cow<'j, str>, &'j str)>),
    /// The texts of the elements.
    Array(Vec<&'j str>),
    /// Neither.
    Scalar,
}

/// Takes a value apart by one level; none when it is no JSON.
pub(crate) fn open(json: &str) -> Option<Level<'_>> {
    match json.trim_start().as_bytes().first()? {
        b'{' => {
            let Entries(entries) = serde_json::from_str(json).ok()?;
            Some(Level::Object(entries))
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            let elements = elements.into_iter().map(RawValue::get);
            Some(Level::Array(elements.collect()))
        }
        _ => {
            let _: &RawValue = serde_json::from_str(json).ok()?;
            Some(Level::Scalar)
        }
    }
}

/// Writes an object of texts.
pub(super) fn object<'e>(entries: impl IntoIterator<Item = (&'e str, &'e str)>) -> String {
    let mut json = String::from("{");
    for (key, value) in entries {
        if json.len() > 1 {
            json.push(',');
        }
        json += &serde_json::Value::from(key).to_string();
        json.push(':');
        json += value;
    }
    json.push('}');
    json
}

/// Writes an array of texts.
pub(super) fn array<S: AsRef<str>>(elements: &[S]) -> String {
    let elements: Vec<&str> = elements.iter().map(AsRef::as_ref).collect();
    format!("[{}]", elements.join(","))
}

/// JSON without white space between its parts; none when it is no JSON.
pub(super) fn compact(json: &str) -> Option<String> {
    let json = serde_json::from_str::<&RawValue>(json).ok()?.get();
    let mut compact = Vec::with_capacity(json.len());
    let mut is_in_text = false;
    let mut is_escaped = false;
    for byte in json.bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' if !is_in_text => continue,
            b'"' if !is_escaped => is_in_text = !is_in_text,
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
        compact.push(byte);
    }
    String::from_utf8(compact).ok()
}

struct Entries<'j>(Vec<(Cow<'j, str>, &'j str)>);

impl<'j> Deserialize<'j> for Entries<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'j> Visitor<'j> for EntriesVisitor {
    type Value = Entries<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Entries<'j>, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Cow<'j, str>, &'j RawValue>()? {
            entries.push((key, value.get()));
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ a\"\\\\\n{}é,:]{0,8}".prop_map(Value::from),
        ];
        scalar.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c \"\\\\]{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Puts together again what was taken apart, all the way down.
    fn again(json: &str) -> String {
        match open(json).unwrap() {
            Level::Object(entries) => {
                let entries: Vec<(Cow<'_, str>, String)> = entries
                    .into_iter()
                    .map(|(key, value)| (key, again(value)))
                    .collect();
                object(entries.iter().map(|(key, value)| (&**key, &**value)))
            }
            Level::Array(elements) => {
                let elements: Vec<String> = elements.into_iter().map(again).collect();
                array(&elements)
            }
            Level::Scalar => json.to_owned(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_taken_apart_and_put_together_is_the_same(value in any_json()) {
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let compacted = compact(&pretty).unwrap();
            prop_assert_eq!(&compacted, &value.to_string());
            prop_assert_eq!(again(&compacted), compacted);
        }
    }

    #[test]
    fn numbers_are_not_read() {
        let json = "{ \"units\" : 0.1000000000000000055511151231257827 , \"n\": [1E400, -0.0] }";
        let compacted = compact(json).unwrap();
        assert_eq!(
            compacted,
            "{\"units\":0.1000000000000000055511151231257827,\"n\":[1E400,-0.0]}"
        );
        assert_eq!(again(&compacted), compacted);
        assert_eq!(compact("{\"a\":}"), None);
        assert_eq!(compact(""), None);
        assert_eq!(open(&json!("x").to_string()), Some(Level::Scalar));
    }
}
