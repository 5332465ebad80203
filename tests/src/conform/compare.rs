//! Whether two JSON values mean the same.

use chrono::DateTime;
use serde_json::Value;

use crate::support::instance::NUMBER_OR_TEXT;

/// Where `actual` differs from `expected`: numbers are compared as numbers, instants as instants.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expected, actual, "", &mut found);
    found
}

/// Whether two texts are equal or the same instant.
pub fn same_text(expected: &str, actual: &str) -> bool {
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    expected == actual
        || instant(expected).is_some_and(|expected| instant(actual) == Some(expected))
}

fn compare(expected: &Value, actual: &Value, place: &str, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                let place = format!("{place}/{key}");
                match other.get(key) {
                    Some(there) => compare(value, there, &place, found),
                    None => found.push(format!("{place} is missing")),
                }
            }
            let extra = other.keys().filter(|key| !one.contains_key(*key));
            found.extend(extra.map(|key| format!("{place}/{key} is too much")));
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (value, there)) in one.iter().zip(other).enumerate() {
                compare(value, there, &format!("{place}/{index}"), found);
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        (Value::String(one), Value::Number(other))
            if one == NUMBER_OR_TEXT && *one == other.to_string() => {}
        (Value::String(one), Value::String(other)) if same_text(one, other) => {}
        _ if expected == actual => {}
        _ => found.push(format!("{place} is {actual}, not {expected}")),
    }
}

/// A value without the nulls in its objects: in a response null and absent are the same.
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_means_the_same_is_no_difference() {
        let one = json!({ "at": "2024-05-06T07:08:09+02:00", "n": 1.0, "s": "x" });
        let other = json!({ "at": "2024-05-06T05:08:09Z", "n": 1, "s": "x" });
        assert_eq!(differences(&one, &other), Vec::<String>::new());
        let other = json!({ "at": "2024-05-06T05:08:10Z", "n": "1", "t": null });
        assert_eq!(differences(&one, &other).len(), 4);
    }
}
