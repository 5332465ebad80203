//! The document that progenitor reads: OpenAPI 3.0 and no more than requests need.
//!
//! It is built from the [`ir`](crate::regen::ir), not cut down from what is published. Of types it has
//! none: progenitor decides where values go, and what a value is stands in the IR.

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use crate::regen::emit::EmitError;
use crate::regen::ir::{Api, Operation, Parameter, ParameterPlace};
use crate::regen::names::ident;

/// Writes the API as an OpenAPI 3.0 document of operations without types.
pub(crate) fn document(api: &Api) -> Result<OpenAPI, EmitError> {
    let mut paths = Map::new();
    for operation in &api.operations {
        let item = paths.entry(path(operation)).or_insert_with(|| json!({}));
        item[operation.method.to_lowercase()] = lowered(operation);
    }
    serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": { "title": "the API", "version": api.version },
        "paths": paths,
    }))
    .map_err(|error| EmitError::new(format!("the lowered document is no OpenAPI 3.0: {error}")))
}

fn lowered(operation: &Operation) -> Value {
    let parameters = operation.parameters.iter().map(|parameter| {
        let (place, required) = match parameter.place {
            ParameterPlace::Path => ("path", true),
            ParameterPlace::Query { required, .. } | ParameterPlace::QueryMap { required } => {
                ("query", required)
            }
        };
        let schema = json!({ "type": "string" });
        json!({ "name": name(parameter), "in": place, "required": required, "schema": schema })
    });
    let mut lowered = json!({
        "operationId": ident::snake(&operation.id),
        "parameters": parameters.collect::<Vec<_>>(),
        "responses": { "2XX": { "description": "", "content": { "*/*": {} } } },
    });
    if operation.body.is_some() {
        // Progenitor makes every JSON body mandatory; which one may be missing is known to the IR.
        let content = json!({ "application/json": { "schema": {} } });
        lowered["requestBody"] = json!({ "required": true, "content": content });
    }
    lowered
}

/// The parameters of the query.
pub(crate) fn queries(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let parameters = operation.parameters.iter();
    parameters.filter(|parameter| parameter.place != ParameterPlace::Path)
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
    use super::*;
    use crate::regen::ir::TypeRef;
    use crate::regen::sample;

    #[test]
    fn an_operation_has_places_for_values_and_no_types() {
        let lowered = serde_json::to_value(document(&sample::api()).unwrap()).unwrap();
        let list = &lowered["paths"]["/things/{code}/parts"]["get"];
        assert_eq!(list["parameters"][2]["name"], "status[]");
        assert_eq!(list["parameters"][2]["schema"], json!({ "type": "string" }));
        assert_eq!(list["responses"]["2XX"]["content"], json!({ "*/*": {} }));
        let delete = &lowered["paths"]["/things/{code}"]["delete"];
        let content = json!({ "application/json": { "schema": {} } });
        assert_eq!(delete["requestBody"]["content"], content);
        assert!(list.get("requestBody").is_none());
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
        let lowered = serde_json::to_value(document(&api).unwrap()).unwrap();
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
}
