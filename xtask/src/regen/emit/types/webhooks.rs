//! The types of webhook deliveries: a line for each, read by a macro of lago-types.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quote::quote;

use crate::regen::emit::docs::push_doc;
use crate::regen::emit::{EmitError, Tree, rust_type, source};
use crate::regen::ir::{Api, Webhook};
use crate::regen::names::types;
use crate::regen::prose::{code, markdown};

const FILE: &str = "lago-types/src/generated/webhook_events.rs";

/// Prints the list.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut text = source(
        "The types of webhook deliveries, and the type of the object in each.",
        quote!(),
    )?;
    text.push_str("\nwebhook_events! {\n");
    let mut variants = BTreeMap::new();
    for webhook in &api.webhooks {
        let variant = types::delivery(&webhook.name);
        if let Some(twin) = variants.insert(variant.clone(), &webhook.name) {
            return Err(EmitError::at(
                &format!("webhook {}", webhook.key),
                format!(
                    "the webhooks `{twin}` and `{}` are both {variant}",
                    webhook.name
                ),
            ));
        }
        push_doc(&mut text, "    ", &doc(webhook));
        let ty = rust_type(&webhook.ty, "crate");
        let (name, root) = (&webhook.name, &webhook.root);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {variant}({ty}) = {name:?} in {root:?},");
    }
    text.push_str("}\n");
    tree.insert(FILE.to_owned(), text);
    Ok(())
}

fn doc(webhook: &Webhook) -> String {
    let said = webhook.doc.as_deref().map(markdown).unwrap_or_default();
    let mut doc = format!("{said}\n\n{}", code(&webhook.name));
    if !webhook.published {
        doc.push_str(", not in the published document");
    }
    doc.push('.');
    doc.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::TypeRef;
    use crate::regen::sample;

    fn webhook(name: &str) -> Webhook {
        Webhook {
            key: name.to_owned(),
            name: name.to_owned(),
            root: "fee".to_owned(),
            ty: TypeRef::Named("Fee".to_owned()),
            doc: Some("Sent when a fee is made.".to_owned()),
            published: false,
        }
    }

    #[test]
    fn each_webhook_is_a_variant_that_holds_its_object() {
        let mut api = sample::api();
        api.webhooks = vec![webhook("fee.one_off_created")];
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        let text = &tree[FILE];
        let line = r#"FeeOneOffCreated(crate::Fee) = "fee.one_off_created" in "fee","#;
        assert!(text.contains(line), "{text}");
        assert!(text.contains("/// `fee.one_off_created`, not in the published document."));
    }

    #[test]
    fn two_webhooks_cannot_share_a_variant() {
        let mut api = sample::api();
        api.webhooks = vec![webhook("fee.made"), webhook("fee_made")];
        let error = emit(&api, &mut Tree::new()).unwrap_err();
        assert!(error.message.contains("FeeMade"));
    }
}
