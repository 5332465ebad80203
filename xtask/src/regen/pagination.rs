//! The block that tells where a page stands in its list: `meta` beside the elements.
//!
//! The client walks through lists by it, in code that is not generated. So a list has pages only if
//! its block says what Lago's says; any other is a plain part of the response.

use serde_json::{Map, Value};

use super::ir::{Field, Kind, Type, TypeRef};
use super::schema::{flag, is_struct, is_type, properties, required, resolved};

/// The key of the block.
pub(crate) const META: &str = "meta";

/// The type that it becomes.
pub(crate) const TYPE: &str = "PaginationMeta";

/// What it says, and whether always.
const FIELDS: [(&str, bool); 5] = [
    ("current_page", true),
    ("next_page", false),
    ("prev_page", false),
    ("total_pages", true),
    ("total_count", true),
];

/// Whether a body is a list with its block.
pub(crate) fn is_page(body: &Value, components: &Map<String, Value>) -> bool {
    let fields: Vec<(&String, &Value)> = properties(body).collect();
    let (meta, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| *name == META);
    match (meta.as_slice(), others.as_slice()) {
        ([(_, meta)], [(_, list)]) => {
            resolved(meta, components).is_some_and(says_where)
                && resolved(list, components).is_some_and(|list| is_type(list, "array"))
        }
        _ => false,
    }
}

/// Whether a schema says what the client reads of such a block.
pub(crate) fn says_where(schema: &Value) -> bool {
    is_struct(schema)
        && FIELDS.iter().all(|(name, always)| {
            properties(schema).any(|(known, field)| {
                let needed = required(schema).any(|needed| needed == *name);
                known == name
                    && is_type(field, "integer")
                    && (needed && !flag(field, "nullable")) == *always
            })
        })
}

/// The type as Lago has it, for a document in which no list has pages.
pub(crate) fn as_lago_has_it() -> Type {
    let fields = FIELDS.iter().map(|&(name, always)| Field {
        nullable: !always,
        ..Field::new(name, TypeRef::Integer, always)
    });
    Type {
        doc: Some("Where a page stands in its list.".to_owned()),
        origin: TYPE.to_owned(),
        sent: false,
        received: true,
        published: true,
        kind: Kind::Struct(fields.collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn block() -> Value {
        let number = json!({"type": "integer"});
        json!({
            "type": "object",
            "required": ["current_page", "total_pages", "total_count"],
            "properties": {
                "current_page": number, "next_page": {"type": "integer", "nullable": true},
                "prev_page": number, "total_pages": number, "total_count": number,
            },
        })
    }

    #[test]
    fn a_page_is_a_list_with_what_the_client_reads() {
        let components = json!({"Meta": block(), "Tags": {"type": "array"}});
        let components = components.as_object().unwrap();
        let meta = json!({"$ref": "#/components/schemas/Meta"});
        let page = |fields: Value| is_page(&json!({ "properties": fields }), components);
        let list = json!({"type": "array"});
        assert!(page(
            json!({"tags": {"$ref": "#/components/schemas/Tags"}, "meta": meta})
        ));
        assert!(page(json!({"meta": block(), "tags": list})));
        assert!(!page(json!({"tags": list})));
        assert!(!page(json!({"tags": {"type": "string"}, "meta": meta})));
        assert!(!page(json!({"tags": list, "more": list, "meta": meta})));
        assert!(!page(json!({"tags": list, "meta": {"type": "string"}})));
        for (change, value) in [
            ("/properties/total_count", json!({"type": "string"})),
            (
                "/properties/total_count",
                json!({"type": "integer", "nullable": true}),
            ),
            ("/properties/next_page", json!({"type": "string"})),
            ("/required", json!(["current_page", "total_pages"])),
            (
                "/required",
                json!(["current_page", "total_pages", "total_count", "prev_page"]),
            ),
        ] {
            let mut other = block();
            *other.pointer_mut(change).unwrap() = value;
            assert!(!page(json!({"tags": list, "meta": other})), "{change}");
        }
    }
}
