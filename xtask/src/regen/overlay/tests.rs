mod absence;
mod evidence;
mod review;

use serde_json::json;

use super::*;
use crate::regen::schema::{CODES, LEFT_OUT, MAY_BE_EMPTY, NULL_AS_EMPTY, UNPUBLISHED, reference};

fn api() -> Value {
    json!({
        "paths": {"/fees": {
            "get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}}},
            "put": {"requestBody": {"content": {}}, "responses": {"404": {"$ref": "#/components/responses/NotFound"}}},
        }},
        "components": {"schemas": {
            "Envelope": {"type": "object", "properties": {"fee": {"$ref": "#/components/schemas/Fee"}}},
            "Fee": {"type": "object", "required": ["units"], "properties": {
                "units": {"type": "number"},
                "kind": {"type": "string", "enum": ["charge"]},
            }},
            "Invoice": {"type": "object", "properties": {"fees": {"type": "array", "items": {"$ref": "#/components/schemas/Envelope"}}}},
            "Wide": {"allOf": [{"$ref": "#/components/schemas/Fee"}, {"type": "object", "required": ["a"], "properties": {"a": {}}}]},
        }},
    })
}

fn source(text: &str) -> Vec<Source> {
    vec![Source {
        name: "overlay/fees.yaml".to_owned(),
        text: format!("server: lago-api 0123abc (today)\nentries:\n{text}"),
    }]
}

fn apply(change: &str, target: &str) -> (Value, Vec<Diagnostic>) {
    let text = format!(
        "- target: {target}\n  change: {change}\n  why: because\n  evidence: live server\n"
    );
    let mut root = api();
    let overlay = Overlay::parse(&source(&text)).unwrap();
    let (_, findings) = overlay.apply(&mut root);
    (root, findings)
}

/// The schema after a change that has to apply.
fn changed(change: &str, target: &str, pointer: &str) -> Value {
    let (root, findings) = apply(change, target);
    let messages: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
    assert!(messages.is_empty(), "{messages:?}");
    root.pointer(pointer).cloned().unwrap_or_default()
}

const SCHEMAS: &str = "/components/schemas";

#[test]
fn schemas_are_wrapped_unwrapped_merged_and_replaced() {
    let fee = changed("{wrap: fee}", "Fee", &format!("{SCHEMAS}/Fee"));
    assert_eq!(fee["required"], json!(["fee"]));
    let place = format!("{SCHEMAS}/Invoice/properties/fees/items");
    let items = changed("{unwrap: fee}", "Invoice.fees[]", &place);
    assert_eq!(reference(&items), Some("Fee"));
    let place = format!("{SCHEMAS}/Fee/properties/units");
    let units = changed("{merge: {type: string}}", "Fee.units", &place);
    assert_eq!(units, json!({"type": "string"}));
    let units = changed("{replace: {type: boolean}}", "Fee.units", &place);
    assert_eq!(units, json!({"type": "boolean"}));
}

#[test]
fn null_is_allowed_in_every_form_and_the_reason_reaches_readers() {
    let place = format!("{SCHEMAS}/Fee/properties");
    let fields = changed("nullable", "[Fee.units, Fee.kind]", &place);
    assert_eq!(
        fields["units"],
        json!({"type": ["number", "null"], "description": "because."})
    );
    assert_eq!(fields["kind"]["enum"], json!(["charge", null]));
    let place = format!("{SCHEMAS}/Envelope/properties/fee");
    let fee = changed("nullable", "Envelope.fee", &place);
    assert_eq!(fee["anyOf"][1], json!({"type": "null"}));
    let (_, findings) = apply("nullable", "Wide.a");
    assert!(findings[0].message.contains("also null"));
}

#[test]
fn properties_become_required_and_optional_and_come_and_go() {
    let fee = changed("optional", "Fee.units", &format!("{SCHEMAS}/Fee"));
    assert_eq!(fee["required"], json!([]));
    let fee = changed("required", "Fee.kind", &format!("{SCHEMAS}/Fee"));
    assert_eq!(fee["required"], json!(["units", "kind"]));
    let fee = changed("absent", "Fee.units", &format!("{SCHEMAS}/Fee"));
    assert_eq!(
        (&fee["required"], fee["properties"].get("units")),
        (&json!([]), None)
    );
    let wide = changed("optional", "Wide.a", &format!("{SCHEMAS}/Wide/allOf/1"));
    assert_eq!(wide["required"], json!([]));
    let change = "{add: {required: [b], properties: {b: {type: string}}}}";
    let wide = changed(change, "Wide", &format!("{SCHEMAS}/Wide/allOf/1"));
    assert_eq!(wide["required"], json!(["a", "b"]));
    assert_eq!(wide["properties"]["b"]["description"], "because.");
    let (_, findings) = apply("{add: {properties: {units: {}}}}", "Wide");
    assert!(findings[0].message.contains("`units` already"));
}

