//! From the normalised document to the [`ir`](super::ir).

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use super::ir::{
    Answer, Api, Body, BodyShape, EnumSite, Field, Kind, Operation, Parameter, ParameterPlace,
    Type, TypeRef,
};
use super::names::{Form, Names};
use super::operations::OperationFacts;
use super::passes::{META, Problem, SITES};
use super::reach::{Uses, reachable};
use super::resources;
use super::schema::{
    METHODS, components, flag, is_struct, list, origin, properties, reference, required, strings,
    text,
};

const JSON: &str = "application/json";

/// Reads the document; what it cannot express becomes a problem.
pub(crate) fn read(
    root: &Value,
    names: &Names,
    facts: &OperationFacts,
    problems: &mut Vec<Problem>,
) -> Api {
    let mut reader = Reader { names, problems };
    let types = reader.types(root);
    let mut operations = reader.operations(root, facts);
    resources::name(&mut operations, names, problems);
    operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    let version = root["info"]["version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Api {
        version,
        types,
        operations,
    }
}

struct Reader<'p> {
    names: &'p Names,
    problems: &'p mut Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, address: &str, message: String, advice: &str) {
        let (address, advice) = (address.to_owned(), advice.to_owned());
        self.problems.push(Problem {
            address,
            message,
            advice,
        });
    }

    fn types(&mut self, root: &Value) -> BTreeMap<String, Type> {
        let sent = reachable(root, Uses::Requests);
        let received = reachable(root, Uses::Answers);
        let mut types = BTreeMap::new();
        for (name, schema) in components(root).into_iter().flatten() {
            let kind = match schema.get("enum") {
                Some(values) => Kind::Enum {
                    values: strings(values),
                    sites: list(schema, SITES)
                        .map(|site| EnumSite {
                            origin: text(site, "origin").unwrap_or_default().to_owned(),
                            values: strings(&site["values"]),
                        })
                        .collect(),
                },
                None => Kind::Struct(self.fields(schema)),
            };
            let ty = Type {
                doc: prose(schema),
                sent: sent.contains(name),
                received: received.contains(name),
                kind,
            };
            types.insert(name.clone(), ty);
        }
        types
    }

    fn fields(&mut self, schema: &Value) -> Vec<Field> {
        let mut fields: Vec<(usize, Field)> = properties(schema)
            .map(|(name, value)| {
                let field = Field {
                    name: name.clone(),
                    ty: self.type_ref(value),
                    required: required(schema).any(|known| known == name),
                    nullable: flag(value, "nullable"),
                    doc: prose(value),
                    example: value
                        .get("example")
                        .filter(|e| !e.is_null())
                        .map(Value::to_string),
                    deprecated: flag(value, "deprecated"),
                    minted: self.names.minted(origin(value)),
                };
                (
                    self.names.argument(origin(value)).unwrap_or(usize::MAX),
                    field,
                )
            })
            .collect();
        let mut known: BTreeMap<String, &String> = BTreeMap::new();
        for (name, value) in properties(schema) {
            if let Some(twin) = known.insert(name.to_snake_case(), name) {
                self.problem(
                    origin(value),
                    format!("`{twin}` and `{name}` have the same name in Rust"),
                    "remove one of them in overlay.yaml",
                );
            }
        }
        // Constructors take their arguments in the order of the fields.
        fields.sort_by_key(|(rank, _)| *rank);
        fields.into_iter().map(|(_, field)| field).collect()
    }

    fn type_ref(&mut self, schema: &Value) -> TypeRef {
        if let Some(name) = reference(schema) {
            return TypeRef::Named(name.to_owned());
        }
        let form = |form| match text(schema, "format") {
            Some("decimal") => Some(TypeRef::Decimal(form)),
            _ => None,
        };
        match text(schema, "type") {
            None => TypeRef::Json,
            Some("string") => form(Form::String).unwrap_or_else(|| match text(schema, "format") {
                Some("date-time") => TypeRef::DateTime,
                Some("date") => TypeRef::Date,
                Some("uuid") => TypeRef::Uuid,
                _ => TypeRef::String,
            }),
            Some("number") => TypeRef::Decimal(Form::Number),
            Some("integer") => TypeRef::Integer,
            Some("boolean") => TypeRef::Boolean,
            Some("array") => TypeRef::List(Box::new(self.element(&schema["items"]))),
            Some("object") if !is_struct(schema) => {
                TypeRef::Map(Box::new(self.element(&schema["additionalProperties"])))
            }
            Some(other) => {
                let message = format!("a schema of type `{other}` cannot stand here");
                self.problem(
                    origin(schema),
                    message,
                    "correct the schema, or write a pass for it",
                );
                TypeRef::Json
            }
        }
    }

    fn element(&mut self, schema: &Value) -> TypeRef {
        match (self.type_ref(schema), flag(schema, "nullable")) {
            (TypeRef::Json, _) => TypeRef::Json,
            (ty, true) => TypeRef::Nullable(Box::new(ty)),
            (ty, false) => ty,
        }
    }

    fn operations(&mut self, root: &Value, facts: &OperationFacts) -> Vec<Operation> {
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
            let doc = prose(parameter);
            let schema = &parameter["schema"];
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
                                "say `style: deepObject`, or correct it in overlay.yaml",
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
                    "remove it in overlay.yaml, or extend the reader",
                ),
            }
        }
        let place = |parameter: &Parameter| path.find(&format!("{{{}}}", parameter.name));
        in_path.sort_by_key(place);
        in_path.into_iter().chain(in_query).collect()
    }

    fn body(&mut self, body: &Value, address: &str) -> Option<Body> {
        let Some(schema) = body.pointer("/content/application~1json/schema") else {
            self.problem(
                &format!("{address} request"),
                "this request body is not JSON".to_owned(),
                "remove it in overlay.yaml, or extend the reader",
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
                "keep one of them in overlay.yaml",
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

fn prose(node: &Value) -> Option<String> {
    text(node, "description")
        .map(str::trim)
        .filter(|said| !said.is_empty())
        .map(str::to_owned)
}
