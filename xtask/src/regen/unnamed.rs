//! Enums of a new document that nobody has given a name: the one after their place is taken until somebody does.

use std::collections::BTreeSet;

use serde_json::Value;

use super::address::{Address, index};
use super::ir::{Kind, Type};
use super::names::Names;
use super::{Clock, Inputs, lower};
use crate::diagnostic::Diagnostics;

/// One such enum.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unnamed {
    /// The name after its place.
    pub(crate) name: String,
    /// Where its values are listed.
    pub(crate) addresses: Vec<String>,
    /// Enums with the same values, to one of which it may belong.
    pub(crate) like: Vec<String>,
}

/// The enums that stand inline in the document and not in the one before, and that names.yaml does not bind.
pub(crate) fn unnamed(inputs: &Inputs, before: &Value) -> Result<Vec<Unnamed>, Diagnostics> {
    let prepared = lower(inputs, &mut Clock::start())?;
    let names = Names::parse(&inputs.names.name, &inputs.names.text)?;
    let known = index(before);
    let is_new = |address: &str| {
        let is_component = Address::new(address).component() == Some(address);
        !is_component && !known.contains_key(address) && names.enumeration(address).is_none()
    };
    let types = &prepared.api.types;
    let found = types.iter().filter_map(|(name, ty)| {
        let Kind::Enum { sites, .. } = &ty.kind else {
            return None;
        };
        let addresses: Vec<String> = sites
            .iter()
            .map(|site| site.origin.clone())
            .filter(|address| is_new(address))
            .collect();
        let values = values(ty);
        let like = types.iter().filter(|(other, ty)| {
            *other != name && self::values(ty).is_some_and(|other| Some(other) == values)
        });
        (!addresses.is_empty()).then(|| Unnamed {
            name: name.clone(),
            like: like.map(|(name, _)| name.clone()).collect(),
            addresses,
        })
    });
    Ok(found.collect())
}

fn values(ty: &Type) -> Option<BTreeSet<&String>> {
    match &ty.kind {
        Kind::Enum { values, .. } => Some(values.iter().collect()),
        _ => None,
    }
}
