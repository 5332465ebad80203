//! Walking the schemas of an OpenAPI document held as JSON.

use serde_json::{Map, Value, json};

/// Where a schema node came from in the published document; copies of a node keep it.
pub(crate) const ORIGIN: &str = "x-origin";

/// Beside an operation or webhook that the server has and the document lacks.
pub(crate) const UNPUBLISHED: &str = "x-unpublished";

/// On a body that is an envelope, as the pass of that name decided.
pub(crate) const ENVELOPE: &str = "x-envelope";

/// Beside a success that may come without its body.
pub(crate) const MAY_BE_EMPTY: &str = "x-may-be-empty";

/// The codes that tell the failures of one status apart.
pub(crate) const CODES: &str = "x-codes";

/// What the values of an enum mean, by value.
pub(crate) const VALUE_WORDS: &str = "x-enumDescriptions";

/// What becomes of a property that an update leaves out.
pub(crate) const LEFT_OUT: &str = "x-left-out";

/// Beside a property where an empty object says what null says elsewhere.
pub(crate) const NULL_AS_EMPTY: &str = "x-null-as-empty";

/// The HTTP methods that may stand in a path item.
pub(crate) const METHODS: [&str; 8] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// The keys of a choice between schemas.
pub(crate) const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

const COMPONENT: &str = "#/components/schemas/";

/// The name of the component schema that a node refers to.
pub(crate) fn reference(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()?.strip_prefix(COMPONENT)
}

/// A node that refers to a component schema.
pub(crate) fn refer_to(name: &str) -> Value {
    json!({ "$ref": format!("{COMPONENT}{name}") })
}

/// Points an existing reference, with all that stands beside it, at another component.
pub(crate) fn redirect(node: &mut Value, name: &str) {
    node["$ref"] = Value::String(format!("{COMPONENT}{name}"));
}

/// The address of the node in the published document.
pub(crate) fn origin(node: &Value) -> &str {
    node.get(ORIGIN).and_then(Value::as_str).unwrap_or_default()
}

/// A string member of a node.
pub(crate) fn text<'v>(node: &'v Value, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}

/// A boolean member of a node; absent means false.
pub(crate) fn flag(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// Whether the node declares the JSON type.
pub(crate) fn is_type(node: &Value, name: &str) -> bool {
    text(node, "type") == Some(name)
}

/// Whether the node is an object with declared properties.
pub(crate) fn is_struct(node: &Value) -> bool {
    properties(node).next().is_some() && reference(node).is_none()
}

/// The patterns that mean a decimal number, in `pattern` or misplaced in `format`.
const NUMERIC: [&str; 1] = ["^[0-9]+.?[0-9]*$"];

/// Whether the text of a node is a decimal number by its pattern.
pub(crate) fn is_numeric(node: &Value) -> bool {
    let keys = ["pattern", "format"].into_iter();
    keys.filter_map(|key| text(node, key))
        .any(|value| NUMERIC.contains(&value))
}

/// Whether a format decides a type; all others are notes.
pub(crate) fn is_format(format: &str) -> bool {
    ["date-time", "date", "uuid", "decimal", "unix-time"].contains(&format)
}

/// The values of a node that are a vocabulary: all of them text. Numbers that a node lists are
/// plain numbers.
pub(crate) fn vocabulary(node: &Value) -> Option<Vec<String>> {
    let values = strings(node.get("enum")?);
    let all = node.get("enum").and_then(Value::as_array).map(Vec::len) == Some(values.len());
    let text = matches!(text(node, "type"), None | Some("string"));
    (all && text && !values.is_empty()).then_some(values)
}

/// Says of values of an enum what they mean, unless that is said.
pub(crate) fn explain_values(schema: &mut Value, words: &Map<String, Value>) {
    if words.is_empty() {
        return;
    }
    let known = object_mut(schema)
        .entry(VALUE_WORDS)
        .or_insert_with(|| json!({}));
    for (value, words) in words {
        object_mut(known)
            .entry(value)
            .or_insert_with(|| words.clone());
    }
}

/// What the values of an enum mean, by value.
pub(crate) fn value_words(schema: &Value) -> Map<String, Value> {
    let words = schema.get(VALUE_WORDS).and_then(Value::as_object);
    words.cloned().unwrap_or_default()
}

/// The node that a reference to a component leads to, at any distance; the node itself if it is
/// none, nothing if it leads nowhere.
pub(crate) fn resolved<'v>(
    mut node: &'v Value,
    components: &'v Map<String, Value>,
) -> Option<&'v Value> {
    for _ in 0..=components.len() {
        match reference(node) {
            Some(name) => node = components.get(name)?,
            None => return Some(node),
        }
    }
    None
}

