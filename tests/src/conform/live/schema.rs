//! Where a response is not what its schema says, and where the document says so.

use serde_json::{Map, Value};

use crate::support::document::Document;
use crate::support::shape::members;

/// A place in a response that is not as the document has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The JSON pointer in the response.
    pub pointer: String,
    /// The address in the document: `PlanObject.charges[].code`.
    pub address: String,
    /// In which way it is different.
    pub kind: Kind,
    /// What the document says there, in a few words.
    pub says: String,
}

/// How a value is not what its schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The document has no such property.
    Extra,
    /// The document says that it is always there.
    Missing,
    /// It is null, and may not be.
    Null,
    /// It is not in the enum.
    Value,
    /// It is of another type.
    Type,
    /// It is a text that is not of the format.
    Format,
}

/// How deep schemas are followed; deeper is only what refers to itself.
const DEEPEST: usize = 40;

/// The deviations of a value from a schema that stands at an address.
pub fn deviations(
    document: &Document,
    schema: &Value,
    address: &str,
    value: &Value,
) -> Vec<Deviation> {
    let mut walk = Walk {
        document,
        found: Vec::new(),
    };
    walk.value(&Node::new(schema, address), value, "", 0);
    walk.found
}

/// A schema and where it stands.
#[derive(Clone, Debug)]
struct Node {
    schema: Value,
    address: String,
}

impl Node {
    fn new(schema: &Value, address: &str) -> Self {
        Self {
            schema: schema.clone(),
            address: address.to_owned(),
        }
    }

    /// The schema that this one refers to, at its own address; itself when it refers to none.
    fn followed(self) -> Self {
        let component = self.schema["$ref"]
            .as_str()
            .and_then(|target| target.strip_prefix("#/components/schemas/"));
        match component {
            Some(name) => Self {
                address: name.to_owned(),
                schema: self.schema,
            },
            None => self,
        }
    }
}

struct Walk<'d> {
    document: &'d Document,
    found: Vec<Deviation>,
}

