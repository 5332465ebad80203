//! Documents with small faults: whatever is wrong, generation ends with code or with a message
//! that says where.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::documents::fixture;
use super::*;

/// A change of one node.
#[derive(Clone, Debug)]
enum Edit {
    /// It is another value.
    Replace(Value),
    /// It is gone.
    Remove,
    /// It is what stands elsewhere.
    Copy(prop::sample::Index),
    /// It goes by another name.
    Rename(String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let names = proptest::sample::select(vec![
        "",
        "$ref",
        "a",
        "type",
        "self",
        "Self",
        "properties",
        "allOf",
        "oneOf",
        "items",
        "enum",
        "meta",
        "get",
        "trace",
        "/a/{id}",
        "/a//b",
        "/{x",
        "/../y",
        "404",
        "4XX",
        "default",
        "x-y",
        "Thing",
        "PaginationMeta",
        "a\"b",
        "größe",
        "2",
        "é.[]{}|0",
        "a b",
        "application/json",
    ]);
    let names = names.prop_map(str::to_owned).boxed();
    let values = prop_oneof![
        proptest::sample::select(vec![
            json!(null),
            json!(true),
            json!(1),
            json!([]),
            json!({}),
            json!([null, 1]),
            json!({"$ref": "#/components/schemas/Thing"}),
            json!({"$ref": "#/components/schemas/Gone"}),
            json!({"$ref": "#/paths/~1a"}),
            json!({"allOf": [{"$ref": "#/components/schemas/Thing"}, {"properties": {"b": {}}}]}),
            json!({"oneOf": [{"$ref": "#/components/schemas/Thing"}]}),
            json!({"type": ["integer", "null"]}),
            json!({"type": "object", "additionalProperties": {"type": "array"}}),
            json!("array"),
            json!("object"),
            json!("null"),
            json!("path"),
        ]),
        names.clone().prop_map(Value::from),
    ];
    prop_oneof![
        4 => values.prop_map(Edit::Replace),
        2 => Just(Edit::Remove),
        3 => any::<prop::sample::Index>().prop_map(Edit::Copy),
        3 => names.prop_map(Edit::Rename),
    ]
}

/// The pointers of all nodes below the root.
fn pointers(node: &Value, place: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match node {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (at.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let place = crate::pointer::join(place, &key);
        found.push(place.clone());
        pointers(child, &place, found);
    }
}

fn apply(root: &mut Value, at: &prop::sample::Index, edit: &Edit) {
    let mut places = Vec::new();
    pointers(root, "", &mut places);
    if places.is_empty() {
        return;
    }
    let place = &places[at.index(places.len())];
    let (holder, key) = place.rsplit_once('/').unwrap();
    let key = crate::pointer::parse(&format!("/{key}")).remove(0);
    let replacement = match edit {
        Edit::Replace(value) => Some(value.clone()),
        Edit::Copy(from) => root.pointer(&places[from.index(places.len())]).cloned(),
        Edit::Remove | Edit::Rename(_) => None,
    };
    if let (Some(value), Some(node)) = (replacement, root.pointer_mut(place)) {
        *node = value;
        return;
    }
    match root.pointer_mut(holder) {
        Some(Value::Object(map)) => {
            let node = map.shift_remove(&key);
            if let (Edit::Rename(name), Some(node)) = (edit, node) {
                map.insert(name.clone(), node);
            }
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = key.parse::<usize>() {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn document() -> impl Strategy<Value = Value> {
    let files = [
        "lists.yaml",
        "names.yaml",
        "parameters.yaml",
        "prose.yaml",
        "values.yaml",
    ];
    proptest::sample::select(files.to_vec()).prop_map(|file| {
        let document = Document::parse(file, &fixture(file)).unwrap();
        document.root().clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_document_is_generated_from_or_refused_with_a_place(
        document in document(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), edit()), 1..4),
    ) {
        let mut root = document;
        for (at, edit) in &edits {
            apply(&mut root, at, edit);
        }
        let text = serde_json::to_string_pretty(&root).unwrap();
        match regen(&inputs(&text)) {
            Ok(generated) => {
                for (path, text) in &generated.tree {
                    let sound = !path.ends_with(".rs") || syn::parse_file(text).is_ok();
                    prop_assert!(sound, "{}: {}", path, text);
                }
            }
            Err(Diagnostics(problems)) => {
                for problem in problems {
                    prop_assert!(problem.line.is_some(), "{}\n{}", problem, text);
                    let is_ours = problem.message.starts_with(passes::BROKEN);
                    prop_assert!(!is_ours, "{}\n{}", problem, text);
                }
            }
        }
    }
}
