//! What a person reads when something is wrong: one snapshot, to be read as prose.

mod aliases;
mod documents;
mod edits;
mod real;
mod unpublished;
mod words;

use super::*;

/// The first line of a file of the overlay.
pub(super) const SERVER: &str = "server: lago-api 0123abc\n";

pub(super) const HEAD: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n";

/// A response that refers to a schema, so that the schema is used.
pub(super) const USE: &str = "paths:
  /plans:
    get:
      operationId: findPlans
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Plan'}}}}}
    put:
      operationId: updatePlans
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Plan'}}}}
      responses: {}
";

/// The inputs for a document without any other data.
pub(super) fn inputs(spec: &str) -> Inputs {
    let source = |name: &str, text: &str| Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    Inputs {
        spec: source("api.yaml", spec),
        overlay: vec![source("overlay.yaml", &format!("{SERVER}entries: []\n"))],
        words: Vec::new(),
        names: source("names.yaml", ""),
        operations: source(
            "operations.yaml",
            "findPlans: {effect: reads, repeatable: true}\nupdatePlans: {effect: changes, repeatable: true}\n",
        ),
        strict: false,
    }
}

fn complaint(inputs: &Inputs) -> String {
    match regen(inputs) {
        Ok(_) => "no complaint".to_owned(),
        Err(diagnostics) => diagnostics.to_string(),
    }
}

/// A document with a list that has pages, and these parameters.
fn list(parameters: &str) -> String {
    const META: &str = "{type: object, required: [current_page, total_pages, total_count], properties: {current_page: {type: integer}, next_page: {type: integer}, prev_page: {type: integer}, total_pages: {type: integer}, total_count: {type: integer}}}";
    format!(
        "{HEAD}paths:\n  /plans:\n    get:\n      operationId: findPlans\n      parameters: {parameters}\n      responses: {{'200': {{content: {{application/json: {{schema: {{type: object, properties: {{plans: {{type: array, items: {{type: string}}}}, meta: {META}}}}}}}}}}}}}\n"
    )
}