#[test]
fn enums_grow() {
    let place = format!("{SCHEMAS}/Fee/properties/kind/enum");
    let values = changed("{values: [product]}", "Fee.kind", &place);
    assert_eq!(values, json!(["charge", "product"]));
    let (_, findings) = apply("{values: [charge]}", "Fee.kind");
    assert!(findings[0].message.contains("`charge` already"));
}

#[test]
fn what_leaving_out_and_null_do_is_marked_and_said() {
    let place = format!("{SCHEMAS}/Fee/properties/units");
    let units = changed("{left_out: reset}", "Fee.units", &place);
    assert_eq!(units[LEFT_OUT], "reset");
    assert_eq!(units["description"], "**Reset when left out.** because.");
    let text = "- {target: Fee.units, change: nullable, why: w, evidence: live server}
- {target: Fee.units, change: {null_as: {}}, why: w, evidence: live server}
";
    let mut root = api();
    let (applied, _) = Overlay::parse(&source(text)).unwrap().apply(&mut root);
    assert_eq!(applied, 2);
    assert_eq!(root.pointer(&place).unwrap()[NULL_AS_EMPTY], true);
    let (_, findings) = apply("{null_as: {}}", "Fee.units");
    assert!(findings[0].message.contains("nothing is null there"));
}

#[test]
fn a_note_is_said_once() {
    let place = format!("{SCHEMAS}/Fee/properties/units/description");
    assert_eq!(changed("note", "Fee.units", &place), "because.");
}

#[test]
fn operations_get_parameters_errors_and_bodies() {
    let place = "/paths/~1fees/get/parameters/0/name";
    let name = changed("{parameter: {name: page, in: query}}", "GET /fees", place);
    assert_eq!(name, "page");
    let place = "/paths/~1fees/put/responses";
    let responses = changed(
        "{errors: {'404': [fee_not_found], '405': []}}",
        "PUT /fees",
        place,
    );
    assert_eq!(responses["404"][CODES], json!(["fee_not_found"]));
    assert!(responses["405"].is_object());
    let (root, _) = apply("{errors: {'403': []}}", "every operation");
    assert!(root.pointer("/paths/~1fees/get/responses/403").is_some());
    let body = changed(
        "required",
        "PUT /fees request",
        "/paths/~1fees/put/requestBody",
    );
    assert_eq!(body["required"], true);
    let place = "/paths/~1fees/get/responses/200";
    assert_eq!(
        changed("may be empty", "GET /fees 200", place)[MAY_BE_EMPTY],
        true
    );
}

#[test]
fn a_parameter_that_the_document_has_is_not_added_however_it_is_written() {
    let inline = json!({"name": "currency", "in": "query", "schema": {"type": "string"}});
    let reference = json!({"$ref": "#/components/parameters/currency"});
    for (known, added) in [
        (&inline, &reference),
        (&reference, &inline),
        (&reference, &reference),
    ] {
        let mut root = api();
        root["components"]["parameters"] = json!({ "currency": inline });
        root["paths"]["/fees"]["get"]["parameters"] = json!([known]);
        let refused = operation::add_parameter(&mut root, "GET /fees", added);
        assert!(
            refused.unwrap_err().to_string().contains("already"),
            "{known} {added}"
        );
    }
}

#[test]
fn a_parameter_goes_and_the_next_one_is_found_in_its_place() {
    let mut root = api();
    let get = &mut root["paths"]["/fees"]["get"];
    get["parameters"] = json!([
        {"name": "old", "in": "query", "schema": {"type": "string"}},
        {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["charge"]}},
    ]);
    let entry = |target, change| {
        format!("- {{target: '{target}', change: {change}, why: because, evidence: live server}}\n")
    };
    let text = entry("GET /fees?old", "absent")
        + &entry("GET /fees?kind", "{values: [product]}")
        + &entry("GET /fees?new", "absent");
    let (applied, findings) = Overlay::parse(&source(&text)).unwrap().apply(&mut root);
    assert_eq!((applied, findings.len()), (2, 1));
    let left = json!([
        {"name": "kind", "in": "query",
         "schema": {"type": "string", "enum": ["charge", "product"], "description": "because."}},
    ]);
    assert_eq!(root["paths"]["/fees"]["get"]["parameters"], left);
}

