//! Names of types, of what stands beside them, and of their functions.
//!
//! names.yaml decides first, then the name that an envelope freed, then the rules: `Object` is stripped, roles
//! become `Input` and `Update`, what was inline is called after its parent.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use quote::format_ident;

use super::words::singular;
use super::{Names, ident, reserved};
use crate::regen::address::Address;

/// What ends the names of types that are only sent.
const ROLES: [&str; 2] = ["Input", "Update"];

/// What decides the names of components.
pub(crate) struct TypeNames<'a> {
    /// What people prefer.
    pub(crate) preferred: &'a Names,
    /// The names that envelopes freed, by the addresses of what was in them.
    pub(crate) freed: BTreeMap<&'a str, &'a str>,
    /// The views that stay types of their own, whatever names.yaml says.
    pub(crate) apart: &'a BTreeSet<String>,
}

impl TypeNames<'_> {
    /// The names that a component may have, best first: as people want it, as the rules make it, as
    /// it stands in the document.
    pub(crate) fn candidates(&self, address: &str) -> Vec<String> {
        let published = ident::pascal(address);
        let mut names = vec![
            self.best(address),
            self.ruled(address),
            published.clone(),
            format!("{published}Object"),
            format!("{published}Schema"),
        ];
        // As typify will write them: a word is a capital and small letters.
        for name in &mut names {
            *name = ident::pascal(name);
        }
        let mut known = BTreeSet::new();
        names.retain(|name| known.insert(name.clone()));
        names
    }

    /// The name that people prefer, or else the one that follows from the rules.
    fn best(&self, address: &str) -> String {
        let chosen = self.preferred.type_name(address);
        let view = || match self.apart.contains(address) {
            true => None,
            false => self.preferred.view(address),
        };
        match chosen.or_else(view) {
            Some(name) => name.to_owned(),
            None => self.ruled(address),
        }
    }

    /// The name that follows from where a component stands.
    fn ruled(&self, address: &str) -> String {
        if let Some(name) = self.freed.get(address) {
            return (*name).to_owned();
        }
        let place = address.trim_end_matches("[]").trim_end_matches("{}");
        let repeated = place != address;
        let at = Address::new(place);
        match at.parent().map(Address::as_str).zip(at.property()) {
            Some((parent, property)) => {
                let property = match repeated {
                    true => singular(property),
                    false => property.to_owned(),
                };
                nested(&self.best(parent), &property)
            }
            None if place.contains(' ') => ident::pascal(place),
            None if repeated => plain(&singular(&plain(place))),
            None => plain(place),
        }
    }
}

/// The name of a published component without what only tells schemas apart: `Object` at the
/// end goes, a create input is `XInput`, an update input `XUpdate`.
pub(crate) fn plain(published: &str) -> String {
    for (suffix, plain) in [
        ("CreateInput", "Input"),
        ("UpdateInput", "Update"),
        ("Object", ""),
    ] {
        if let Some(stem) = published.strip_suffix(suffix)
            && !stem.is_empty()
        {
            return format!("{}{plain}", ident::pascal(stem));
        }
    }
    ident::pascal(published)
}

/// The name of something inside a type: `PlanInput` and `charges` make `PlanChargeInput`.
fn nested(parent: &str, property: &str) -> String {
    let property = ident::pascal(property);
    for role in ROLES {
        if let Some(stem) = parent.strip_suffix(role) {
            return format!("{stem}{property}{role}");
        }
    }
    format!("{parent}{property}")
}

/// The name of an enum that nobody named: after the type and the property. What is sent and what is received
/// have one vocabulary.
pub(crate) fn of_enum(holder: &str, property: &str) -> String {
    let mut roles = ROLES.iter().filter_map(|role| holder.strip_suffix(role));
    let holder = roles.next().unwrap_or(holder);
    // One word may end in a letter and the next begin with one: as typify will write them.
    let name = ident::pascal(&format!("{holder}{}", ident::pascal(property)));
    match reserved::type_name(&name) {
        true => beside(&name),
        false => name,
    }
}

/// The name of an enum where something else has its own.
pub(crate) fn beside(name: &str) -> String {
    format!("{name}Value")
}

/// The name of what holds what is only sent of a type that goes both ways.
pub(crate) fn sent(name: &str) -> String {
    format!("{name}Input")
}

/// The same, where another type has that name.
pub(crate) fn sent_otherwise(name: &str) -> String {
    format!("{name}Request")
}

/// The name of the struct that the constructor of a type may take.
pub(crate) fn required(name: &str) -> String {
    format!("{name}Required")
}

/// The name of a field, as typify writes it.
pub(crate) fn field(name: &str) -> Ident {
    format_ident!("{}", ident::escaped(ident::snake(name)))
}

/// The name of a setter: that of its field, unless it is that of the constructor.
pub(crate) fn setter(field: &Ident) -> Ident {
    match field == "new" {
        true => format_ident!("set_{field}"),
        false => field.clone(),
    }
}

/// The name of the setter of one entry of a field: `property` beside `properties`.
pub(crate) fn entry_setter(field: &Ident) -> Ident {
    setter(&ident::value(&singular(&field.to_string())))
}

/// The name of a variant for a type of deliveries. `Unknown` is what the enum calls those that it does not know.
pub(crate) fn delivery(name: &str) -> String {
    match ident::escaped(ident::pascal(name)) {
        taken if taken == "Unknown" => "UnknownType".to_owned(),
        free => free,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_role() {
        assert_eq!(plain("InvoiceObject"), "Invoice");
        assert_eq!(plain("PlanCreateInput"), "PlanInput");
        assert_eq!(plain("PlanUpdateInput"), "PlanUpdate");
        assert_eq!(nested("PlanInput", "charge"), "PlanChargeInput");
        assert_eq!(nested("Invoice", "status"), "InvoiceStatus");
        assert_eq!(of_enum("PlanInput", "interval"), "PlanInterval");
        assert_eq!(of_enum("Webhook", "type"), "WebhookTypeValue");
        assert_eq!(of_enum("Image", "x-y"), "ImageXy");
    }

    #[test]
    fn what_people_prefer_comes_before_the_rules() {
        let preferred = Names::parse("names.yaml", "types:\n  Thing: [FeeObject]\n").unwrap();
        let names = TypeNames {
            preferred: &preferred,
            freed: BTreeMap::from([("PlanCreateInput.plan", "PlanInput")]),
            apart: &BTreeSet::new(),
        };
        assert_eq!(names.candidates("FeeObject")[..2], ["Thing", "Fee"]);
        assert_eq!(names.candidates("FeeObject.taxes[]")[0], "ThingTax");
        assert_eq!(names.candidates("PlanCreateInput.plan")[0], "PlanInput");
    }
}
