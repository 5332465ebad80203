//! From an example and what was sent to an object.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate};
use lago_types::Decimal;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::relations;
use super::store::{Fields, Store};

/// What a new object of a noun has that nobody asked for: `is` by property, and the properties that it lacks (`absent`).
/// What stands in neither comes from the example. A property that is null here may be set to null.
static FRESH: LazyLock<BTreeMap<String, BTreeMap<String, Value>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("fresh.json")).unwrap_or_default());

/// The noun of what stands in a property.
const NOUNS: [(&str, &str); 10] = [
    ("charges", "charge"),
    ("fixed_charges", "fixed_charge"),
    ("minimum_commitment", "minimum_commitment"),
    ("usage_thresholds", "usage_threshold"),
    ("recurring_transaction_rules", "recurring_transaction_rule"),
    ("privileges", "privilege"),
    ("metadata", "metadata"),
    ("filters", "charge_filter"),
    ("billing_configuration", "billing_configuration"),
    ("shipping_address", "shipping_address"),
];

/// Objects whose keys are data, so that another one takes their place as a whole.
const FREE: [&str; 5] = ["properties", "values", "config", "metadata", "applies_to"];

/// By what an element of a list is found again, in this order.
const KEYS: [&str; 4] = ["lago_id", "id", "code", "key"];

fn noun(property: &str) -> &str {
    let known = NOUNS.iter().find(|(name, _)| *name == property);
    known.map_or(property, |(_, noun)| noun)
}

/// A new object of a noun of which nothing was said.
pub(super) fn fresh(noun: &str, example: &Fields, store: &mut Store) -> Fields {
    let mut fields = example.clone();
    if let Some(known) = FRESH.get(noun) {
        let absent = known.get("absent").and_then(Value::as_array);
        for name in absent.into_iter().flatten().filter_map(Value::as_str) {
            fields.remove(name);
        }
        let is = known.get("is").and_then(Value::as_object);
        for (name, value) in is.into_iter().flatten() {
            fields.insert(name.clone(), value.clone());
        }
    }
    if fields.contains_key("lago_id") {
        fields.insert("lago_id".into(), json!(store.id()));
    }
    for name in ["created_at", "updated_at"] {
        if fields.contains_key(name) {
            fields.insert(name.into(), json!(store.stamp()));
        }
    }
    fields
}

/// Lays what was sent over an object. Only properties that the example has are known.
pub(super) fn lay(
    fields: &mut Fields,
    example: &Fields,
    noun: &str,
    sent: &Fields,
    store: &mut Store,
) -> Result<(), Refusal> {
    for (name, value) in sent {
        let Some(model) = example.get(name) else {
            continue;
        };
        let laid = match (model, value) {
            (_, Value::Null) => may_be_null(noun, name).then_some(Value::Null),
            (Value::Array(models), Value::Array(items)) => {
                Some(list(fields, name, models, items, store)?)
            }
            (Value::Object(_), Value::Object(_)) if FREE.contains(&name.as_str()) => {
                Some(value.clone())
            }
            (Value::Object(model), Value::Object(sent)) => {
                let there = fields.get(name).and_then(Value::as_object).cloned();
                let mut there = match there {
                    Some(there) => there,
                    None => fresh(self::noun(name), model, store),
                };
                lay(&mut there, model, self::noun(name), sent, store)?;
                Some(Value::Object(there))
            }
            (model, value) => written(model, value),
        };
        if let Some(laid) = laid {
            fields.insert(name.clone(), laid);
        }
    }
    relations::relate(noun, fields, example, sent, store)
}

fn may_be_null(noun: &str, name: &str) -> bool {
    let known = FRESH.get(noun).and_then(|known| known.get("is"));
    known.is_none_or(|is| is.get(name).is_some_and(Value::is_null))
}

/// The elements that were sent. One that is there already keeps what was not sent of it.
fn list(
    fields: &Fields,
    name: &str,
    models: &[Value],
    items: &[Value],
    store: &mut Store,
) -> Result<Value, Refusal> {
    let Some(Value::Object(model)) = models.first() else {
        return Ok(Value::Array(items.to_vec()));
    };
    let there = fields.get(name).and_then(Value::as_array);
    let there = there.map(Vec::as_slice).unwrap_or_default();
    let mut laid = Vec::new();
    for sent in items.iter().filter_map(Value::as_object) {
        let known = there
            .iter()
            .filter_map(Value::as_object)
            .find(|known| is_same(known, sent));
        let mut element = match known {
            Some(known) => known.clone(),
            // Elements of one name are not the same everywhere: here they have what the example has.
            None => {
                let mut element = fresh(noun(name), model, store);
                element.retain(|name, _| model.contains_key(name));
                element
            }
        };
        lay(&mut element, model, noun(name), sent, store)?;
        laid.push(Value::Object(element));
    }
    Ok(Value::Array(laid))
}

fn is_same(known: &Fields, sent: &Fields) -> bool {
    let key = KEYS
        .iter()
        .find_map(|key| Some((*key, sent.get(*key).filter(|value| !value.is_null())?)));
    key.is_some_and(|(key, value)| {
        let name = if key == "id" { "lago_id" } else { key };
        known.get(name) == Some(value)
    })
}

/// A value as a response writes it, like the example; none when it is of another kind.
fn written(model: &Value, value: &Value) -> Option<Value> {
    match (model, value) {
        (Value::Null, value) => Some(value.clone()),
        (Value::String(_), Value::Number(number)) => Some(json!(decimal(&number.to_string()))),
        (Value::String(model), Value::String(text)) => {
            let is_time = DateTime::parse_from_rfc3339(model).is_ok();
            Some(match is_time && text.parse::<NaiveDate>().is_ok() {
                true => json!(format!("{text}T00:00:00Z")),
                false if is_decimal(model) && is_decimal(text) => json!(decimal(text)),
                false => value.clone(),
            })
        }
        (Value::Number(_), Value::String(text)) => serde_json::from_str::<Value>(text)
            .ok()
            .filter(Value::is_number),
        (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Array(_), Value::Array(_))
        | (Value::Object(_), Value::Object(_)) => Some(value.clone()),
        _ => None,
    }
}

fn is_decimal(text: &str) -> bool {
    text.contains(|digit: char| digit.is_ascii_digit()) && Decimal::parse(text).is_ok()
}

/// A decimal as the server writes it, which always has a point.
pub(super) fn decimal(text: &str) -> String {
    match text.contains(['.', 'e', 'E']) {
        true => text.to_owned(),
        false => format!("{text}.0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_new_object_has_is_read() {
        assert_eq!(FRESH["plan"]["is"]["charges"], json!([]));
        assert!(FRESH.values().all(|known| known.len() == 2));
    }

    #[test]
    fn values_are_written_like_the_example() {
        for (model, value, expected) in [
            (json!("1.5"), json!(2), Some(json!("2.0"))),
            (json!("1.5"), json!("10"), Some(json!("10.0"))),
            (json!("name"), json!("10"), Some(json!("10"))),
            (
                json!("2022-08-08T00:00:00Z"),
                json!("2031-03-30"),
                Some(json!("2031-03-30T00:00:00Z")),
            ),
            (json!(5), json!("7"), Some(json!(7))),
            (json!(5), json!("seven"), None),
            (json!(true), json!("yes"), None),
        ] {
            assert_eq!(written(&model, &value), expected, "{model} {value}");
        }
    }
}
