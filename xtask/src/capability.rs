//! The API as a capability file of Naftiko 1.0.0-alpha2, for engines of that format: every operation is consumed, and
//! exposed twice, as a REST adapter and as tools for agents.
//!
//! Two things the format cannot say. The names of parameters have no brackets, and a parameter is sent once: of filters
//! that are lists ([`SINGLE`]) there is a single value where the server takes one without brackets, and nothing where it
//! would ignore it, nor of maps (`metadata[key]`); the file says which are left out. And engines do not write objects as
//! JSON, so that a body is one parameter, which is text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::regen::emit::tools::{resource, words};
use crate::regen::ir::{
    Api, Body, BodyShape, Effect, Field, Idempotency, Kind, Operation, Parameter, ParameterPlace,
    TypeRef,
};

const VERSION: &str = "1.0.0-alpha2";

/// The namespaces of what is consumed and of both that are exposed.
const LAGO: &str = "lago";
const REST: &str = "lago-rest";
const MCP: &str = "lago-mcp";

const REST_PORT: u16 = 8080;
const MCP_PORT: u16 = 9090;

/// The name of the parameter that is a body.
const BODY: &str = "body";

/// The operations whose filters that are lists the server takes without brackets as well, with a single value: read from
/// its controllers of order forms, orders and quotes, and recorded (0985, 0993, 0997, 1066 of product-catalog).
const SINGLE: [&str; 3] = ["order_forms.list", "orders.list", "quotes.list"];

/// The file.
pub(crate) fn file(api: &Api) -> Value {
    let mut paths: BTreeMap<(&str, &str), Vec<&Operation>> = BTreeMap::new();
    for operation in &api.operations {
        let path = (operation.base_path.as_str(), operation.path.as_str());
        paths.entry(path).or_default().push(operation);
    }
    let consumed: Vec<Value> = paths.iter().map(|(at, all)| consumed(*at, all)).collect();
    let exposed: Vec<Value> = paths
        .iter()
        .map(|(at, all)| exposed(api, *at, all))
        .collect();
    let tools: Vec<Value> = api.operations.iter().map(|it| tool(api, it)).collect();
    json!({
        "naftiko": VERSION,
        "info": {
            "label": "Lago",
            "description": description(api),
            "tags": ["billing", "lago", "usage"],
        },
        "binds": [{
            "namespace": "lago-env",
            "description": "The API key, from the environment.",
            "keys": { "LAGO_TOKEN": "LAGO_TOKEN" },
        }],
        "capability": {
            "consumes": [{
                "namespace": LAGO,
                "type": "http",
                "description": "The API of Lago.",
                "baseUri": "https://api.getlago.com",
                "authentication": { "type": "bearer", "token": "{{LAGO_TOKEN}}" },
                "resources": consumed,
            }],
            "exposes": [
                { "type": "rest", "address": "localhost", "port": REST_PORT, "namespace": REST, "resources": exposed },
                {
                    "type": "mcp", "transport": "http", "address": "localhost", "port": MCP_PORT, "namespace": MCP,
                    "description": "Tools for billing with Lago. Amounts in cents are whole numbers; lists come in pages.",
                    "tools": tools,
                },
            ],
        },
    })
}

fn description(api: &Api) -> String {
    let left_out: BTreeSet<String> = api.operations.iter().flat_map(left_out).collect();
    let left_out: Vec<String> = left_out.iter().map(|name| format!("`{name}`")).collect();
    let without = match left_out.is_empty() {
        true => String::new(),
        false => format!(
            " This format has no parameters with brackets in their names, so these filters of Lago are not in it: {}.",
            left_out.join(", ")
        ),
    };
    format!(
        "Usage-based billing with Lago: its API as a REST adapter that holds the key, and as tools for agents. For a \
         server of your own, change `baseUri`.{without}"
    )
}

