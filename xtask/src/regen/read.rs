//! From the normalised document to the [`ir`](super::ir).
//!
//! Defaults are not read: a client that sent them would overwrite what the server has stored with what
//! the caller left alone.

mod operation;
mod webhook;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::conversions::plan;
use super::identity;
use super::ir::Form;
use super::ir::{
    Api, EnumSite, Field, KEYWORDS, Kind, LeftOut, Limits, Operation, ParameterPlace, Type, TypeRef,
};
use super::keyed;
use super::names::{Names, calls, ident};
use super::operations::OperationFacts;
use super::pagination;
use super::passes::SITES;
use super::problem::Problem;
use super::prose::first_sentence;
use super::reach::{Uses, reachable};
use super::schema::{
    LEFT_OUT, NULL_AS_EMPTY, components, flag, is_struct, list, origin, properties, reference,
    required, strings, text, value_words,
};

/// Reads the document; what it cannot express becomes a problem.
pub(crate) fn read(
    root: &Value,
    names: &Names,
    facts: &OperationFacts,
    problems: &mut Vec<Problem>,
) -> Api {
    let mut reader = Reader {
        components: components(root).cloned().unwrap_or_default(),
        names,
        problems,
        narrower: BTreeMap::new(),
    };
    let mut types = reader.types(root);
    reader.narrower = narrower(&types);
    let conversions = names.conversions(|from, to| plan(from, to, &types).is_some());
    let identified = types
        .keys()
        .filter_map(|name| Some((name.clone(), names.identified(name)?.to_owned())))
        .collect();
    let mut operations = reader.operations(root, facts);
    let webhooks = reader.webhooks(root);
    keyed::check(&mut operations, &types, facts);
    calls::operations(&mut operations, names, problems);
    for operation in &mut operations {
        operation.identity = identity::of(operation, &types);
        operation
            .identity
            .retain(|found| facts.is_stated(&operation.id, &found.parameter));
        operation.gone = identity::gone(operation, &types).filter(|gone| {
            let parameter = gone.parameter();
            parameter.is_some_and(|parameter| facts.is_stated(&operation.id, parameter))
        });
    }
    operations.sort_by(|a, b| {
        (!a.published, &a.path, &a.method).cmp(&(!b.published, &b.path, &b.method))
    });
    let aliases = names.aliases(|item| is_there(item, &types, &operations));
    let guides = names.guides(|noun| {
        let mut operations = operations.iter();
        operations.any(|operation| {
            operation
                .accessors
                .first()
                .is_some_and(|known| known == noun)
        })
    });
    describe_by_parameters(&mut types, &operations);
    let nouns = nouns(root, names, &operations);
    let version = root["info"]["version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Api {
        version,
        types,
        operations,
        conversions,
        identified,
        webhooks,
        aliases,
        guides,
        nouns,
    }
}

/// Lets enums that no property has say what a parameter says that takes them.
fn describe_by_parameters(types: &mut BTreeMap<String, Type>, operations: &[Operation]) {
    for parameter in operations
        .iter()
        .flat_map(|operation| &operation.parameters)
    {
        if let ParameterPlace::Query {
            ty: TypeRef::Named(name),
            ..
        } = &parameter.place
            && let Some(ty) = types.get_mut(name).filter(|ty| ty.doc.is_none())
        {
            let said = parameter.doc.as_deref().map(|said| first_sentence(said).0);
            ty.doc = said.map(str::to_owned);
        }
    }
}

/// The words on each noun that leads to operations: those of the tag of that name, else those of names.yaml.
fn nouns(root: &Value, names: &Names, operations: &[Operation]) -> BTreeMap<String, String> {
    let tags: BTreeMap<&str, String> = list(root, "tags")
        .filter_map(|tag| Some((text(tag, "name")?, prose(tag)?)))
        .collect();
    let places = operations.iter().flat_map(|operation| {
        let nouns = &operation.accessors;
        (1..=nouns.len()).map(|depth| nouns[..depth].join("."))
    });
    let places: BTreeSet<String> = places.collect();
    let said = places.into_iter().filter_map(|place| {
        let of_tag = tags.get(place.as_str()).cloned();
        let words = of_tag.or_else(|| names.noun(&place).map(str::to_owned))?;
        Some((place, words))
    });
    said.collect()
}

/// Whether there is a type, an operation or a noun of that name.
fn is_there(item: &str, types: &BTreeMap<String, Type>, operations: &[Operation]) -> bool {
    let leads_to = |operation: &Operation| {
        let nouns = operation.accessors.join(".");
        operation.id == item || format!("{nouns}.").starts_with(&format!("{item}."))
    };
    types.contains_key(item) || operations.iter().any(leads_to)
}