/// The declared properties of a node.
pub(crate) fn properties(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// The declared properties that a node requires. A name that nothing declares would become a mandatory
/// field that no server sends.
pub(crate) fn required(node: &Value) -> impl Iterator<Item = &str> {
    let declared = |name: &&str| {
        let declared = node.get("properties").and_then(|all| all.get(*name));
        declared.is_some()
    };
    listed_required(node).filter(declared)
}

/// The names that a node requires, declared or not: those of a part may be declared by another.
pub(crate) fn listed_required(node: &Value) -> impl Iterator<Item = &str> {
    node.get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The component schemas of a document.
pub(crate) fn components(root: &Value) -> Option<&Map<String, Value>> {
    root.pointer("/components/schemas")?.as_object()
}

/// The component schemas of a document, to change them; made when there are none.
pub(crate) fn components_mut(root: &mut Value) -> &mut Map<String, Value> {
    let components = entry(entry(root, "components"), "schemas");
    object_mut(components)
}

/// The member of an object node, made as an empty object when it is missing.
fn entry<'v>(node: &'v mut Value, key: &str) -> &'v mut Value {
    object_mut(node)
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()))
}

/// The node as an object; anything else is replaced by an empty one.
pub(crate) fn object_mut(node: &mut Value) -> &mut Map<String, Value> {
    if !node.is_object() {
        *node = Value::Object(Map::new());
    }
    match node {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// Calls `visit` with every schema node at and below `node`, children before their parents.
pub(crate) fn descend_mut(node: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    each_child_mut(node, &mut |child| descend_mut(child, visit));
    visit(node);
}

/// Calls `visit` with every schema directly below `node`.
pub(crate) fn each_child_mut(node: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    let Some(map) = node.as_object_mut() else {
        return;
    };
    for (key, value) in map {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                properties.values_mut().for_each(&mut *visit)
            }
            ("items" | "additionalProperties", child @ Value::Object(_)) => visit(child),
            ("allOf" | "oneOf" | "anyOf", Value::Array(members)) => {
                members.iter_mut().for_each(&mut *visit);
            }
            _ => {}
        }
    }
}

/// Calls `visit` with every schema node at and below `node`, parents first.
pub(crate) fn descend<'v>(node: &'v Value, visit: &mut dyn FnMut(&'v Value)) {
    visit(node);
    let Some(map) = node.as_object() else { return };
    for (key, value) in map {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                properties.values().for_each(|child| descend(child, visit));
            }
            ("items" | "additionalProperties", child @ Value::Object(_)) => descend(child, visit),
            ("allOf" | "oneOf" | "anyOf", Value::Array(members)) => {
                members.iter().for_each(|child| descend(child, visit));
            }
            _ => {}
        }
    }
}

/// Calls `visit` with the schema, or with each member when it is a choice.
pub(crate) fn each_choice_mut(schema: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    for key in UNIONS {
        if let Some(Value::Array(members)) = schema.get_mut(key) {
            members.iter_mut().for_each(visit);
            return;
        }
    }
    visit(schema);
}

/// The members of a list node, none when it is missing.
pub(crate) fn list_mut<'v>(node: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    node.get_mut(key)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// The members of a list node, none when it is missing.
pub(crate) fn list<'v>(node: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    node.get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The strings of a list node.
pub(crate) fn strings(values: &Value) -> Vec<String> {
    let values = values.as_array().into_iter().flatten();
    values
        .filter_map(|value| Some(value.as_str()?.to_owned()))
        .collect()
}
