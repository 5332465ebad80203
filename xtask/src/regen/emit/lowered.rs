//! The document that progenitor reads: OpenAPI 3.0 and no more than the wire needs.
//!
//! It is built from the [`ir`](super::super::ir), not cut down from what is published. Every named type
//! and every body stands in it as an empty component that progenitor replaces by the real type,
//! so that progenitor generates methods and no types.

use std::collections::BTreeMap;

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use super::{EmitError, bodies};
use crate::regen::ident;
use crate::regen::ir::{Api, Body, Operation, Parameter, ParameterPlace, TypeRef};
use crate::regen::names::camel;

/// The type that a query map is on the wire.
const QUERY_MAP: &str = "crate::query::DeepObject";

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
        let lowered = lowering.operation(operation);
        let item = paths.entry(path(operation)).or_insert_with(|| json!({}));
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
    fn operation(&mut self, operation: &Operation) -> Value {
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            parameters.push(self.parameter(parameter));
        }
        let mut lowered = json!({
            "operationId": ident::snake(&operation.id),
            "tags": [operation.tag],
            "parameters": parameters,
            // A body of any type makes progenitor hand out the bytes, with status and headers.
            "responses": { "2XX": { "description": "", "content": { "*/*": {} } } },
        });
        if let Some(body) = &operation.body {
            lowered["requestBody"] = self.body(operation, body);
        }
        lowered
    }

    fn parameter(&mut self, parameter: &Parameter) -> Value {
        let (place, required, schema) = match &parameter.place {
            ParameterPlace::Path => ("path", true, json!({ "type": "string" })),
            ParameterPlace::Query { required, ty } => ("query", *required, self.schema(ty)),
            ParameterPlace::QueryMap { required } => {
                ("query", *required, self.replaced("DeepObject", QUERY_MAP))
            }
        };
        json!({ "name": name(parameter), "in": place, "required": required, "schema": schema })
    }

    /// An optional body is bytes, which may be none: progenitor makes every JSON body mandatory.
    fn body(&mut self, operation: &Operation, body: &Body) -> Value {
        let content = if body.required {
            let name = bodies::name(operation);
            let schema = self.replaced(&name, &bodies::rust_path(operation));
            json!({ "application/json": { "schema": schema } })
        } else {
            json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } })
        };
        json!({ "required": true, "content": content })
    }

    fn schema(&mut self, ty: &TypeRef) -> Value {
        match ty {
            TypeRef::Named(name) => self.replaced(name, &format!("lago_types::{name}")),
            TypeRef::Decimal(_) => self.replaced("Decimal", "lago_types::Decimal"),
            TypeRef::String => json!({ "type": "string" }),
            TypeRef::Integer => json!({ "type": "integer", "format": "int64" }),
            TypeRef::Boolean => json!({ "type": "boolean" }),
            TypeRef::DateTime => json!({ "type": "string", "format": "date-time" }),
            TypeRef::Date => json!({ "type": "string", "format": "date" }),
            TypeRef::Uuid => json!({ "type": "string", "format": "uuid" }),
            TypeRef::Json => json!({}),
            TypeRef::List(item) => json!({ "type": "array", "items": self.schema(item) }),
            TypeRef::Map(value) => {
                json!({ "type": "object", "additionalProperties": self.schema(value) })
            }
            // A query has no null: an item that could be one is left out.
            TypeRef::Nullable(some) => self.schema(some),
        }
    }

    /// A reference to a component that stands for a Rust type. Progenitor looks replacements up
    /// by the camel case of the component's name.
    fn replaced(&mut self, name: &str, path: &str) -> Value {
        let mut name = camel(name);
        // A body and a type of lago-types may have one name, for they are in different modules.
        while self
            .replacements
            .get(&name)
            .is_some_and(|known| known != path)
        {
            name.push_str("Too");
        }
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.replacements.insert(name, path.to_owned());
        reference
    }
}

/// What progenitor knows a parameter by: its name, unless its name in Rust is another than
/// progenitor would make of it.
pub(crate) fn name(parameter: &Parameter) -> &str {
    match parameter.place != ParameterPlace::Path && ident::snake(&parameter.name) == parameter.rust
    {
        true => &parameter.name,
        false => &parameter.rust,
    }
}

/// The path template with these names.
fn path(operation: &Operation) -> String {
    let in_path = |parameter: &&Parameter| parameter.place == ParameterPlace::Path;
    let parameters = operation.parameters.iter().filter(in_path);
    parameters.fold(operation.path.clone(), |path, parameter| {
        let placed = |name: &str| format!("{{{name}}}");
        path.replace(&placed(&parameter.name), &placed(name(parameter)))
    })
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
    fn a_parameter_goes_by_its_name_in_rust_where_progenitor_would_find_another() {
        let mut api = sample::api();
        let list = &mut api.operations[0];
        list.parameters.push(Parameter {
            rust: "query_code".into(),
            ..sample::query("code", TypeRef::String)
        });
        list.parameters[0].rust = "path_code".into();
        let lowered = serde_json::to_value(document(&api).unwrap().document).unwrap();
        let parameters = &lowered["paths"]["/things/{path_code}/parts"]["get"]["parameters"];
        let names: Vec<&Value> = parameters
            .as_array()
            .unwrap()
            .iter()
            .map(|p| &p["name"])
            .collect();
        assert_eq!(
            names,
            [
                "path_code",
                "page",
                "status[]",
                "since",
                "metadata",
                "query_code"
            ]
        );
    }

    #[test]
    fn a_body_and_a_type_may_have_one_name() {
        let mut api = sample::api();
        let ty = TypeRef::Named("CreateThingBody".into());
        api.operations[0].parameters.push(sample::query("body", ty));
        let replaced = document(&api).unwrap().replacements;
        assert_eq!(replaced["CreateThingBody"], "lago_types::CreateThingBody");
        assert_eq!(
            replaced["CreateThingBodyToo"],
            "crate::generated::wire::bodies::CreateThingBody"
        );
    }
}