/// The parameters of an operation that the format cannot express, as they are called on the wire.
fn left_out(operation: &Operation) -> impl Iterator<Item = String> {
    let inputs = inputs(operation);
    let is_left_out = move |parameter: &&Parameter| {
        let is_it = |input: &Input<'_>| matches!(input.what, What::Parameter(other) if other.name == parameter.name);
        !inputs.iter().any(is_it)
    };
    operation
        .parameters
        .iter()
        .filter(is_left_out)
        .map(|parameter| match parameter.place {
            ParameterPlace::QueryMap { .. } => format!("{}[key]", parameter.name),
            _ => parameter.name.clone(),
        })
}

fn consumed((base_path, path): (&str, &str), operations: &[&Operation]) -> Value {
    let operations = operations.iter().map(|operation| {
        let inputs = inputs(operation);
        let inputs: Vec<Value> = inputs
            .iter()
            .map(|input| json!({ "name": input.name, "in": input.goes() }))
            .collect();
        let mut consumed = Map::from_iter([
            ("name".to_owned(), json!(name(operation))),
            ("method".to_owned(), json!(operation.method)),
        ]);
        if !inputs.is_empty() {
            consumed.insert("inputParameters".to_owned(), Value::Array(inputs));
        }
        if operation.body.is_some() {
            consumed.insert(BODY.to_owned(), json!(format!("{{{{{BODY}}}}}")));
        }
        Value::Object(consumed)
    });
    json!({
        "name": resource_name(base_path, path),
        "path": format!("{base_path}{}", mustache(path)),
        "operations": operations.collect::<Vec<_>>(),
    })
}

fn exposed(api: &Api, (base_path, path): (&str, &str), operations: &[&Operation]) -> Value {
    let operations = operations.iter().map(|operation| {
        let inputs = inputs(operation);
        let mut exposed = json!({
            "name": name(operation),
            "label": words::title(operation),
            "description": words::operation(operation),
            "method": operation.method,
        });
        if let Some(exposed) = exposed.as_object_mut() {
            call(exposed, operation, &inputs, REST);
        }
        let described = inputs.iter().map(|input| {
            json!({
                "name": input.name,
                "in": input.goes(),
                "type": input.rest_type(),
                "description": input.words(api),
            })
        });
        exposed["inputParameters"] = described.collect();
        exposed
    });
    json!({
        "name": resource_name(base_path, path),
        "path": format!("{}{}", prefix(base_path), mustache(path)),
        "operations": operations.collect::<Vec<_>>(),
    })
}

fn tool(api: &Api, operation: &Operation) -> Value {
    let inputs = inputs(operation);
    let mut tool = json!({
        "name": name(operation),
        "label": words::title(operation),
        "description": words::operation(operation),
        "hints": hints(operation),
    });
    if let Some(tool) = tool.as_object_mut() {
        call(tool, operation, &inputs, MCP);
    }
    let described = inputs.iter().map(|input| {
        json!({
            "name": input.name,
            "type": input.mcp_type(),
            "description": input.words(api),
            "required": input.required,
        })
    });
    tool["inputParameters"] = described.collect();
    tool
}

/// Which operation it calls, and where that has its parameters from.
fn call(exposed: &mut Map<String, Value>, operation: &Operation, inputs: &[Input<'_>], from: &str) {
    exposed.insert(
        "call".to_owned(),
        json!(format!("{LAGO}.{}", name(operation))),
    );
    if !inputs.is_empty() {
        let with = inputs.iter().map(|input| {
            (
                input.name.to_owned(),
                json!(format!("{from}.{}", input.name)),
            )
        });
        exposed.insert("with".to_owned(), Value::Object(with.collect()));
    }
}

/// What agents are told, as the gateway tells it.
fn hints(operation: &Operation) -> Value {
    json!({
        "readOnly": operation.effect == Effect::Reads,
        "destructive": matches!(operation.effect, Effect::Changes | Effect::Removes | Effect::Acts),
        "idempotent": operation.idempotency != Idempotency::NotIdempotent,
        "openWorld": operation.outside,
    })
}

/// A parameter that the format can express.
struct Input<'a> {
    name: &'a str,
    what: What<'a>,
    required: bool,
}

