//! JSON Schemas of what the derive of schemars cannot see through.
//!
//! A schema says what is read, or what is written: schemars asks for one of the two, its contract. Decimals and
//! integers are read from more than they are written as.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::{
    ApiError, Decimal, Patch, Webhook, WebhookEvent, WebhookType, generated, integer::Lenient,
};

/// A text that spells a number, as [`Decimal::parse`] reads it.
const NUMBER: &str = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$";

/// A text that spells an integer, as the server writes it. Others are read as well: `1e2`.
const INTEGER: &str = r"^[+-]?[0-9]+(\.0*)?$";

/// Defines the JSON Schema of every type of this crate that the API sends or takes, each under its name. Deliveries of
/// webhooks are `Webhook`.
///
/// The settings of the generator say for which version of JSON Schema, and whether schemas are for what is read or
/// for what is written. Enums are open there too: the values that this version knows are named, and other texts are
/// allowed.
///
/// ```
/// # extern crate schemars1 as schemars;
/// use schemars::generate::SchemaSettings;
///
/// let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
/// lago_types::define_schemas(&mut generator);
/// let customer = &generator.definitions()["Customer"];
/// assert_eq!(customer["properties"]["external_id"]["type"], "string");
/// ```
///
/// Of a single type: `schemars::schema_for!(lago_types::Customer)`.
pub fn define_schemas(generator: &mut SchemaGenerator) {
    generated::schemas::define(generator);
    generator.subschema_for::<ApiError>();
    generator.subschema_for::<Webhook>();
}

/// Of an enum with these values among others.
pub(crate) fn open_enum(known: &[&str]) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string", "enum": known },
            { "type": "string" },
        ]
    })
}

impl JsonSchema for ApiError {
    fn schema_name() -> Cow<'static, str> {
        "ApiError".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The body of an error, mostly an object with status, error, code and error_details.",
        })
    }
}

impl JsonSchema for Decimal {
    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An exact decimal number: a text that spells it, or a JSON number.",
            "type": ["number", "string"],
            "pattern": NUMBER,
        })
    }
}

impl JsonSchema for Lenient {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Integer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        if generator.contract().is_serialize() {
            return i64::json_schema(generator);
        }
        json_schema!({
            "type": ["integer", "string"],
            "format": "int64",
            "pattern": INTEGER,
        })
    }
}

/// The object of a delivery is as its type says. One of a type that this version of the crate does not know may have
/// any.
impl JsonSchema for Webhook {
    fn schema_name() -> Cow<'static, str> {
        "Webhook".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let of_type = |(name, root, object): (&str, &str, Schema)| {
            json!({
                "if": { "properties": { "webhook_type": { "const": name } } },
                "then": { "properties": { root: object }, "required": [root] },
            })
        };
        let objects = WebhookEvent::schemas(generator);
        json_schema!({
            "description": "The body of a webhook delivery.",
            "type": "object",
            "properties": {
                "webhook_type": generator.subschema_for::<WebhookType>(),
                "object_type": { "type": "string" },
                "organization_id": { "type": ["string", "null"], "format": "uuid" },
            },
            "required": ["webhook_type"],
            "allOf": objects.into_iter().map(of_type).collect::<Vec<_>>(),
        })
    }
}

/// Stands for a [`Patch`] whose null is written as an empty object.
pub(crate) struct EmptyForNull<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for EmptyForNull<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = match generator.contract().is_serialize() {
            true => generator.subschema_for::<T>(),
            false => generator.subschema_for::<Option<T>>(),
        };
        json_schema!({ "anyOf": [value, { "type": "object", "maxProperties": 0 }] })
    }
}

// Whether a field may be missing is for the struct to say; a value that is there may be null.
impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}
