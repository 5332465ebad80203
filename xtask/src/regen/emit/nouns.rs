//! Which file a type goes to: one for each noun of the API.

use std::collections::{BTreeMap, BTreeSet};

use crate::regen::ir::{Api, Kind, Response, TypeRef};
use crate::regen::names::ident;
use crate::regen::names::words::singular;

/// The file of what belongs to no noun.
const COMMON: &str = "common";

/// The module of every struct.
pub(crate) fn modules(api: &Api) -> BTreeMap<String, String> {
    let nouns: BTreeSet<String> = api
        .operations
        .iter()
        .flat_map(|operation| &operation.accessors)
        .map(|accessor| ident::pascal(&singular(accessor)))
        .collect();
    let users = users(api);
    let structs = api
        .types
        .iter()
        .filter(|(_, ty)| matches!(ty.kind, Kind::Struct(_)));
    structs
        .map(|(name, _)| (name.clone(), module(name, &nouns, &users, 0)))
        .collect()
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
fn users(api: &Api) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, ty) in &api.types {
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
    for operation in &api.operations {
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
