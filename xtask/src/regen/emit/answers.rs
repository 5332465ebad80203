//! An example of every answer, for the stand-in server: whole, so that each field is seen.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::{EmitError, Tree};
use crate::regen::ir::{Answer, Api, Field, Kind, Operation, TypeRef};
use crate::regen::names::Form;

const FILE: &str = "lago-client/src/generated/answers.json";

/// How many objects deep an optional field is still filled.
const DEEPEST: usize = 8;

/// Prints one object, a line for each operation; one that answers nothing is not there.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut lines = Vec::new();
    for operation in &api.operations {
        if let Some(body) = Examples::new(api).answer(operation, &operation.answer)? {
            lines.push(format!("{}:{body}", json!(operation.id)));
        }
    }
    tree.insert(FILE.to_owned(), format!("{{\n{}\n}}\n", lines.join(",\n")));
    Ok(())
}

/// Makes values of types.
struct Examples<'a> {
    api: &'a Api,
    /// The objects around the value: one of them again would never end.
    around: Vec<&'a str>,
}

impl<'a> Examples<'a> {
    fn new(api: &'a Api) -> Self {
        Self {
            api,
            around: Vec::new(),
        }
    }

    fn answer(
        &mut self,
        operation: &Operation,
        answer: &'a Answer,
    ) -> Result<Option<Value>, EmitError> {
        Ok(Some(match answer {
            Answer::Empty => return Ok(None),
            Answer::Text => json!(self.text(operation)),
            Answer::Type(ty) => self.whole(operation, ty, "value")?,
            Answer::Root { key, ty } => object(key, self.whole(operation, ty, key)?),
            Answer::Page { key, item } => json!({
                key: [self.whole(operation, item, key)?],
                "meta": {
                    "current_page": 1,
                    "next_page": null,
                    "prev_page": null,
                    "total_pages": 1,
                    "total_count": 1,
                },
            }),
            Answer::Choice(answers) => match answers.as_slice() {
                [only] => return self.answer(operation, only),
                answers => self.choice(operation, answers)?,
            },
        }))
    }

    /// Whole answers by root key: the server takes the one with the key of the request.
    fn choice(&mut self, operation: &Operation, answers: &'a [Answer]) -> Result<Value, EmitError> {
        let mut choice = Map::new();
        for answer in answers {
            match (answer.roots().as_slice(), self.answer(operation, answer)?) {
                (&[root], Some(body)) => choice.insert(root.to_owned(), body),
                _ => {
                    return Err(EmitError::new(format!(
                        "{}: one of its answers has no root key to tell it by",
                        operation.id
                    )));
                }
            };
        }
        Ok(Value::Object(choice))
    }

    /// What a text says has an example where another answer has it as a field.
    fn text(&self, operation: &Operation) -> String {
        let subject = operation.path.rsplit('/').next().unwrap_or_default();
        let fields = self.api.types.values().flat_map(|ty| match &ty.kind {
            Kind::Struct(fields) if ty.received => fields.as_slice(),
            _ => &[],
        });
        let text = fields
            .filter(|field| field.name == subject && field.ty == TypeRef::String)
            .find_map(|field| serde_json::from_str(field.example.as_deref()?).ok());
        text.unwrap_or_else(|| subject.to_owned())
    }

    fn whole(
        &mut self,
        operation: &Operation,
        ty: &'a TypeRef,
        name: &str,
    ) -> Result<Value, EmitError> {
        self.value(ty, name).ok_or_else(|| {
            EmitError::new(format!(
                "{}: {name} has no example: something in it cannot be without itself",
                operation.id
            ))
        })
    }