struct Reader<'p> {
    components: Map<String, Value>,
    names: &'p Names,
    problems: &'p mut Vec<Problem>,
    /// The values at the places that list fewer than their enum has.
    narrower: BTreeMap<String, Vec<String>>,
}

fn narrower(types: &BTreeMap<String, Type>) -> BTreeMap<String, Vec<String>> {
    let mut places = BTreeMap::new();
    for ty in types.values() {
        if let Kind::Enum { values, sites, .. } = &ty.kind {
            let fewer = sites.iter().filter(|site| site.values.len() < values.len());
            places.extend(fewer.map(|site| (site.origin.clone(), site.values.clone())));
        }
    }
    places
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
        let received = reachable(root, Uses::Responses);
        let published = reachable(root, Uses::Published);
        let mut types = BTreeMap::new();
        for (name, schema) in components(root).into_iter().flatten() {
            let kind = match schema.get("enum") {
                Some(values) => Kind::Enum {
                    values: strings(values),
                    words: words(schema),
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
                origin: origin(schema).to_owned(),
                sent: sent.contains(name),
                received: received.contains(name),
                published: published.contains(name),
                kind,
            };
            types.insert(name.clone(), ty);
        }
        types
            .entry(pagination::TYPE.to_owned())
            .or_insert_with(pagination::as_lago_has_it);
        types
    }

    fn fields(&mut self, schema: &Value) -> Vec<Field> {
        let mut fields: Vec<(usize, Field)> = properties(schema)
            .map(|(name, value)| {
                let field = Field {
                    name: name.clone(),
                    origin: origin(value).to_owned(),
                    ty: self.type_ref(value),
                    required: required(schema).any(|known| known == name),
                    nullable: flag(value, "nullable"),
                    limits: limits(value),
                    doc: prose(value).or_else(|| self.prose_of_target(value)),
                    example: example(value),
                    deprecated: flag(value, "deprecated"),
                    client_generated: self.names.client_generated(origin(value)),
                    asked: self.names.asked(origin(value)),
                    left_out: text(value, LEFT_OUT).and_then(LeftOut::read),
                    null_as_empty: flag(value, NULL_AS_EMPTY),
                };
                (
                    self.names.argument(origin(value)).unwrap_or(usize::MAX),
                    field,
                )
            })
            .collect();
        let mut known: BTreeMap<String, &String> = BTreeMap::new();
        for (name, value) in properties(schema) {
            if let Some(twin) = known.insert(ident::snake(name), name) {
                self.problem(
                    origin(value),
                    format!("`{twin}` and `{name}` have the same name in Rust"),
                    "remove one of them in the overlay",
                );
            }
        }
        // Constructors take their arguments in the order of the fields.
        fields.sort_by_key(|(rank, _)| *rank);
        fields.into_iter().map(|(_, field)| field).collect()
    }

    /// What is said first of the component that a reference leads to: enough where it is used, the rest is a link away.
    fn prose_of_target(&self, value: &Value) -> Option<String> {
        let target = self.components.get(reference(value)?)?;
        let said = prose(target)?;
        said.split("\n\n").next().map(str::to_owned)
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
            Some("number") => TypeRef::Decimal(match text(schema, "format") {
                Some("unix-time") => Form::Seconds,
                _ => Form::Number,
            }),
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
}

/// The limits that a schema has beside its type.
fn limits(schema: &Value) -> Limits {
    let is_decimal = text(schema, "format") == Some("decimal");
    let keywords = KEYWORDS
        .into_iter()
        .filter(|keyword| !(is_decimal && *keyword == "pattern"))
        .filter_map(|keyword| Some((keyword, schema.get(keyword)?.clone())));
    let inner = ["items", "additionalProperties"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword));
    let inner = inner
        .map(limits)
        .find(|inner| !inner.is_empty())
        .map(Box::new);
    Limits {
        keywords: keywords.collect(),
        each: inner,
    }
}

fn words(schema: &Value) -> BTreeMap<String, String> {
    value_words(schema)
        .iter()
        .filter_map(|(value, words)| Some((value.clone(), words.as_str()?.to_owned())))
        .collect()
}

/// An example as JSON text.
fn example(node: &Value) -> Option<String> {
    let example = node.get("example").filter(|example| !example.is_null());
    example.map(Value::to_string)
}

fn prose(node: &Value) -> Option<String> {
    text(node, "description")
        .map(str::trim)
        .filter(|said| !said.is_empty())
        .map(str::to_owned)
}
