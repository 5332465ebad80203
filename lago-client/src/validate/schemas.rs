//! What the API's description says of requests, and validators of it, made when they are needed.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Facts of all operations, by id.
static FACTS: LazyLock<BTreeMap<String, Facts>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str::<File>(text).unwrap_or_default();
    let file = read(include_str!("../generated/request_schemas.json"));
    #[cfg(feature = "unpublished")]
    let file = {
        let mut file = file;
        let more = read(include_str!(
            "../generated/unpublished/request_schemas.json"
        ));
        file.operations.extend(more.operations);
        file.schemas.extend(more.schemas);
        file
    };
    let facts = file.operations.into_iter().map(|(id, said)| {
        let facts = Facts {
            body: said.body.map(|body| Body::new(body, &file.schemas)),
            query: said
                .query
                .into_iter()
                .map(|parameter| parameter.with(&file.schemas))
                .collect(),
        };
        (id, facts)
    });
    facts.collect()
});

#[derive(Default, Deserialize)]
struct File {
    operations: BTreeMap<String, Said>,
    schemas: Map<String, Value>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    query: Vec<Parameter>,
    body: Option<SaidOfBody>,
}

#[derive(Deserialize)]
struct SaidOfBody {
    required: bool,
    schema: Value,
}

/// What a request of one operation may have.
pub(crate) struct Facts {
    pub(crate) query: Vec<Parameter>,
    pub(crate) body: Option<Body>,
}

/// A parameter of the query.
#[derive(Deserialize)]
pub(crate) struct Parameter {
    /// As it is written, brackets included.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) required: bool,
    /// How an object is written, if it is one.
    style: Option<String>,
    schema: Value,
    #[serde(skip)]
    definitions: Map<String, Value>,
    #[serde(skip)]
    validator: OnceLock<Option<Validator>>,
}

impl Parameter {
    fn with(mut self, schemas: &Map<String, Value>) -> Self {
        reach(&self.schema, schemas, &mut self.definitions);
        self
    }

    /// The name without brackets.
    pub(crate) fn base(&self) -> &str {
        self.name.trim_end_matches("[]")
    }

    /// The schema of one value: of a list it is that of its elements.
    fn one(&self) -> &Value {
        let mut parts = parts(&self.definitions, &self.schema).into_iter();
        parts
            .find_map(|part| part.get("items"))
            .unwrap_or(&self.schema)
    }

    /// Whether it is a list.
    pub(crate) fn is_list(&self) -> bool {
        !std::ptr::eq(self.one(), &self.schema)
    }

    /// Whether it is an object, whose keys stand in brackets.
    pub(crate) fn is_object(&self) -> bool {
        self.style.as_deref() == Some("deepObject")
    }

    /// A validator of one value.
    pub(crate) fn validator(&self) -> Option<&Validator> {
        let validator = self
            .validator
            .get_or_init(|| compiled(&json!({ "$defs": self.definitions, "allOf": [self.one()] })));
        validator.as_ref()
    }

    /// The schemas that apply to one value.
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts {
            definitions: &self.definitions,
            parts: parts(&self.definitions, self.one()),
        }
    }
}

/// A body in JSON.
pub(crate) struct Body {
    pub(crate) is_required: bool,
    schema: Value,
    /// The schemas that it reaches.
    definitions: Map<String, Value>,
    validator: OnceLock<Option<Validator>>,
}

impl Body {
    fn new(said: SaidOfBody, schemas: &Map<String, Value>) -> Self {
        let mut definitions = Map::new();
        reach(&said.schema, schemas, &mut definitions);
        Self {
            is_required: said.required,
            schema: said.schema,
            definitions,
            validator: OnceLock::new(),
        }
    }

    pub(crate) fn validator(&self) -> Option<&Validator> {
        let validator = self.validator.get_or_init(|| {
            compiled(&json!({ "$defs": self.definitions, "allOf": [self.schema] }))
        });
        validator.as_ref()
    }

    /// The schemas that apply to the whole body.
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts {
            definitions: &self.definitions,
            parts: parts(&self.definitions, &self.schema),
        }
    }

    /// The properties one of which has to be there, and whether an empty object stands for none. A map of anything may be
    /// empty (metadata, entitlements): of those no recording shows that they are refused.
    pub(crate) fn roots(&self) -> Vec<(&str, bool)> {
        let mut roots = Vec::new();
        let body = self.parts();
        for part in &body.parts {
            for name in part
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let Some(name) = name.as_str() else {
                    continue;
                };
                let below = body.of(name);
                // Scalars at the top are no roots.
                if below.is_a("object") || below.is_a("array") {
                    roots.push((name, !below.is_open() && !below.is_a("array")));
                }
            }
        }
        roots
    }
}

/// The schemas that apply to one value. Of alternatives these are all of them: what any allows is known.
pub(crate) struct Parts<'s> {
    definitions: &'s Map<String, Value>,
    parts: Vec<&'s Value>,
}

