//! Whether what the server has is what was sent. It stores some things otherwise than they came; whatever
//! that does not explain is a difference.

use chrono::DateTime;
use lago_types::Decimal;
use serde_json::{Map, Value};

use crate::operation::Key;

/// The server keeps times in milliseconds, cut off or rounded: what is less than one apart is the same.
/// A little less, because the difference is computed in binary fractions.
const MILLISECOND: f64 = 0.00099;

/// Compares by key, time and content.
pub(super) fn is_same(key: &Key, sent: &Value, found: &Value) -> bool {
    let [sent_key, found_key] = [sent, found].map(|thing| thing.get(key.name));
    let times = [sent, found].map(|thing| thing.get(key.time).and_then(seconds));
    let is_at_the_same_time = match times {
        [Some(sent), Some(found)] => (sent - found).abs() < MILLISECOND,
        _ => false,
    };
    sent_key.is_some()
        && sent_key == found_key
        && is_at_the_same_time
        && key.content.iter().all(|name| {
            let [sent, found] = [sent, found].map(|thing| thing.get(name).unwrap_or(&Value::Null));
            is_same_value(sent, found)
                || (key.amounts.contains(name) && is_same_amount(sent, found))
        })
}

/// Seconds since 1970: as a number, a number in text, or a date.
fn seconds(time: &Value) -> Option<f64> {
    match time {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().or_else(|| {
            let date = DateTime::parse_from_rfc3339(text).ok()?;
            Some(date.timestamp_micros() as f64 / 1e6)
        }),
        _ => None,
    }
}

/// Amounts are sent as text or numbers and come back as text, not always with the same zeros at the end.
fn is_same_amount(sent: &Value, found: &Value) -> bool {
    let amount = |value: &Value| match value {
        Value::Number(number) => Decimal::parse(&number.to_string()).ok(),
        Value::String(text) => Decimal::parse(text).ok(),
        _ => None,
    };
    amount(sent).is_some_and(|sent| amount(found) == Some(sent))
}

fn is_same_value(sent: &Value, found: &Value) -> bool {
    match (sent, found) {
        (Value::Number(sent), Value::Number(found)) => {
            // 100 and 100.0 are the same, 2^53 and 2^53 + 1 are not.
            sent == found || !(is_whole(sent) && is_whole(found)) && sent.as_f64() == found.as_f64()
        }
        // Some stores keep numbers as text.
        (Value::Number(_), Value::String(_)) => is_same_amount(sent, found),
        // Nulls in lists are dropped.
        (Value::Array(sent), Value::Array(found)) => {
            let mut sent = sent.iter().filter(|value| !value.is_null());
            let are_same = found.iter().all(|found| {
                let sent = sent.next();
                sent.is_some_and(|sent| is_same_value(sent, found))
            });
            are_same && sent.next().is_none()
        }
        (Value::Object(sent), Value::Object(found)) => is_same_map(sent, found),
        // Nothing is stored as an empty object.
        (Value::Null, Value::Object(found)) => found.is_empty(),
        _ => sent == found,
    }
}

