//! What agents are told, as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lago_client::Effect;
use lago_client::gateway::tools::{self, Place, Tool};
use serde_json::Value;

use super::{Outcome, schema};

/// The toolsets that are offered when nobody says which.
const DEFAULT: [&str; 7] = [
    "analytics",
    "customers",
    "invoices",
    "plans",
    "subscriptions",
    "usage",
    "wallets",
];

/// What all tools may cost, and those that read and are offered when nobody says which, in bytes of name, description and
/// schema. The published ones stay below 400,000.
const MOST: usize = 430_000;
const MOST_BY_DEFAULT: usize = 60_000;

#[test]
fn tools() -> Outcome {
    let mut nouns: BTreeMap<&str, String> = BTreeMap::new();
    for tool in tools::all() {
        let noun = tool
            .operation
            .resource
            .split('.')
            .next()
            .unwrap_or_default();
        let shown = shown(tool)?;
        nouns.entry(noun).or_default().push_str(&shown);
    }
    for (noun, text) in nouns {
        insta::assert_snapshot!(format!("tools_{noun}"), text);
    }
    Ok(())
}

fn shown(tool: &Tool) -> Outcome<String> {
    let operation = tool.operation;
    let mut text = format!(
        "{}  ({}, in {})\n{} {}{}\n{}\n{}\n",
        tool.name,
        tool.alias.unwrap_or("no alias"),
        tool.toolset,
        operation.method,
        operation.base_path,
        operation.path,
        tool.title,
        tool.description,
    );
    let schema = schema(tool)?;
    for argument in tool.arguments {
        let property = &schema["properties"][argument.name];
        let place = match argument.place {
            Place::Path(name) => format!("path {name}"),
            Place::Query(name) => format!("query {name}"),
            Place::QueryList(name) => format!("query {name}, repeated"),
            Place::QueryMap(name) => format!("query {name}[…]"),
            Place::Body([]) => "the body".to_owned(),
            Place::Body(keys) => format!("body {}", keys.join(".")),
            _ => return Err(format!("{}: no such place is known here", tool.name).into()),
        };
        let kind = kind(property, is_required(&schema, argument.name));
        let _ = writeln!(text, "  {}: {kind} -> {place}", argument.name);
        if let Some(words) = property["description"].as_str() {
            let _ = writeln!(text, "      {words}");
        }
        below(property, 2, &mut text);
    }
    if !tool.one_of.is_empty() {
        let _ = writeln!(text, "  exactly one of {}", tool.one_of.join(", "));
    }
    text.push('\n');
    Ok(text)
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array().into_iter().flatten();
    required.into_iter().any(|known| known == name)
}

const LIMITS: [&str; 7] = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
];

fn kind(schema: &Value, required: bool) -> String {
    let mut kind = match schema["anyOf"].as_array() {
        Some(either) => {
            let either = either.iter().map(|schema| self::kind(schema, false));
            either.collect::<Vec<_>>().join(" or ")
        }
        None => schema["type"].as_str().unwrap_or("anything").to_owned(),
    };
    for keyword in ["format", "pattern"] {
        if let Some(said) = schema[keyword].as_str() {
            kind = format!("{kind} {said}");
        }
    }
    for keyword in LIMITS {
        if let Some(limit) = schema.get(keyword) {
            kind = format!("{kind} {keyword} {limit}");
        }
    }
    if let Some(items) = schema.get("items") {
        kind = format!("{kind} of {}", self::kind(items, false));
    }
    if schema["deprecated"] == true {
        kind.push_str(", deprecated");
    }
    if required {
        kind.push_str(", required");
    }
    kind
}

/// What is in an object, or in the objects of a list, without words.
fn below(schema: &Value, depth: usize, text: &mut String) {
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner @ Value::Object(_)) = schema.get(keyword) {
            below(inner, depth, text);
        }
    }
    for inner in schema["anyOf"].as_array().into_iter().flatten() {
        below(inner, depth, text);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let kind = kind(property, is_required(schema, name));
        let _ = writeln!(text, "{:width$}{name}: {kind}", "", width = depth * 4);
        below(property, depth + 1, text);
    }
}

/// Agents pay for what they are told, in every turn.
#[test]
fn sizes() {
    let mut sizes: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for tool in tools::all() {
        let bytes = tool.name.len() + tool.description.len() + tool.input_schema.len();
        let [all, all_bytes, reading, reading_bytes] = sizes.entry(tool.toolset).or_default();
        *all += 1;
        *all_bytes += bytes;
        if tool.operation.effect == Effect::Reads {
            *reading += 1;
            *reading_bytes += bytes;
        }
    }
    let mut text = String::from("toolset              tools   bytes   reading   bytes\n");
    let mut line = |name: &str, [all, all_bytes, reading, reading_bytes]: [usize; 4]| {
        let _ = writeln!(
            text,
            "{name:20} {all:5} {all_bytes:7} {reading:9} {reading_bytes:7}"
        );
    };
    let sum = |is_meant: &dyn Fn(&str) -> bool| {
        let meant = sizes.iter().filter(|(name, _)| is_meant(name));
        meant.fold([0; 4], |sum, (_, size)| {
            std::array::from_fn(|at| sum[at] + size[at])
        })
    };
    sizes.iter().for_each(|(name, size)| line(name, *size));
    let by_default = sum(&|name| DEFAULT.contains(&name));
    let all = sum(&|_| true);
    line("by default", by_default);
    line("all", all);
    assert!(all[1] <= MOST && by_default[3] <= MOST_BY_DEFAULT, "{text}");
    insta::assert_snapshot!("tool_sizes", text);
}
