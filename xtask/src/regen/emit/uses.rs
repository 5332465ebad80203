//! What uses a type: the calls that send or return it, the webhooks that carry it, the fields that hold it.

use std::collections::{BTreeMap, BTreeSet};

use super::EmitError;
use super::nouns::named;
use super::resources::methods::{Input, Method, Output, methods};
use super::verbs;
use crate::regen::ir::{Api, Kind, TypeRef};
use crate::regen::names::types;
use crate::regen::prose::code;

/// How many fields that hold a type are named one by one. A type like a currency has far more.
const MOST: usize = 16;

/// Who uses the types of a part of the API.
struct Users {
    /// The calls that send each type.
    sending: Calls,
    /// The calls that return it.
    returning: Calls,
    /// The webhooks that carry it, as links.
    carrying: BTreeMap<String, BTreeSet<String>>,
    /// The fields that hold it, each as its type and its name in Rust.
    holding: BTreeMap<String, BTreeSet<(String, String)>>,
}

/// Calls by type, each with what sorts it before others.
type Calls = BTreeMap<String, BTreeSet<(usize, usize, String)>>;

/// Who uses each type. What is published does not speak of what is not, which may not be there.
pub(crate) struct Uses {
    published: Users,
    all: Users,
}

impl Uses {
    /// Reads the API, given the name in Rust of a field of a type.
    pub(crate) fn of(api: &Api, ident: &dyn Fn(&str, &str) -> String) -> Result<Self, EmitError> {
        Ok(Self {
            published: Users::of(api, ident, |published| published)?,
            all: Users::of(api, ident, |_| true)?,
        })
    }

    /// Sentences on who uses a type; none when nobody does.
    pub(crate) fn sentences(&self, name: &str, api: &Api) -> Option<String> {
        let ty = api.types.get(name)?;
        let users = match ty.published {
            true => &self.published,
            false => &self.all,
        };
        let held_as = match ty.kind {
            Kind::Struct(_) => "Part of",
            Kind::Enum { .. } => "Used by",
        };
        let calls = |calls: &Calls| -> Vec<String> {
            let known = calls.get(name).into_iter().flatten();
            known.map(|(.., call)| code(call)).collect()
        };
        let carrying = users.carrying.get(name).into_iter().flatten();
        let (sending, returning) = (calls(&users.sending), calls(&users.returning));
        // Where a call says what it is for, the objects that have it besides say little.
        let holding = match sending.is_empty() && returning.is_empty() {
            true => users.holding.get(name).map_or_else(Vec::new, fields),
            false => Vec::new(),
        };
        let said: Vec<String> = [
            ("Sent by", sending),
            ("Returned by", returning),
            (held_as, holding),
            ("Delivered as", carrying.cloned().collect()),
        ]
        .into_iter()
        .filter_map(|(verb, users)| Some(format!("{verb} {}.", joined(&users, "and")?)))
        .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

impl Users {
    fn of(
        api: &Api,
        ident: &dyn Fn(&str, &str) -> String,
        is_meant: fn(bool) -> bool,
    ) -> Result<Self, EmitError> {
        let mut users = Self {
            sending: Calls::new(),
            returning: Calls::new(),
            carrying: BTreeMap::new(),
            holding: BTreeMap::new(),
        };
        let operations = api.operations.iter();
        for operation in operations.filter(|operation| is_meant(operation.published)) {
            for method in methods(operation)? {
                let call = (
                    operation.accessors.len(),
                    verbs::rank(&method.verb),
                    call(&method),
                );
                for name in sent(&method.input).into_iter().filter_map(named) {
                    let calls = users.sending.entry(name.to_owned()).or_default();
                    calls.insert(call.clone());
                }
                if let Some(name) = returned(&method.output).and_then(named) {
                    let calls = users.returning.entry(name.to_owned()).or_default();
                    calls.insert(call);
                }
            }
        }
        let webhooks = api.webhooks.iter();
        for webhook in webhooks.filter(|webhook| is_meant(webhook.published)) {
            if let Some(name) = named(&webhook.ty) {
                let variant = types::delivery(&webhook.name);
                let links = users.carrying.entry(name.to_owned()).or_default();
                links.insert(link(&format!("WebhookEvent::{variant}")));
            }
        }
        let owners = api.types.iter().filter(|(_, ty)| is_meant(ty.published));
        for (owner, ty) in owners {
            let Kind::Struct(fields) = &ty.kind else {
                continue;
            };
            for field in fields {
                if let Some(name) = named(&field.ty) {
                    let fields = users.holding.entry(name.to_owned()).or_default();
                    fields.insert((owner.clone(), ident(owner, &field.name)));
                }
            }
        }
        Ok(users)
    }
}

/// Fields as links, or by their names alone where there are too many.
fn fields(holding: &BTreeSet<(String, String)>) -> Vec<String> {
    if holding.len() > MOST {
        let names: BTreeSet<&String> = holding.iter().map(|(_, field)| field).collect();
        let names: Vec<String> = names.into_iter().map(|name| code(name)).collect();
        let names = joined(&names, "or").unwrap_or_default();
        return vec![format!("every field that is called {names}")];
    }
    let links = holding.iter();
    links
        .map(|(owner, field)| link(&format!("{owner}::{field}")))
        .collect()
}

/// An item of lago-types as code that leads to it.
pub(super) fn link(path: &str) -> String {
    format!("[`{path}`](crate::{path})")
}

/// How people write the call: `plans().charges().create`. There is no link, because lago-types does not know the client.
fn call(method: &Method<'_>) -> String {
    let nouns = method.operation.accessors.iter();
    let nouns: String = nouns.map(|noun| format!("{noun}().")).collect();
    nouns + &method.verb
}

fn sent<'a>(input: &Input<'a>) -> Vec<&'a TypeRef> {
    match input {
        Input::Nothing => Vec::new(),
        Input::Type(ty) | Input::OptionalType(ty) => vec![ty],
        Input::Variant(field) | Input::OptionalRoot(field) => vec![&field.ty],
        Input::Root { main, beside } => {
            let fields = [*main].into_iter().chain(beside.iter().copied());
            fields.map(|field| &field.ty).collect()
        }
    }
}

