//! JSON of any shape in a response. As a `Value` it can take a hundred times the memory of its text, which a server
//! decides alone, so it is looked at as text first.
//!
//! What an application reads for itself, from a queue or a file, is its own and as long as it likes. The limits are
//! those of one thread while it reads within [`within_response`].

use std::any::type_name;
use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::value::RawValue;

/// How many bytes of free-form JSON one field may have.
pub const MOST_IN_FIELD: usize = 1 << 20;

/// How many bytes of free-form JSON all fields of a response may have together.
pub const MOST_IN_RESPONSE: usize = 8 << 20;

/// How every failure to read such a field begins.
pub(super) const BEGIN: &str = "free-form JSON: ";

thread_local! {
    /// How many bytes the response that is being read may still have; none outside of one.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Reads a response: free-form JSON in it is limited, field by field and altogether.
pub fn within_response<T>(read: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also when `read` panics.
    struct Restore(Option<usize>);

    impl Drop for Restore {
        fn drop(&mut self) {
            LEFT.set(self.0);
        }
    }

    let _restore = Restore(LEFT.replace(Some(MOST_IN_RESPONSE)));
    read()
}

/// Reads a field that holds JSON of any shape: `#[serde(deserialize_with = "crate::decode::free_form::deserialize")]`.
///
/// # Errors
///
/// When it is not of this type; in a response also when it is too long.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    match LEFT.get() {
        Some(left) if reads_text::<D>() => {
            let text = <&RawValue>::deserialize(deserializer)?.get();
            LEFT.set(Some(
                left_after(text.len(), left).map_err(D::Error::custom)?,
            ));
            serde_json::from_str(text).map_err(|error| D::Error::custom(Reason(&error)))
        }
        _ => T::deserialize(deserializer),
    }
}

/// Whether it is serde_json's deserializer of text, or a wrapper around it: only that lends the text of a value. serde
/// does not say which one it is; the name of its type does. What hides it reads as if there were no limit.
fn reads_text<D>() -> bool {
    type_name::<D>().contains("serde_json::read::StrRead")
}

/// How much a response may still have after a field of this length.
fn left_after(length: usize, left: usize) -> Result<usize, TooLong> {
    let (most, place) = match length > MOST_IN_FIELD {
        true => (MOST_IN_FIELD, "one field"),
        false => (MOST_IN_RESPONSE, "all of a response"),
    };
    let left = left.checked_sub(length).filter(|_| length <= MOST_IN_FIELD);
    left.ok_or(TooLong {
        length,
        most,
        place,
    })
}

/// There is more than is read.
struct TooLong {
    length: usize,
    most: usize,
    place: &'static str,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            length,
            most,
            place,
        } = self;
        write!(
            f,
            "{BEGIN}{length} bytes are too many, at most {most} are read in {place}"
        )
    }
}

