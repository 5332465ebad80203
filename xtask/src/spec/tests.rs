//! What an import takes, keeps, orders and reports.

mod apply;
mod words;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::changes::{Count, Kind};
use super::import::{Imported, import};
use super::import_file;
use crate::diagnostic::Diagnostics;
use crate::yaml::read::Document;
use crate::yaml::write::to_yaml;

fn document(value: &Value) -> Document {
    Document::parse("doc.yaml", &to_yaml(value)).unwrap()
}

fn try_import(theirs: &Value, ours: &Value) -> Result<Imported, Diagnostics> {
    let ours = (!ours.is_null()).then(|| document(ours));
    import(&document(theirs), ours.as_ref(), ours.as_ref(), None)
}

fn imported(theirs: &Value, ours: &Value) -> Value {
    let text = try_import(theirs, ours).unwrap().text;
    Document::parse("out.yaml", &text).unwrap().root().clone()
}

/// A document whose only schema is `schema`.
fn schema(schema: Value) -> Value {
    json!({"openapi": "3.1.0", "components": {"schemas": {"S": schema}}})
}

fn imported_schema(theirs: Value, ours: Value) -> Value {
    imported(&schema(theirs), &schema(ours))["components"]["schemas"]["S"].clone()
}

/// A document whose only operation is `operation`.
fn operation(operation: Value) -> Value {
    json!({"openapi": "3.1.0", "paths": {"/plans": {"get": operation}}})
}

fn imported_operation(theirs: Value, ours: Value) -> Value {
    imported(&operation(theirs), &operation(ours))["paths"]["/plans"]["get"].clone()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn upstream_prose_stays_out_and_ours_stays_in() {
    let theirs = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "summary": "T", "description": "T", "version": "2",
                 "license": {"name": "AGPLv3", "url": "https://example.com"}},
        "servers": [{"url": "https://b", "description": "T"}, {"url": "https://a", "description": "T"}],
        "tags": [{"name": "new", "description": "T"},
                 {"name": "old", "description": "T", "externalDocs": {"url": "u", "description": "T"}}],
        "externalDocs": {"description": "T", "url": "u"},
    });
    let ours = json!({
        "openapi": "3.1.0",
        "info": {"title": "Ours", "version": "1", "license": {"name": "Ours"}},
        "servers": [{"url": "https://a", "description": "A of ours"}],
        "tags": [{"name": "old", "description": "Old of ours", "externalDocs": {"description": "Docs"}},
                 {"name": "gone", "description": "Gone"}],
        "externalDocs": {"description": "Home"},
    });
    let expected = json!({
        "openapi": "3.1.0",
        "info": {"title": "Ours", "version": "2", "license": {"name": "Ours"}},
        "servers": [{"url": "https://b"}, {"url": "https://a", "description": "A of ours"}],
        "tags": [{"name": "new"},
                 {"name": "old", "description": "Old of ours",
                  "externalDocs": {"description": "Docs", "url": "u"}}],
        "externalDocs": {"description": "Home", "url": "u"},
    });
    assert_eq!(imported(&theirs, &ours), expected);
}

#[test]
fn a_first_import_names_itself_and_its_licence() {
    let theirs = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}});
    let ours = "MIT OR Apache-2.0";
    assert_eq!(
        imported(&theirs, &Value::Null)["info"],
        json!({"title": "Lago API", "version": "1", "license": {"name": ours, "identifier": ours}})
    );
}

#[test]
fn what_is_called_like_prose_but_is_none_stays() {
    let theirs = json!({
        "type": "object",
        "required": ["description"],
        "properties": {
            "description": {"type": "string", "description": "T"},
            "title": {"type": "string", "title": "T"},
            "properties": {"type": "object", "properties": {"summary": {"description": "T"}}},
        },
        "default": {"description": "d"},
        "example": {"summary": "s", "items": [{"title": "t"}]},
        "examples": [{"description": "e"}],
        "enum": [{"title": "f"}],
        "additionalProperties": {"description": "T", "type": "string"},
        "x-extension": {"description": "x"},
    });
    let mut expected = theirs.clone();
    expected["properties"] = json!({
        "description": {"type": "string"},
        "title": {"type": "string"},
        "properties": {"type": "object", "properties": {"summary": {}}},
    });
    expected["additionalProperties"] = json!({"type": "string"});
    assert_eq!(imported_schema(theirs, Value::Null), expected);
}