impl Walk<'_> {
    fn value(&mut self, node: &Node, value: &Value, pointer: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let address = node.clone().followed().address;
        let schema = self.document.merged(&node.schema);
        if let Some(members) = members(&schema) {
            return self.alternatives(members, &address, value, pointer, depth);
        }
        let types = types(&schema);
        if value.is_null() {
            let allows_null = types.is_empty() || types.contains(&"null");
            if !allows_null {
                self.add(Kind::Null, &node.address, &schema, pointer);
            }
            return;
        }
        if !types.is_empty() && !types.iter().any(|name| is_a(name, value)) {
            return self.add(Kind::Type, &node.address, &schema, pointer);
        }
        let allowed = schema.get("enum").and_then(Value::as_array);
        if allowed.is_some_and(|allowed| !allowed.contains(value)) {
            return self.add(Kind::Value, &address, &schema, pointer);
        }
        match value {
            Value::String(text) if !is_of_format(&schema, text) => {
                self.add(Kind::Format, &node.address, &schema, pointer);
            }
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else {
                    return;
                };
                let item = Node::new(schema, &format!("{address}[]"));
                for (index, value) in items.iter().enumerate() {
                    self.value(&item, value, &format!("{pointer}/{index}"), depth + 1);
                }
            }
            Value::Object(fields) => self.object(node, &schema, fields, pointer, depth),
            _ => {}
        }
    }

    fn object(
        &mut self,
        node: &Node,
        schema: &Map<String, Value>,
        fields: &Map<String, Value>,
        pointer: &str,
        depth: usize,
    ) {
        let address = node.clone().followed().address;
        let known = self.properties(node);
        let required: Vec<&str> = strings(schema.get("required")).collect();
        for (name, property) in &known {
            let place = format!("{pointer}/{}", escaped(name));
            match fields.get(name) {
                Some(value) => self.value(property, value, &place, depth + 1),
                None if required.contains(&name.as_str()) => {
                    let schema = self.document.merged(&property.schema);
                    self.add(Kind::Missing, &property.address, &schema, &place);
                }
                None => {}
            }
        }
        let entries = schema.get("additionalProperties");
        let is_free = known.is_empty() || entries == Some(&Value::Bool(true));
        for (name, value) in fields {
            if known.iter().any(|(known, _)| known == name) {
                continue;
            }
            let place = format!("{pointer}/{}", escaped(name));
            match entries.filter(|entries| entries.is_object()) {
                Some(entries) => {
                    let entry = Node::new(entries, &format!("{address}{{}}"));
                    self.value(&entry, value, &place, depth + 1);
                }
                None if is_free => {}
                None => self.found.push(Deviation {
                    pointer: place,
                    address: format!("{address}.{name}"),
                    kind: Kind::Extra,
                    says: format!("{address} has no such property"),
                }),
            }
        }
    }

    /// Of several alternatives the one that fits best; null beside one schema is no alternative.
    fn alternatives(
        &mut self,
        members: &[Value],
        address: &str,
        value: &Value,
        pointer: &str,
        depth: usize,
    ) {
        let is_null = |member: &&Value| member["type"] == "null";
        let has_null = members.iter().any(|member| is_null(&member));
        if value.is_null() && has_null {
            return;
        }
        let others: Vec<(usize, &Value)> = members
            .iter()
            .enumerate()
            .filter(|(_, member)| !is_null(member))
            .collect();
        let is_only = others.len() == 1;
        let mut best: Option<Vec<Deviation>> = None;
        for (index, member) in others {
            let at = match is_only {
                true => address.to_owned(),
                false => format!("{address}|{index}"),
            };
            let mut walk = Walk {
                document: self.document,
                found: Vec::new(),
            };
            walk.value(&Node::new(member, &at), value, pointer, depth + 1);
            if best
                .as_ref()
                .is_none_or(|best| walk.found.len() < best.len())
            {
                best = Some(walk.found);
            }
        }
        self.found.extend(best.unwrap_or_default());
    }

    /// The properties of an object, each where it is declared; `allOf` leaves no trace in addresses.
    fn properties(&self, node: &Node) -> Vec<(String, Node)> {
        let mut found: Vec<(String, Node)> = Vec::new();
        self.collect(node, 0, &mut found);
        found
    }

    fn collect(&self, node: &Node, depth: usize, found: &mut Vec<(String, Node)>) {
        if depth > DEEPEST {
            return;
        }
        let at = node.clone().followed().address;
        let target = match node.schema["$ref"].as_str() {
            Some(_) => self.document.followed(&node.schema),
            None => &node.schema,
        };
        for member in target["allOf"].as_array().into_iter().flatten() {
            self.collect(&Node::new(member, &at), depth + 1, found);
        }
        for (name, schema) in target["properties"].as_object().into_iter().flatten() {
            let property = Node::new(schema, &format!("{at}.{name}"));
            match found.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = property,
                None => found.push((name.clone(), property)),
            }
        }
    }

    fn add(&mut self, kind: Kind, address: &str, schema: &Map<String, Value>, pointer: &str) {
        self.found.push(Deviation {
            pointer: pointer.to_owned(),
            address: address.to_owned(),
            kind,
            says: says(schema, kind),
        });
    }
}

/// What a schema says, in a few words.
fn says(schema: &Map<String, Value>, kind: Kind) -> String {
    const MOST_VALUES: usize = 12;
    let types = types(schema).join(" or ");
    let format = schema.get("format").and_then(Value::as_str);
    let mut said = match format {
        Some(format) => format!("{types} ({format})"),
        None if types.is_empty() => "any value".to_owned(),
        None => types,
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let shown: Vec<String> = values
            .iter()
            .take(MOST_VALUES)
            .map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            .collect();
        let more = if values.len() > MOST_VALUES {
            ", …"
        } else {
            ""
        };
        said = format!("one of {}{more}", shown.join(", "));
    }
    match kind {
        Kind::Missing => format!("always there: {said}"),
        Kind::Null => format!("{said}, not null"),
        _ => said,
    }
}

/// The types that a schema names; none for any.
fn types(schema: &Map<String, Value>) -> Vec<&str> {
    let named = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        several => strings(several).collect(),
    };
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let null = (is_nullable && !named.is_empty()).then_some("null");
    named.into_iter().chain(null).collect()
}

fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = list.and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(is_whole),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}

fn is_of_format(schema: &Map<String, Value>, text: &str) -> bool {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        Some("date") => text.parse::<chrono::NaiveDate>().is_ok(),
        Some("uuid") => text.parse::<uuid::Uuid>().is_ok(),
        Some("decimal") => text.parse::<f64>().is_ok(),
        _ => true,
    }
}

/// A name as a step of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
