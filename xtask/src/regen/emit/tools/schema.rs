//! The schemas of what tools take: JSON Schema 2020-12 with everything inline. Clients of agents know no references, and
//! `type` is one text to many of them, which drop a tool where it is a list. So null is said as an alternative, the only
//! one that there is, and only where it means something: where there is nothing to take away, null says no more than
//! leaving a value out, and programs that call tools do not need to hear of it.

use serde_json::{Map, Value, json};

use super::null::Null;
use super::words;
use crate::regen::ir::{
    Api, Effect, Field, Form, Idempotency, Kind, Limits, Operation, Presence, TypeRef,
};

/// A decimal in text, as the server reads it.
const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";

/// Writes schemas of the types of an API.
pub(super) struct Schemas<'a> {
    api: &'a Api,
    /// What every thing with a key has to have: [`required`](Self::required) asks for both.
    key: Option<[&'a str; 2]>,
    /// Whether there is something that null takes away.
    clears: bool,
    /// The objects around: one of them again would never end.
    around: Vec<&'a str>,
}

impl<'a> Schemas<'a> {
    /// Those of what an operation takes.
    ///
    /// A thing that the server recognises by its key has to have the key and its time: who calls a tool twice is
    /// another process perhaps, in which nobody remembers what a client has filled in.
    pub(super) fn new(api: &'a Api, operation: &'a Operation) -> Self {
        Self {
            api,
            key: match &operation.idempotency {
                Idempotency::WithKey(key) => Some([&key.name, &key.time]),
                Idempotency::Idempotent | Idempotency::NotIdempotent => None,
            },
            clears: !matches!(operation.effect, Effect::Reads | Effect::Adds),
            around: Vec::new(),
        }
    }

