//! `spec merged`: the document with the overlay applied, as OpenAPI 3.1 in canonical order, for other tools.

use serde_json::{Value, json};

use super::facts;
use super::table::{Context, Shape};
use crate::pointer::follow;
use crate::regen::json_schema;

/// A corrected document as other tools read it.
pub(super) fn published(corrected: &Value) -> Value {
    let mut document = facts::with_prose_of(Some(corrected), corrected);
    let version = document["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.1") {
        document["openapi"] = json!("3.1.0");
    }
    write_out(&mut document);
    modernize(Shape::Object(Context::Document), &mut document);
    document
}

/// Writes responses out that say more than a reference may: beside one only words are allowed.
fn write_out(document: &mut Value) {
    let all = document.clone();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flatten().flat_map(|(_, item)| {
        let item = item.as_object_mut().into_iter().flatten();
        item.map(|(_, operation)| operation)
    });
    for operation in operations {
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses
            .into_iter()
            .flatten()
            .map(|(_, response)| response)
        {
            let said = response.as_object().into_iter().flatten();
            let more: Vec<(String, Value)> = said
                .filter(|(key, _)| !["$ref", "summary", "description"].contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let target = response.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|target| follow(&all, target));
            if let Some(target) = target.filter(|_| !more.is_empty()) {
                let mut whole = target.clone();
                if let Some(whole) = whole.as_object_mut() {
                    whole.extend(more);
                }
                *response = whole;
            }
        }
    }
}

/// Writes what only OpenAPI 3.0 knows as JSON Schema has it.
fn modernize(shape: Shape, node: &mut Value) {
    match (shape, node) {
        (Shape::Object(context), node @ Value::Object(_)) => {
            for (key, shape) in context.fields() {
                if let Some(child) = node.get_mut(*key) {
                    modernize(*shape, child);
                }
            }
            if matches!(context, Context::Schema | Context::Property) {
                json_schema::modernize(node);
            }
        }
        (Shape::Map(shape, _), Value::Object(map)) => {
            map.values_mut().for_each(|child| modernize(*shape, child));
        }
        (Shape::List(context, _), Value::Array(items)) => {
            let shape = Shape::Object(context);
            items.iter_mut().for_each(|item| modernize(shape, item));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_reference_to_a_response_stand_only_words() {
        let reference = json!({"$ref": "#/components/responses/Gone"});
        let mut coded = reference.clone();
        coded["x-codes"] = json!(["gone"]);
        let document = published(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"404": coded, "410": reference}}}},
            "components": {"responses": {"Gone": {"description": "It is gone."}}},
        }));
        let responses = &document["paths"]["/a"]["get"]["responses"];
        assert_eq!(
            responses["404"],
            json!({"description": "It is gone.", "x-codes": ["gone"]})
        );
        assert_eq!(responses["410"], reference);
    }

    /// Other tools see which operations nobody promises, and where those of another version of the API are.
    #[test]
    fn what_is_not_published_is_marked_and_has_its_server() {
        let operation = json!({
            "operationId": "findCards", "x-unpublished": true,
            "servers": [{"url": "https://api.example.com/api/v2"}],
            "responses": {"200": {"description": "Cards."}},
        });
        let document = published(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://api.example.com/api/v1"}],
            "paths": {"/cards": {"get": operation}},
        }));
        assert_eq!(document["paths"]["/cards"]["get"], operation);
    }

    #[test]
    fn what_only_an_older_version_knows_is_written_anew() {
        let schemas = |schemas: Value| json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas}});
        let document = published(&schemas(json!({
            "A": {"type": "string", "enum": ["a"], "nullable": true, "example": {"nullable": true}},
            "B": {"$ref": "#/components/schemas/A", "description": "b", "nullable": true},
            "C": {"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false},
            "D": {"type": "object", "properties": {"nullable": {"type": "boolean", "nullable": false}}},
        })));
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "A": {"type": ["string", "null"], "enum": ["a", null], "example": {"nullable": true}},
                "B": {"description": "b", "anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
                "C": {"type": "number", "exclusiveMinimum": 1, "maximum": 2},
                "D": {"type": "object", "properties": {"nullable": {"type": "boolean"}}},
            })
        );
    }
}