/// Documents that cannot be generated from, by what is wrong with them.
fn bad_documents() -> Vec<(&'static str, String)> {
    let with = |schemas: &str| format!("{HEAD}{USE}components:\n  schemas:\n{schemas}");
    vec![
        ("not YAML", "openapi: [3.1.0\n".to_owned()),
        ("empty", String::new()),
        ("not OpenAPI", "a: 1\n".to_owned()),
        ("OpenAPI 2", "swagger: '2.0'\npaths: {}\n".to_owned()),
        (
            "dangling reference",
            with("    Plan: {properties: {tax: {$ref: '#/components/schemas/Tax'}}}\n"),
        ),
        (
            "duplicate operation id",
            format!(
                "{HEAD}paths:\n  /a: {{get: {{operationId: x}}}}\n  /b: {{get: {{operationId: x}}}}\n"
            ),
        ),
        (
            "two schemas under one name",
            with("    Plan: {type: object}\n    Plan: {type: string}\n"),
        ),
        (
            "a name that no component may have",
            with("    Plan: {type: object}\n    'a/b': {}\n"),
        ),
        (
            "a schema that is none",
            with("    Plan: {type: object, properties: {a: text}}\n"),
        ),
        (
            "a reference to a schema that is none",
            with(
                "    Plan: {type: object, properties: {a: {$ref: '#/components/schemas/Other'}}}\n    Other: null\n",
            ),
        ),
        (
            "a reference to the whole document",
            with("    Plan: {type: object, properties: {a: {$ref: '#'}}}\n"),
        ),
        (
            "a schema that only refers to itself",
            with(
                "    Plan: {type: object, properties: {a: {$ref: '#/components/schemas/Loop'}}}\n    Loop: {$ref: '#/components/schemas/Loop'}\n",
            ),
        ),
        (
            "operation ids that read alike",
            format!(
                "{HEAD}paths:\n  /a: {{get: {{operationId: list_a, responses: {{}}}}}}\n  /b: {{get: {{operationId: listA, responses: {{}}}}}}\n"
            ),
        ),
        (
            "a path that leads elsewhere",
            format!("{HEAD}paths:\n  /../x: {{get: {{operationId: x, responses: {{}}}}}}\n"),
        ),
        (
            "a method without calls",
            format!("{HEAD}paths:\n  /a: {{trace: {{operationId: x, responses: {{}}}}}}\n"),
        ),
        (
            "a parameter that is declared twice and differently",
            format!(
                "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters:\n        - {{name: s, in: query, schema: {{type: string}}}}\n        - {{name: s, in: query, schema: {{type: integer}}}}\n      responses: {{}}\n"
            ),
        ),
        (
            "parameters with one Rust name",
            format!(
                "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters:\n        - {{name: a-b, in: query, schema: {{type: string}}}}\n        - {{name: a_b, in: query, schema: {{type: string}}}}\n        - {{name: aB, in: query, schema: {{type: string}}}}\n      responses: {{}}\n"
            ),
        ),
        (
            "an option that every request has",
            format!(
                "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters:\n        - {{name: plain, in: query, schema: {{type: string}}}}\n        - {{name: timeout, in: query, schema: {{type: string}}}}\n      responses: {{}}\n"
            ),
        ),
        (
            "a shared option that every request has",
            format!(
                "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters: [{{$ref: '#/components/parameters/Retry'}}]\n      responses: {{}}\ncomponents:\n  parameters:\n    Retry: {{name: retry, in: query, schema: {{type: string}}}}\n"
            ),
        ),
        (
            "an option in a body that every request has",
            format!(
                "{HEAD}paths:\n  /plans:\n    post:\n      operationId: x\n      requestBody:\n        required: true\n        content:\n          application/json:\n            schema:\n              type: object\n              required: [plan]\n              properties:\n                plan: {{type: object, properties: {{a: {{type: string}}}}}}\n                header: {{type: string}}\n      responses: {{}}\n"
            ),
        ),
        (
            "an object that needs itself",
            with(
                "    Plan: {type: object, required: [plan, x], properties: {plan: {$ref: '#/components/schemas/Plan'}, x: {type: string}}}\n",
            ),
        ),
        (
            "an unknown type",
            with("    Plan: {type: object, properties: {a: {type: file}, b: {type: string}}}\n"),
        ),
        (
            "an allOf that contains itself",
            with(
                "    Plan: {allOf: [{$ref: '#/components/schemas/Plan'}, {properties: {a: {type: string}}}]}\n",
            ),
        ),
        (
            "an undeclared path parameter",
            format!("{HEAD}paths:\n  /a/{{id}}:\n    get: {{operationId: x, responses: {{}}}}\n"),
        ),
        (
            "a parameter in a cookie",
            format!(
                "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters: [{{name: s, in: cookie, schema: {{type: string}}}}]\n      responses: {{}}\n"
            ),
        ),
        (
            "a body that is not JSON",
            format!(
                "{HEAD}paths:\n  /a:\n    post:\n      operationId: x\n      requestBody: {{content: {{text/csv: {{schema: {{type: string}}}}}}}}\n      responses: {{}}\n"
            ),
        ),
        (
            "a list with a page that has to be asked for",
            list("[{name: page, in: query, required: true, schema: {type: integer}}]"),
        ),
        (
            "a list whose pages have a size that is no number",
            list(
                "[{name: page, in: query, schema: {type: integer}}, {name: per_page, in: query, schema: {type: string}}]",
            ),
        ),
        (
            "a type that is called like what a constructor takes",
            with(
                "    Plan: {type: object, required: [a, b, c, d], properties: {a: {type: string}, b: {type: string}, c: {type: string}, d: {$ref: '#/components/schemas/PlanRequired'}}}\n    PlanRequired: {type: object, properties: {e: {type: string}}}\n",
            ),
        ),
        (
            "two fields with one Rust name",
            with(
                "    Plan: {type: object, properties: {fooBar: {type: string}, foo_bar: {type: string}}}\n",
            ),
        ),
        (
            "a value that is listed twice",
            with(
                "    Plan: {type: object, properties: {a: {type: string, enum: [x, y, x]}, b: {type: string}}}\n",
            ),
        ),
    ]
}

