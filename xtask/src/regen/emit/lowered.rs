//! The document that progenitor reads: OpenAPI 3.0 and no more than the wire needs.
//!
//! It is built from the [`ir`](super::super::ir), not cut down from what is published. Every named type
//! and every body stands in it as an empty component that progenitor replaces by the real type,
//! so that progenitor generates methods and no types.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use super::{EmitError, bodies};
use crate::regen::ir::{Api, Body, Operation, Parameter, ParameterPlace, TypeRef};
use crate::regen::names::camel;

/// The type that a query map is on the wire.
const QUERY_MAP: &str = "crate::query::DeepObject";

/// Names that progenitor gives to variables of its own.
const TAKEN: [&str; 2] = ["body", "header_map"];

/// What progenitor gets.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// The document.
    pub(crate) document: OpenAPI,
    /// The Rust type behind each component.
    pub(crate) replacements: BTreeMap<String, String>,
}

/// Writes the API as an OpenAPI 3.0 document of methods without types.
pub(crate) fn document(api: &Api) -> Result<Lowered, EmitError> {
    let mut lowering = Lowering::default();
    let mut paths = Map::new();
    for operation in &api.operations {
        let lowered = lowering.operation(operation)?;
        let item = paths.entry(&operation.path).or_insert_with(|| json!({}));
        item[operation.method.to_lowercase()] = lowered;
    }
    let schemas: Map<String, Value> = lowering
        .replacements
        .keys()
        .map(|name| (name.clone(), json!({})))
        .collect();
    let document = serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": { "title": "the API", "version": api.version },
        "paths": paths,
        "components": { "schemas": schemas },
    }))
    .map_err(|error| EmitError::new(format!("the lowered document is no OpenAPI 3.0: {error}")))?;
    Ok(Lowered {
        document,
        replacements: lowering.replacements,
    })
}

#[derive(Default)]
struct Lowering {
    replacements: BTreeMap<String, String>,
}

impl Lowering {
    fn operation(&mut self, operation: &Operation) -> Result<Value, EmitError> {
        distinct_idents(operation)?;
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            parameters.push(self.parameter(parameter)?);
        }
        let mut lowered = json!({
            "operationId": operation.id,
            "tags": [operation.tag],
            "parameters": parameters,
            // A body of any type makes progenitor hand out the bytes, with status and headers.
            "responses": { "2XX": { "description": "", "content": { "*/*": {} } } },
        });
        if let Some(body) = &operation.body {
            lowered["requestBody"] = self.body(operation, body)?;
        }
        Ok(lowered)
    }

    fn parameter(&mut self, parameter: &Parameter) -> Result<Value, EmitError> {
        let (place, required, schema) = match &parameter.place {
            ParameterPlace::Path => ("path", true, json!({ "type": "string" })),
            ParameterPlace::Query { required, ty } => ("query", *required, self.schema(ty)?),
            ParameterPlace::QueryMap { required } => {
                ("query", *required, self.replaced("DeepObject", QUERY_MAP)?)
            }
        };
        Ok(json!({ "name": parameter.name, "in": place, "required": required, "schema": schema }))
    }

    /// An optional body is bytes, which may be none: progenitor makes every JSON body mandatory.
    fn body(&mut self, operation: &Operation, body: &Body) -> Result<Value, EmitError> {
        let content = if body.required {
            let name = bodies::name(operation);
            let schema = self.replaced(&name, &bodies::rust_path(operation, body))?;
            json!({ "application/json": { "schema": schema } })
        } else {
            json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } })
        };
        Ok(json!({ "required": true, "content": content }))
    }

    fn schema(&mut self, ty: &TypeRef) -> Result<Value, EmitError> {
        Ok(match ty {
            TypeRef::Named(name) => self.replaced(name, &format!("lago_types::{name}"))?,
            TypeRef::Decimal(_) => self.replaced("Decimal", "lago_types::Decimal")?,
            TypeRef::String => json!({ "type": "string" }),
            TypeRef::Integer => json!({ "type": "integer", "format": "int64" }),
            TypeRef::Boolean => json!({ "type": "boolean" }),
            TypeRef::DateTime => json!({ "type": "string", "format": "date-time" }),
            TypeRef::Date => json!({ "type": "string", "format": "date" }),
            TypeRef::Uuid => json!({ "type": "string", "format": "uuid" }),
            TypeRef::Json => json!({}),
            TypeRef::List(item) => json!({ "type": "array", "items": self.schema(item)? }),
            TypeRef::Map(value) => {
                json!({ "type": "object", "additionalProperties": self.schema(value)? })
            }
            // A query has no null: an item that could be one is left out.
            TypeRef::Nullable(some) => self.schema(some)?,
        })
    }

    /// A reference to a component that stands for a Rust type. Progenitor looks replacements up
    /// by the camel case of the component's name.
    fn replaced(&mut self, name: &str, path: &str) -> Result<Value, EmitError> {
        let name = camel(name);
        let known = self
            .replacements
            .entry(name.clone())
            .or_insert_with(|| path.to_owned());
        if known != path {
            return Err(EmitError::new(format!(
                "`{known}` and `{path}` are both called {name} on the wire; rename one in names.yaml"
            )));
        }
        Ok(json!({ "$ref": format!("#/components/schemas/{name}") }))
    }
}

fn distinct_idents(operation: &Operation) -> Result<(), EmitError> {
    let mut known = BTreeSet::from(TAKEN.map(str::to_owned));
    match operation
        .parameters
        .iter()
        .find(|parameter| !known.insert(parameter.name.to_snake_case()))
    {
        None => Ok(()),
        Some(parameter) => Err(EmitError::new(format!(
            "{}: there is another parameter or variable called `{}`",
            operation.id,
            parameter.name.to_snake_case()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn bodies_and_named_types_are_replaced() {
        let lowered = document(&sample::api()).unwrap();
        let text = serde_json::to_value(&lowered.document).unwrap();
        let replaced: Vec<(&str, &str)> = lowered
            .replacements
            .iter()
            .map(|(name, path)| (name.as_str(), path.as_str()))
            .collect();
        assert_eq!(
            replaced,
            [
                (
                    "CreateThingBody",
                    "crate::generated::wire::bodies::CreateThingBody"
                ),
                ("DeepObject", "crate::query::DeepObject"),
                (
                    "SetPartsBody",
                    "crate::generated::wire::bodies::SetPartsBody"
                ),
                ("ThingStatus", "lago_types::ThingStatus"),
            ]
        );
        let list = &text["paths"]["/things/{code}/parts"]["get"];
        assert_eq!(list["parameters"][0]["schema"], json!({ "type": "string" }));
        assert_eq!(
            list["parameters"][2]["schema"]["items"]["$ref"],
            "#/components/schemas/ThingStatus"
        );
        assert_eq!(list["responses"]["2XX"]["content"], json!({ "*/*": {} }));
    }

    #[test]
    fn an_optional_body_is_bytes() {
        let lowered = document(&sample::api()).unwrap();
        let text = serde_json::to_value(&lowered.document).unwrap();
        let content = &text["paths"]["/things/{code}"]["delete"]["requestBody"]["content"];
        assert_eq!(
            content["application/octet-stream"]["schema"]["format"],
            "binary"
        );
    }

    #[test]
    fn two_parameters_with_one_name_in_rust_are_refused() {
        let mut api = sample::api();
        let list = &mut api.operations[0];
        list.parameters
            .push(sample::query("status", TypeRef::String));
        assert_eq!(
            document(&api).unwrap_err().message,
            "listParts: there is another parameter or variable called `status`"
        );
    }
}
