//! A schema as what it means: through the forms in which the same can be written.
//!
//! `nullable: true`, `type: [string, "null"]` and `oneOf: [{type: "null"}, …]` all say that a value may be null;
//! `allOf` of one schema is that schema. A merged `allOf` is one object with the properties of all its members.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pointer::{decoded, join};

/// A keyword, a property or a required name, with the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<'d> {
    pub(super) pointer: String,
    pub(super) value: &'d Value,
    /// The component that says it, where `allOf` took it from one.
    pub(super) origin: Option<String>,
}

/// What a schema says, whatever form it is written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat<'d> {
    /// All keywords but those below. Those of wrappers win over those of what is in them.
    pub(super) keywords: BTreeMap<&'d str, At<'d>>,
    /// In the order of the document.
    pub(super) properties: Vec<(&'d str, At<'d>)>,
    pub(super) required: BTreeMap<&'d str, At<'d>>,
    pub(super) nullable: bool,
    /// Where the schema is that it refers to, unless references are followed.
    pub(super) reference: Option<String>,
    /// The schemas whose `allOf` was merged into this one, in order, by pointer.
    pub(super) merged: Vec<String>,
    /// The form in which it is written.
    pub(super) form: String,
}

/// Keywords that say nothing of what is valid.
pub(super) const ANNOTATIONS: [&str; 8] = [
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// How deep references and wrappers are followed; a document can refer in a circle.
const DEPTH: usize = 32;

pub(super) fn is_annotation(key: &str) -> bool {
    ANNOTATIONS.contains(&key) || key.starts_with("x-")
}

/// Where a `$ref` leads, as a pointer.
pub(super) fn target(node: &Value) -> Option<String> {
    reference(node.as_object()?)
}

fn reference(node: &Map<String, Value>) -> Option<String> {
    decoded(node.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// The node at the end of a chain of references, with its pointer.
pub(super) fn resolved<'d>(root: &'d Value, pointer: &str) -> (String, &'d Value) {
    let mut at = pointer.to_owned();
    for _ in 0..DEPTH {
        let node = root.pointer(&at).unwrap_or(&Value::Null);
        match target(node) {
            Some(next) => at = next,
            None => return (at, node),
        }
    }
    (at, &Value::Null)
}

/// The name of the component that a pointer is in, if it is the component itself.
pub(super) fn component(pointer: &str) -> Option<&str> {
    let name = pointer.strip_prefix("/components/")?.split_once('/')?.1;
    (!name.contains('/')).then_some(name)
}

/// What may be done to see what a schema means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Wrappers are seen through.
    Wrappers,
    /// References are followed.
    References,
    /// References are followed and `allOf` is merged.
    Members,
}

/// What the schema at a pointer means.
pub(super) fn flat<'d>(root: &'d Value, pointer: &str, depth: Depth) -> Flat<'d> {
    let mut flat = Flat::default();
    flat.take(root, pointer, depth, None, 0);
    flat
}

impl<'d> Flat<'d> {
    fn take(
        &mut self,
        root: &'d Value,
        pointer: &str,
        depth: Depth,
        origin: Option<&str>,
        level: usize,
    ) {
        let node = match root.pointer(pointer) {
            Some(Value::Object(node)) if level < DEPTH => node,
            Some(value) if level < DEPTH => {
                self.keyword("", pointer.to_owned(), value, origin);
                return;
            }
            _ => return,
        };
        let inner = wrapped(node);
        let merges = depth == Depth::Members && inner.is_none();
        for (key, value) in node {
            let place = join(pointer, key);
            match (key.as_str(), value) {
                ("oneOf" | "anyOf" | "allOf", _)
                    if inner.as_ref().is_some_and(|w| w.key == key) => {}
                ("allOf", Value::Array(members)) if merges => {
                    self.form += "allOf ";
                    for index in 0..members.len() {
                        let member = format!("{place}/{index}");
                        self.merged.push(member.clone());
                        self.take(root, &member, depth, origin, level + 1);
                    }
                }
                ("$ref", _) => {}
                ("nullable", Value::Bool(nullable)) => {
                    self.nullable |= nullable;
                    self.form += "nullable ";
                    self.keyword(key, place, value, origin);
                }
                ("type", Value::Array(types)) => {
                    let null = types.iter().any(|ty| ty == "null");
                    self.nullable |= null;
                    self.form += if null { "type null " } else { "types " };
                    self.keyword(key, place, value, origin);
                }
                ("properties", Value::Object(properties)) => {
                    for (name, value) in properties {
                        self.property(name, join(&place, name), value, origin);
                    }
                }
                ("required", Value::Array(names)) => {
                    for (index, value) in names.iter().enumerate() {
                        if let Value::String(name) = value {
                            let at = at(format!("{place}/{index}"), value, origin);
                            self.required.entry(name).or_insert(at);
                        }
                    }
                }
                _ => self.keyword(key, place, value, origin),
            }
        }
        if let Some(inner) = inner {
            self.nullable |= inner.nullable;
            self.form += &format!("{} {} {}", inner.form, inner.key, inner.index);
            let place = format!("{pointer}/{}/{}", inner.key, inner.index);
            for index in inner.annotated {
                self.take(
                    root,
                    &format!("{pointer}/{}/{index}", inner.key),
                    depth,
                    origin,
                    level + 1,
                );
            }
            self.take(root, &place, depth, origin, level + 1);
        } else if let Some(next) = reference(node) {
            if depth == Depth::Wrappers {
                self.reference = Some(next);
            } else {
                let name = component(&next).map(str::to_owned);
                let name = name.as_deref().or(origin);
                self.take(root, &next, depth, name, level + 1);
            }
        }
    }