#[test]
fn bad_documents_get_file_line_pointer_and_advice() {
    let mut text = String::new();
    for (what, spec) in bad_documents() {
        text.push_str(&format!("## {what}\n{}\n\n", complaint(&inputs(&spec))));
    }
    assert!(!text.contains("no complaint"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_list_whose_pages_cannot_be_asked_for_is_a_plain_list() {
    let mut inputs = inputs(&list("[]"));
    inputs.operations.text = "findPlans: {effect: reads, repeatable: true}\n".to_owned();
    let generated = regen(&inputs).unwrap();
    let code = generated
        .tree
        .values()
        .map(String::as_str)
        .collect::<String>();
    assert!(code.contains("type Output = Vec<String>;"), "{code}");
    let reports = generated.reports.iter().map(ToString::to_string);
    let said: Vec<String> = reports.filter(|said| said.contains("page")).collect();
    let expected =
        "error: api.yaml:5: the list has pages but no parameter `page`\n  at /paths/~1plans/get\n";
    assert!(said.len() == 1 && said[0].starts_with(expected), "{said:?}");
    inputs.strict = true;
    assert!(complaint(&inputs).contains(&said[0]));
}

#[test]
fn entries_that_do_not_apply_are_named() {
    let spec = format!(
        "{HEAD}{USE}components:\n  schemas:\n    Plan: {{type: object, properties: {{a: {{type: string}}, b: {{type: string}}}}}}\n"
    );
    let overlay = "server: lago-api 0123abc
entries:
- {target: Plan.a, change: {merge: {type: string}}, why: w, evidence: live server}
- {target: Plan.gone, change: {wrap: x}, why: w, evidence: live server}
";
    let mut inputs = inputs(&spec);
    inputs.overlay[0].text = overlay.to_owned();
    inputs.names.text = "types:\n  Other: [Gone]\n".to_owned();
    inputs
        .operations
        .text
        .push_str("gone: {effect: removes, repeatable: true}\n");
    inputs.strict = true;
    let strict = complaint(&inputs);
    insta::assert_snapshot!(strict);
    inputs.strict = false;
    let lenient = regen(&inputs).unwrap().reports;
    let lenient: Vec<String> = lenient.iter().map(ToString::to_string).collect();
    assert_eq!(lenient.join("\n"), strict);
}

#[test]
fn bad_data_files_get_file_line_and_advice() {
    type File = fn(&mut Inputs) -> &mut Source;
    let spec = format!("{HEAD}paths: {{}}\n");
    let mut text = String::new();
    let entry = |entry: &str| format!("{SERVER}entries:\n- {entry}\n");
    let of_overlay = [
        ("no server", "[]\n".to_owned()),
        ("no revision", "server: v1.51.0\nentries: []\n".to_owned()),
        ("no list", format!("{SERVER}entries: none\n")),
        (
            "a stray key of a file",
            format!("{SERVER}sevrer: x\nentries: []\n"),
        ),
        (
            "no change",
            entry("{target: A, why: w, evidence: live server}"),
        ),
        (
            "no such change",
            entry("{target: A, change: {drop: x}, why: w, evidence: live server}"),
        ),
        (
            "a stray key",
            entry("{target: A, change: {wrap: x}, why: w, evidence: live server, note: n}"),
        ),
        (
            "a citation of nothing",
            entry("{target: A, change: {wrap: x}, why: w, evidence: somebody said so}"),
        ),
        (
            "a version that is a number",
            entry(
                "{target: A, change: note, absent_before: 1.30, evidence: published since 1.30.0}",
            ),
        ),
        (
            "an absence that nothing bears out",
            entry("{target: A, change: note, absent_in: [1.16.0], evidence: live server}"),
        ),
    ];
    for (what, content) in of_overlay {
        let mut inputs = inputs(&spec);
        inputs.overlay[0].text = content;
        text.push_str(&format!("## {what}\n{}\n\n", complaint(&inputs)));
    }
    let cases: [(&str, &str, File); 4] = [
        ("no such section", "type:\n  A: [B]\n", |inputs| {
            &mut inputs.names
        }),
        ("no list of addresses", "types:\n  A: B\n", |inputs| {
            &mut inputs.names
        }),
        (
            "an address twice",
            "types:\n  A: [X]\n  B: [X]\n",
            |inputs| &mut inputs.names,
        ),
        ("no verdict", "createPlan: {why: w}\n", |inputs| {
            &mut inputs.operations
        }),
    ];
    for (what, content, file) in cases {
        let mut inputs = inputs(&spec);
        file(&mut inputs).text = content.to_owned();
        text.push_str(&format!("## {what}\n{}\n\n", complaint(&inputs)));
    }
    assert!(!text.contains("no complaint"), "{text}");
    insta::assert_snapshot!(text);
}
