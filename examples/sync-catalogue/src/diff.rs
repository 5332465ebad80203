//! What JSON says otherwise than it should.

use lago_client::types::Decimal;
use serde_json::Value;

/// Each place where something else is there than is wanted. Of what `wanted` does not have, nothing is said.
pub(crate) fn differences(there: &Value, wanted: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(&mut found, "", there, wanted);
    found
}

fn collect(found: &mut Vec<String>, place: &str, there: &Value, wanted: &Value) {
    match (there, wanted) {
        (Value::Object(_) | Value::Null, Value::Object(fields)) if !fields.is_empty() => {
            for (name, wanted) in fields {
                let dot = if place.is_empty() { "" } else { "." };
                let there = there.get(name).unwrap_or(&Value::Null);
                collect(found, &format!("{place}{dot}{name}"), there, wanted);
            }
        }
        (Value::Array(_) | Value::Null, Value::Array(items)) if are_coded(items) => {
            for wanted in items {
                let there = there.as_array().into_iter().flatten();
                let there = there.clone().find(|item| item["code"] == wanted["code"]);
                let place = format!("{place}[{}]", wanted["code"].as_str().unwrap_or_default());
                collect(found, &place, there.unwrap_or(&Value::Null), wanted);
            }
        }
        (Value::Array(there), Value::Array(items)) if there.len() == items.len() => {
            for (index, (there, wanted)) in there.iter().zip(items).enumerate() {
                collect(found, &format!("{place}[{index}]"), there, wanted);
            }
        }
        _ if there == wanted || number(there).is_some_and(|it| Some(it) == number(wanted)) => {}
        (Value::Null, _) => found.push(format!("{place}: {wanted}")),
        _ => found.push(format!("{place}: {there} -> {wanted}")),
    }
}

/// Whether all of a list have a code, by which they are told apart.
fn are_coded(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item["code"].is_string())
}

/// A decimal may be written as text, and with zeros at its end.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// What is there, with what is wanted in its place. Of a list without codes all is taken from what is wanted.
pub(crate) fn merged(there: Value, wanted: &Value) -> Value {
    match (there, wanted) {
        (Value::Object(mut there), Value::Object(fields)) => {
            for (name, wanted) in fields {
                let before = there.remove(name).unwrap_or_default();
                there.insert(name.clone(), merged(before, wanted));
            }
            Value::Object(there)
        }
        (Value::Array(mut there), Value::Array(items)) if are_coded(items) => {
            for wanted in items {
                match there.iter_mut().find(|item| item["code"] == wanted["code"]) {
                    Some(item) => *item = merged(item.take(), wanted),
                    None => there.push(wanted.clone()),
                }
            }
            Value::Array(there)
        }
        _ => wanted.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wanted_and_not_there_is_found_and_merged() {
        let there = json!({
            "name": "Pro", "kept": 1, "prices": [{"amount": "1.50"}], "range": [1, 2], "sub": {"a": 1, "b": 2},
            "charges": [{"code": "x", "id": 7, "min": 5}, {"code": "y", "id": 8}],
        });
        let wanted = json!({
            "name": "Pro", "prices": [{"amount": 1.5}], "range": [1], "sub": {"a": "1.0", "b": 3},
            "charges": [{"code": "z", "min": 1}, {"code": "x", "min": 6}], "new": {},
        });
        let expected = [
            "range: [1,2] -> [1]",
            "sub.b: 2 -> 3",
            "charges[z].code: \"z\"",
            "charges[z].min: 1",
            "charges[x].min: 5 -> 6",
            "new: {}",
        ];
        assert_eq!(differences(&there, &wanted), expected);
        let now = merged(there, &wanted);
        assert_eq!(differences(&now, &wanted), [""; 0]);
        assert_eq!(
            (&now["kept"], &now["charges"][0]["id"]),
            (&json!(1), &json!(7))
        );
        assert_eq!(now["charges"][1], json!({"code": "y", "id": 8}));
    }
}
