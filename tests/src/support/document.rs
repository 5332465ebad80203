//! openapi.yaml as published, with what the overlay says of requests and responses.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::support::shape::{allows, members};
use crate::support::{overlay, yaml};

/// The document.
#[derive(Debug)]
pub struct Document {
    root: Value,
}

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// The HTTP method, upper case.
    pub method: String,
    /// Where the path begins on the server.
    pub base_path: String,
    /// The path template.
    pub path: String,
    /// Its parameters, those of the path item included.
    pub parameters: Vec<Value>,
    /// The schema of its JSON body.
    pub body: Option<Value>,
    /// Whether it needs the body.
    pub body_required: bool,
    /// The schema of its JSON response.
    pub response: Option<Value>,
    /// Whether a success may come without a body.
    pub may_be_empty: bool,
    /// Whether it answers text that is no JSON.
    pub responses_text: bool,
    /// The JSON schema of each response, by status; null where it has none.
    pub statuses: BTreeMap<String, Value>,
}

/// A delivery of a webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The type that it names.
    pub name: String,
    /// The key of the object that it carries.
    pub root: String,
    /// The schema of its body.
    pub schema: Value,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The path of a server of its own; that of the document has the first version.
fn base_path(server: &Value) -> String {
    let url = server
        .as_str()
        .and_then(|url| reqwest::Url::parse(url).ok());
    url.map_or("/api/v1".to_owned(), |url| url.path().to_owned())
}

impl Document {
    /// Reads the document of this workspace.
    pub fn read() -> Result<Self, String> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |file: &str| {
            let text =
                fs::read_to_string(workspace.join(file)).map_err(|e| format!("{file}: {e}"))?;
            yaml::parse(&text).map_err(|e| format!("{file}: {e}"))
        };
        let mut root = read("openapi.yaml")?;
        let folder = workspace.join("xtask/overlay");
        let files = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut names: Vec<_> = files.flatten().map(|file| file.file_name()).collect();
        names.sort();
        for name in names {
            let file = format!("xtask/overlay/{}", name.to_string_lossy());
            overlay::apply(&mut root, &read(&file)?).map_err(|e| format!("{file}: {e}"))?;
        }
        Ok(Self { root })
    }

    /// Any document with schemas that refer to each other.
    pub fn of(root: Value) -> Self {
        Self { root }
    }

    /// Every operation.
    pub fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.root["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(self.operation(path, method, item, operation));
                }
            }
        }
        operations
    }

    /// Every webhook.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let only = |schema: &Value, property: &str| {
            let value = schema["properties"][property]["enum"][0].as_str();
            value.unwrap_or_default().to_owned()
        };
        let items = self.root["webhooks"].as_object().into_iter().flatten();
        items
            .map(|(_, item)| {
                let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
                Delivery {
                    name: only(schema, "webhook_type"),
                    root: only(schema, "object_type"),
                    schema: schema.clone(),
                }
            })
            .collect()
    }

    /// Every component schema, by name.
    pub fn components(&self) -> impl Iterator<Item = (&String, &Value)> {
        let schemas = self.root["components"]["schemas"].as_object();
        schemas.into_iter().flatten()
    }

    fn operation(&self, path: &str, method: &str, item: &Value, operation: &Value) -> Operation {
        let mut parameters: Vec<Value> = Vec::new();
        for holder in [item, operation] {
            for parameter in holder["parameters"].as_array().into_iter().flatten() {
                let parameter = self.follow(parameter);
                parameters.retain(|known| {
                    (&known["in"], &known["name"]) != (&parameter["in"], &parameter["name"])
                });
                parameters.push(parameter.clone());
            }
        }
        let response = self.follow(&operation["responses"]["200"]);
        let content = response["content"].as_object();
        let json = content.and_then(|content| content.get("application/json"));
        let body = operation.get("requestBody").map(|body| self.follow(body));
        Operation {
            id: operation["operationId"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            method: method.to_uppercase(),
            base_path: base_path(&operation["servers"][0]["url"]),
            path: path.to_owned(),
            parameters,
            body: body.map(|body| body["content"]["application/json"]["schema"].clone()),
            body_required: body.is_some_and(|body| body["required"] == true),
            response: json.map(|media| media["schema"].clone()),
            may_be_empty: response["x-may-be-empty"] == true,
            responses_text: json.is_none() && content.is_some_and(|content| !content.is_empty()),
            statuses: self.statuses(&operation["responses"]),
        }
    }

    fn statuses(&self, responses: &Value) -> BTreeMap<String, Value> {
        let schema = |response: &Value| {
            let content = &self.follow(response)["content"];
            content["application/json"]["schema"].clone()
        };
        let responses = responses.as_object().into_iter().flatten();
        responses
            .map(|(status, response)| (status.clone(), schema(response)))
            .collect()
    }

    /// What stands at an address of the overlay.
    pub fn at(&self, address: &str) -> Option<&Value> {
        overlay::place(&self.root, address)
    }

    /// The document with the entries of an overlay file as well.
    ///
    /// # Errors
    ///
    /// An entry names a place that the document does not have.
    pub fn amended(&self, entries: &Value) -> Result<Self, String> {
        let mut root = self.root.clone();
        overlay::apply(&mut root, &json!({ "entries": entries }))?;
        Ok(Self { root })
    }

    /// What a reference leads to; a node that is none is itself.
    pub fn followed<'d>(&'d self, node: &'d Value) -> &'d Value {
        self.follow(node)
    }

    fn follow<'d>(&'d self, node: &'d Value) -> &'d Value {
        let target = node["$ref"]
            .as_str()
            .and_then(|target| target.strip_prefix('#'));
        match target.and_then(|pointer| self.root.pointer(pointer)) {
            Some(target) => self.follow(target),
            None => node,
        }
    }

    /// Whether a merged schema, or one of its alternatives, allows null.
    pub fn allows_null(&self, schema: &Map<String, Value>) -> bool {
        let mut members = members(schema).into_iter().flatten();
        allows(schema, "null")
            || schema.get("nullable") == Some(&json!(true))
            || members.any(|member| self.allows_null(&self.merged(member)))
    }

    /// A schema without references and `allOf` at its top: what stands beside them adds to what
    /// they bring.
    pub fn merged(&self, schema: &Value) -> Map<String, Value> {
        let mut merged = Map::new();
        let mut members = Vec::new();
        if schema.get("$ref").is_some() {
            members.push(self.merged(self.follow(schema)));
        }
        for member in schema["allOf"].as_array().into_iter().flatten() {
            members.push(self.merged(member));
        }
        let beside = schema.as_object().into_iter().flatten();
        members.push(
            beside
                .filter(|(key, _)| !matches!(key.as_str(), "$ref" | "allOf"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        );
        for (key, value) in members.into_iter().flatten() {
            match (merged.entry(key.as_str()).or_insert(json!(null)), value) {
                (Value::Object(known), Value::Object(more)) if key == "properties" => {
                    known.extend(more)
                }
                (Value::Array(known), Value::Array(more)) if key == "required" => {
                    known.extend(more)
                }
                (known, value) => *known = value,
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_reference_adds_to_it() {
        let document = Document::of(json!({ "components": { "schemas": {
            "Base": { "properties": { "a": {} }, "required": ["a"] },
            "More": { "allOf": [{ "$ref": "#/components/schemas/Base" }, { "properties": { "b": {} } }] },
        } } }));
        let schema = json!({ "$ref": "#/components/schemas/More", "required": ["b"] });
        assert_eq!(
            Value::Object(document.merged(&schema)),
            json!({ "properties": { "a": {}, "b": {} }, "required": ["a", "b"] })
        );
    }
}
