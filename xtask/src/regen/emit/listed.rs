//! Where the document lists values of an enum, as readers of the types know the place.

use std::collections::BTreeMap;

use super::nouns::named;
use super::uses::link;
use crate::regen::ir::{Api, EnumSite, Kind};
use crate::regen::prose::code;

/// The fields of the types, by their addresses in the document. Types may share one.
pub(super) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Reads the API, given the name in Rust of a field of a type.
    pub(super) fn of(api: &Api, ident: &dyn Fn(&str, &str) -> String) -> Self {
        let mut links: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (owner, ty) in &api.types {
            let Kind::Struct(fields) = &ty.kind else {
                continue;
            };
            for field in fields.iter().filter(|field| named(&field.ty).is_some()) {
                let path = format!("{owner}::{}", ident(owner, &field.name));
                links
                    .entry(field.origin.clone())
                    .or_default()
                    .push(link(&path));
            }
        }
        Self(links)
    }

    /// The places that list a value of an enum; none where all do, or where one of them has no name that readers know.
    pub(super) fn listing(&self, value: &str, sites: &[EnumSite]) -> Option<Vec<String>> {
        let listing = |site: &&EnumSite| site.values.iter().any(|known| known == value);
        let listed: Vec<&EnumSite> = sites.iter().filter(listing).collect();
        if listed.is_empty() || listed.len() == sites.len() {
            return None;
        }
        let places: Option<Vec<_>> = listed.into_iter().map(|site| self.places(site)).collect();
        Some(places?.concat())
    }

    fn places(&self, site: &EnumSite) -> Option<Vec<String>> {
        // `GET /fees?fee_type`, or with brackets where the filter takes several values.
        if let Some((endpoint, filter)) = site.origin.split_once('?') {
            let filter = filter.trim_end_matches("[]");
            let filter = format!("the filter {} of {}", code(filter), code(endpoint));
            return Some(vec![filter]);
        }
        self.0.get(&site.origin).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample::{self, Goes};

    fn site(origin: &str, values: &[&str]) -> EnumSite {
        EnumSite {
            origin: origin.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    #[test]
    fn a_place_is_called_as_readers_of_the_types_know_it() {
        let mut api = sample::api();
        let mut status = sample::root("status", sample::named("Status"), true);
        status.origin = "BaseObject.status".to_owned();
        let mut other = sample::root("status", sample::named("Status"), true);
        other.origin = "BaseObject.status".to_owned();
        api.types.extend([
            sample::structure("Draft", Goes::In, vec![status]),
            sample::structure("Order", Goes::In, vec![other]),
        ]);
        let fields = Fields::of(&api, &|_, field| field.to_owned());
        let sites = [
            site("BaseObject.status", &["all", "here"]),
            site("GET /orders?status[]", &["all", "asked"]),
            site("parameters.nobody", &["all", "nowhere"]),
        ];
        let draft = "[`Draft::status`](crate::Draft::status)";
        let order = "[`Order::status`](crate::Order::status)";
        let asked = "the filter `status` of `GET /orders`";
        for (value, expected) in [
            // All of them say so.
            ("all", None),
            ("here", Some(vec![draft, order])),
            ("asked", Some(vec![asked])),
            ("nowhere", None),
            ("unlisted", None),
        ] {
            let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
            assert_eq!(fields.listing(value, &sites), expected, "{value}");
        }
    }
}
