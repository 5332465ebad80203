//! Drops the envelopes of bodies: `{"customer": {…}}` is how the API writes a customer down,
//! not something that a caller handles.
//!
//! What is an envelope is decided here, and marked. It is written out at each body that uses it, where the operations are read from,
//! and its component goes, so that its name is free for what is inside. An envelope that
//! something else refers to as well stays as `XEnvelope`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::names::types;
use crate::regen::names::words::noun_of;
use crate::regen::pagination::is_page;
use crate::regen::places::{Site, each_root_mut, each_schema, each_schema_mut};
use crate::regen::schema::{
    ENVELOPE, ORIGIN, components, components_mut, descend, each_choice_mut, flag, is_struct,
    is_type, object_mut, origin, properties, redirect, reference, required, text,
};

/// The name that an inline object will take when it becomes a component.
pub(crate) const NAME_HINT: &str = "x-name";

/// After this pass a body is an inline envelope, a choice of inline envelopes, or a plain type.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let envelopes = find(root);
    inline_base_inputs(root, &envelopes);
    hand_down_names(root, &envelopes);
    let known = components(root).cloned().unwrap_or_default();
    let mut changes = 0;
    each_root_mut(root, &mut |place, schema| {
        if matches!(place.site, Site::Request | Site::Response) {
            each_choice_mut(schema, &mut |body| {
                if let Some(name) = reference(body).filter(|name| envelopes.contains(*name)) {
                    *body = known.get(name).cloned().unwrap_or_default();
                    changes += 1;
                }
                if is_envelope(body, place.site, &noun_of(&place.path), &known) {
                    object_mut(body).insert(ENVELOPE.to_owned(), json!(true));
                }
            });
        }
    });
    let still_used = references(root);
    for name in &envelopes {
        let schema = components_mut(root).shift_remove(name);
        if still_used.contains(name) {
            components_mut(root).insert(envelope_name(name), schema.unwrap_or_default());
        }
    }
    each_schema_mut(root, &mut |node| {
        if let Some(name) = reference(node).filter(|name| envelopes.contains(*name)) {
            let name = envelope_name(name);
            redirect(node, &name);
        }
    });
    changes
}

fn envelope_name(name: &str) -> String {
    format!("{name}Envelope")
}

/// The components that are used as the body of an operation and only wrap something.
fn find(root: &mut Value) -> BTreeSet<String> {
    let known = components(root).cloned().unwrap_or_default();
    let mut envelopes = BTreeSet::new();
    each_root_mut(root, &mut |place, schema| {
        if !matches!(place.site, Site::Request | Site::Response) {
            return;
        }
        let noun = noun_of(&place.path);
        each_choice_mut(schema, &mut |body| {
            let name = reference(body).filter(|name| {
                known
                    .get(*name)
                    .is_some_and(|schema| is_envelope(schema, place.site, &noun, &known))
            });
            envelopes.extend(name.map(str::to_owned));
        });
    });
    envelopes
}

/// One property; in a response a list with its page; in a request a noun with options that travel
/// beside it.
fn is_envelope(schema: &Value, site: Site, noun: &str, components: &Map<String, Value>) -> bool {
    is_struct(schema)
        && (properties(schema).count() == 1
            || match site {
                Site::Request => {
                    properties(schema).any(|(name, _)| name == noun)
                        && required(schema).all(|name| name == noun)
                }
                _ => is_page(schema, components),
            })
}

/// `XBaseInput` serves creation and update: each role gets its own copy, to grow its own name.
fn inline_base_inputs(root: &mut Value, envelopes: &BTreeSet<String>) {
    let known: BTreeMap<String, Value> = components(root)
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.ends_with("BaseInput"))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for name in envelopes {
        let Some(envelope) = components_mut(root).get_mut(name) else {
            continue;
        };
        let fields = envelope
            .get_mut("properties")
            .and_then(Value::as_object_mut);
        for (_, field) in fields.into_iter().flatten() {
            if let Some(base) = reference(field).and_then(|name| known.get(name)) {
                let place = origin(field).to_owned();
                let mut copy = base.clone();
                object_mut(&mut copy).insert(ORIGIN.to_owned(), json!(place));
                if let Some(more) = text(field, "description") {
                    let said = text(base, "description").unwrap_or_default();
                    copy["description"] = json!(format!("{said}\n\n{more}"));
                }
                *field = copy;
            }
        }
    }
}