    fn keyword(&mut self, key: &'d str, pointer: String, value: &'d Value, origin: Option<&str>) {
        let at = at(pointer, value, origin);
        self.keywords.entry(key).or_insert(at);
    }

    fn property(&mut self, name: &'d str, pointer: String, value: &'d Value, origin: Option<&str>) {
        if !self.properties.iter().any(|(known, _)| *known == name) {
            self.properties.push((name, at(pointer, value, origin)));
        }
    }

    pub(super) fn value(&self, key: &str) -> Option<&'d Value> {
        self.keywords.get(key).map(|at| at.value)
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value(key) == Some(&Value::Bool(true))
    }
}

fn at<'d>(pointer: String, value: &'d Value, origin: Option<&str>) -> At<'d> {
    At {
        pointer,
        value,
        origin: origin.map(str::to_owned),
    }
}

/// A schema around another one that it only annotates or lets be null.
struct Wrapper<'d> {
    key: &'d str,
    index: usize,
    /// Members that only annotate.
    annotated: Vec<usize>,
    nullable: bool,
    form: &'static str,
}

fn wrapped(node: &Map<String, Value>) -> Option<Wrapper<'_>> {
    let beside = |key: &str| !is_annotation(key) && key != "nullable" && key != "type";
    let mut structural = node.iter().filter(|(key, _)| beside(key));
    let (key, members) = structural.next()?;
    if structural.next().is_some() {
        return None;
    }
    let members = members.as_array()?;
    let is_note = |member: &Value| {
        let map = member.as_object();
        map.is_some_and(|map| map.keys().all(|key| is_annotation(key)))
    };
    let is_null = |member: &Value| {
        let map = member.as_object();
        map.is_some_and(|map| {
            map.get("type")
                .is_some_and(|ty| ty == "null" || ty == &serde_json::json!(["null"]))
                && map.keys().all(|key| key == "type" || is_annotation(key))
        })
    };
    let one = |found: Vec<usize>| match found[..] {
        [index] => Some(index),
        _ => None,
    };
    let all = 0..members.len();
    match key.as_str() {
        "allOf" => {
            let (annotated, kept): (Vec<usize>, Vec<usize>) =
                all.partition(|index| is_note(&members[*index]));
            Some(Wrapper {
                key,
                index: one(kept)?,
                annotated,
                nullable: false,
                form: "allOf of one ",
            })
        }
        "oneOf" | "anyOf" if members.len() == 2 && !node.contains_key("type") => Some(Wrapper {
            key,
            index: one(all.filter(|index| !is_null(&members[*index])).collect())?,
            annotated: Vec::new(),
            nullable: true,
            form: "or null ",
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(schema: Value, depth: Depth) -> (bool, Option<String>, Vec<String>) {
        let root = json!({"S": schema, "components": {"schemas": {
            "Base": {"type": "object", "required": ["a"], "properties": {"a": {}, "b": {}}},
            "Loop": {"$ref": "#/components/schemas/Loop"},
        }}});
        let flat = flat(&root, "/S", depth);
        let names = flat.properties.iter().map(|(name, _)| (*name).to_owned());
        (flat.nullable, flat.reference.clone(), names.collect())
    }

    #[test]
    fn every_form_of_null_is_seen() {
        let base = "#/components/schemas/Base";
        for schema in [
            json!({"type": "object", "nullable": true, "properties": {"a": {}, "b": {}}}),
            json!({"type": ["object", "null"], "properties": {"a": {}, "b": {}}}),
            json!({"oneOf": [{"type": "null"}, {"$ref": base}]}),
            json!({"description": "x", "anyOf": [{"$ref": base}, {"type": "null"}]}),
            json!({"allOf": [{"$ref": base}], "nullable": true}),
            json!({"allOf": [{"oneOf": [{"$ref": base}, {"type": "null"}]}, {"example": null}]}),
        ] {
            let (nullable, reference, names) = seen(schema.clone(), Depth::References);
            assert!(nullable && reference.is_none(), "{schema}");
            assert_eq!(names, ["a", "b"], "{schema}");
        }
        let kept = seen(json!({"$ref": base}), Depth::Wrappers);
        assert_eq!(kept.1.as_deref(), Some("/components/schemas/Base"));
    }

    #[test]
    fn members_are_one_object_and_circles_end() {
        let base = json!({"$ref": "#/components/schemas/Base"});
        let both = json!({"allOf": [base, {"required": ["c"], "properties": {"c": {}}}]});
        assert_eq!(seen(both.clone(), Depth::Members).2, ["a", "b", "c"]);
        assert_eq!(seen(both, Depth::References).2, [""; 0]);
        assert_eq!(
            seen(json!({"$ref": "#/components/schemas/Loop"}), Depth::Members).2,
            [""; 0]
        );
    }
}