enum What<'a> {
    Parameter(&'a Parameter),
    Body(&'a Body),
}

fn inputs(operation: &Operation) -> Vec<Input<'_>> {
    let takes_single = SINGLE.contains(&resource(operation).as_str());
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let plain = parameter.name.trim_end_matches("[]");
        let required = match &parameter.place {
            ParameterPlace::Path => true,
            ParameterPlace::Query { required, .. } if plain == parameter.name || takes_single => {
                *required
            }
            ParameterPlace::Query { .. } | ParameterPlace::QueryMap { .. } => return None,
        };
        Some(Input {
            name: plain,
            what: What::Parameter(parameter),
            required,
        })
    });
    let body = operation.body.iter().map(|body| Input {
        name: BODY,
        what: What::Body(body),
        required: body.required,
    });
    parameters.chain(body).collect()
}

impl Input<'_> {
    /// Where it goes in a consumed request: a body is written by the operation.
    fn goes(&self) -> &'static str {
        match self.what {
            What::Body(_) => "body",
            What::Parameter(parameter) if parameter.place == ParameterPlace::Path => "path",
            What::Parameter(_) => "query",
        }
    }

    fn rest_type(&self) -> &'static str {
        match self.what {
            What::Body(_) => "object",
            What::Parameter(_) => self.mcp_type(),
        }
    }

    fn mcp_type(&self) -> &'static str {
        match self.what {
            What::Parameter(Parameter {
                place: ParameterPlace::Query { ty, .. },
                ..
            }) => match ty {
                TypeRef::Integer => "integer",
                TypeRef::Boolean => "boolean",
                _ => "string",
            },
            What::Parameter(_) | What::Body(_) => "string",
        }
    }

    fn words(&self, api: &Api) -> String {
        let said = match self.what {
            What::Parameter(parameter) if parameter.name != self.name => {
                format!("{} One value.", words::parameter(api, parameter))
            }
            What::Parameter(parameter) => words::parameter(api, parameter),
            What::Body(body) => format!("The JSON body: {}.", keys(api, body).join(", ")),
        };
        match said.is_empty() {
            true => self.name.replace('_', " "),
            false => said,
        }
    }
}

/// The keys that a body may have, each with the one around it.
fn keys(api: &Api, body: &Body) -> Vec<String> {
    let fields = |ty: &TypeRef| match ty {
        TypeRef::Named(name) => match &api.types.get(name)?.kind {
            Kind::Struct(fields) => Some(fields.as_slice()),
            Kind::Enum { .. } => None,
        },
        _ => None,
    };
    let key = |around: &str, field: &Field| {
        let required = if field.required { " (required)" } else { "" };
        format!("`{around}{}`{required}", field.name)
    };
    let roots = match &body.shape {
        BodyShape::Roots(roots) | BodyShape::Choice(roots) => roots.as_slice(),
        BodyShape::Type(ty) => match fields(ty) {
            Some(fields) => fields,
            None => return vec!["any keys".to_owned()],
        },
    };
    let below = roots.iter().flat_map(|root| match fields(&root.ty) {
        Some(fields) if !fields.is_empty() => {
            let around = format!("{}.", root.name);
            fields.iter().map(|field| key(&around, field)).collect()
        }
        _ => vec![key("", root)],
    });
    below.collect()
}

fn name(operation: &Operation) -> String {
    resource(operation).replace(['.', '_'], "-")
}

/// What stands before the paths that are exposed: nothing for the first version of the API, as in the capability that
/// others wrote.
fn prefix(base_path: &str) -> &str {
    match base_path {
        "/api/v1" => "",
        other => other,
    }
}

fn resource_name(base_path: &str, path: &str) -> String {
    let whole = format!("{}{path}", prefix(base_path));
    let plain: String = whole
        .chars()
        .filter(|char| !matches!(char, '{' | '}'))
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char
            } else {
                '-'
            }
        })
        .collect();
    plain.trim_matches('-').to_owned()
}

/// A path with its parameters as engines of the format read them.
fn mustache(path: &str) -> String {
    path.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests;
