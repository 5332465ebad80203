//! Which finding changes which Rust item: by the addresses that the IR keeps, never by names that look alike.

use std::collections::{BTreeMap, BTreeSet};

use super::Comparison;
use super::semver::RustChange;
use super::surface::{Kind, Surface, owner};
use crate::regen::ir::{self, Api, BodyShape, TypeRef};

/// The items that an address became.
type Items = BTreeMap<String, BTreeSet<String>>;

/// Tells each finding which of the changed items stand for its place.
pub(super) fn link(comparison: &mut Comparison, changes: &[RustChange], apis: &[(&Api, &Surface)]) {
    let changed: BTreeSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let mut items = Items::new();
    for (api, surface) in apis {
        collect(api, surface, &mut items);
    }
    for finding in &mut comparison.findings {
        let mut candidates: Vec<&String> = finding
            .addresses
            .iter()
            .filter_map(|address| items.get(address))
            .flatten()
            .collect();
        let values = [&finding.before, &finding.after];
        let values: Vec<&str> = values
            .iter()
            .filter_map(|value| value.as_ref()?.as_str())
            .collect();
        // An enum has an item for each value; a finding is about one of them.
        candidates.retain(|path| {
            let item = apis
                .iter()
                .find_map(|(_, surface)| surface.items.get(*path));
            item.is_none_or(|item| {
                item.kind != Kind::Variant
                    || item.json.as_deref().is_some_and(|json| {
                        values.contains(&json) || finding.place.starts_with("webhook ")
                    })
            })
        });
        let with_owner = |path: &&String| {
            let mut owners = std::iter::successors(Some(path.as_str()), |path| owner(path));
            owners
                .find(|path| changed.contains(path))
                .map(str::to_owned)
        };
        let mut found: Vec<String> = candidates.iter().filter_map(with_owner).collect();
        found.sort();
        found.dedup();
        finding.rust = found;
    }
}

fn collect(api: &Api, surface: &Surface, items: &mut Items) {
    let mut add = |address: &str, path: String| {
        if !address.is_empty() && surface.items.contains_key(&path) {
            items.entry(address.to_owned()).or_default().insert(path);
        }
    };
    for (name, ty) in &api.types {
        let path = format!("lago_types::{name}");
        add(&ty.origin, path.clone());
        match &ty.kind {
            ir::Kind::Struct(fields) => {
                for field in fields {
                    for item in members(surface, &path, &field.name) {
                        add(&field.origin, item);
                    }
                }
            }
            ir::Kind::Enum { sites, .. } => {
                let inner = format!("{path}::");
                let variants = surface
                    .items
                    .range(inner.clone()..)
                    .take_while(|(item, _)| item.starts_with(&inner));
                let variants: Vec<&String> = variants.map(|(item, _)| item).collect();
                let own = std::iter::once(&ty.origin).chain(sites.iter().map(|site| &site.origin));
                for origin in own {
                    add(origin, path.clone());
                    variants
                        .iter()
                        .for_each(|item| add(origin, (*item).clone()));
                }
            }
        }
    }
    for webhook in &api.webhooks {
        let variants = surface.items.iter().filter(|(path, item)| {
            path.starts_with("lago_types::WebhookEvent::")
                && item.json.as_deref() == Some(&webhook.name)
        });
        for (path, _) in variants {
            add(&format!("webhook {}", webhook.key), path.clone());
        }
    }
    for operation in &api.operations {
        let paths = surface
            .operations
            .get(&operation.id)
            .cloned()
            .unwrap_or_default();
        let address = format!("{} {}", operation.method, operation.path);
        for path in &paths {
            add(&address, path.clone());
            add(&format!("{address} request"), path.clone());
            add(&format!("{address} 200"), format!("{path}: Output"));
            for parameter in &operation.parameters {
                let place = format!("{address}?{}", parameter.name);
                let setter = format!("{path}::{}()", parameter.rust);
                for address in [&place, &parameter.origin] {
                    // A required one is an argument of the method, which has no setter.
                    add(address, setter.clone());
                    if path.ends_with(')') {
                        add(address, path.clone());
                    }
                }
            }
            if let Some(BodyShape::Roots(fields) | BodyShape::Choice(fields)) =
                operation.body.as_ref().map(|body| &body.shape)
            {
                for field in fields {
                    add(&field.origin, path.clone());
                    if let TypeRef::Named(name) = &field.ty {
                        add(&field.origin, format!("lago_types::{name}"));
                    }
                }
            }
        }
    }
}

/// What stands for a field: itself, its setters, and the argument of the constructor.
fn members(surface: &Surface, ty: &str, json: &str) -> Vec<String> {
    let mut found = Vec::new();
    for holder in [ty.to_owned(), format!("{ty}Required")] {
        let inner = format!("{holder}::");
        let fields = surface
            .items
            .range(inner.clone()..)
            .take_while(|(path, _)| path.starts_with(&inner));
        let is_it = |item: &super::surface::Item| {
            item.kind == Kind::Field && item.json.as_deref() == Some(json)
        };
        for (path, _) in fields.filter(|(_, item)| is_it(item)) {
            let name = path.trim_start_matches(&inner);
            found.extend([
                path.clone(),
                format!("{holder}::{name}()"),
                format!("{holder}::set_{name}()"),
            ]);
        }
    }
    found.push(format!("{ty}::new()"));
    found.push(format!("{ty}: Default"));
    found
}