impl<'s> Parts<'s> {
    /// Those of a property.
    pub(crate) fn of(&self, name: &str) -> Self {
        self.below(|part| {
            let known = part.get("properties").and_then(|known| known.get(name));
            known.or_else(|| part.get("additionalProperties"))
        })
    }

    /// Those of the elements.
    pub(crate) fn items(&self) -> Self {
        self.below(|part| part.get("items"))
    }

    fn below(&self, child: impl Fn(&'s Value) -> Option<&'s Value>) -> Self {
        let children = self.parts.iter().filter_map(|part| child(part));
        Self {
            definitions: self.definitions,
            parts: children
                .flat_map(|child| parts(self.definitions, child))
                .collect(),
        }
    }

    /// Whether nothing is known of the value, or not even that it may be there.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| **part == json!(false))
    }

    /// Whether any property may be there.
    pub(crate) fn is_open(&self) -> bool {
        self.parts
            .iter()
            .any(|part| match part.get("additionalProperties") {
                Some(entries) => *entries != json!(false),
                None => {
                    let is_object = part.get("type").is_none() || has_type(part, "object");
                    let says_more = ["properties", "$ref", "allOf", "anyOf", "oneOf", "required"];
                    is_object && says_more.iter().all(|keyword| part.get(keyword).is_none())
                }
            })
    }

    /// Whether the value may be of a type.
    pub(crate) fn is_a(&self, ty: &str) -> bool {
        self.parts.iter().any(|part| has_type(part, ty))
    }

    /// Whether a property has to be there.
    pub(crate) fn requires(&self, name: &str) -> bool {
        let mut required = self
            .parts
            .iter()
            .filter_map(|part| part.get("required")?.as_array());
        required.any(|names| names.contains(&json!(name)))
    }
}

fn has_type(schema: &Value, ty: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(types)) => types.contains(&json!(ty)),
        Some(one) => one == ty,
        None => false,
    }
}

/// Facts of an operation.
pub(crate) fn facts(id: &str) -> Option<&'static Facts> {
    FACTS.get(id)
}

/// Formats are looked at as well. A schema that cannot be compiled validates nothing; a test sees to it that there is none.
fn compiled(schema: &Value) -> Option<Validator> {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(schema).ok()
}

const DEFINITIONS: &str = "#/$defs/";

/// A schema with what it refers to and is composed of.
fn parts<'s>(definitions: &'s Map<String, Value>, schema: &'s Value) -> Vec<&'s Value> {
    let mut parts: Vec<&Value> = Vec::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        // A schema may be composed of itself.
        if parts.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        parts.push(schema);
        let target = schema.get("$ref").and_then(Value::as_str);
        let name = target.and_then(|target| target.strip_prefix(DEFINITIONS));
        open.extend(name.and_then(|name| definitions.get(name)));
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let members = schema.get(keyword).and_then(Value::as_array);
            open.extend(members.into_iter().flatten().rev());
        }
    }
    parts
}

/// Collects the schemas that a schema refers to.
fn reach(schema: &Value, schemas: &Map<String, Value>, reached: &mut Map<String, Value>) {
    match schema {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix(DEFINITIONS));
            if let Some((name, found)) = name.and_then(|name| Some((name, schemas.get(name)?)))
                && !reached.contains_key(name)
            {
                reached.insert(name.to_owned(), found.clone());
                reach(found, schemas, reached);
            }
            map.values()
                .for_each(|value| reach(value, schemas, reached));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, schemas, reached)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations::OPERATIONS;
    use crate::operation::RequestBody;

    #[test]
    fn the_facts_of_every_operation_compile() {
        assert_eq!(FACTS.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            let facts = facts(operation.id).unwrap();
            let body = facts.body.as_ref();
            let is_required = body.map(|body| body.is_required);
            let expected = match operation.body {
                RequestBody::Absent => None,
                RequestBody::Optional => Some(false),
                RequestBody::Required => Some(true),
            };
            assert_eq!(is_required, expected, "{}", operation.id);
            assert!(
                body.is_none_or(|body| body.validator().is_some()),
                "{}",
                operation.id
            );
            for parameter in &facts.query {
                assert!(
                    parameter.validator().is_some(),
                    "{} of {}",
                    parameter.name,
                    operation.id
                );
            }
        }
    }

    #[test]
    fn roots_are_what_lago_asks_for() {
        let roots = |id| facts(id).unwrap().body.as_ref().unwrap().roots();
        assert_eq!(roots("createCustomer"), [("customer", true)]);
        assert_eq!(
            roots("createSubscriptionAlert"),
            [("alert", true), ("alerts", false)]
        );
        assert_eq!(roots("replacePlanMetadata"), [("metadata", false)]);
        assert_eq!(roots("createBatchEvents"), [("events", false)]);
        #[cfg(feature = "unpublished")]
        assert_eq!(roots("syncInvoiceSalesforceId"), []);
    }
}
