//! Writes out references to anything but a component schema: shared parameters and responses, the
//! parameters of a path, and references into the middle of a schema. What can be said in several
//! ways is then said in one: parameters once, JSON under its plain name.

use serde_json::{Map, Value, json};

use super::Context;
use super::rename::facts;
use crate::pointer::{decoded, follow};
use crate::regen::places::{each_schema, each_schema_mut};
use crate::regen::schema::{
    METHODS, ORIGIN, components, list, object_mut, origin, reference, text,
};

/// The media type that bodies are read from.
const JSON: &str = "application/json";

/// How long a chain of such references may be before it must be a cycle.
const LONGEST: usize = 16;

/// After this pass `$ref` stands only for component schemas.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let before = root.clone();
    let mut changes = 0;
    let mut resolve = |node: &Value| {
        let mut written = node.clone();
        let mut steps = 0;
        while let Some(target) = target(&before, &written).filter(|_| steps < LONGEST) {
            written = written_out(&written, target);
            steps += 1;
        }
        changes += usize::from(steps > 0);
        written
    };
    let items = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in items.into_iter().flatten() {
        let of_path: Vec<Value> = list(item, "parameters").map(&mut resolve).collect();
        let of_path = each_once(of_path, &format!("PATH {path}"), context);
        let item = object_mut(item);
        item.shift_remove("parameters");
        for (method, operation) in item
            .iter_mut()
            .filter(|(key, _)| METHODS.contains(&key.as_str()))
        {
            let own: Vec<Value> = list(operation, "parameters").map(&mut resolve).collect();
            let address = format!("{} {path}", method.to_uppercase());
            let own = each_once(own, &address, context);
            // An operation's parameter overrides that of its path.
            let inherited = of_path
                .iter()
                .filter(|p| !own.iter().any(|o| same_parameter(o, p)));
            let all: Vec<Value> = inherited.cloned().chain(own.iter().cloned()).collect();
            if !all.is_empty() {
                operation["parameters"] = Value::Array(all);
            }
            let responses = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            for (_, response) in responses.into_iter().flatten() {
                *response = resolve(response);
                read_json(response);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                *body = resolve(body);
                read_json(body);
            }
        }
    }
    let webhooks = root.get_mut("webhooks").and_then(Value::as_object_mut);
    for (_, item) in webhooks.into_iter().flatten() {
        if let Some(body) = item.pointer_mut("/post/requestBody") {
            *body = resolve(body);
            read_json(body);
        }
    }
    changes + write_out_deep_references(root, &before, context)
}

fn target<'d>(document: &'d Value, node: &Value) -> Option<&'d Value> {
    follow(document, text(node, "$ref")?)
}

/// The target, with what stands beside the reference.
fn written_out(node: &Value, target: &Value) -> Value {
    let mut written = target.clone();
    let beside = node.as_object().into_iter().flatten();
    object_mut(&mut written).extend(
        beside
            .filter(|(key, _)| *key != "$ref")
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    written
}

/// The parameters of an operation or path, each once. Saying the same twice does no harm.
fn each_once(parameters: Vec<Value>, holder: &str, context: &mut Context<'_>) -> Vec<Value> {
    let mut once: Vec<Value> = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let name = text(&parameter, "name").unwrap_or_default().to_owned();
        let address = format!("{holder}?{name}");
        match once.iter().find(|known| same_parameter(known, &parameter)) {
            None => once.push(parameter),
            Some(known) if same_facts(known, &parameter) => context.choice(
                &address,
                format!("the parameter `{name}` is declared twice, with the same facts"),
                "remove one of the two",
            ),
            Some(_) => context.problem(
                &address,
                format!("the parameter `{name}` is declared twice, and differently"),
                "remove one of the two",
            ),
        }
    }
    once
}

fn same_facts(one: &Value, other: &Value) -> bool {
    let essence = |parameter: &Value| {
        let mut bare = parameter.clone();
        let map = object_mut(&mut bare);
        for note in ["description", "example", "examples"] {
            map.shift_remove(note);
        }
        if let Some(schema) = map.get_mut("schema") {
            *schema = facts(schema);
        }
        bare
    };
    essence(one) == essence(other)
}

/// Keeps of several media types the one that is JSON, by its plain name: parameters such as a
/// charset, and names of formats that are written in JSON, change nothing in how it is read.
fn read_json(holder: &mut Value) {
    let Some(Value::Object(content)) = holder.get_mut("content") else {
        return;
    };
    let essence = |media: &str| {
        let essence = media.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    };
    let json = content
        .keys()
        .find(|media| essence(media) == JSON)
        .or_else(|| {
            content
                .keys()
                .find(|media| essence(media).ends_with("+json"))
        })
        .cloned();
    if let Some(media) = json.and_then(|media| content.shift_remove(&media)) {
        *content = Map::from_iter([(JSON.to_owned(), media)]);
    }
}