/// Why the text of a field is not what it should be, without the line and the column, which count from the beginning
/// of the field: serde_json would take them for a place in the response.
struct Reason<'e>(&'e serde_json::Error);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let place = format!(" at line {} column {}", self.0.line(), self.0.column());
        let reason = text.strip_suffix(place.as_str()).unwrap_or(&text);
        write!(f, "{BEGIN}{reason}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Map, Value, json};

    use super::super::JsonPath;
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Fields {
        #[serde(deserialize_with = "crate::decode::free_form::deserialize")]
        any: Value,
        #[serde(default, deserialize_with = "crate::decode::free_form::deserialize")]
        object: Option<Map<String, Value>>,
        #[serde(default, deserialize_with = "crate::decode::free_form::deserialize")]
        list: Vec<BTreeMap<String, Value>>,
    }

    #[derive(Debug, Deserialize)]
    struct Around {
        #[serde(flatten)]
        fields: Fields,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Fields(Fields),
    }

    fn read(json: &str) -> serde_json::Result<Fields> {
        within_response(|| serde_json::from_str(json))
    }

    /// A text whose JSON has this many bytes.
    fn text(bytes: usize) -> String {
        format!("\"{}\"", "x".repeat(bytes - 2))
    }

    fn any(bytes: usize) -> String {
        format!("{{\"any\": {}}}", text(bytes))
    }

    #[test]
    fn what_is_there_is_read_in_every_form() {
        let json = r#"{"any": [1, {"a": null}], "object": {"b": 1.5}, "list": [{"c": "d"}]}"#;
        let read = read(json).unwrap();
        assert_eq!(read, serde_json::from_str(json).unwrap());
        assert_eq!(read.any, json!([1, {"a": null}]));
        let read = self::read(r#"{"any": null, "object": null}"#).unwrap();
        assert_eq!(
            (read.any, read.object, read.list),
            (Value::Null, None, vec![])
        );
        let error = self::read(r#"{"object": {}}"#).unwrap_err();
        assert!(error.to_string().starts_with("missing field `any`"));
    }

    #[test]
    fn a_field_has_a_limit() {
        assert!(read(&any(MOST_IN_FIELD)).is_ok());
        let error = read(&any(MOST_IN_FIELD + 1)).unwrap_err();
        let begin =
            "free-form JSON: 1048577 bytes are too many, at most 1048576 are read in one field";
        assert!(error.to_string().starts_with(begin), "{error}");
    }

    #[test]
    fn a_response_has_a_limit_and_the_next_one_its_own() {
        let fields = MOST_IN_RESPONSE / MOST_IN_FIELD;
        let page = |more: &str| {
            let full = vec![any(MOST_IN_FIELD); fields];
            format!("[{}{more}]", full.join(","))
        };
        let read = |json: &str| within_response(|| serde_json::from_str::<Vec<Fields>>(json));
        assert_eq!(read(&page("")).unwrap().len(), fields);
        let more = page(r#",{"any":{"x":1},"list":[]}"#);
        let error = read(&more).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("8388608 are read in all of a response")
        );
        assert_eq!(
            JsonPath::of_failure(&more, &error).to_string(),
            format!("[{fields}].any")
        );
        assert!(read(&page("")).is_ok());
        let panicked = std::panic::catch_unwind(|| within_response(|| -> () { panic!("within") }));
        assert!(panicked.is_err() && LEFT.get().is_none());
    }

    #[test]
    fn outside_of_a_response_there_is_no_limit() {
        let long = any(MOST_IN_FIELD + 1);
        assert!(serde_json::from_str::<Fields>(&long).is_ok());
        assert!(serde_json::from_reader::<_, Fields>(long.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_text_is_read_as_ever() {
        let long = any(MOST_IN_FIELD + 1);
        let value: Value = serde_json::from_str(&long).unwrap();
        within_response(|| {
            assert!(Fields::deserialize(&value).is_ok());
            assert!(serde_json::from_value::<Fields>(value).is_ok());
            let around: Around = serde_json::from_str(&long).unwrap();
            let Either::Fields(either) = serde_json::from_str(&long).unwrap();
            assert_eq!(around.fields, either);
            assert_eq!(LEFT.get(), Some(MOST_IN_RESPONSE));
        });
    }

    #[test]
    fn a_wrapper_around_text_is_no_way_past_the_limit() {
        let read = |json: &str| {
            let mut text = serde_json::Deserializer::from_str(json);
            within_response(|| serde_path_to_error::deserialize::<_, Fields>(&mut text))
        };
        assert!(read(&any(MOST_IN_FIELD)).is_ok());
        assert!(read(&any(MOST_IN_FIELD + 1)).is_err());
    }

    #[test]
    fn what_a_field_cannot_hold_is_told_with_the_place_of_the_field() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for (field, value, reason) in [
            ("object", "[\n1]", "invalid type: sequence, expected a map"),
            ("any", "{\"a\":\n1e400}", "number out of range"),
            (
                "any",
                "{\"a\": \"\\ud800\"}",
                "unexpected end of hex escape",
            ),
            ("any", deep.as_str(), "recursion limit exceeded"),
            ("any", r#"["\ud800"]"#, "unexpected end of hex escape"),
        ] {
            let json = format!("{{\n\"list\": [],\n\"{field}\": {value} , \"rest\": 1}}");
            let error = read(&json).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("free-form JSON: {reason}")),
                "{error}"
            );
            assert_eq!(JsonPath::of_failure(&json, &error).to_string(), field);
        }
    }
}
