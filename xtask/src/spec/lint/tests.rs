//! Each rule on documents that it is about: one where it speaks, one where it is silent.

use serde_json::{Value, json};

use super::allowed::Allowed;
use super::*;
use crate::yaml::read::Document;

/// A document with these schemas; `Thing` is received, `ThingInput` sent.
fn schemas(schemas: Value) -> Value {
    let body = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
    let mut all = json!({"Thing": {}, "ThingInput": {}});
    for (name, schema) in schemas.as_object().unwrap() {
        all[name] = schema.clone();
    }
    json!({
        "openapi": "3.1.0",
        "paths": {"/things": {"put": {
            "operationId": "updateThing", "requestBody": body("ThingInput"),
            "responses": {"200": body("Thing"), "404": {}},
        }}},
        "components": {"schemas": all},
    })
}

fn operation(path: &str, operation: Value) -> Value {
    json!({"openapi": "3.1.0", "paths": {path: {"get": operation}}})
}

/// A schema that is received.
fn thing(schema: Value) -> Value {
    schemas(json!({ "Thing": schema }))
}

fn text(more: Value) -> Value {
    let mut schema = json!({"type": "string"});
    schema
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    thing(schema)
}

/// A rule, a document where it speaks and at which pointer, and one where it is silent.
fn cases() -> Vec<(&'static str, Value, &'static str, Value)> {
    let fine = || json!({"operationId": "findThings", "responses": {"404": {}}});
    let with = |key: &str, value: Value| {
        let mut operation = fine();
        operation[key] = value;
        operation
    };
    let id = |place: &str| json!({"name": "id", "in": place});
    let either = |one: Value, other: Value| thing(json!({"oneOf": [one, other]}));
    let kind = |kind: &str| json!({"type": "object", "properties": {"kind": {"type": "string", "enum": [kind]}}, "required": ["kind"]});
    let object =
        |name: &str, ty: &str| json!({"type": "object", "properties": {name: {"type": ty}}});
    let both = |one: Value, other: Value| thing(json!({"allOf": [one, other]}));
    let views = |base: Value| {
        let mut document = schemas(json!({
            "ThingObject": {"type": "object", "properties": {"id": base}},
            "ThingObjectExtended": {"type": "object", "properties": {"id": {"type": ["string", "null"]}}},
        }));
        document["components"]["schemas"]["Thing"] = json!({"anyOf": [
            {"$ref": "#/components/schemas/ThingObject"}, {"$ref": "#/components/schemas/ThingObjectExtended"},
        ]});
        document
    };
    let states = |received: Value| {
        schemas(json!({
            "Thing": {"type": "object", "properties": {"state": {"type": "string", "enum": received}}},
            "ThingInput": {"type": "object", "properties": {"state": {"type": "string", "enum": ["on", "off"]}}},
        }))
    };
    let events = |last: &str| {
        thing(json!({"type": "string", "enum": [
            "payment_receipt.created", "payment_receipt.generated", "payment_object.created", "invoice.generated", "credit_note.generated", last,
        ]}))
    };
    vec![
        (
            "reference-nowhere",
            thing(json!({"$ref": "#/components/schemas/Gone"})),
            "/components/schemas/Thing/$ref",
            thing(json!({"$ref": "#/components/schemas/ThingInput"})),
        ),
        (
            "parameter-twice",
            operation("/a", with("parameters", json!([id("query"), id("query")]))),
            "/paths/~1a/get/parameters/1",
            operation(
                "/a/{id}",
                with("parameters", json!([id("path"), id("query")])),
            ),
        ),
        (
            "path-parameter-undeclared",
            operation("/a/{id}", fine()),
            "/paths/~1a~1{id}/get",
            operation("/a/{id}", with("parameters", json!([id("path")]))),
        ),
        (
            "path-parameter-unused",
            operation("/a", with("parameters", json!([id("path")]))),
            "/paths/~1a/get",
            operation("/a", with("parameters", json!([id("query")]))),
        ),
        (
            "operation-id",
            operation("/a", with("operationId", json!("find_things"))),
            "/paths/~1a/get/operationId",
            operation("/a", fine()),
        ),
        (
            "missing-4xx",
            operation("/a", with("responses", json!({"200": {}}))),
            "/paths/~1a/get",
            operation("/a", with("responses", json!({"default": {}}))),
        ),
        (
            "required-undeclared",
            thing(json!({"required": ["b"], "properties": {"a": {}}})),
            "/components/schemas/Thing/required/0",
            thing(json!({"allOf": [{"required": ["b"]}, {"properties": {"b": {}}}]})),
        ),
        (
            "unknown-format",
            text(json!({"format": "object"})),
            "/components/schemas/Thing/format",
            text(json!({"format": "date-time"})),
        ),
        (
            "schema-of-another-type",
            text(json!({"items": {}})),
            "/components/schemas/Thing/items",
            thing(json!({"type": ["array", "null"], "items": {}})),
        ),
        (
            "enum-values",
            text(json!({"enum": ["a", 1]})),
            "/components/schemas/Thing/enum/1",
            text(json!({"enum": ["a", "b"]})),
        ),
        (
            "closed-enum",
            states(json!(["on"])),
            "/components/schemas/Thing/properties/state",
            states(json!(["on", "off", "new"])),
        ),
        (
            "pattern-invalid",
            text(json!({"pattern": "^(a$"})),
            "/components/schemas/Thing/pattern",
            text(json!({"pattern": "^(a)$"})),
        ),
        (
            "pattern-dot",
            text(json!({"pattern": "^[0-9]+.?[0-9]*$"})),
            "/components/schemas/Thing/pattern",
            text(json!({"pattern": r"^[0-9]+\.?[0-9]*$"})),
        ),
        (
            "pattern-unanchored",
            text(json!({"pattern": "[a-z]+"})),
            "/components/schemas/Thing/pattern",
            text(json!({"pattern": "^[a-z]+$"})),
        ),
        (
            "example-mismatch",
            text(json!({"format": "uuid", "example": "abc"})),
            "/components/schemas/Thing/example",
            text(json!({"example": "abc"})),
        ),
        (
            "default-mismatch",
            text(json!({"default": 1})),
            "/components/schemas/Thing/default",
            text(json!({"default": "1"})),
        ),
        (
            "illogical-composition",
            both(object("a", "string"), object("a", "integer")),
            "/components/schemas/Thing/allOf/1",
            both(object("a", "string"), object("b", "integer")),
        ),
        (
            "ambiguous-one-of",
            either(
                object("a", "string"),
                object("a", "string")
                    .as_object()
                    .map(|one| {
                        let mut one = Value::Object(one.clone());
                        one["title"] = json!("x");
                        one
                    })
                    .unwrap(),
            ),
            "/components/schemas/Thing/oneOf/1",
            either(kind("a"), kind("b")),
        ),
        (
            "nullability-differs",
            views(json!({"type": "string"})),
            "/components/schemas/ThingObject/properties/id",
            views(json!({"type": ["string", "null"]})),
        ),
        (
            "misspelt",
            events("payment_objecteipt.created"),
            "/components/schemas/Thing/enum/5",
            events("payment_request.created"),
        ),
    ]
}

