//! The rules that oasdiff documents, one case each: what was, what is, the id and how bad it is.

mod messages;
mod operations;
mod schemas;

use serde_json::{Value, json};

use super::compared;
use crate::spec::diff::rules::Severity::{self, Breaking, Info, Warning};

/// A case in a line: what was, what is, the id of the rule and how bad it is.
fn case(line: &str) -> (&str, &str, &str, Severity) {
    let [old, new, verdict] = line.split(" => ").collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    let (rule, severity) = verdict.split_once(' ').unwrap();
    let known = [Info, Warning, Breaking]
        .into_iter()
        .find(|one| one.word() == severity);
    (old, new, rule, known.unwrap_or_else(|| panic!("{line}")))
}

/// A node in YAML.
fn node(text: &str) -> Value {
    let document = crate::yaml::read::Document::parse("case.yaml", text).unwrap();
    document.root().clone()
}

/// A document whose only operation is one.
fn document(operation: Value) -> Value {
    json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/plans": {"post": operation}},
    })
}

/// A document that sends a schema as the property `p` of a body.
fn request(schema: &str) -> Value {
    document(
        json!({"requestBody": {"content": {"application/json": {"schema": holder(schema)}}}, "responses": {}}),
    )
}

/// A document that gets a schema as the property `p` of a response.
fn response(schema: &str) -> Value {
    document(
        json!({"responses": {"200": {"content": {"application/json": {"schema": holder(schema)}}}}}),
    )
}

fn holder(schema: &str) -> Value {
    json!({"type": "object", "properties": {"p": node(schema)}})
}

/// A document whose body is a schema.
fn request_body(schema: &str) -> Value {
    document(
        json!({"requestBody": {"content": {"application/json": {"schema": node(schema)}}}, "responses": {}}),
    )
}

/// A document that answers with a schema.
fn response_body(schema: &str) -> Value {
    document(
        json!({"responses": {"200": {"content": {"application/json": {"schema": node(schema)}}}}}),
    )
}

/// A document with a parameter of the query.
fn parameter(schema: &str) -> Value {
    document(
        json!({"parameters": [{"name": "p", "in": "query", "schema": node(schema)}], "responses": {}}),
    )
}

fn operation(text: &str) -> Value {
    document(node(text))
}

fn whole(text: &str) -> Value {
    let mut document = node(text);
    document["openapi"] = json!("3.1.0");
    document
}

/// Each case has its rule, as bad as it says, and nothing that is worse.
fn check(form: fn(&str) -> Value, cases: &str) -> usize {
    let lines: Vec<&str> = cases.lines().filter(|line| !line.is_empty()).collect();
    for line in &lines {
        let (old, new, rule, severity) = case(line);
        let comparison = compared(&form(old), &form(new));
        let verdicts = comparison
            .findings
            .iter()
            .flat_map(|finding| &finding.verdicts);
        let found: Vec<(&str, Severity)> = verdicts
            .map(|verdict| (verdict.rule.as_str(), verdict.severity))
            .collect();
        assert!(found.contains(&(rule, severity)), "{line}: {found:?}");
        let worst = found.iter().map(|(_, severity)| *severity).max();
        assert!(worst <= Some(severity), "{line}: {found:?}");
    }
    lines.len()
}

#[test]
fn the_rules_of_oasdiff() {
    let count = schemas::check_all() + messages::check_all() + operations::check_all();
    assert!(count >= 80, "{count}");
}

#[test]
fn a_schema_that_many_share_is_one_finding() {
    let of = |ty: &str| {
        let schema = json!({"$ref": "#/components/schemas/Plan"});
        let body = json!({"content": {"application/json": {"schema": schema}}});
        let operation = json!({"requestBody": body, "responses": {"200": body}});
        json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/plans": {"post": operation, "put": operation}},
            "webhooks": {"plan_created": {"post": {"requestBody": body}}},
            "components": {"schemas": {"Plan": {"type": "object", "properties": {"code": {"type": ty}}}}},
        })
    };
    let comparison = compared(&of("string"), &of("integer"));
    let [finding] = &comparison.findings[..] else {
        panic!("{:?}", comparison.findings)
    };
    assert_eq!(finding.place, "Plan.code");
    assert_eq!(finding.severity(), Breaking);
    let used: Vec<String> = finding
        .used
        .iter()
        .map(|(user, direction)| format!("{} {user}", direction.word()))
        .collect();
    assert_eq!(
        used,
        [
            "request POST /plans",
            "response POST /plans",
            "request PUT /plans",
            "response PUT /plans",
            "webhook webhook plan_created",
        ]
    );
    let rules: Vec<&str> = finding
        .verdicts
        .iter()
        .map(|verdict| verdict.rule.as_str())
        .collect();
    assert_eq!(
        rules,
        [
            "request-property-type-changed",
            "response-property-type-changed",
            "response-property-type-changed"
        ]
    );
}

#[test]
fn an_envelope_is_one_finding() {
    let plan =
        "type: object, required: [code], properties: {code: {type: string}, name: {type: string}}";
    let (bare, held) = (
        format!("{{{plan}}}"),
        format!("{{type: object, properties: {{plan: {{{plan}}}}}}}"),
    );
    for (old, new, rule) in [
        (&bare, &held, "response-body-wrapped-in-property"),
        (&held, &bare, "response-body-unwrapped-from-property"),
    ] {
        let comparison = compared(&response_body(old), &response_body(new));
        let rules: Vec<&str> = comparison
            .findings
            .iter()
            .map(|finding| finding.verdicts[0].rule.as_str())
            .collect();
        assert_eq!(rules, [rule]);
        assert_eq!(comparison.findings[0].severity(), Breaking);
    }
}

#[test]
fn what_nothing_uses_breaks_nothing() {
    let of = |ty: &str| {
        whole(&format!(
            "components: {{schemas: {{Plan: {{type: {ty}}}}}}}"
        ))
    };
    let comparison = compared(&of("string"), &of("integer"));
    let verdict = &comparison.findings[0].verdicts[0];
    assert_eq!(
        (verdict.rule.as_str(), verdict.severity),
        ("schema-type-changed", Info)
    );
    assert!(verdict.direction.is_none());
}

#[test]
fn another_form_of_the_same_means_the_same() {
    let forms = [
        "{type: [string, 'null']}",
        "{type: string, nullable: true}",
        "{oneOf: [{type: string}, {type: 'null'}]}",
        "{anyOf: [{type: 'null'}, {type: string}]}",
        "{allOf: [{type: string}], nullable: true}",
    ];
    for old in forms {
        for new in forms {
            let comparison = compared(&response(old), &response(new));
            let expected = if old == new { None } else { Some(Info) };
            let worst = comparison
                .findings
                .iter()
                .map(|finding| finding.severity())
                .max();
            assert_eq!(worst, expected, "{old} => {new}: {:?}", comparison.findings);
        }
    }
}