/// What is written out inside an envelope takes the name that the envelope frees.
fn hand_down_names(root: &mut Value, envelopes: &BTreeSet<String>) {
    for name in envelopes {
        let freed = types::plain(name);
        let Some(envelope) = components_mut(root).get_mut(name) else {
            continue;
        };
        let about = envelope.get("description").cloned();
        let fields = envelope
            .get_mut("properties")
            .and_then(Value::as_object_mut);
        // Beside a page or an option there is one noun; it comes last.
        let inline = fields.into_iter().flatten().filter_map(|(_, field)| {
            let inner = if is_type(field, "array") {
                field.get_mut("items")?
            } else {
                field
            };
            is_struct(inner).then_some(inner)
        });
        if let Some(inner) = inline.last() {
            let inner = object_mut(inner);
            inner.insert(NAME_HINT.to_owned(), json!(freed));
            if let Some(about) = about {
                inner.entry("description").or_insert(about);
            }
        }
    }
}

/// The components to which others or deliveries refer. Bodies that did are written out by now.
fn references(root: &mut Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    each_root_mut(root, &mut |place, schema| {
        if matches!(place.site, Site::Component | Site::Webhook) {
            descend(schema, &mut |node| {
                found.extend(reference(node).map(str::to_owned));
            });
        }
    });
    found
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        !place.is_body(root, node)
            || place.site == Site::Webhook
            || !is_struct(node)
            || flag(node, ENVELOPE)
    })
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn an_envelope_is_written_out_and_its_component_goes() {
        let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TaxCreateInput"}}}});
        let mut root = json!({
            "components": {"schemas": {
                "TaxBaseInput": {"type": "object", "properties": {"code": {"type": "string"}}},
                "TaxCreateInput": {"type": "object", "properties": {"tax": {"$ref": "#/components/schemas/TaxBaseInput"}}},
            }},
            "paths": {"/taxes": {"post": {"requestBody": body}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        assert!(components(&root).is_some_and(|all| !all.contains_key("TaxCreateInput")));
        let body = &root["paths"]["/taxes"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["properties"]["tax"][ORIGIN], "TaxCreateInput.tax");
        assert_eq!(
            body["properties"]["tax"]["properties"]["code"][ORIGIN],
            "TaxBaseInput.code"
        );
    }

    #[test]
    fn an_envelope_that_a_delivery_holds_keeps_its_component() {
        let schema = json!({"$ref": "#/components/schemas/Link"});
        let response = json!({"content": {"application/json": {"schema": schema}}});
        let delivery =
            json!({"content": {"application/json": {"schema": {"properties": {"link": schema}}}}});
        let mut root = json!({
            "components": {"schemas": {"Link": {"type": "object", "properties": {"url": {"type": "string"}}}}},
            "paths": {"/links": {"get": {"responses": {"200": response}}}},
            "webhooks": {"link_made": {"post": {"requestBody": delivery}}},
        });
        run_alone(run, &mut root);
        assert!(
            root["components"]["schemas"].get("LinkEnvelope").is_some(),
            "{root}"
        );
        let body = &root["webhooks"]["link_made"]["post"]["requestBody"]["content"];
        let link = &body["application/json"]["schema"]["properties"]["link"];
        assert_eq!(reference(link), Some("LinkEnvelope"));
    }

    #[test]
    fn what_one_role_says_of_its_noun_is_added_to_what_both_say() {
        let tax =
            |more: &str| json!({"$ref": "#/components/schemas/TaxBaseInput", "description": more});
        let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TaxUpdateInput"}}}});
        let mut root = json!({
            "components": {"schemas": {
                "TaxBaseInput": {"type": "object", "description": "A tax.", "properties": {"code": {"type": "string"}}},
                "TaxUpdateInput": {"type": "object", "properties": {"tax": tax("Its code stays.")}},
            }},
            "paths": {"/taxes": {"put": {"requestBody": body}}},
        });
        run_alone(run, &mut root);
        let body =
            &root["paths"]["/taxes"]["put"]["requestBody"]["content"]["application/json"]["schema"];
        let said = &body["properties"]["tax"]["description"];
        assert_eq!(said, "A tax.\n\nIts code stays.");
    }

    #[test]
    fn what_travels_beside_the_noun_is_still_an_envelope() {
        let schema = json!({"properties": {"subscription": {}, "authorization": {}}});
        let is_envelope = |site, noun| is_envelope(&schema, site, noun, &Map::new());
        assert!(is_envelope(Site::Request, "subscription"));
        assert!(!is_envelope(Site::Request, "invoice"));
        let needed = json!({"properties": {"subscription": {}, "plan": {}}, "required": ["plan"]});
        assert!(!super::is_envelope(
            &needed,
            Site::Request,
            "subscription",
            &Map::new()
        ));
        // What is received has no place for the rest: it is a type.
        assert!(!is_envelope(Site::Response, "subscription"));
    }
}