/// The pointers at which a rule speaks.
fn speaks(rule: &str, document: &Value) -> Vec<String> {
    let found = lint(document)
        .into_iter()
        .filter(|finding| finding.rule == rule);
    found.map(|finding| finding.pointer).collect()
}

#[test]
fn each_rule_speaks_where_it_should_and_is_silent_where_not() {
    let cases = cases();
    let mut covered: Vec<&str> = cases.iter().map(|(rule, ..)| *rule).collect();
    covered.dedup();
    assert_eq!(covered, ids());
    for (rule, wrong, at, fine) in cases {
        assert_eq!(speaks(rule, &wrong), [at], "{rule}");
        assert_eq!(speaks(rule, &fine), [] as [&str; 0], "{rule}");
    }
}

#[test]
fn more_faults_of_each_kind_are_told_apart() {
    let object = |more: Value| {
        let mut schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        schema
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        schema
    };
    for (rule, document, expected) in [
        (
            "unknown-format",
            text(json!({"format": "^[0-9]+$"})),
            "is a regular expression and no format",
        ),
        (
            "unknown-format",
            text(json!({"format": "date_time"})),
            "no registry has the format `date_time`",
        ),
        (
            "unknown-format",
            text(json!({"format": "int32"})),
            "says nothing of the type string",
        ),
        (
            "schema-of-another-type",
            thing(json!({"type": "array"})),
            "does not say of what",
        ),
        (
            "schema-of-another-type",
            text(json!({"minLength": 3, "maxLength": 2})),
            "within these bounds",
        ),
        (
            "enum-values",
            text(json!({"enum": ["a", "a"]})),
            "is listed twice",
        ),
        (
            "enum-values",
            thing(json!({"type": ["string", "null"], "enum": ["a"]})),
            "null is of the type",
        ),
        (
            "illogical-composition",
            thing(json!({"allOf": []})),
            "has no members",
        ),
        (
            "illogical-composition",
            thing(json!({"oneOf": [{"type": "string"}, {"type": "string"}]})),
            "a second time",
        ),
        (
            "illogical-composition",
            thing(json!({"allOf": [{"type": "string"}, {"type": "object"}]})),
            "of different types",
        ),
        (
            "illogical-composition",
            thing(
                json!({"allOf": [object(json!({"additionalProperties": false})), {"properties": {"b": {}}}]}),
            ),
            "forbids the properties",
        ),
        (
            "ambiguous-one-of",
            thing(json!({"oneOf": [{"type": "integer"}, {"type": "number"}]})),
            "another choice, too",
        ),
        (
            "misspelt",
            schemas(
                json!({"FeeInvoice": {}, "PlanInvoice": {}, "Invoices": {}, "AnInvoice": {}, "CustomerInvioce": {}}),
            ),
            "`invioce` stands for `invoice`",
        ),
        (
            "operation-id",
            operation("/a", json!({})),
            "has no operationId",
        ),
    ] {
        let found = lint(&document);
        let said = found
            .iter()
            .any(|found| found.rule == rule && found.message.contains(expected));
        assert!(said, "{rule}: {expected}\n{found:#?}");
    }
}

