//! Webhooks: what a delivery of each type holds.

use serde_json::Value;

use super::{Reader, prose};
use crate::regen::ir::Webhook;
use crate::regen::schema::{UNPUBLISHED, flag, list, text};

impl Reader<'_> {
    /// The webhooks by the type that their deliveries name.
    pub(super) fn webhooks(&mut self, root: &Value) -> Vec<Webhook> {
        let items = root["webhooks"].as_object().into_iter().flatten();
        let mut webhooks: Vec<Webhook> = items
            .filter_map(|(key, item)| self.webhook(key, &item["post"]))
            .collect();
        webhooks.sort_by(|a, b| a.name.cmp(&b.name));
        webhooks
    }

    fn webhook(&mut self, key: &str, operation: &Value) -> Option<Webhook> {
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        let only = |property: &str| {
            let mut values =
                list(&schema["properties"][property], "enum").filter_map(Value::as_str);
            values.next().filter(|_| values.next().is_none())
        };
        let object = only("object_type").filter(|root| schema["properties"].get(root).is_some());
        // The name stands in a code span of the docs, put there by a macro.
        let plain = |name: &&str| name.chars().all(|c| c.is_ascii_graphic() && c != '`');
        let name = only("webhook_type").filter(plain);
        let (Some(name), Some(root)) = (name, object) else {
            self.problem(
                &format!("webhook {key}"),
                "its deliveries do not say of which one type they are, and of what object".to_owned(),
                "give webhook_type and object_type one value each, the latter being the key of the object",
            );
            return None;
        };
        Some(Webhook {
            key: key.to_owned(),
            name: name.to_owned(),
            root: root.to_owned(),
            ty: self.type_ref(&schema["properties"][root]),
            doc: match (text(operation, "summary"), prose(operation)) {
                (Some(summary), Some(more)) => Some(format!("{summary}\n\n{more}")),
                (summary, more) => summary.map(str::to_owned).or(more),
            },
            published: !flag(operation, UNPUBLISHED),
        })
    }
}
