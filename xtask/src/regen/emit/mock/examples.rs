//! Example values of types: whole, so that each field is seen.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::regen::ir::{Api, Field, Form, Kind, TypeRef};

/// How many objects deep an optional field is still filled.
const DEEPEST: usize = 8;

/// Makes values of types.
pub(crate) struct Examples<'a> {
    pub(crate) api: &'a Api,
    /// The objects around the value: one of them again would never end.
    around: Vec<&'a str>,
}

impl<'a> Examples<'a> {
    /// Makes values of the types of an API.
    pub(crate) fn new(api: &'a Api) -> Self {
        Self {
            api,
            around: Vec::new(),
        }
    }

    /// A value of a type; none where it would have to contain itself.
    pub(crate) fn value(&mut self, ty: &'a TypeRef, name: &str) -> Option<Value> {
        Some(match ty {
            TypeRef::Named(named) => match &self.api.types.get(named)?.kind {
                Kind::Enum { values, .. } => json!(values.first()?),
                Kind::Struct(fields) => return self.structure(named, fields),
            },
            TypeRef::String | TypeRef::Json => json!(name),
            TypeRef::Integer => json!(1),
            TypeRef::Boolean => json!(true),
            TypeRef::Decimal(Form::String) => json!("1.5"),
            TypeRef::Decimal(Form::Number | Form::Seconds) => json!(1.5),
            TypeRef::DateTime => json!("2026-01-31T12:00:00Z"),
            TypeRef::Date => json!("2026-01-31"),
            TypeRef::Uuid => json!("1a901a90-1a90-4a90-9a90-1a901a901a90"),
            TypeRef::List(item) => self.value(item, name).into_iter().collect(),
            TypeRef::Map(value) => {
                let entry = self.value(value, name).map(|value| ("key".into(), value));
                Value::Object(entry.into_iter().collect())
            }
            TypeRef::Nullable(some) => self.value(some, name).unwrap_or_default(),
        })
    }

    fn structure(&mut self, name: &'a str, fields: &'a [Field]) -> Option<Value> {
        if self.around.contains(&name) {
            return None;
        }
        self.around.push(name);
        let mut object = Some(Map::new());
        for field in fields {
            if !field.required && self.around.len() > DEEPEST {
                continue;
            }
            match (self.field(field), object.as_mut()) {
                (Some(value), Some(object)) => {
                    object.insert(field.name.clone(), value);
                }
                (None, Some(object)) if field.required && field.nullable => {
                    object.insert(field.name.clone(), Value::Null);
                }
                (None, _) if field.required => object = None,
                _ => {}
            }
        }
        self.around.pop();
        object.map(Value::Object)
    }

    fn field(&mut self, field: &'a Field) -> Option<Value> {
        // Of what is any JSON and may be null nothing is known but that: mostly it is always null.
        let unknown = field.ty == TypeRef::Json && field.nullable;
        let example = field.example.as_deref();
        let example = example.and_then(|text| serde_json::from_str(text).ok());
        example
            .and_then(|example| self.fitted(&field.ty, example))
            .or_else(|| match unknown {
                true => Some(Value::Null),
                false => self.value(&field.ty, &field.name),
            })
    }

    /// An example in the form that its type has, unless it is none of that type. Objects are made
    /// field by field instead: examples of them are seldom whole.
    pub(crate) fn fitted(&self, ty: &TypeRef, example: Value) -> Option<Value> {
        match (ty, example) {
            (TypeRef::Named(name), Value::String(text)) => match &self.api.types.get(name)?.kind {
                Kind::Enum { values, .. } => values.contains(&text).then(|| json!(text)),
                Kind::Struct(_) => None,
            },
            (TypeRef::String | TypeRef::Decimal(Form::String), Value::Number(number)) => {
                Some(json!(number.to_string()))
            }
            (TypeRef::Decimal(Form::Number | Form::Seconds), Value::String(text)) => {
                let number: serde_json::Number = text.parse().ok()?;
                Some(Value::Number(number))
            }
            (TypeRef::List(item), Value::Array(items)) if !items.is_empty() => {
                let items = items.into_iter().map(|example| self.fitted(item, example));
                items.collect()
            }
            (TypeRef::Map(value), Value::Object(entries)) if !entries.is_empty() => {
                let entries = entries
                    .into_iter()
                    .map(|(key, example)| Some((key, self.fitted(value, example)?)));
                Some(Value::Object(entries.collect::<Option<_>>()?))
            }
            (TypeRef::Nullable(some), example) => self.fitted(some, example),
            (ty, example) => is_plain(ty, &example).then_some(example),
        }
    }
}

