//! Our words for a document: those of openapi.yaml, and of what the overlay adds to it.

use serde_json::Value;

use super::facts::counterpart;
use super::table::{Context, Shape};

/// `ours` with the nodes that only `added` has. Of nodes that both have, the words are those of `ours`.
pub(super) fn words(ours: &Value, added: &Value) -> Value {
    let mut words = ours.clone();
    fill(Shape::Object(Context::Document), &mut words, added);
    words
}

fn fill(shape: Shape, ours: &mut Value, added: &Value) {
    match (shape, ours, added) {
        (Shape::Object(context), Value::Object(ours), Value::Object(added)) => {
            for (key, shape) in context.fields() {
                match (ours.get_mut(*key), added.get(*key)) {
                    (_, None) => {}
                    (Some(ours), Some(added)) => fill(*shape, ours, added),
                    // What the overlay says of a node that the document has stays in the overlay.
                    (None, Some(_)) if matches!(shape, Shape::Prose) => {}
                    (None, Some(added)) => {
                        ours.insert((*key).to_owned(), added.clone());
                    }
                }
            }
        }
        (Shape::Map(shape, _), Value::Object(ours), Value::Object(added)) => {
            for (name, added) in added {
                match ours.get_mut(name) {
                    Some(ours) => fill(*shape, ours, added),
                    None => {
                        ours.insert(name.clone(), added.clone());
                    }
                }
            }
        }
        (Shape::List(context, identity), Value::Array(ours), Value::Array(added)) => {
            for (position, added) in added.iter().enumerate() {
                let known = counterpart(identity, position, added, ours)
                    .and_then(|known| ours.iter().position(|ours| std::ptr::eq(ours, known)));
                match known {
                    Some(known) => fill(Shape::Object(context), &mut ours[known], added),
                    None => ours.push(added.clone()),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn new_nodes_bring_their_words_and_known_ones_keep_ours() {
        let schemas = |fee: Value| json!({"components": {"schemas": {"Fee": fee}}});
        let ours = schemas(json!({"properties": {
            "id": {"type": "string", "description": "The id."}, "kind": {"type": "string"},
        }}));
        let added = schemas(json!({"properties": {
            "id": {"type": "string", "description": "The id.\n\nNull in drafts."},
            "kind": {"type": "string", "description": "Null in drafts."},
            "units": {"type": "string", "description": "How many."},
        }}));
        let expected = schemas(json!({"properties": {
            "id": {"type": "string", "description": "The id."}, "kind": {"type": "string"},
            "units": {"type": "string", "description": "How many."},
        }}));
        assert_eq!(words(&ours, &added), expected);
        let operation =
            |parameters: Value| json!({"paths": {"/a": {"get": {"parameters": parameters}}}});
        let page = json!({"in": "query", "name": "page", "description": "Which page."});
        let status = json!({"in": "query", "name": "status", "description": "Which ones."});
        assert_eq!(
            words(&operation(json!([page])), &operation(json!([page, status]))),
            operation(json!([page, status]))
        );
    }
}
