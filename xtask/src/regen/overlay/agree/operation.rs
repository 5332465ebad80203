//! Whether a document has an operation, a parameter or a webhook as an entry brought it.

use serde_json::{Value, json};

use super::{Difference, flat, schemas};
use crate::pointer::follow;
use crate::regen::overlay::change::Webhook;
use crate::regen::overlay::schema::resolve;
use crate::regen::schema::{list, strings, text};

/// Where a parameter of the document differs from one of an entry; none also when it does not have it.
pub(in crate::regen::overlay) fn parameters(
    root: &Value,
    target: &str,
    ours: &Value,
    theirs: &Value,
) -> Vec<Difference> {
    let name = text(ours, "name").unwrap_or_default();
    let address = format!("{target}?{name}");
    let mut found = schemas(root, &address, &ours["schema"], &theirs["schema"]);
    if (ours["required"] == json!(true)) != (theirs["required"] == json!(true)) {
        found.push(Difference {
            address,
            said: format!("required is {}", theirs["required"] == json!(true)),
            change: json!({"parameter": ours}),
        });
    }
    found
}

/// Where an operation of the document differs from one of an entry.
pub(in crate::regen::overlay) fn operations(
    root: &Value,
    target: &str,
    ours: &Value,
    theirs: &Value,
) -> Vec<Difference> {
    let mut found = Vec::new();
    if ours["operationId"] != theirs["operationId"] {
        found.push(Difference {
            address: target.to_owned(),
            said: format!("its operationId is {}", theirs["operationId"]),
            change: Value::Null,
        });
    }
    let servers = |operation: &Value| operation.get("servers").cloned().unwrap_or_default();
    if servers(ours) != servers(theirs) {
        found.push(Difference {
            address: target.to_owned(),
            said: match theirs.get("servers") {
                None => "it is where the other operations are".to_owned(),
                Some(servers) => format!("it is at {servers}"),
            },
            change: Value::Null,
        });
    }
    let theirs_parameters: Vec<&Value> = list(theirs, "parameters")
        .map(|parameter| written_out(root, parameter))
        .collect();
    for ours in list(ours, "parameters").map(|parameter| written_out(root, parameter)) {
        let same = |theirs: &&&Value| theirs["name"] == ours["name"] && theirs["in"] == ours["in"];
        match theirs_parameters.iter().find(same) {
            Some(theirs) => found.extend(parameters(root, target, ours, theirs)),
            None => found.push(Difference {
                address: target.to_owned(),
                said: format!("it has no parameter {}", ours["name"]),
                change: json!({"parameter": ours}),
            }),
        }
    }
    let mut bodies = vec![("requestBody".to_owned(), format!("{target} request"))];
    let responses = ours["responses"].as_object().into_iter().flatten();
    bodies.extend(
        responses
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, _)| (format!("responses/{status}"), format!("{target} {status}"))),
    );
    for (place, address) in bodies {
        let body = |operation| {
            Some(json_schema(written_out(
                root,
                Value::pointer(operation, &format!("/{place}"))?,
            )))
        };
        match (body(ours).flatten(), body(theirs).flatten()) {
            (Some(ours), Some(theirs)) => found.extend(schemas(root, &address, ours, theirs)),
            (Some(ours), None) => found.push(Difference {
                address: address.clone(),
                said: "it has no JSON body".to_owned(),
                change: json!({"replace": ours}),
            }),
            (None, _) => {}
        }
    }
    found
}

/// Where a webhook of the document differs from one of an entry.
pub(in crate::regen::overlay) fn webhooks(
    root: &Value,
    target: &str,
    ours: &Webhook,
    theirs: &Value,
) -> Vec<Difference> {
    let body = theirs
        .pointer("/post/requestBody")
        .and_then(|body| json_schema(written_out(root, body)));
    let body = body.map(|body| flat(root, body)).unwrap_or_default();
    let property = |name: &str| body["properties"].get(name);
    let mut found = Vec::new();
    for (name, value) in [("webhook_type", &ours.name), ("object_type", &ours.root)] {
        let values = property(name).map(|schema| strings(&resolve(root, schema)["enum"]));
        // Where nothing is listed, nothing says otherwise.
        if let Some(values) = values.filter(|values| !values.is_empty() && !values.contains(value))
        {
            found.push(Difference {
                address: format!("{target}.{name}"),
                said: format!("it is {}", values.join(", ")),
                change: json!({"merge": {"enum": [value]}}),
            });
        }
    }
    let address = format!("{target}.{}", ours.root);
    match property(&ours.root) {
        Some(theirs) => found.extend(schemas(root, &address, &ours.schema, theirs)),
        None => found.push(Difference {
            address: target.to_owned(),
            said: format!("a delivery has no `{}`", ours.root),
            change: json!({"add": {"properties": {&ours.root: ours.schema}}}),
        }),
    }
    found
}

fn written_out<'v>(root: &'v Value, node: &'v Value) -> &'v Value {
    text(node, "$ref")
        .and_then(|place| follow(root, place))
        .unwrap_or(node)
}

fn json_schema(holder: &Value) -> Option<&Value> {
    holder.pointer("/content/application~1json/schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_webhooks_are_compared_by_what_they_take_and_say() {
        let root = json!({});
        let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
        let page = |needed: bool| json!({"name": "page", "in": "query", "required": needed, "schema": {"type": "integer"}});
        let ours = json!({"operationId": "a", "parameters": [page(false)], "responses": {"200": body(json!({"type": "object"}))}});
        assert_eq!(operations(&root, "GET /a", &ours, &ours), []);
        let theirs =
            json!({"operationId": "b", "parameters": [page(true)], "responses": {"200": {}}});
        let found = operations(&root, "GET /a", &ours, &theirs);
        let said: Vec<&str> = found.iter().map(|found| &*found.said).collect();
        assert_eq!(
            said,
            [
                "its operationId is \"b\"",
                "required is true",
                "it has no JSON body"
            ]
        );
        let ours = Webhook {
            name: "a.made".into(),
            root: "a".into(),
            schema: json!({"type": "object"}),
            summary: String::new(),
        };
        let delivery = |name: &str| {
            let named = json!({"type": "string", "enum": [name]});
            json!({"post": {"requestBody": body(json!({"properties": {"webhook_type": named, "a": {"type": "object"}}}))}})
        };
        assert_eq!(webhooks(&root, "webhook a", &ours, &delivery("a.made")), []);
        let found = webhooks(&root, "webhook a", &ours, &delivery("a.mad"));
        assert_eq!(found[0].said, "it is a.mad");
    }
}
