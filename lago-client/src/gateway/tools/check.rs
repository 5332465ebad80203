//! Arguments against the schema of their tool.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::{Map, Value};

use super::error::step;
use super::{Problem, Tool, nearest};
use crate::operation::RequestBody;

/// A schema, ready to be asked.
struct Compiled {
    schema: Value,
    validator: Validator,
}

/// All that is wrong with the arguments of a tool.
pub(super) fn problems(tool: &Tool, arguments: &Map<String, Value>) -> Vec<Problem> {
    let mut found = Vec::new();
    // A test sees to it that every schema compiles.
    if let Some(compiled) = compiled(tool.input_schema) {
        let arguments = Value::Object(arguments.clone());
        for error in compiled.validator.iter_errors(&arguments) {
            in_words(&error, &compiled.schema, &mut found);
        }
    }
    found.extend(choice(tool, arguments));
    found
}

/// A schema is compiled when it is needed first: few programs call more than some of the tools.
fn compiled(schema: &'static str) -> Option<Arc<Compiled>> {
    static COMPILED: Mutex<BTreeMap<&str, Arc<Compiled>>> = Mutex::new(BTreeMap::new());
    let known = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(compiled) = known().get(schema) {
        return Some(Arc::clone(compiled));
    }
    let parsed: Value = serde_json::from_str(schema).ok()?;
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = options.build(&parsed).ok()?;
    let compiled = Arc::new(Compiled {
        schema: parsed,
        validator,
    });
    known().insert(schema, Arc::clone(&compiled));
    Some(compiled)
}

/// Whether one of those is given of which one has to be, and no more.
fn choice(tool: &Tool, arguments: &Map<String, Value>) -> Option<Problem> {
    let given = tool
        .one_of
        .iter()
        .filter(|name| arguments.contains_key(**name));
    let is_right = match given.count() {
        0 => tool.one_of.is_empty() || tool.operation.body != RequestBody::Required,
        count => count == 1,
    };
    let names = || tool.one_of.join("` or `");
    (!is_right).then(|| Problem::at("", format!("exactly one is needed of `{}`", names())))
}

fn in_words(error: &ValidationError<'_>, schema: &Value, found: &mut Vec<Problem>) {
    let pointer = error.instance_path().as_str();
    let value = error.instance().as_ref();
    let below = |name: &str| format!("{pointer}{}", step(name));
    let message = match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push(Problem::at(below(name), "is missing"));
            return;
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = around(error, schema).and_then(|around| around["properties"].as_object());
            for name in unexpected {
                let known = known.into_iter().flatten().map(|(name, _)| name.as_str());
                let near = nearest(name, known);
                let message = match near.is_empty() {
                    true => "is not known".to_owned(),
                    false => format!("is not known; near to it: `{}`", near.join("`, `")),
                };
                found.push(Problem::at(below(name), message));
            }
            return;
        }
        ValidationErrorKind::Type { kind } => {
            let is_decimal = || around(error, schema).is_some_and(|it| it.get("pattern").is_some());
            match value {
                Value::Null => format!(
                    "is null and has to be {}; what may be left out is not given at all",
                    types(kind)
                ),
                Value::Number(_) if is_decimal() => {
                    "is a number: a decimal is given as text, \"12.5\", so that no digit of it is lost".to_owned()
                }
                value => format!("is {} and has to be {}", article(JsonType::from(value)), types(kind)),
            }
        }
        ValidationErrorKind::Pattern { .. } => "is no decimal number such as \"12.5\"".to_owned(),
        ValidationErrorKind::Format { format } => match format.as_str() {
            "date-time" => "is no time such as \"2026-01-31T12:00:00Z\"".to_owned(),
            "date" => "is no date such as \"2026-01-31\"".to_owned(),
            "uuid" => "is no UUID, as ids made by Lago are".to_owned(),
            format => format!("is no {format}"),
        },
        // In the validator's words, which would quote the value.
        _ => error.masked().to_string(),
    };
    found.push(Problem::at(pointer, message));
}

/// The schema that an error is about.
fn around<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Option<&'s Value> {
    let (around, _keyword) = error.schema_path().as_str().rsplit_once('/')?;
    schema.pointer(around)
}

fn types(kind: &TypeKind) -> String {
    let types: Vec<&str> = match kind {
        TypeKind::Single(ty) => vec![article(*ty)],
        TypeKind::Multiple(types) => types.iter().map(article).collect(),
    };
    types.join(" or ")
}

fn article(ty: JsonType) -> &'static str {
    match ty {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}
