//! Links from the page of a noun to the guides that speak of it.

use crate::regen::ir::Api;

/// What the page of a noun says, and the guides that lead on from there.
pub(crate) fn after(said: &str, api: &Api, noun: &str) -> String {
    let guides = api.guides.get(noun).into_iter().flatten();
    let links: Vec<String> = guides
        .map(|guide| format!("[{}](crate::guide::{guide})", guide.replace('_', " ")))
        .collect();
    match links.as_slice() {
        [] => said.to_owned(),
        [link] => format!("{said} Guide: {link}."),
        links => format!("{said} Guides: {}.", links.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn a_noun_leads_to_its_guides_in_their_order() {
        let mut api = sample::api();
        api.guides = [
            ("things", vec!["prices", "create_or_update"]),
            ("parts", vec!["money"]),
        ]
        .map(|(noun, guides)| {
            (
                noun.to_owned(),
                guides.into_iter().map(str::to_owned).collect(),
            )
        })
        .into();
        for (noun, expected) in [
            (
                "things",
                "Said. Guides: [prices](crate::guide::prices), [create or update](crate::guide::create_or_update).",
            ),
            ("parts", "Said. Guide: [money](crate::guide::money)."),
            ("others", "Said."),
        ] {
            assert_eq!(after("Said.", &api, noun), expected);
        }
    }
}
