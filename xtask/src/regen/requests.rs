//! What may be sent with each operation, as the corrected document says it: for the stand-in of the client, which validates
//! requests. Not of the IR, because passes change what is valid.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::emit::Tree;
use super::emit::section::Section;
use super::json_schema::{bare, references};
use super::schema::{METHODS, UNPUBLISHED};
use crate::pointer::follow;

const GENERATED: &str = "lago-client/src/generated";
const FILE: &str = "request_schemas.json";

const JSON: &str = "/content/application~1json/schema";

/// A file for each section: its operations by id, and the schemas that they reach and no earlier section has.
pub(crate) fn files(root: &Value) -> Tree {
    let mut tree = Tree::new();
    let mut printed = BTreeSet::new();
    for section in Section::ALL {
        let operations = operations(root, section);
        if section == Section::Unpublished && operations.is_empty() {
            continue;
        }
        let schemas = reached(root, operations.values(), &mut printed);
        let text = format!(
            "{{\n\"operations\":{},\n\"schemas\":{}\n}}\n",
            lines(&operations),
            lines(&schemas)
        );
        tree.insert(format!("{}/{FILE}", section.folder(GENERATED)), text);
    }
    tree
}

/// A line for each member.
fn lines(members: &BTreeMap<String, Value>) -> String {
    let members = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", json!(name)));
    format!("{{\n{}\n}}", members.collect::<Vec<_>>().join(",\n"))
}

/// The operations of a section by id, each with what may be sent.
fn operations(root: &Value, section: Section) -> BTreeMap<String, Value> {
    let mut operations = BTreeMap::new();
    for (_, item) in root["paths"].as_object().into_iter().flatten() {
        for operation in METHODS.iter().filter_map(|method| item.get(*method)) {
            let is_published = operation.get(UNPUBLISHED) != Some(&json!(true));
            let id = operation["operationId"].as_str();
            if let Some(id) = id.filter(|_| section.has(is_published)) {
                operations.insert(id.to_owned(), facts(root, item, operation));
            }
        }
    }
    operations
}

/// What a request of an operation may have.
fn facts(root: &Value, item: &Value, operation: &Value) -> Value {
    let mut facts = Map::new();
    let mut query: Vec<(&Value, Value)> = Vec::new();
    let holders = [item, operation].map(|holder| holder["parameters"].as_array());
    for parameter in holders.into_iter().flatten().flatten() {
        let parameter = resolved(root, parameter);
        if parameter["in"] == "query" {
            // What an operation says of a parameter goes before what its path says.
            query.retain(|(name, _)| **name != parameter["name"]);
            query.push((&parameter["name"], described(parameter)));
        }
    }
    if !query.is_empty() {
        let query = query.into_iter().map(|(_, described)| described);
        facts.insert("query".to_owned(), query.collect());
    }
    let body = operation
        .get("requestBody")
        .map(|body| resolved(root, body));
    if let Some(body) = body
        && let Some(schema) = body.pointer(JSON)
    {
        let is_required = body["required"] == true;
        let body = json!({ "required": is_required, "schema": bare(schema) });
        facts.insert("body".to_owned(), body);
    }
    Value::Object(facts)
}

/// A parameter: its name, whether it is required, its schema, and how an object is written.
fn described(parameter: &Value) -> Value {
    let mut described = Map::new();
    described.insert("name".to_owned(), parameter["name"].clone());
    for (key, unless) in [("required", json!(false)), ("style", json!("form"))] {
        let said = parameter.get(key).filter(|said| **said != unless);
        described.extend(said.map(|said| (key.to_owned(), said.clone())));
    }
    let schema = parameter.get("schema").map_or(json!(true), bare);
    described.insert("schema".to_owned(), schema);
    Value::Object(described)
}

/// Schemas that are reached from here and not printed yet; from now on they are.
fn reached<'v>(
    root: &Value,
    from: impl Iterator<Item = &'v Value>,
    printed: &mut BTreeSet<String>,
) -> BTreeMap<String, Value> {
    let mut schemas = BTreeMap::new();
    let mut names = Vec::new();
    from.for_each(|value| references(value, &mut names));
    let mut open: Vec<String> = names.into_iter().map(str::to_owned).collect();
    while let Some(name) = open.pop() {
        let Some(schema) = root["components"]["schemas"].get(&name) else {
            continue;
        };
        if printed.insert(name.clone()) {
            let schema = bare(schema);
            let mut names = Vec::new();
            references(&schema, &mut names);
            open.extend(names.into_iter().map(str::to_owned));
            schemas.insert(name, schema);
        }
    }
    schemas
}

fn resolved<'v>(root: &'v Value, node: &'v Value) -> &'v Value {
    let target = node.get("$ref").and_then(Value::as_str);
    // A reference to a reference is none that the document may have.
    target
        .and_then(|target| follow(root, target))
        .unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_has_its_operations_and_what_they_reach() {
        let body = |name: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            json!({"required": true, "content": {"application/json": {"schema": schema}}})
        };
        let files = files(&json!({
            "paths": {"/things": {
                "parameters": [{"$ref": "#/components/parameters/page"}],
                "get": {"operationId": "list", "parameters": [
                    {"name": "id", "in": "path", "schema": {"type": "string"}},
                    {"name": "state[]", "in": "query", "required": false, "style": "form", "description": "Words.",
                     "schema": {"type": "array", "items": {"type": "string"}}},
                ]},
                "post": {"operationId": "create", "requestBody": body("Thing")},
                "delete": {"operationId": "purge", "x-unpublished": true, "requestBody": body("Purge")},
            }},
            "components": {
                "parameters": {"page": {"name": "page", "in": "query", "schema": {"type": "integer", "example": 1}}},
                "schemas": {
                    "Thing": {"description": "A thing.", "properties": {"parts": {"items": {"$ref": "#/components/schemas/Thing"}}}},
                    "Purge": {"allOf": [{"$ref": "#/components/schemas/Thing"}]},
                    "Lonely": {"type": "string"},
                },
            },
        }));
        let page = r#"{"name":"page","schema":{"type":"integer"}}"#;
        let published = [
            "{".to_owned(),
            r#""operations":{"#.to_owned(),
            format!(
                r##""create":{{"query":[{page}],"body":{{"required":true,"schema":{{"$ref":"#/$defs/Thing"}}}}}},"##
            ),
            format!(
                r#""list":{{"query":[{page},{{"name":"state[]","schema":{{"type":"array","items":{{"type":"string"}}}}}}]}}"#
            ),
            "},".to_owned(),
            r#""schemas":{"#.to_owned(),
            r##""Thing":{"properties":{"parts":{"items":{"$ref":"#/$defs/Thing"}}}}"##.to_owned(),
            "}".to_owned(),
            "}".to_owned(),
        ];
        let text = &files["lago-client/src/generated/request_schemas.json"];
        assert_eq!(text.lines().collect::<Vec<_>>(), published);
        let text = &files["lago-client/src/generated/unpublished/request_schemas.json"];
        assert!(
            text.contains(r#""purge":"#) && text.contains(r#""Purge":"#),
            "{text}"
        );
        assert!(!text.contains(r#""Thing":"#), "{text}");
    }
}
