//! Which file a type goes to: one for each noun of the API.

use std::collections::{BTreeMap, BTreeSet};

use crate::regen::ir::{Api, Kind, Response, TypeRef};
use crate::regen::names::ident;
use crate::regen::names::words::singular;

/// The file of what belongs to no noun.
const COMMON: &str = "common";

/// The module of every struct. That of a published one does not depend on what is not published.
pub(crate) fn modules(api: &Api) -> BTreeMap<String, String> {
    let published = Around::of(api, |published| published);
    let all = Around::of(api, |_| true);
    let structs = api
        .types
        .iter()
        .filter(|(_, ty)| matches!(ty.kind, Kind::Struct(_)));
    structs
        .map(|(name, ty)| {
            let Around { nouns, users } = match ty.published {
                true => &published,
                false => &all,
            };
            (name.clone(), module(name, nouns, users, 0))
        })
        .collect()
}

/// What decides on modules.
struct Around {
    /// The nouns of operations.
    nouns: BTreeSet<String>,
    /// What refers to each type.
    users: BTreeMap<String, BTreeSet<String>>,
}

impl Around {
    /// In the part of the API that is published, or not, like this.
    fn of(api: &Api, is_meant: fn(bool) -> bool) -> Self {
        let operations = api.operations.iter();
        let nouns = operations
            .filter(|operation| is_meant(operation.published))
            .flat_map(|operation| &operation.accessors)
            .map(|accessor| ident::pascal(&singular(accessor)));
        Self {
            nouns: nouns.collect(),
            users: users(api, is_meant),
        }
    }
}

/// The noun that the name begins with, else that of what uses the type.
fn module(
    name: &str,
    nouns: &BTreeSet<String>,
    users: &BTreeMap<String, BTreeSet<String>>,
    depth: usize,
) -> String {
    let own = nouns
        .iter()
        .filter(|noun| name.strip_prefix(noun.as_str()).is_some_and(starts_word))
        .max_by_key(|noun| noun.len());
    match (own, users.get(name).and_then(BTreeSet::first)) {
        (Some(noun), _) => ident::module(noun),
        (None, Some(user)) if depth < nouns.len() => module(user, nouns, users, depth + 1),
        _ => COMMON.to_owned(),
    }
}

fn starts_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(char::is_uppercase)
}

/// What refers to each type: structs, and for what an operation answers its first accessor.
fn users(api: &Api, is_meant: fn(bool) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let types = api.types.iter();
    for (name, ty) in types.filter(|(_, ty)| is_meant(ty.published)) {
        if let Kind::Struct(fields) = &ty.kind {
            for field in fields {
                if let Some(target) = named(&field.ty) {
                    users
                        .entry(target.to_owned())
                        .or_default()
                        .insert(name.clone());
                }
            }
        }
    }
    let operations = api.operations.iter();
    for operation in operations.filter(|operation| is_meant(operation.published)) {
        let noun = operation
            .accessors
            .first()
            .map(|accessor| ident::pascal(&singular(accessor)));
        let answered = match &operation.response {
            Response::Type(ty) | Response::Root { ty, .. } | Response::Page { item: ty, .. } => {
                named(ty)
            }
            Response::Empty | Response::Text | Response::Choice(_) => None,
        };
        if let (Some(noun), Some(target)) = (noun, answered) {
            let users = users.entry(target.to_owned()).or_default();
            if users.is_empty() {
                users.insert(noun);
            }
        }
    }
    users
}

/// The named type inside a reference.
pub(crate) fn named(ty: &TypeRef) -> Option<&str> {
    match ty {
        TypeRef::Named(name) => Some(name),
        TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => named(inner),
        _ => None,
    }
}
