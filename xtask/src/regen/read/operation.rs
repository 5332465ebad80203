//! Operations: parameters, bodies, answers, failures.

use serde_json::Value;

use super::{Reader, prose};
use crate::regen::ir::{
    Answer, Body, BodyShape, Failures, Field, Operation, Parameter, ParameterPlace, TypeRef,
};
use crate::regen::operations::OperationFacts;
use crate::regen::passes::META;
use crate::regen::schema::{
    CODES, MAY_BE_EMPTY, METHODS, UNPUBLISHED, flag, is_struct, list, origin, properties, strings,
    text,
};

const JSON: &str = "application/json";

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
        let (idempotent, since) = facts.of(id, method);
        Operation {
            id: id.to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            tag: list(operation, "tags")
                .next()
                .and_then(Value::as_str)
                .unwrap_or("untagged")
                .to_owned(),
            summary: said("summary"),
            description: said("description"),
            deprecated: flag(operation, "deprecated"),
            parameters: self.parameters(path, operation, &address),
            body: operation
                .get("requestBody")
                .and_then(|body| self.body(body, &address)),
            answer: self.answer(operation, &address),
            may_be_empty: may_be_empty(operation),
            failures: failures(operation),
            published: !flag(operation, UNPUBLISHED),
            accessors: Vec::new(),
            verb: String::new(),
            idempotent,
            since,
        }
    }

    fn parameters(&mut self, path: &str, operation: &Value, address: &str) -> Vec<Parameter> {
        let mut in_path = Vec::new();
        let mut in_query = Vec::new();
        for parameter in list(operation, "parameters") {
            let name = text(parameter, "name").unwrap_or_default();
            let schema = &parameter["schema"];
            // What the overlay says about a parameter stands on its schema.
            let doc: Vec<String> = [prose(parameter), prose(schema), self.takes(schema)]
                .into_iter()
                .flatten()
                .collect();
            let doc = (!doc.is_empty()).then(|| doc.join("\n\n"));
            let required = flag(parameter, "required");
            let deep = text(parameter, "style") == Some("deepObject");
            match (text(parameter, "in"), name.strip_suffix("[key]")) {
                (Some("path"), _) => {
                    let place = ParameterPlace::Path;
                    in_path.push(Parameter {
                        name: name.to_owned(),
                        place,
                        doc,
                    });
                }
                (Some("query"), Some(base)) => {
                    let place = ParameterPlace::QueryMap { required };
                    in_query.push(Parameter {
                        name: base.to_owned(),
                        place,
                        doc,
                    });
                }
                (Some("query"), None) => {
                    let place = match self.type_ref(schema) {
                        TypeRef::Map(_) if deep => ParameterPlace::QueryMap { required },
                        TypeRef::Map(_) | TypeRef::Nullable(_) => {
                            self.problem(
                                &format!("{address}?{name}"),
                                format!("the query parameter `{name}` holds an object"),
                                "say `style: deepObject`, or correct it in the overlay",
                            );
                            continue;
                        }
                        ty => ParameterPlace::Query { required, ty },
                    };
                    in_query.push(Parameter {
                        name: name.to_owned(),
                        place,
                        doc,
                    });
                }
                (other, _) => self.problem(
                    &format!("{address}?{name}"),
                    format!(
                        "a parameter in `{}` is not supported",
                        other.unwrap_or_default()
                    ),
                    "remove it in the overlay, or extend the reader",
                ),
            }
        }
        let place = |parameter: &Parameter| path.find(&format!("{{{}}}", parameter.name));
        in_path.sort_by_key(place);
        in_path.into_iter().chain(in_query).collect()
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

    fn answer(&mut self, operation: &Value, address: &str) -> Answer {
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
            return Answer::Empty;
        };
        match content.get(JSON) {
            Some(media) => self.answer_of(&media["schema"], address),
            None if content.is_empty() => Answer::Empty,
            None => Answer::Text,
        }
    }

    fn answer_of(&mut self, schema: &Value, address: &str) -> Answer {
        if let Some(members) = choice(schema) {
            return Answer::Choice(members.iter().map(|m| self.answer_of(m, address)).collect());
        }
        if !is_struct(schema) {
            return Answer::Type(self.type_ref(schema));
        }
        let page = properties(schema).any(|(name, _)| name == META);
        let mut roots = self
            .fields(schema)
            .into_iter()
            .filter(|field| field.name != META);
        match (roots.next(), roots.next(), page) {
            (
                Some(Field {
                    name,
                    ty: TypeRef::List(item),
                    ..
                }),
                None,
                true,
            ) => Answer::Page {
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
                Answer::Root { key: name, ty }
            }
            _ => {
                self.problem(
                    &format!("{address} 200"),
                    "the answer has several roots".to_owned(),
                    "name its schema, so that it is a type of its own",
                );
                Answer::Empty
            }
        }
    }
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
