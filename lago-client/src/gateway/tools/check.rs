//! Arguments against the schema of their tool.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::{Problem, Tool, nearest};
use crate::gateway::lost::step;
use crate::operation::{Effect, RequestBody};

/// A schema, ready to be asked: in it null is a type beside the other one, so that problems are told of the place where
/// they are, and not of an alternative around it.
struct Compiled {
    schema: Value,
    validator: Validator,
}

/// Takes away what is null and may be left out, where null has no meaning of its own: programs that call tools write null
/// for what their user leaves out. An operation that changes something is not among them, because there null may have
/// been meant.
pub(super) fn without_idle_nulls(tool: &Tool, arguments: &mut Map<String, Value>) {
    if matches!(tool.operation.effect, Effect::Reads | Effect::Adds)
        && let Some(compiled) = compiled(tool.input_schema)
    {
        leave_out(arguments, &compiled.schema);
    }
}

fn leave_out(object: &mut Map<String, Value>, schema: &Value) {
    let is_required = |name: &str| {
        let required = schema["required"].as_array().into_iter().flatten();
        required.into_iter().any(|known| known == name)
    };
    object.retain(|name, value| match schema["properties"].get(name) {
        Some(property) if value.is_null() => is_required(name) || takes_null(property),
        Some(property) => {
            leave_out_within(value, property);
            true
        }
        None => true,
    });
    let values = &schema["additionalProperties"];
    if values.is_object() && schema.get("properties").is_none() {
        object
            .values_mut()
            .for_each(|value| leave_out_within(value, values));
    }
}

fn leave_out_within(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(object) => leave_out(object, schema),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| leave_out_within(item, &schema["items"])),
        _ => {}
    }
}

fn takes_null(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Array(types) => types.iter().any(|ty| ty == "null"),
        // What has no type is any JSON.
        ty => ty.is_null(),
    }
}

/// Says an alternative of a value and null as a value whose type may be null.
fn with_null_as_a_type(schema: &mut Value) {
    let Value::Object(keywords) = schema else {
        return;
    };
    if let Some(Value::Array(mut either)) = keywords.remove("anyOf") {
        if let Value::Object(value) = either.swap_remove(0) {
            keywords.extend(value);
        }
        if let Some(ty) = keywords.get_mut("type") {
            *ty = json!([ty, "null"]);
        }
    }
    for (keyword, below) in keywords {
        match (keyword.as_str(), below) {
            ("properties", Value::Object(properties)) => {
                properties.values_mut().for_each(with_null_as_a_type);
            }
            ("items" | "additionalProperties", below) => with_null_as_a_type(below),
            _ => {}
        }
    }
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
    let mut parsed: Value = serde_json::from_str(schema).ok()?;
    with_null_as_a_type(&mut parsed);
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

/// The form of a decimal in text, as the generator writes it.
const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";

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
            let is_decimal = || around(error, schema).is_some_and(|it| it["pattern"] == DECIMAL);
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
        ValidationErrorKind::Pattern { pattern } => match *pattern == DECIMAL {
            true => "is no decimal number such as \"12.5\"".to_owned(),
            false => format!("is not of the form {pattern}"),
        },
        ValidationErrorKind::Minimum { limit } => format!("has to be {limit} or more"),
        ValidationErrorKind::Maximum { limit } => format!("has to be {limit} or less"),
        ValidationErrorKind::MinLength { limit } => {
            format!("is too short: it has to have {limit} characters or more")
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("is too long: it may have {limit} characters")
        }
        ValidationErrorKind::MinItems { limit } => {
            format!("has too few entries: it has to have {limit} or more")
        }
        ValidationErrorKind::MaxItems { limit } => {
            format!("has too many entries: it may have {limit}, and others go into another call")
        }
        ValidationErrorKind::MaxProperties { limit } => {
            format!("has too many keys: it may have {limit}")
        }
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
