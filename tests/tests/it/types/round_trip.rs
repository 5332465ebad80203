//! What a request or a response says survives being kept as JSON.

use lago_tests::conform::compare::{differences, without_nulls};
use lago_tests::generated::types::TYPES;
use lago_tests::support::document::Document;
use lago_tests::support::every_type::Row;
use lago_tests::support::instance::{Filled, Instances};
use serde_json::{Value, json};

use super::schemas::definitions;

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Reads a value of a type, and writes it again.
fn again(row: &Row, value: &Value) -> Value {
    (row.reencode)(value).unwrap_or_else(|error| panic!("{}: {error} in {value}", row.name))
}

/// Without nulls, and numbers as text: a decimal is sent in the form that its field has.
fn plain(value: Value) -> Value {
    fn in_text(value: &mut Value) {
        match value {
            Value::Number(number) => *value = json!(number.to_string()),
            Value::Array(items) => items.iter_mut().for_each(in_text),
            Value::Object(fields) => fields.values_mut().for_each(in_text),
            _ => {}
        }
    }
    let mut value = without_nulls(value);
    in_text(&mut value);
    value
}

#[test]
fn every_type_keeps_all_that_it_was_given_and_then_stays_as_it_is() {
    let document = Document::of(json!({ "$defs": definitions() }));
    let mut wrong = Vec::new();
    for row in TYPES {
        for filled in [Filled::Everything, Filled::Required, Filled::Nulls] {
            let instances = Instances {
                document: &document,
                filled,
            };
            let given = instances.of(&reference(row.name), row.name);
            let kept = again(row, &given);
            let lost = differences(&plain(given), &plain(kept.clone()));
            wrong.extend(lost.iter().map(|lost| format!("{}: {lost}", row.name)));
            assert_eq!(again(row, &kept), kept, "{}", row.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_enum_keeps_a_value_of_tomorrow() {
    let definitions = definitions();
    let is_enum = |row: &&Row| definitions[row.name]["type"] != "object";
    let enums: Vec<&Row> = TYPES.iter().filter(is_enum).collect();
    assert!(enums.len() > 70, "{}", enums.len());
    for row in enums {
        for value in ["of_tomorrow", "", "Ä\"\\\u{0}\u{1f600}"] {
            assert_eq!(again(row, &json!(value)), value, "{}", row.name);
        }
    }
}
