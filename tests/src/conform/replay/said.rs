//! What a recorded request says to the server.

use serde_json::Value;

use crate::support::document::Document;

/// The body without the nulls that say nothing: those where an empty object clears.
pub(super) fn said(document: &Document, schema: &Value, body: &Value) -> Value {
    let schema = document.merged(schema);
    let nothing = Value::Null;
    match body {
        Value::Array(items) => {
            let item = schema.get("items").unwrap_or(&nothing);
            items
                .iter()
                .map(|body| said(document, item, body))
                .collect()
        }
        Value::Object(fields) => {
            let properties = schema.get("properties").unwrap_or(&nothing);
            let fields = fields.iter().filter_map(|(name, body)| {
                let property = properties.get(name).unwrap_or(&nothing);
                let idle = body.is_null() && document.merged(property).contains_key("x-null-as");
                (!idle).then(|| (name.clone(), said(document, property, body)))
            });
            fields.collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_idle_nulls_are_dropped() {
        let document = Document::of(json!({}));
        let schema = json!({ "properties": { "plan": { "properties": {
            "commitment": { "type": ["object", "null"], "x-null-as": {} },
            "name": { "type": ["string", "null"] },
        } } } });
        let body = json!({ "plan": { "commitment": null, "name": null, "more": null } });
        assert_eq!(
            said(&document, &schema, &body),
            json!({ "plan": { "name": null, "more": null } })
        );
        let removal = json!({ "plan": { "commitment": {} } });
        assert_eq!(said(&document, &schema, &removal), removal);
    }
}