/// Whether an example is of a type that no other types are part of.
fn is_plain(ty: &TypeRef, example: &Value) -> bool {
    match (ty, example) {
        (TypeRef::String, Value::String(_)) | (TypeRef::Boolean, Value::Bool(_)) => true,
        (TypeRef::Integer, Value::Number(number)) => number.is_i64(),
        (TypeRef::Decimal(Form::Number | Form::Seconds), Value::Number(_)) => true,
        (TypeRef::Decimal(Form::String), Value::String(text)) => {
            text.parse::<serde_json::Number>().is_ok()
        }
        (TypeRef::DateTime, Value::String(text)) => text
            .split_once('T')
            .is_some_and(|(date, time)| is_date(date) && is_time(time)),
        (TypeRef::Date, Value::String(text)) => is_date(text),
        (TypeRef::Uuid, Value::String(text)) => is_uuid(text),
        (TypeRef::Json, example) => !example.is_null(),
        _ => false,
    }
}

/// Whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    looks_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

fn is_date(text: &str) -> bool {
    let number = |range: Range<usize>| text.get(range)?.parse::<u8>().ok();
    let day_exists = matches!(
        (number(5..7), number(8..10)),
        (Some(2), Some(1..=28))
            | (Some(4 | 6 | 9 | 11), Some(1..=30))
            | (Some(1 | 3 | 5 | 7 | 8 | 10 | 12), Some(1..=31))
    );
    day_exists && looks_like(text, "0000-00-00")
}

/// A time of day with its offset, as RFC 3339 has it.
fn is_time(text: &str) -> bool {
    let Some((time, rest)) = text.split_at_checked(8) else {
        return false;
    };
    let fraction = |byte: char| byte == '.' || byte.is_ascii_digit();
    let offset = rest.trim_start_matches(fraction);
    looks_like(time, "00:00:00") && (offset == "Z" || looks_like(offset, "+00:00"))
}

/// Whether a text has the form of a mask: `0` is a digit, `x` a hexadecimal one, `+` a sign.
fn looks_like(text: &str, mask: &str) -> bool {
    let fits = |(byte, mask): (u8, u8)| match mask {
        b'0' => byte.is_ascii_digit(),
        b'x' => byte.is_ascii_hexdigit(),
        b'+' => matches!(byte, b'+' | b'-'),
        _ => byte == mask,
    };
    text.len() == mask.len() && text.bytes().zip(mask.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_the_form_of_its_type() {
        for (ty, fits, does_not) in [
            (
                TypeRef::DateTime,
                "2024-02-28T23:00:00.5+02:00",
                "2024-02-28T23:00:00",
            ),
            (TypeRef::DateTime, "2024-12-31T00:00:00Z", "2024-12-31"),
            (TypeRef::Date, "2024-04-30", "2024-04-31"),
            (
                TypeRef::Uuid,
                "1A901a90-1a90-1a90-1a90-1a901a901a90",
                "1a901a90",
            ),
            (TypeRef::Decimal(Form::String), "-0.10", "ten"),
        ] {
            assert!(is_plain(&ty, &json!(fits)), "{fits}");
            assert!(!is_plain(&ty, &json!(does_not)), "{does_not}");
        }
    }
}