#[test]
fn what_the_document_lacks_is_added_and_marked() {
    let new = changed(
        "{operation: {operationId: new}}",
        "POST /new",
        "/paths/~1new/post",
    );
    assert_eq!(new[UNPUBLISHED], true);
    let change = "{webhook: {name: fee.gone, root: fee, schema: {type: string}, summary: s}}";
    let new = changed(change, "webhook fee_gone", "/webhooks/fee_gone/post");
    let body = &new["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"]["fee"], json!({"type": "string"}));
    changed(
        "{schema: {type: object}}",
        "Quote",
        &format!("{SCHEMAS}/Quote"),
    );
    let (_, findings) = apply("{schema: {type: object}}", "Fee");
    assert!(findings[0].message.contains("has a schema of this name"));
}

#[test]
fn what_an_entry_refers_to_is_there() {
    for change in [
        "{add: {properties: {a: {type: array, items: {$ref: '#/components/schemas/Gone'}}}}}",
        "{replace: {$ref: '#/components/schemas/Gone'}}",
        "{webhook: {name: fee.gone, root: fee, schema: {$ref: '#/components/schemas/Gone'}, summary: s}}",
    ] {
        let (root, findings) = apply(change, "Fee");
        let message = &findings.first().expect(change).message;
        assert!(
            message.contains("refers to `#/components/schemas/Gone`"),
            "{message}"
        );
        assert_eq!(root, api());
    }
}

#[test]
fn an_entry_may_aim_at_what_one_before_it_made() {
    let text = "- {target: Fee, change: {add: {properties: {a: {type: string}}}}, why: w, evidence: live server}
- {target: Fee.a, change: nullable, why: w, evidence: live server}
- {target: Quote, change: {schema: {type: object, properties: {b: {type: string}}}}, why: w, evidence: live server}
- {target: Quote.b, change: required, why: w, evidence: live server}
";
    let mut root = api();
    let (applied, findings) = Overlay::parse(&source(text)).unwrap().apply(&mut root);
    assert_eq!((applied, findings.len()), (4, 0));
}

#[test]
fn an_entry_that_repeats_or_misses_says_so() {
    for (change, target, said) in [
        ("{merge: {type: number}}", "Fee.units", "says the same"),
        ("optional", "Fee.kind", "says the same"),
        ("required", "Fee.units", "says the same"),
        ("{unwrap: fee}", "Fee.gone", "not in this document"),
        ("absent", "Fee.gone", "not in this document"),
        ("{errors: {'404': []}}", "PUT /fees", "says the same"),
        ("optional", "PUT /fees request", "says the same"),
        ("may be empty", "PUT /fees 404", "no body there"),
        ("{operation: {}}", "GET /fees", "has this operation"),
    ] {
        let (_, findings) = apply(change, target);
        let finding = findings.first().expect(change);
        assert!(finding.message.contains(said), "{}", finding.message);
        assert_eq!(finding.line, Some(3));
    }
}

#[test]
fn an_entry_that_is_not_whole_is_refused() {
    for (entry, said) in [
        ("{target: Fee, change: nullable, why: x}", "evidence"),
        (
            "{target: [], change: nullable, why: x, evidence: live server}",
            "target",
        ),
        (
            "{target: Fee, change: nulable, why: x, evidence: live server}",
            "`nulable`",
        ),
        (
            "{target: Fee, change: {add: {a: {}}}, why: x, evidence: live server}",
            "`add`",
        ),
        (
            "{target: Fee, change: {left_out: kept}, why: x, evidence: live server}",
            "`left_out`",
        ),
        (
            "{target: Fee, change: {null_as: []}, why: x, evidence: live server}",
            "`null_as`",
        ),
        (
            "{target: Fee, change: {errors: {'200': []}}, why: x, evidence: live server}",
            "`errors`",
        ),
        (
            "{target: Fee, change: nullable, why: x, evidence: live server, kind: k}",
            "`kind`",
        ),
    ] {
        let error = Overlay::parse(&source(&format!("- {entry}\n"))).unwrap_err();
        assert!(error.0[0].message.contains(said), "{}", error.0[0].message);
    }
}
