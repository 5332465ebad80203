//! The file against the schema of its format, and against what it was made from.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::*;
use crate::regen::{Inputs, regen};
use crate::sources;
use crate::yaml::read::Document;
use crate::yaml::write::to_yaml;

/// The schema of the format: `tests/README.md` says where it is from.
const SCHEMA: &str = include_str!("tests/naftiko-schema.json");

static API: LazyLock<Api> = LazyLock::new(|| {
    let workspace = crate::workspace().unwrap();
    let spec = sources::own(&workspace, sources::DOCUMENT).unwrap();
    let inputs = Inputs::new(spec, sources::data(&workspace).unwrap(), true);
    regen(&inputs).unwrap().api
});

#[test]
fn it_is_what_the_format_says() {
    let api = &*API;
    let file = file(api);
    // As an engine reads it, from the text.
    let read = Document::parse("capability.yaml", &to_yaml(&file)).unwrap();
    assert_eq!(*read.root(), file);
    let schema = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong = validator.iter_errors(&file);
    let wrong: Vec<String> = wrong
        .map(|error| format!("{}: {}", error.instance_path().as_str(), error.masked()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());

    let capability = &file["capability"];
    let operations = |resources: &Value| {
        let resources = resources.as_array().into_iter().flatten();
        let operations =
            resources.flat_map(|resource| resource["operations"].as_array().into_iter().flatten());
        operations
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let consumed = operations(&capability["consumes"][0]["resources"]);
    let exposed = operations(&capability["exposes"][0]["resources"]);
    let tools = capability["exposes"][1]["tools"].as_array().unwrap();
    let tools: BTreeSet<&str> = tools
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(consumed.len(), api.operations.len());
    assert_eq!(consumed, exposed);
    assert_eq!(
        consumed.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        tools
    );
    assert_eq!(tools.len(), api.operations.len());
}

/// Filters that no parameter of the format can stand for, because the server takes them with brackets alone: the names
/// of lists end with `[]`, those of maps with a key in brackets, and the format's names have letters, digits, `-`, `_` and
/// `*`.
#[rustfmt::skip]
const WITH_BRACKETS: &[&str] = &[
    "account_type[]", "activity_sources[]", "activity_types[]", "api_key_ids[]", "billing_entity_codes[]", "clients[]",
    "code[]", "countries[]", "coupon_code[]", "currencies[]", "filter_by_group[key]", "group[key]", "http_methods[]",
    "http_statuses[]", "log_events[]", "log_types[]", "metadata[key]", "payment_statuses[]", "product_category_code[]",
    "product_code[]", "product_filter_code[]", "request_paths[]", "resource_ids[]", "resource_types[]", "settlements[]",
    "states[]", "status[]", "statuses[]", "types[]", "user_emails[]", "user_ids[]", "zipcodes[]",
];

#[test]
fn what_the_format_cannot_express_is_said_in_the_file() {
    let api = &*API;
    let file = file(api);
    let said = file["info"]["description"].as_str().unwrap();
    let tools = file["capability"]["exposes"][1]["tools"]
        .as_array()
        .unwrap();
    let mut idle: BTreeSet<&str> = WITH_BRACKETS.iter().copied().collect();
    let mut single = 0;
    for (operation, tool) in api.operations.iter().zip(tools) {
        let inputs = tool["inputParameters"].as_array().unwrap();
        let takes = |name: &str| inputs.iter().any(|input| input["name"] == name);
        for parameter in &operation.parameters {
            let name = match parameter.place {
                ParameterPlace::QueryMap { .. } => format!("{}[key]", parameter.name),
                _ => parameter.name.clone(),
            };
            match name.strip_suffix("[]") {
                None if takes(&name) => {}
                Some(plain) if takes(plain) => {
                    assert_eq!(tool["with"][plain], json!(format!("lago-mcp.{plain}")));
                    single += 1;
                }
                _ => {
                    assert!(
                        WITH_BRACKETS.contains(&name.as_str()),
                        "{} {name}",
                        operation.id
                    );
                    assert!(said.contains(&format!("`{name}`")), "{name}");
                    idle.remove(name.as_str());
                }
            }
        }
    }
    assert!(idle.is_empty(), "{idle:?}");
    assert!(single > 10, "{single}");
}

/// What a path names is a parameter of it, whichever side one looks at.
#[test]
fn every_path_parameter_is_declared_and_given() {
    let file = file(&API);
    let resources = &file["capability"]["exposes"][0]["resources"];
    let mut parameters = 0;
    for resource in resources.as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        for operation in resource["operations"].as_array().unwrap() {
            for name in path.split("{{").skip(1) {
                let name = name.split("}}").next().unwrap();
                let inputs = operation["inputParameters"].as_array().unwrap();
                let is_it = |input: &&Value| input["name"] == name && input["in"] == "path";
                assert_eq!(inputs.iter().filter(is_it).count(), 1, "{path} {name}");
                assert_eq!(operation["with"][name], json!(format!("lago-rest.{name}")));
                parameters += 1;
            }
        }
    }
    assert!(parameters > 100, "{parameters}");
}

#[test]
fn an_operation_is_consumed_and_exposed_twice() {
    let file = file(&crate::regen::sample::api());
    let capability = &file["capability"];
    let list = json!({
        "name": "things-code-parts",
        "path": "/api/v1/things/{{code}}/parts",
        "operations": [
            {"name": "things-parts-get", "method": "GET", "inputParameters": [
                {"name": "code", "in": "path"}, {"name": "page", "in": "query"}, {"name": "since", "in": "query"},
            ]},
            {"name": "things-parts-put", "method": "PUT", "inputParameters": [
                {"name": "code", "in": "path"}, {"name": "body", "in": "body"},
            ], "body": "{{body}}"},
        ],
    });
    assert_eq!(capability["consumes"][0]["resources"][2], list);
    let tool = &capability["exposes"][1]["tools"][3];
    assert_eq!(
        *tool,
        json!({
            "name": "things-parts-put",
            "label": "setParts",
            "description": "setParts.",
            "hints": {"readOnly": true, "destructive": false, "idempotent": false, "openWorld": false},
            "call": "lago.things-parts-put",
            "with": {"code": "lago-mcp.code", "body": "lago-mcp.body"},
            "inputParameters": [
                {"name": "code", "type": "string", "description": "code", "required": true},
                {"name": "body", "type": "string", "description": "The JSON body: `part` (required), `parts` (required).",
                 "required": true},
            ],
        })
    );
}