fn write_out_deep_references(root: &mut Value, before: &Value, context: &mut Context<'_>) -> usize {
    let mut changes = 0;
    let known = components(before).cloned().unwrap_or_default();
    for round in 0.. {
        let mut left = Vec::new();
        each_schema_mut(root, &mut |node| {
            let plain = text(node, "$ref").and_then(decoded);
            if let Some(plain) = plain.filter(|plain| Some(plain.as_str()) != text(node, "$ref")) {
                node["$ref"] = json!(plain);
            }
            if !reference(node).is_some_and(|name| known.contains_key(name))
                && let Some(target) = target(before, node)
            {
                let address = origin(node).to_owned();
                *node = target.clone();
                // The copy may become another type than the schema that it is a part of.
                object_mut(node).insert(ORIGIN.to_owned(), Value::String(address.clone()));
                left.push(address);
            }
        });
        changes += left.len();
        match left.first() {
            Some(address) if round == LONGEST => {
                context.problem(
                    address,
                    "this reference leads back to itself",
                    "break the cycle",
                );
                break;
            }
            Some(_) => {}
            None => break,
        }
    }
    changes
}

fn same_parameter(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |_, node| {
        node.get("$ref").is_none()
            || reference(node)
                .is_some_and(|name| components(root).is_some_and(|all| all.contains_key(name)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn an_operation_has_its_own_and_its_paths_parameters() {
        let mut root = json!({
            "components": {"parameters": {"page": {"name": "page", "in": "query"}}},
            "paths": {"/a/{id}": {
                "parameters": [{"name": "id", "in": "path"}],
                "get": {"parameters": [{"$ref": "#/components/parameters/page"}]},
            }},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        let parameters = &root["paths"]["/a/{id}"]["get"]["parameters"];
        assert_eq!(parameters[0]["name"], "id");
        assert_eq!(parameters[1]["name"], "page");
    }

    #[test]
    fn what_stands_beside_the_reference_of_a_response_stays() {
        let mut root = json!({
            "components": {"responses": {"NotFound": {"description": "None of this name."}}},
            "paths": {"/a": {"get": {"responses": {
                "404": {"$ref": "#/components/responses/NotFound", "x-codes": ["a_not_found"]},
            }}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        let response = &root["paths"]["/a"]["get"]["responses"]["404"];
        assert_eq!(response["description"], "None of this name.");
        assert_eq!(response["x-codes"], json!(["a_not_found"]));
    }

    #[test]
    fn a_parameter_that_is_declared_twice_counts_once_when_both_agree() {
        let page = |about: &str, ty: &str| json!({"name": "page", "in": "query", "description": about, "schema": {"type": ty}});
        let document = |second: Value| {
            json!({"paths": {"/a": {
                "parameters": [page("of the path", "string")],
                "get": {"parameters": [page("a", "integer"), second]},
            }}})
        };
        let run = |second: Value| {
            let mut root = document(second);
            let addresses = crate::regen::address::annotate(&mut root);
            let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
            let mut context = Context::new(&names, &addresses, false);
            super::run(&mut root, &mut context);
            let parameters = root["paths"]["/a"]["get"]["parameters"].clone();
            let addresses = |found: Vec<super::super::Problem>| -> Vec<String> {
                found.into_iter().map(|problem| problem.address).collect()
            };
            (
                parameters,
                addresses(context.reports),
                addresses(context.problems),
            )
        };
        let (parameters, reports, problems) = run(page("b", "integer"));
        assert_eq!(parameters.as_array().map(Vec::len), Some(1));
        assert_eq!(parameters[0]["schema"]["type"], "integer");
        assert_eq!(
            (reports, problems),
            (vec!["GET /a?page".to_owned()], vec![])
        );
        let (_, _, problems) = run(page("b", "string"));
        assert_eq!(problems, ["GET /a?page"]);
        // A header of the same name is another parameter.
        let (parameters, ..) = run(json!({"name": "page", "in": "header"}));
        assert_eq!(parameters.as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn json_is_read_whatever_stands_beside_it() {
        for media in [
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/problem+json",
        ] {
            let content = json!({"text/csv": {}, media: {"schema": {"type": "integer"}}});
            let post = json!({"post": {"requestBody": {"content": content}}});
            let mut root = json!({"paths": {"/a": post}, "webhooks": {"a": post}});
            run_alone(run, &mut root);
            for (place, address) in [
                ("/paths/~1a", "POST /a request"),
                ("/webhooks/a", "webhook a"),
            ] {
                let content = &root.pointer(place).unwrap()["post"]["requestBody"]["content"];
                let schema = json!({"type": "integer", ORIGIN: address});
                assert_eq!(*content, json!({JSON: {"schema": schema}}), "{media}");
            }
        }
    }

    #[test]
    fn a_reference_to_anywhere_in_the_document_is_written_out() {
        let response = json!({"content": {"application/json": {"schema": {"type": "integer"}}}});
        let mut root = json!({
            "components": {"schemas": {
                "A": {"$ref": "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema"},
                "B": {"$ref": "#/components/schemas/%41"},
            }},
            "paths": {"/a/{id}": {"get": {"responses": {"200": response}}}},
        });
        run_alone(run, &mut root);
        assert_eq!(root["components"]["schemas"]["A"]["type"], "integer");
        assert_eq!(reference(&root["components"]["schemas"]["B"]), Some("A"));
    }

    #[test]
    fn a_reference_into_a_schema_is_written_out() {
        let mut root = json!({"components": {"schemas": {
            "A": {"allOf": [{"type": "object", "properties": {"x": {"type": "string"}}}]},
            "B": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A/allOf/0"}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 1);
        let a = &root["components"]["schemas"]["B"]["properties"]["a"];
        assert_eq!(a["properties"]["x"]["type"], "string");
    }
}