fn returned<'o>(output: &'o Output<'_>) -> Option<&'o TypeRef> {
    match output {
        Output::Nothing | Output::Text => None,
        Output::Whole(ty) | Output::Page { item: ty, .. } => Some(ty),
        Output::Root { ty, .. } | Output::RootOrNothing { ty, .. } => Some(ty),
    }
}

/// A list in words, with this one before the last; none when it is empty.
pub(super) fn joined(all: &[String], word: &str) -> Option<String> {
    let (last, before) = all.split_last()?;
    Some(match before {
        [] => last.clone(),
        before => format!("{} {word} {last}", before.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::Webhook;
    use crate::regen::sample::{self, Goes, list, named};

    #[test]
    fn a_type_says_what_sends_it_returns_it_carries_it_or_holds_it() {
        let mut api = sample::api();
        api.types.extend([
            sample::structure("Part", Goes::In, vec![]),
            sample::structure("PartInput", Goes::Out, vec![]),
            sample::structure(
                "Thing",
                Goes::In,
                vec![sample::root("screws", list(named("Screw")), true)],
            ),
            sample::structure("Screw", Goes::In, vec![]),
            sample::structure("Alone", Goes::In, vec![]),
        ]);
        api.webhooks = vec![Webhook {
            key: "made".to_owned(),
            name: "thing.made".to_owned(),
            root: "thing".to_owned(),
            ty: named("Thing"),
            doc: None,
            published: true,
        }];
        let uses = Uses::of(&api, &|_, field| field.to_owned()).unwrap();
        for (name, expected) in [
            ("Part", Some("Returned by `things().parts().get`.")),
            (
                "PartInput",
                Some("Sent by `things().parts().put` and `things().parts().put_batch`."),
            ),
            (
                "Thing",
                Some(
                    "Returned by `things().post`. Delivered as [`WebhookEvent::ThingMade`](crate::WebhookEvent::ThingMade).",
                ),
            ),
            (
                "Screw",
                Some("Part of [`Thing::screws`](crate::Thing::screws)."),
            ),
            ("Alone", None),
        ] {
            assert_eq!(uses.sentences(name, &api).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn what_is_published_does_not_speak_of_what_is_not() {
        let mut api = sample::api();
        let published = [("Part", true), ("Secret", false)];
        for (name, is_published) in published {
            let (name, ty) = sample::structure(name, Goes::In, vec![]);
            let published = is_published;
            api.types
                .insert(name, crate::regen::ir::Type { published, ..ty });
        }
        for operation in &mut api.operations {
            operation.published = false;
        }
        let uses = Uses::of(&api, &|_, field| field.to_owned()).unwrap();
        assert_eq!(uses.sentences("Part", &api), None);
        api.types.get_mut("Part").unwrap().published = false;
        assert!(uses.sentences("Part", &api).is_some());
    }

    #[test]
    fn a_list_is_named_whole_and_fields_without_number_by_their_names() {
        let all: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        for (count, expected) in [
            (0, None),
            (1, Some("a")),
            (2, Some("a and b")),
            (3, Some("a, b and c")),
        ] {
            assert_eq!(joined(&all[..count], "and").as_deref(), expected);
        }
        let holding = |count: usize| {
            let of = |index: usize| (format!("Owner{index:02}"), format!("field{}", index % 2));
            (0..count).map(of).collect::<BTreeSet<_>>()
        };
        assert_eq!(fields(&holding(MOST)).len(), MOST);
        assert_eq!(
            fields(&holding(1)),
            ["[`Owner00::field0`](crate::Owner00::field0)"]
        );
        assert_eq!(
            fields(&holding(MOST + 1)),
            ["every field that is called `field0` or `field1`"]
        );
    }
}
