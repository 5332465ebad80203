//! What an enum means: the places that list its values say it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Listed;
use crate::regen::prose::first_sentence;
use crate::regen::schema::{components_mut, object_mut, text};

/// Lets enums that say nothing themselves say what most of their places do.
pub(super) fn describe(root: &mut Value, sites: &[Listed], names: &BTreeMap<String, String>) {
    let mut counts: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for site in sites {
        if let (Some(name), Some(said)) = (names.get(&site.address), &site.said) {
            let known = counts.entry(name).or_default();
            match known.iter_mut().find(|(other, _)| other == said) {
                Some((_, count)) => *count += 1,
                None => known.push((said, 1)),
            }
        }
    }
    for (name, said) in counts {
        // Of those that are said as often, the first.
        let most = said.iter().rev().max_by_key(|(_, count)| *count);
        if let (Some((said, _)), Some(schema)) = (most, components_mut(root).get_mut(name))
            && text(schema, "description").is_none()
        {
            object_mut(schema).insert("description".to_owned(), json!(said));
        }
    }
}

/// The first sentence on a place, unless it is about the place alone: what becomes of it, or when it is null.
pub(super) fn meaning(said: &str) -> Option<String> {
    let (first, _) = first_sentence(said.trim());
    let is_aside = ["**", "Null", "Also "]
        .iter()
        .any(|word| first.starts_with(word));
    (!first.is_empty() && !is_aside).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::passes::run_alone;

    #[test]
    fn an_enum_says_what_most_of_its_places_do_and_nothing_about_one_of_them() {
        let status = |said: &str| json!({"properties": {"status": {"enum": ["due", "paid"], "description": said}}});
        let mut root = json!({"components": {"schemas": {
            "A": status("**Cleared when left out.** Whether somebody paid."),
            "B": status("Only here."),
            "C": status("Whether somebody paid. Null before."),
            "D": status("Whether somebody paid."),
        }}});
        run_alone(super::super::run, &mut root);
        let all = root["components"]["schemas"].as_object().unwrap();
        let mut enums = all.values().filter(|schema| schema.get("enum").is_some());
        assert_eq!(
            enums.next().unwrap()["description"],
            "Whether somebody paid."
        );
        assert!(enums.next().is_none());
    }
}
