//! What clients of agents cannot bear is not there.

use std::collections::BTreeSet;

use lago_client::OPERATIONS;
use lago_client::gateway::tools::{self, Place};
use serde_json::{Value, json};

use super::{Outcome, schema};

/// Whatever a schema may have of its own in which clients differ.
const FORBIDDEN: [&str; 11] = [
    "$ref",
    "$defs",
    "$id",
    "definitions",
    "oneOf",
    "allOf",
    "not",
    "if",
    "enum",
    "const",
    "patternProperties",
];

/// Calls `visit` with a schema and every schema in it.
fn each<'s>(schema: &'s Value, visit: &mut dyn FnMut(&'s Value)) {
    visit(schema);
    let below = schema["properties"].as_object().into_iter().flatten();
    below.for_each(|(_, schema)| each(schema, visit));
    for keyword in ["items", "additionalProperties"] {
        if let Some(below @ Value::Object(_)) = schema.get(keyword) {
            each(below, visit);
        }
    }
    let either = schema["anyOf"].as_array().into_iter().flatten();
    either.for_each(|schema| each(schema, visit));
}

#[test]
fn every_schema_is_one_and_plain() -> Outcome {
    for tool in tools::all() {
        let schema = schema(tool)?;
        jsonschema::meta::validate(&schema).map_err(|error| format!("{}: {error}", tool.name))?;
        assert_eq!(schema["type"], "object", "{}", tool.name);
        assert!(schema.get("anyOf").is_none(), "{}", tool.name);
        assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
        each(&schema, &mut |schema| {
            for keyword in FORBIDDEN {
                assert!(schema.get(keyword).is_none(), "{}: {keyword}", tool.name);
            }
            // Several clients read it as a text, and drop the tool where it is a list.
            let ty = schema.get("type");
            assert!(ty.is_none_or(Value::is_string), "{}: {schema}", tool.name);
            // The only alternative is that of a value and null.
            if let Some(either) = schema.get("anyOf") {
                assert_eq!(ty, None, "{}", tool.name);
                assert_eq!(either.as_array().map(Vec::len), Some(2), "{}", tool.name);
                assert!(either[0]["type"] != "null", "{}: {schema}", tool.name);
                assert_eq!(either[1], json!({"type": "null"}), "{}", tool.name);
            }
            let words = schema["description"].as_str().unwrap_or_default();
            assert!(!words.contains("]("), "{}: {words}", tool.name);
        });
    }
    Ok(())
}

#[test]
fn names_are_short_and_each_is_of_one_tool() {
    let mut names = BTreeSet::new();
    for tool in tools::all() {
        let resource = tool.operation.resource.replace('.', "_");
        assert_eq!(tool.name, resource);
        assert!(tool.name.len() <= 49, "{}", tool.name);
        assert!(
            tool.name
                .bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit()),
            "{}",
            tool.name
        );
        assert!(names.insert(tool.name), "{}", tool.name);
        let id = tool.operation.id.to_lowercase();
        assert_eq!(tool.alias, Some(id.as_str()));
        assert!(
            names.insert(tool.alias.unwrap_or_default()),
            "{}",
            tool.name
        );
        for name in [Some(tool.name), tool.alias] {
            let found = name.and_then(tools::find);
            assert!(found.is_some_and(|found| std::ptr::eq(found, tool)));
        }
        assert!(!tool.title.is_empty() && tool.description.starts_with(tool.title));
    }
    assert!(tools::find("plans").is_none());
}

#[test]
fn every_operation_is_a_tool_that_takes_its_path_once() -> Outcome {
    let mut left: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    for tool in tools::all() {
        assert!(left.remove(tool.operation.id), "{}", tool.name);
        let mut in_path = tool.operation.path.to_owned();
        let mut bodies: Vec<&[&str]> = Vec::new();
        let schema = schema(tool)?;
        let properties = schema["properties"].as_object().ok_or(tool.name)?;
        let named: Vec<&str> = properties.keys().map(String::as_str).collect();
        let arguments = tool.arguments.iter().map(|argument| argument.name);
        assert_eq!(arguments.collect::<Vec<_>>(), named, "{}", tool.name);
        assert!(!named.contains(&"fields"), "{}", tool.name);
        for argument in tool.arguments {
            let is_required = schema["required"]
                .as_array()
                .is_some_and(|names| names.iter().any(|name| name == argument.name));
            match argument.place {
                Place::Path(name) => {
                    let place = format!("{{{name}}}");
                    assert_eq!(in_path.matches(&place).count(), 1, "{} {name}", tool.name);
                    in_path = in_path.replace(&place, "");
                    assert!(is_required, "{} {name}", tool.name);
                }
                Place::Body(keys) => {
                    // Nothing stands within another.
                    let is_within =
                        |other: &&[&str]| other.starts_with(keys) || keys.starts_with(other);
                    assert!(!bodies.iter().any(is_within), "{} {keys:?}", tool.name);
                    bodies.push(keys);
                }
                _ => {}
            }
        }
        assert!(!in_path.contains('{'), "{} {in_path}", tool.name);
    }
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

/// Those that a program offers when nobody says which.
#[test]
fn the_toolsets_that_are_offered_by_default_are_there() {
    let toolsets: BTreeSet<&str> = tools::all().map(|tool| tool.toolset).collect();
    for name in [
        "customers",
        "subscriptions",
        "plans",
        "usage",
        "invoices",
        "wallets",
        "analytics",
        "links",
    ] {
        assert!(toolsets.contains(name), "{name} is none of {toolsets:?}");
    }
    let hands_out = |name: &str| name.ends_with("_url") || name.ends_with("token");
    for tool in tools::all() {
        assert_eq!(
            tool.toolset == "links",
            hands_out(tool.name),
            "{}",
            tool.name
        );
        assert_eq!(
            tool.toolset == "links",
            tool.operation.grants,
            "{}",
            tool.name
        );
    }
}