#[test]
fn schemas_find_their_words_by_pointer() {
    let theirs = json!({
        "title": "T",
        "allOf": [{"$ref": "#/a"}, {"type": "object", "description": "T"}],
        "properties": {
            "plan": {"$ref": "#/b", "description": "T"},
            "list": {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
            "new": {"description": "T"},
        },
    });
    let ours = json!({
        "title": "Ours",
        "allOf": [{}, {"description": "Second"}],
        "properties": {
            "list": {"items": {"oneOf": [{}, {"description": "None at all"}]}},
            "plan": {"$ref": "#/b", "description": "The plan"},
            "gone": {"description": "Gone"},
        },
    });
    let expected = json!({
        "title": "Ours",
        "allOf": [{"$ref": "#/a"}, {"type": "object", "description": "Second"}],
        "properties": {
            "plan": {"$ref": "#/b", "description": "The plan"},
            "list": {"type": "array", "items":
                {"oneOf": [{"type": "string"}, {"type": "null", "description": "None at all"}]}},
            "new": {},
        },
    });
    assert_eq!(imported_schema(theirs, ours), expected);
}

#[test]
fn parameters_find_their_words_wherever_they_stand() {
    let theirs = json!({"parameters": [
        {"$ref": "#/components/parameters/page"},
        {"name": "code", "in": "query", "description": "T", "schema": {"type": "string", "description": "T"}},
        {"name": "code", "in": "path", "required": true},
    ]});
    let ours = json!({"parameters": [
        {"name": "code", "in": "path", "description": "In the path"},
        {"name": "code", "in": "query", "description": "In the query", "schema": {"description": "Its type"}},
        {"$ref": "#/components/parameters/page", "description": "The page"},
    ]});
    let expected = json!([
        {"$ref": "#/components/parameters/page", "description": "The page"},
        {"name": "code", "in": "query", "description": "In the query",
         "schema": {"type": "string", "description": "Its type"}},
        {"name": "code", "in": "path", "description": "In the path", "required": true},
    ]);
    assert_eq!(imported_operation(theirs, ours)["parameters"], expected);
}

#[test]
fn bodies_and_examples_lose_upstream_words() {
    let theirs = json!({"requestBody": {"description": "T", "content": {"application/json": {
        "schema": {"$ref": "#/a", "description": "T"},
        "examples": {"one": {"summary": "T", "value": {"summary": "s"}}},
    }}}});
    let ours = json!({"requestBody": {"description": "Ours"}});
    let expected = json!({"requestBody": {"description": "Ours", "content": {"application/json": {
        "schema": {"$ref": "#/a"},
        "examples": {"one": {"value": {"summary": "s"}}},
    }}}});
    assert_eq!(imported_operation(theirs, ours), expected);
}

#[test]
fn a_response_without_words_says_its_reason() {
    let theirs = json!({"responses": {
        "default": {"description": "T"}, "404": {"$ref": "#/r"}, "4XX": {"description": "T"},
        "422": {"description": "T"}, "200": {"description": "T"},
    }});
    let responses = imported_operation(
        theirs,
        json!({"responses": {"200": {"description": "Plans"}}}),
    );
    assert_eq!(
        keys(&responses["responses"]),
        ["200", "404", "422", "4XX", "default"]
    );
    assert_eq!(
        responses["responses"],
        json!({
            "200": {"description": "Plans"}, "404": {"$ref": "#/r"},
            "422": {"description": "Unprocessable Content"}, "4XX": {"description": "Client error"},
            "default": {"description": "Any other status"},
        })
    );
    let named = json!({"openapi": "3.1.0", "components": {"responses": {"NotFound": {}}}});
    let named = imported(&named, &Value::Null);
    assert_eq!(
        named["components"]["responses"]["NotFound"],
        json!({"description": "Not Found"})
    );
}

#[test]
fn order_is_canonical_but_for_what_means_something() {
    let theirs = json!({
        "components": {"schemas": {"B": {}, "A": {
            "deprecated": true, "x-other": 1, "properties": {"b": {}, "a": {}},
            "required": ["b", "a"], "enum": ["b", "a"], "type": "object",
        }}, "parameters": {}},
        "webhooks": {"z": {}, "y": {}},
        "paths": {"/b": {}, "/a": {"delete": {}, "put": {}, "post": {
            "responses": {}, "operationId": "o", "tags": ["b", "a"],
        }, "get": {}}},
        "tags": [{"name": "b"}, {"name": "a"}],
        "info": {"version": "1"},
        "openapi": "3.1.0",
    });
    let out = imported(&theirs, &Value::Null);
    assert_eq!(
        keys(&out),
        ["openapi", "info", "tags", "paths", "webhooks", "components"]
    );
    assert_eq!(keys(&out["paths"]), ["/a", "/b"]);
    assert_eq!(keys(&out["paths"]["/a"]), ["get", "post", "put", "delete"]);
    assert_eq!(
        keys(&out["paths"]["/a"]["post"]),
        ["tags", "operationId", "responses"]
    );
    assert_eq!(keys(&out["webhooks"]), ["y", "z"]);
    assert_eq!(keys(&out["components"]), ["parameters", "schemas"]);
    let schemas = &out["components"]["schemas"];
    assert_eq!(keys(schemas), ["A", "B"]);
    assert_eq!(
        keys(&schemas["A"]),
        [
            "type",
            "enum",
            "required",
            "properties",
            "deprecated",
            "x-other"
        ]
    );
    assert_eq!(keys(&schemas["A"]["properties"]), ["b", "a"]);
    assert_eq!(schemas["A"]["enum"], json!(["b", "a"]));
    assert_eq!(out["tags"], json!([{"name": "b"}, {"name": "a"}]));
}

#[test]
fn the_report_counts_facts_and_names_what_is_missing() {
    let ours = json!({
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"operationId": "a", "summary": "S"}, "put": {}}},
        "webhooks": {"w": {"post": {}}},
        "components": {
            "schemas": {"Gone": {}, "Same": {"description": "D"}, "Other": {"type": "string"}},
            "parameters": {"page": {"name": "page", "in": "query"}},
        },
    });
    let theirs = json!({
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {}}}}, "/b": {"post": {}}},
        "webhooks": {"w": {"post": {"description": "T"}}},
        "components": {
            "schemas": {"Same": {"title": "T"}, "Other": {"type": "null", "properties": {"p": {}, "r": {"$ref": "#/x"}}}},
            "parameters": {"page": {"in": "query", "name": "page"}},
        },
    });
    let Imported {
        changes, missing, ..
    } = try_import(&theirs, &ours).unwrap();
    let count = |added, removed, changed, total| Count {
        added,
        removed,
        changed,
        total,
    };
    assert_eq!(changes.of(Kind::Operations), count(1, 1, 1, 2));
    assert_eq!(changes.of(Kind::Schemas), count(0, 1, 1, 2));
    assert_eq!(changes.of(Kind::Webhooks), count(0, 0, 0, 1));
    assert_eq!(changes.of(Kind::Parameters), count(0, 0, 0, 1));
    assert_eq!(changes.of(Kind::Other), count(0, 0, 0, 1));
    assert_eq!(missing.operations, ["post /b"]);
    assert_eq!(missing.webhooks, ["w"]);
    assert_eq!(missing.schemas, ["Other"]);
    assert_eq!(
        (missing.properties, missing.parameters, missing.responses),
        (1, 1, 1)
    );
}