#[test]
fn what_is_allowed_is_left_out_and_what_allows_nothing_is_named() {
    let document = text(json!({"format": "object", "pattern": "a"}));
    let allowed = Allowed::parse(
        "lint.yaml",
        "- {rule: unknown-format, at: [Thing, Other], reason: r}\n- {rule: pattern-unanchored, at: 'Th*', reason: r}\n",
    )
    .unwrap();
    let (rest, allowed, idle) = allowed.apply(lint(&document));
    assert_eq!((rest.len(), allowed, idle.len()), (0, 2, 1));
    assert!(
        idle[0]
            .message
            .contains("nothing is found by `unknown-format` at `Other`")
    );
    for (text, expected) in [
        (
            "- {rule: unknown, at: A, reason: r}\n",
            "no rule is called `unknown`",
        ),
        ("- {rule: misspelt, at: A}\n", "does not say its reason"),
        ("- {rule: misspelt, reason: r}\n", "does not say its at"),
        (
            "- {rule: misspelt, at: A, reason: r, why: w}\n",
            "`why` says nothing here",
        ),
        ("a: b\n", "no list of entries"),
    ] {
        let said = Allowed::parse("lint.yaml", text).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_finding_shows_its_lines() {
    let text = "openapi: 3.1.0
paths:
  /a:
    get:
      operationId: findA
      parameters:
        - {name: page, in: query}
        - {name: page, in: query, required: true} # größe
      responses: {'404': {}}
";
    let document = Document::parse("api.yaml", text).unwrap();
    let shown = shown::Shown::new(&document, text);
    let findings = lint(document.root());
    let texts: Vec<String> = findings.iter().map(|finding| shown.text(finding)).collect();
    insta::assert_snapshot!(texts.join("\n"));
    let json = shown.json(&findings[0]);
    assert_eq!((&json["line"], &json["column"]), (&json!(8), &json!(11)));
    assert_eq!(json["beside"]["line"], 7);
}

#[test]
fn our_own_document_has_no_findings_that_nobody_has_weighed() {
    let root = crate::workspace().unwrap();
    let (said, is_sound) = crate::spec::lint_file(&root, None, false).unwrap();
    assert!(is_sound, "{said}");
}