    /// A value of a type; none where it would have to contain itself.
    fn value(&mut self, ty: &'a TypeRef, name: &str) -> Option<Value> {
        Some(match ty {
            TypeRef::Named(named) => match &self.api.types.get(named)?.kind {
                Kind::Enum { values, .. } => json!(values.first()?),
                Kind::Struct(fields) => return self.structure(named, fields),
            },
            TypeRef::String | TypeRef::Json => json!(name),
            TypeRef::Integer => json!(1),
            TypeRef::Boolean => json!(true),
            TypeRef::Decimal(Form::String) => json!("1.5"),
            TypeRef::Decimal(Form::Number) => json!(1.5),
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
    fn fitted(&self, ty: &TypeRef, example: Value) -> Option<Value> {
        match (ty, example) {
            (TypeRef::Named(name), Value::String(text)) => match &self.api.types.get(name)?.kind {
                Kind::Enum { values, .. } => values.contains(&text).then(|| json!(text)),
                Kind::Struct(_) => None,
            },
            (TypeRef::String | TypeRef::Decimal(Form::String), Value::Number(number)) => {
                Some(json!(number.to_string()))
            }
            (TypeRef::Decimal(Form::Number), Value::String(text)) => {
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
        (TypeRef::Decimal(Form::Number), Value::Number(_)) => true,
        (TypeRef::Decimal(Form::String), Value::String(text)) => {
            text.parse::<serde_json::Number>().is_ok()
        }
        (TypeRef::DateTime, Value::String(text)) => text
            .split_once('T')
            .is_some_and(|(date, time)| is_date(date) && is_time(time)),
        (TypeRef::Date, Value::String(text)) => is_date(text),
        (TypeRef::Uuid, Value::String(text)) => {
            looks_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
        }
        (TypeRef::Json, example) => !example.is_null(),
        _ => false,
    }
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

fn object(key: &str, value: Value) -> Value {
    Value::Object([(key.to_owned(), value)].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::regen::ir::Type;

    /// The sample with its types: a thing has parts, and a part the thing that it is part of.
    fn printed() -> String {
        let field = |name: &str, ty, example: Option<&str>| Field {
            example: example.map(str::to_owned),
            ..sample::root(name, ty, false)
        };
        let named = |name: &str| TypeRef::Named(name.to_owned());
        let received = |kind| Type {
            doc: None,
            sent: false,
            received: true,
            kind,
        };
        let status = Kind::Enum {
            values: vec!["new".into(), "old".into()],
            sites: vec![],
        };
        let thing = vec![
            field("status", named("ThingStatus"), Some(r#""old""#)),
            field("was", named("ThingStatus"), Some(r#""unknown""#)),
            field("price", TypeRef::Decimal(Form::String), Some("1.5")),
            field("born", TypeRef::DateTime, Some(r#""2022-02-30T00:00:00Z""#)),
            field("tags", TypeRef::Map(Box::new(TypeRef::Integer)), None),
            field("parts", TypeRef::List(Box::new(named("Part"))), Some("[]")),
        ];
        let mut api = sample::api();
        for (name, kind) in [
            ("ThingStatus", status),
            ("Thing", Kind::Struct(thing)),
            (
                "Part",
                Kind::Struct(vec![
                    field("whole", named("Thing"), None),
                    field("beside", TypeRef::List(Box::new(named("Part"))), None),
                ]),
            ),
        ] {
            api.types.insert(name.into(), received(kind));
        }
        // The update answers with the root that it got.
        let part = |key: &str| Answer::Root {
            key: key.into(),
            ty: TypeRef::Integer,
        };
        api.operations[3].answer = Answer::Choice(vec![part("part"), part("parts")]);
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        tree.remove(FILE).unwrap()
    }

    #[test]
    fn every_field_is_there_but_for_what_would_never_end() {
        let thing = r#""status":"old","was":"new","price":"1.5","born":"2026-01-31T12:00:00Z","tags":{"key":1}"#;
        let meta = r#""meta":{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":1}"#;
        let expected = [
            "{".to_owned(),
            format!(
                r#""listParts":{{"parts":[{{"whole":{{{thing},"parts":[]}},"beside":[]}}],{meta}}},"#
            ),
            format!(r#""createThing":{{"thing":{{{thing},"parts":[{{"beside":[]}}]}}}},"#),
            r#""setParts":{"part":{"part":1},"parts":{"parts":1}}"#.to_owned(),
            "}\n".to_owned(),
        ];
        assert_eq!(printed(), expected.join("\n"));
    }

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