#[test]
fn what_is_no_openapi_3_is_refused() {
    for (theirs, message) in [
        (
            json!({"openapi": "2.0"}),
            "doc.yaml:1: the document says it is OpenAPI \"2.0\", not 3.x",
        ),
        (json!({"swagger": "2.0"}), "it has no `openapi` key"),
        (json!(["openapi"]), "it has no `openapi` key"),
    ] {
        let said = try_import(&theirs, &Value::Null).unwrap_err().to_string();
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn the_file_is_written_once_and_never_on_an_error() {
    let room = tempfile::tempdir().unwrap();
    let upstream = room.path().join("up.yaml");
    let target = room.path().join("openapi.yaml");
    let import = |upstream: &Path| import_file(room.path(), upstream, false);
    let outcome = |upstream: &Path| import(upstream).unwrap().lines().next().unwrap().to_owned();

    fs::write(&upstream, "openapi: 3.1.0\na: ]\n").unwrap();
    let refused = import(&upstream).unwrap_err().to_string();
    assert!(refused.contains("up.yaml:2"));
    assert!(!target.exists());

    fs::write(
        &upstream,
        "paths:\n  /b:\n    get: {}\n  /a: {}\nopenapi: 3.1.0\n",
    )
    .unwrap();
    assert_eq!(outcome(&upstream), "openapi.yaml: written");
    let first = fs::read_to_string(&target).unwrap();
    assert_eq!(outcome(&upstream), "openapi.yaml: unchanged");
    assert_eq!(outcome(&target), "openapi.yaml: unchanged");

    fs::write(&target, "openapi: [").unwrap();
    assert!(import(&upstream).is_err());
    assert_eq!(fs::read_to_string(&target).unwrap(), "openapi: [");

    fs::remove_file(&target).unwrap();
    import(&upstream).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), first);
    assert!(import(&room.path().join("none")).is_err());
}
