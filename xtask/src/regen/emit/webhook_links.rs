//! Names of webhooks in words: links to what a receiver gets.

use std::collections::BTreeMap;

use crate::regen::ir::Api;
use crate::regen::names::types;

/// Markdown in which each name of a webhook leads to its variant of `WebhookEvent`.
pub(crate) fn of(api: &Api, said: &str) -> String {
    let webhooks = api.webhooks.iter();
    let known: BTreeMap<&str, String> = webhooks
        .map(|webhook| (webhook.name.as_str(), types::delivery(&webhook.name)))
        .collect();
    let lines = said.split('\n').map(|line| match line.contains("](") {
        // A link cannot stand in another.
        true => line.to_owned(),
        false => line
            .split(' ')
            .map(|word| linked(&known, word))
            .collect::<Vec<_>>()
            .join(" "),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A word of a line, with what stands around the name in it.
fn linked(known: &BTreeMap<&str, String>, word: &str) -> String {
    let around = |char: char| matches!(char, '.' | ',' | ';' | ':' | '(' | ')' | '`');
    let name = word.trim_matches(around);
    match (known.get(name), word.split_once(name)) {
        (Some(variant), Some((before, after))) => {
            let (before, after) = (before.trim_end_matches('`'), after.trim_start_matches('`'));
            format!("{before}[`{name}`](lago_types::WebhookEvent::{variant}){after}")
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::{TypeRef, Webhook};
    use crate::regen::sample;

    #[test]
    fn known_names_are_links_and_other_words_stay() {
        let mut api = sample::api();
        api.webhooks = vec![Webhook {
            key: "made".to_owned(),
            name: "thing.made".to_owned(),
            root: "thing".to_owned(),
            ty: TypeRef::Json,
            doc: None,
            published: true,
        }];
        let link = "[`thing.made`](lago_types::WebhookEvent::ThingMade)";
        for (said, expected) in [
            (
                "The webhook thing.made follows.",
                format!("The webhook {link} follows."),
            ),
            ("Then `thing.made`, once.", format!("Then {link}, once.")),
            (
                "It tells\nof it (thing.made).",
                format!("It tells\nof it ({link})."),
            ),
            (
                "Code `a thing.made_up` and other.made.",
                "Code `a thing.made_up` and other.made.".to_owned(),
            ),
            (
                "[More](https://thing.test) on thing.made",
                "[More](https://thing.test) on thing.made".to_owned(),
            ),
        ] {
            assert_eq!(of(&api, said), expected);
        }
    }
}
