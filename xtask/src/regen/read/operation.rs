//! Operations: parameters, bodies, responses, failures.

use serde_json::Value;

use super::{Reader, example, limits, prose};
use crate::regen::ir::{
    Body, BodyShape, Failures, Field, Operation, Parameter, ParameterPlace, Response, TypeRef,
};
use crate::regen::names::calls;
use crate::regen::operations::OperationFacts;
use crate::regen::pagination::META;
use crate::regen::schema::{
    CODES, MAY_BE_EMPTY, METHODS, UNPUBLISHED, flag, is_struct, list, origin, properties, resolved,
    strings, text,
};

const JSON: &str = "application/json";

/// Where paths begin on the server unless their operation says otherwise.
const BASE_PATH: &str = "/api/v1";

impl Reader<'_> {
    pub(super) fn operations(&mut self, root: &Value, facts: &OperationFacts) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in root["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(self.operation(path, method, operation, facts));
                }
            }
        }
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        operation: &Value,
        facts: &OperationFacts,
    ) -> Operation {
        let id = text(operation, "operationId").unwrap_or_default();
        let address = format!("{} {path}", method.to_uppercase());
        let said = |key| text(operation, key).map(str::to_owned);
        let facts = facts.of(id, method);
        Operation {
            id: id.to_owned(),
            method: method.to_uppercase(),
            base_path: self.base_path(operation, &address),
            path: path.to_owned(),
            summary: said("summary"),
            description: said("description"),
            deprecated: flag(operation, "deprecated"),
            parameters: self.parameters(path, operation, &address),
            body: operation
                .get("requestBody")
                .and_then(|body| self.body(body, &address)),
            response: self.response(operation, &address),
            identity: Vec::new(),
            gone: None,
            may_be_empty: may_be_empty(operation),
            failures: failures(operation),
            published: !flag(operation, UNPUBLISHED),
            accessors: Vec::new(),
            verb: String::new(),
            effect: facts.effect,
            outside: facts.outside,
            grants: facts.grants,
            idempotency: facts.idempotency,
            since: facts.since,
        }
    }

    /// Where the path begins on the server: the client knows the host alone, from its caller.
    fn base_path(&mut self, operation: &Value, address: &str) -> String {
        let servers: Vec<&str> = list(operation, "servers")
            .filter_map(|server| text(server, "url"))
            .collect();
        match servers.as_slice() {
            [] => BASE_PATH.to_owned(),
            urls => {
                if let [url] = urls
                    && let Some(version) = version_of(url)
                {
                    return version.to_owned();
                }
                self.problem(
                    address,
                    format!("the client cannot tell where `{}` is", urls.join("`, `")),
                    "name one server, whose address ends with `/api/` and a version",
                );
                BASE_PATH.to_owned()
            }
        }
    }

    fn parameters(&mut self, path: &str, operation: &Value, address: &str) -> Vec<Parameter> {
        let mut in_path = Vec::new();
        let mut in_query = Vec::new();
        for parameter in list(operation, "parameters") {
            let name = text(parameter, "name").unwrap_or_default();
            let schema = &parameter["schema"];
            let origin = match origin(schema) {
                "" => format!("{address}?{name}"),
                origin => origin.to_owned(),
            };
            // What the overlay says about a parameter stands on its schema.
            let doc: Vec<String> = [prose(parameter), prose(schema), self.takes(schema)]
                .into_iter()
                .flatten()
                .collect();
            let doc = (!doc.is_empty()).then(|| doc.join("\n\n"));
            let required = flag(parameter, "required");
            let deep = text(parameter, "style") == Some("deepObject");
            let object = resolved(schema, &self.components).is_some_and(is_struct);
            let base = name.strip_suffix("[key]").unwrap_or(name);
            let (name, place) = match text(parameter, "in") {
                Some("path") => (name, ParameterPlace::Path),
                Some("query") if base != name || (deep && object) => {
                    (base, ParameterPlace::QueryMap { required })
                }
                Some("query") if object => {
                    self.no_object(&origin, name);
                    continue;
                }
                Some("query") => match self.type_ref(schema) {
                    TypeRef::Map(_) if deep => (name, ParameterPlace::QueryMap { required }),
                    TypeRef::Map(_) | TypeRef::Nullable(_) => {
                        self.no_object(&origin, name);
                        continue;
                    }
                    ty => (name, ParameterPlace::Query { required, ty }),
                },
                other => {
                    self.problem(
                        &origin,
                        format!(
                            "a parameter in `{}` is not supported",
                            other.unwrap_or_default()
                        ),
                        "remove it in the overlay, or extend the reader",
                    );
                    continue;
                }
            };
            let mut limits = limits(schema);
            let places = match place {
                ParameterPlace::Path => {
                    // It is text, whatever else it is: an id that is none finds nothing.
                    let form = schema.get("format").filter(|form| *form == "uuid");
                    limits
                        .keywords
                        .extend(form.map(|form| ("format", form.clone())));
                    &mut in_path
                }
                _ => &mut in_query,
            };
            places.push(Parameter {
                name: name.to_owned(),
                // Given when all are known.
                rust: String::new(),
                origin,
                place,
                limits,
                doc,
                example: example(parameter).or_else(|| example(schema)),
            });
        }
        let place = |parameter: &Parameter| path.find(&format!("{{{}}}", parameter.name));
        in_path.sort_by_key(place);
        let mut parameters: Vec<Parameter> = in_path.into_iter().chain(in_query).collect();
        for Parameter { name, origin, .. } in calls::parameters(&mut parameters) {
            self.problem(
                origin,
                format!("another parameter has the same name in Rust as `{name}`"),
                "remove one of them in the overlay",
            );
        }
        parameters
    }

    fn no_object(&mut self, origin: &str, name: &str) {
        self.problem(
            origin,
            format!("the query parameter `{name}` holds an object"),
            "say `style: deepObject`, or correct it in the overlay",
        );
    }

    /// The values that are documented for a parameter, where the enum has others too.
    fn takes(&self, schema: &Value) -> Option<String> {
        let listed = schema.get("items").unwrap_or(schema);
        let values = self.narrower.get(origin(listed))?;
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        Some(format!("Documented values: {}.", values.join(", ")))
    }

    fn body(&mut self, body: &Value, address: &str) -> Option<Body> {
        let Some(schema) = body.pointer("/content/application~1json/schema") else {
            self.problem(
                &format!("{address} request"),
                "this request body is not JSON".to_owned(),
                "remove it in the overlay, or extend the reader",
            );
            return None;
        };
        let shape = if let Some(members) = choice(schema) {
            BodyShape::Choice(
                members
                    .iter()
                    .flat_map(|member| self.fields(member))
                    .collect(),
            )
        } else if is_struct(schema) {
            BodyShape::Roots(self.fields(schema))
        } else {
            BodyShape::Type(self.type_ref(schema))
        };
        Some(Body {
            required: flag(body, "required"),
            shape,
        })
    }

    fn response(&mut self, operation: &Value, address: &str) -> Response {
        let responses = operation["responses"].as_object().into_iter().flatten();
        let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
        let (first, second) = (successes.next(), successes.next());
        if let (Some((one, _)), Some((other, _))) = (first, second) {
            self.problem(
                &format!("{address} {one}"),
                format!("the operation answers both {one} and {other}"),
                "keep one of them in the overlay",
            );
        }
        let Some(content) = first.and_then(|(_, response)| response["content"].as_object()) else {
            return Response::Empty;
        };
        match content.get(JSON) {
            Some(media) => self.response_of(&media["schema"], address),
            None if content.is_empty() => Response::Empty,
            None => Response::Text,
        }
    }

    fn response_of(&mut self, schema: &Value, address: &str) -> Response {
        if let Some(members) = choice(schema) {
            return Response::Choice(
                members
                    .iter()
                    .map(|m| self.response_of(m, address))
                    .collect(),
            );
        }
        if !is_struct(schema) {
            return Response::Type(self.type_ref(schema));
        }
        // What has a block beside a list that is none of pages is a type by now.
        let page =
            properties(schema).count() == 2 && properties(schema).any(|(name, _)| name == META);
        let mut roots = self
            .fields(schema)
            .into_iter()
            .filter(|field| !(page && field.name == META));
        match (roots.next(), roots.next(), page) {
            (
                Some(Field {
                    name,
                    ty: TypeRef::List(item),
                    ..
                }),
                None,
                true,
            ) => Response::Page {
                key: name,
                item: *item,
            },
            (
                Some(Field {
                    name, ty, nullable, ..
                }),
                None,
                false,
            ) => {
                let ty = if nullable {
                    TypeRef::Nullable(Box::new(ty))
                } else {
                    ty
                };
                Response::Root { key: name, ty }
            }
            _ => {
                self.problem(
                    &format!("{address} 200"),
                    "the response has several roots".to_owned(),
                    "name its schema, so that it is a type of its own",
                );
                Response::Empty
            }
        }
    }
}

/// `/api/v2` of `https://api.getlago.com/api/v2`.
fn version_of(url: &str) -> Option<&str> {
    let version = &url[url.rfind("/api/v")?..];
    let number = &version["/api/v".len()..];
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(version)
}

fn choice(schema: &Value) -> Option<&Vec<Value>> {
    schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))?
        .as_array()
}

fn may_be_empty(operation: &Value) -> bool {
    let responses = operation["responses"].as_object().into_iter().flatten();
    responses
        .filter(|(status, _)| status.starts_with('2'))
        .any(|(_, response)| flag(response, MAY_BE_EMPTY))
}

fn failures(operation: &Value) -> Vec<Failures> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let mut failures: Vec<Failures> = responses
        .filter(|(status, _)| status.starts_with(['4', '5']))
        .map(|(status, response)| Failures {
            status: status.clone(),
            codes: strings(&response[CODES]),
        })
        .collect();
    failures.sort_by(|a, b| a.status.cmp(&b.status));
    failures
}
