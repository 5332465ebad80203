//! What no server should send.

use serde_json::{Map, Value, json};

use super::{Dice, Valid};
use crate::support::document::Document;

/// Changes a body anywhere into anything.
pub fn chaos(document: &Document, body: &Value, dice: Dice<'_>) -> Value {
    let mut made = Valid { document, dice };
    changed(&mut made, body)
}

/// Rarely, so that large bodies are not all broken beyond reading.
fn changed(made: &mut Valid<'_, '_>, value: &Value) -> Value {
    if made.dice.rarely() {
        let extreme = made.dice.one_of(&extremes());
        return extreme.unwrap_or_else(|| made.anything(3));
    }
    match value {
        Value::Object(fields) => {
            let mut object = Map::new();
            for (key, value) in fields {
                if !made.dice.rarely() {
                    object.insert(key.clone(), changed(made, value));
                }
            }
            Value::Object(object)
        }
        Value::Array(items) => items.iter().map(|item| changed(made, item)).collect(),
        other => other.clone(),
    }
}

/// Values that some reader has stumbled over.
fn extremes() -> Vec<Value> {
    let mut extremes = vec![
        Value::Null,
        json!(""),
        json!([]),
        json!({}),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
        json!(-0.0),
        json!([[[[[[[[null]]]]]]]]),
    ];
    extremes.extend(
        [
            "-0",
            ".5",
            "1e-3",
            "1E400",
            "-",
            "+1",
            "NaN",
            "Infinity",
            "00.10",
            "9223372036854775808",
            "1970-01-01",
            "2024-02-30",
            "2024-02-29T24:00:00Z",
            "2016-12-31T23:59:60Z",
            "+262142-12-31T23:59:59Z",
            "0000-00-00T00:00:00Z",
            "2024-05-06T07:08:09.999999999999Z",
            "{1a901a90-1a90-4a90-9a90-1a901a901a90}",
            "1a901a901a904a909a901a901a901a90",
            "\u{feff}",
            "\u{0}",
        ]
        .map(|text| json!(text)),
    );
    extremes
}