fn is_same_map(sent: &Map<String, Value>, found: &Map<String, Value>) -> bool {
    sent.len() == found.len()
        && sent.iter().all(|(name, sent)| {
            let found = found.get(name);
            found.is_some_and(|found| is_same_value(sent, found))
        })
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64() || number.is_u64()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KEY: Key = Key {
        name: "transaction_id",
        time: "timestamp",
        content: &[
            "external_subscription_id",
            "code",
            "properties",
            "precise_total_amount_cents",
        ],
        amounts: &["precise_total_amount_cents"],
    };

    /// An event as it is sent.
    fn sent() -> Value {
        json!({
            "transaction_id": "t",
            "external_subscription_id": "s",
            "code": "c",
            "timestamp": 1795898668.518,
            "precise_total_amount_cents": "12.50",
            "properties": {"n": 3, "x": 1.0, "tags": ["a", null, {"b": true}], "name": "1.0", "no": null},
        })
    }

    /// The same as the server sends it back.
    fn found() -> Value {
        json!({
            "lago_id": "7f10740e-5d16-4b6c-afd7-62019fe37b91",
            "transaction_id": "t",
            "lago_customer_id": null,
            "code": "c",
            "timestamp": "2026-11-28T20:44:28.518Z",
            "precise_total_amount_cents": "12.5",
            "properties": {"no": null, "name": "1.0", "tags": ["a", {"b": true}], "x": 1, "n": 3},
            "external_subscription_id": "s",
            "created_at": "2026-11-28T20:44:28Z",
        })
    }

    #[test]
    fn what_the_server_stores_otherwise_is_the_same() {
        assert!(is_same(&KEY, &sent(), &found()));
        let text =
            json!({"n": "3", "x": "1", "tags": ["a", {"b": true}], "name": "1.0", "no": null});
        let mut as_text = found();
        as_text["properties"] = text;
        assert!(is_same(&KEY, &sent(), &as_text));
        for time in [json!("1795898668.518"), json!(1795898668.5184)] {
            let mut event = sent();
            event["timestamp"] = time;
            assert!(is_same(&KEY, &event, &found()));
        }
        let (mut bare, mut empty) = (sent(), found());
        bare["properties"] = Value::Null;
        empty["properties"] = json!({});
        assert!(is_same(&KEY, &bare, &empty));
        bare.as_object_mut().unwrap().remove("properties");
        assert!(is_same(&KEY, &bare, &empty));
    }

    #[test]
    fn any_difference_counts() {
        for (pointer, other) in [
            ("/transaction_id", json!("T")),
            ("/external_subscription_id", json!("other")),
            ("/external_subscription_id", json!(null)),
            ("/code", json!("other")),
            ("/timestamp", json!("2026-11-28T20:44:28.519Z")),
            ("/timestamp", json!("2026-11-28T20:44:28Z")),
            ("/timestamp", json!(null)),
            ("/precise_total_amount_cents", json!("12.51")),
            ("/precise_total_amount_cents", json!(null)),
            ("/properties", json!({})),
            ("/properties", json!(null)),
            ("/properties/n", json!(4)),
            ("/properties/n", json!("4")),
            ("/properties/name", json!("1")),
            ("/properties/name", json!(1)),
            ("/properties/tags", json!(["a"])),
            ("/properties/tags", json!(["a", {"b": true}, "c"])),
            ("/properties/tags/0", json!("b")),
            ("/properties/tags/1/b", json!(false)),
            ("/properties/no", json!({"more": 1})),
            // What the expression of a billable metric adds; it might be another event.
            ("/properties/total", json!("15.123")),
        ] {
            let mut event = found();
            match event.pointer_mut(pointer) {
                Some(place) => *place = other.clone(),
                None => event["properties"]["total"] = other.clone(),
            }
            assert!(!is_same(&KEY, &sent(), &event), "{pointer} {other}");
        }
        assert!(!is_same(&KEY, &json!({}), &json!({})));
        assert!(!is_same(&KEY, &json!(null), &found()));
    }

    #[test]
    fn ids_and_codes_are_no_amounts() {
        for (one, other) in [("007", "7"), ("1.0", "1"), ("1e2", "100"), ("10", "10.0")] {
            for place in ["external_subscription_id", "code"] {
                let (mut event, mut response) = (sent(), found());
                event[place] = json!(one);
                response[place] = json!(other);
                assert!(!is_same(&KEY, &event, &response), "{place}: {one} {other}");
                response[place] = json!(one);
                assert!(is_same(&KEY, &event, &response), "{place}: {one}");
            }
        }
    }

    #[test]
    fn whole_numbers_are_compared_to_the_last_digit() {
        let (one, other) = (
            json!(9_007_199_254_740_993_u64),
            json!(9_007_199_254_740_992_u64),
        );
        assert!(is_same_value(&one, &one) && !is_same_value(&one, &other));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            "[a-z0-9.]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// The value as the server would store it.
    fn stored(value: &Value) -> Value {
        match value {
            Value::Array(values) => {
                let kept = values.iter().filter(|value| !value.is_null());
                kept.map(stored).collect()
            }
            Value::Object(map) => {
                let kept = map
                    .iter()
                    .map(|(name, value)| (name.clone(), stored(value)));
                Value::Object(kept.collect())
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn a_value_is_what_is_stored_of_it_and_nothing_more(sent in value(), other in value()) {
            let found = stored(&sent);
            prop_assert!(is_same_value(&sent, &found));
            let both = (json!({"a": sent}), json!({"a": found, "b": other}));
            prop_assert!(!is_same_value(&both.0, &both.1));
            let wrapped = json!([stored(&sent)]);
            prop_assert!(!is_same_value(&wrapped, &json!([wrapped])));
        }
    }
}
