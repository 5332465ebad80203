use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::Decimal;

/// What tracking adds for a value that is taken out of the text.
const TAKEN: &str = ".$serde_json::private::RawValue";

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Invoice {
    number: String,
    #[serde(default, deserialize_with = "crate::integer::deserialize_option")]
    cents: Option<i64>,
    #[serde(default)]
    fees: Vec<Fee>,
    #[serde(default)]
    matrix: Vec<Vec<u8>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Fee {
    units: Decimal,
    #[serde(default)]
    code: Option<String>,
}

fn place<T: DeserializeOwned>(text: &str) -> String {
    let error = serde_json::from_str::<T>(text).err().expect(text);
    JsonPath::of_failure(text, &error).to_string()
}

/// What types that keep track of the path say; nothing for the root.
fn tracked<T: DeserializeOwned>(text: &str) -> String {
    let json = &mut serde_json::Deserializer::from_str(text);
    let error = serde_path_to_error::deserialize::<_, T>(json).err();
    let path = error.expect(text).path().to_string();
    path.trim_start_matches('.')
        .trim_end_matches(TAKEN)
        .to_owned()
}

#[test]
fn what_is_not_as_expected_is_found_by_its_position() {
    for (text, expected) in [
        (r#"7"#, ""),
        (r#"[]"#, ""),
        (r#"{}"#, ""),
        (r#"{"number":7}"#, "number"),
        (r#"{"number" : {"a":1} }"#, "number"),
        (r#"{"number":[[]]}"#, "number"),
        (r#"{"number":"1","cents":"many"}"#, "cents"),
        (r#"{"number":"1","cents":[1]}"#, "cents"),
        (r#"{"number":"1","cents":{}}"#, "cents"),
        (r#"{"number":"1","cents":1.5,"fees":[]}"#, "cents"),
        (r#"{"number":"1","fees":{"units":1}}"#, "fees"),
        (r#"{"number":"1","fees":[{}]}"#, "fees[0]"),
        (r#"{"number":"1","fees":[ 3 ]}"#, "fees[0]"),
        (r#"{"number":"1","fees":[{"units":1},null]}"#, "fees[1]"),
        (r#"{"number":"1","fees":[{"units":1},[]]}"#, "fees[1]"),
        (r#"{"number":"1","matrix":[[{}]]}"#, "matrix[0][0]"),
        (
            r#"{"number":"1","fees":[{"units":1},{"code":"a"}]}"#,
            "fees[1]",
        ),
        (
            r#"{"number":"1","fees":[{"units":1,"code":4}]}"#,
            "fees[0].code",
        ),
        (
            r#"{"number":"1","fees":[{"units":"a","code":"b"}]}"#,
            "fees[0].units",
        ),
        (r#"{"number":"1","fees":[{"units":"a"}]}"#, "fees[0].units"),
        (r#"{"number":"1","fees":[{"units":true}]}"#, "fees[0].units"),
        (r#"{"number":"1","matrix":[[1],[2,300]]}"#, "matrix[1][1]"),
        (r#"{"number":"1","matrix":[[1],2]}"#, "matrix[1]"),
        (r#"{"number":"1","cents":[[]]}"#, "cents"),
        (r#"{"number":"1","matrix":[[1,{"a":[]}]]}"#, "matrix[0][1]"),
        (r#"{"x":{"number":[{}]},"number":null}"#, "number"),
        (r#"{"a\"b":"]","c":["}"],"number":null}"#, "number"),
    ] {
        assert_eq!(place::<Invoice>(text), expected, "{text}");
        assert_eq!(tracked::<Invoice>(text), expected, "{text}");
        let spread = text
            .replace(['{'], "{\n ")
            .replace(',', ",\n")
            .replace(':', ": ");
        if serde_json::from_str::<serde_json::Value>(&spread).is_ok() {
            assert_eq!(place::<Invoice>(&spread), expected, "{spread}");
        }
    }
}

#[test]
fn of_an_array_or_object_that_is_not_expected_the_outer_one_may_be_named() {
    for (text, outer, inner) in [
        (
            r#"{"number":"1","fees":[{"units":[]}]}"#,
            "fees[0]",
            "fees[0].units",
        ),
        (
            r#"{"number":"1","fees":[{"units":{}}]}"#,
            "fees[0]",
            "fees[0].units",
        ),
        (
            r#"{"number":"1","matrix":[[[]]]}"#,
            "matrix[0]",
            "matrix[0][0]",
        ),
    ] {
        assert_eq!(place::<Invoice>(text), outer, "{text}");
        assert_eq!(tracked::<Invoice>(text), inner, "{text}");
    }
}

#[test]
fn lines_and_keys_are_as_they_stand_in_the_text() {
    type Counts = std::collections::BTreeMap<String, Vec<i32>>;
    let text = "{\n  \"a\": [1],\r\n\n\t\"\u{e9}\\n\\u00e9\": [1,\n   2, \"x\"]}";
    assert_eq!(place::<Counts>(text), "\u{e9}\n\u{e9}[2]");
    assert_eq!(tracked::<Counts>(text), "\u{e9}\n\u{e9}[2]");
}

#[test]
fn what_is_no_json_is_placed_where_it_stops_being_some() {
    let whole = r#"{"number":"1","fees":[{"units":1}]}"#;
    for (end, expected) in [
        (0, ""),
        (1, ""),
        (5, ""),
        (9, ""),
        (10, "number"),
        (12, "number"),
        (22, "fees"),
        (23, "fees[0]"),
        (31, "fees[0].units"),
        (33, "fees[0]"),
        (34, "fees"),
    ] {
        assert_eq!(place::<Invoice>(&whole[..end]), expected, "{end}");
    }
    assert_eq!(place::<Invoice>(&format!("{whole} x")), "");
    let deep = "[".repeat(200);
    assert_eq!(
        place::<serde_json::Value>(&deep).matches("[0]").count(),
        127
    );
}