    /// The fields of an object whose type has a name.
    pub(super) fn fields(&self, ty: &TypeRef) -> Option<&'a [Field]> {
        let TypeRef::Named(name) = ty else {
            return None;
        };
        match &self.api.types.get(name)?.kind {
            Kind::Struct(fields) if !fields.is_empty() => Some(fields),
            Kind::Struct(_) | Kind::Enum { .. } => None,
        }
    }

    /// Whether a property has to be given.
    pub(super) fn required(&self, field: &Field) -> bool {
        let is_of_the_key = |key: [&str; 2]| key.contains(&field.name.as_str());
        field.required && field.client_generated.is_none() || self.key.is_some_and(is_of_the_key)
    }

    /// A property, with words.
    pub(super) fn field(&mut self, field: &'a Field) -> Value {
        let mut schema = self.limited(&field.ty, &field.limits);
        let null = self.null(field);
        match null {
            Null::IsNothing => {}
            Null::IsEmpty => drop(schema.shift_remove("required")),
            Null::IsAValue | Null::TakesAway => schema = or_null(schema),
        }
        self.told(schema, field, null)
    }

    /// What null says of a property.
    fn null(&self, field: &Field) -> Null {
        match field.presence(false) {
            _ if field.nullable && field.null_as_empty => Null::IsEmpty,
            Presence::RequiredNullable => Null::IsAValue,
            Presence::OptionalNullable if self.clears => Null::TakesAway,
            _ => Null::IsNothing,
        }
    }

    /// A property that is what a request is about: null would be none.
    pub(super) fn subject(&mut self, field: &'a Field) -> Value {
        let schema = self.limited(&field.ty, &field.limits);
        self.told(schema, field, Null::IsNothing)
    }

    fn told(&self, mut schema: Map<String, Value>, field: &Field, null: Null) -> Value {
        if field.deprecated {
            schema.insert("deprecated".to_owned(), json!(true));
        }
        let is_argument = self.around.is_empty();
        described(schema, words::field(self.api, field, null, is_argument))
    }

    /// A value with limits and words of its own.
    pub(super) fn described(&mut self, ty: &'a TypeRef, limits: &Limits, words: String) -> Value {
        described(self.limited(ty, limits), words)
    }

    /// A map of such values, with words of its own.
    pub(super) fn map(&mut self, value: &'a TypeRef, words: String) -> Value {
        let value = self.value(value);
        described(
            object(json!({ "type": "object", "additionalProperties": value })),
            words,
        )
    }

    fn limited(&mut self, ty: &'a TypeRef, limits: &Limits) -> Map<String, Value> {
        let mut schema = self.value(ty);
        limit(&mut schema, limits);
        schema
    }

    fn value(&mut self, ty: &'a TypeRef) -> Map<String, Value> {
        let schema = match ty {
            TypeRef::Named(name) => return self.named(name),
            // There is no other way to say it than with null, in a list or a map.
            TypeRef::Nullable(some) => return or_null(self.value(some)),
            TypeRef::String => json!({ "type": "string" }),
            TypeRef::Integer => json!({ "type": "integer" }),
            TypeRef::Boolean => json!({ "type": "boolean" }),
            TypeRef::Decimal(Form::String) => json!({ "type": "string", "pattern": DECIMAL }),
            TypeRef::Decimal(Form::Number | Form::Seconds) => json!({ "type": "number" }),
            TypeRef::DateTime => json!({ "type": "string", "format": "date-time" }),
            TypeRef::Date => json!({ "type": "string", "format": "date" }),
            TypeRef::Uuid => json!({ "type": "string", "format": "uuid" }),
            TypeRef::Json => json!({}),
            TypeRef::List(item) => json!({ "type": "array", "items": self.value(item) }),
            TypeRef::Map(value) => match self.value(value) {
                any if any.is_empty() => json!({ "type": "object" }),
                value => json!({ "type": "object", "additionalProperties": value }),
            },
        };
        object(schema)
    }

    fn named(&mut self, name: &'a str) -> Map<String, Value> {
        let Some(ty) = self.api.types.get(name) else {
            return Map::new();
        };
        let Kind::Struct(fields) = &ty.kind else {
            // A newer server knows more values: those that are known are in the words.
            return object(json!({ "type": "string" }));
        };
        if fields.is_empty() || self.around.contains(&name) {
            return object(json!({ "type": "object" }));
        }
        self.around.push(name);
        let properties = fields
            .iter()
            .map(|field| (field.name.clone(), self.field(field)));
        let properties: Map<String, Value> = properties.collect();
        self.around.pop();
        let required = fields.iter().filter(|field| self.required(field));
        let required = required.map(|field| field.name.as_str());
        object(of_object(&properties, required.collect()))
    }
}

/// An object with these properties and no others.
pub(super) fn of_object(properties: &Map<String, Value>, required: Vec<&str>) -> Value {
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = json!(false);
    schema
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The alternative between a value and null. Any JSON has null already.
fn or_null(schema: Map<String, Value>) -> Map<String, Value> {
    match schema.is_empty() {
        true => schema,
        false => object(json!({ "anyOf": [schema, { "type": "null" }] })),
    }
}

fn limit(schema: &mut Map<String, Value>, limits: &Limits) {
    // Null has no limits.
    let schema = match schema.get_mut("anyOf") {
        Some(Value::Array(either)) => match either.first_mut() {
            Some(Value::Object(value)) => value,
            _ => return,
        },
        _ => schema,
    };
    let keywords = limits.keywords.iter();
    schema.extend(keywords.map(|(name, value)| ((*name).to_owned(), value.clone())));
    let Some(each) = &limits.each else { return };
    for inner in ["items", "additionalProperties"] {
        if let Some(Value::Object(inner)) = schema.get_mut(inner) {
            limit(inner, each);
        }
    }
}

fn described(mut schema: Map<String, Value>, words: String) -> Value {
    if !words.is_empty() {
        schema.insert("description".to_owned(), Value::String(words));
    }
    Value::Object(schema)
}
