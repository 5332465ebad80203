//! names.yaml: what people prefer to call things, apart from what the server corrects.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::pointer;

/// How a decimal travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a JSON string, with every digit.
    String,
    /// As a JSON number.
    Number,
}

/// The preferences of names.yaml, by address.
#[derive(Debug)]
pub(crate) struct Names {
    document: Option<Document>,
    types: BTreeMap<String, Binding>,
    views: BTreeMap<String, Binding>,
    enums: BTreeMap<String, Binding>,
    decimals: BTreeMap<String, (Form, Binding)>,
    verbs: BTreeMap<String, Binding>,
    used: RefCell<BTreeSet<String>>,
}

#[derive(Debug)]
struct Binding {
    name: String,
    /// The entry in names.yaml, for reports.
    pointer: String,
}

const SECTIONS: [&str; 5] = ["types", "merge", "enums", "decimals", "verbs"];

impl Names {
    /// Reads names.yaml; an empty text prefers nothing.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut names = Self {
            document: None,
            types: BTreeMap::new(),
            views: BTreeMap::new(),
            enums: BTreeMap::new(),
            decimals: BTreeMap::new(),
            verbs: BTreeMap::new(),
            used: RefCell::default(),
        };
        if text.trim().is_empty() {
            return Ok(names);
        }
        let document = Document::parse(file, text)?;
        for (section, entries) in document.root().as_object().into_iter().flatten() {
            let place = pointer::join("", section);
            if !SECTIONS.contains(&section.as_str()) {
                return Err(document
                    .diagnostic(
                        &place,
                        &format!("`{section}` is no section of this file"),
                        &format!("use one of: {}", SECTIONS.join(", ")),
                    )
                    .into());
            }
            for (name, addresses) in entries.as_object().into_iter().flatten() {
                let place = pointer::join(&place, name);
                names.read_entry(&document, section, name, addresses, &place)?;
            }
        }
        names.document = Some(document);
        Ok(names)
    }

    fn read_entry(
        &mut self,
        document: &Document,
        section: &str,
        name: &str,
        addresses: &Value,
        place: &str,
    ) -> Result<(), Diagnostics> {
        let wrong = |place: &str, message: &str, advice: &str| -> Diagnostics {
            document.diagnostic(place, message, advice).into()
        };
        if section == "verbs" {
            let Some(verb) = addresses.as_str() else {
                return Err(wrong(
                    place,
                    "a verb is one word",
                    "write `operationId: verb`",
                ));
            };
            let binding = Binding {
                name: verb.to_owned(),
                pointer: place.to_owned(),
            };
            self.verbs.insert(name.to_owned(), binding);
            return Ok(());
        }
        let form = match (section, name) {
            ("decimals", "string") => Some(Form::String),
            ("decimals", "number") => Some(Form::Number),
            ("decimals", _) => {
                return Err(wrong(
                    place,
                    "decimals are sent as `string` or as `number`",
                    "use one of the two",
                ));
            }
            _ => None,
        };
        let Some(addresses) = addresses.as_array() else {
            return Err(wrong(
                place,
                "a name stands for a list of addresses",
                "write `Name: [Schema.property]`",
            ));
        };
        for (index, address) in addresses.iter().enumerate() {
            let place = format!("{place}/{index}");
            let Some(address) = address.as_str() else {
                return Err(wrong(
                    &place,
                    "an address is text",
                    "write `Schema.property`",
                ));
            };
            let binding = Binding {
                name: name.to_owned(),
                pointer: place.clone(),
            };
            let before = match (section, form) {
                ("types", _) => self.types.insert(address.to_owned(), binding).is_some(),
                ("merge", _) => self.views.insert(address.to_owned(), binding).is_some(),
                ("enums", _) => self.enums.insert(address.to_owned(), binding).is_some(),
                (_, Some(form)) => self
                    .decimals
                    .insert(address.to_owned(), (form, binding))
                    .is_some(),
                _ => false,
            };
            if before {
                return Err(wrong(
                    &place,
                    &format!("`{address}` is listed twice"),
                    "keep one of the two",
                ));
            }
        }
        Ok(())
    }

    /// The name of the type at an address, when people chose one.
    pub(crate) fn type_name(&self, address: &str) -> Option<&str> {
        self.take(&self.types, address)
            .or_else(|| self.view(address))
    }

    /// The noun that the type at an address is a view of.
    pub(crate) fn view(&self, address: &str) -> Option<&str> {
        self.take(&self.views, address)
    }

    /// The enum that the values at an address belong to.
    pub(crate) fn enumeration(&self, address: &str) -> Option<&str> {
        self.take(&self.enums, address)
    }

    /// The decimal that a union at an address is.
    pub(crate) fn decimal(&self, address: &str) -> Option<Form> {
        let (form, binding) = self.decimals.get(address)?;
        self.used.borrow_mut().insert(binding.pointer.clone());
        Some(*form)
    }

    /// The method name of an operation.
    pub(crate) fn verb(&self, operation: &str) -> Option<&str> {
        self.take(&self.verbs, operation)
    }

    fn take<'n>(&self, from: &'n BTreeMap<String, Binding>, key: &str) -> Option<&'n str> {
        let binding = from.get(key)?;
        self.used.borrow_mut().insert(binding.pointer.clone());
        Some(&binding.name)
    }

    /// The entries that nothing asked for: what they name is not in the document.
    pub(crate) fn unused(&self) -> Vec<Diagnostic> {
        let Some(document) = &self.document else {
            return Vec::new();
        };
        let used = self.used.borrow();
        let lists = [&self.types, &self.views, &self.enums, &self.verbs];
        let mut unused: Vec<Diagnostic> = lists
            .into_iter()
            .flatten()
            .chain(
                self.decimals
                    .iter()
                    .map(|(address, (_, binding))| (address, binding)),
            )
            .filter(|(_, binding)| !used.contains(&binding.pointer))
            .map(|(address, binding)| {
                document.diagnostic(
                    &binding.pointer,
                    &format!("`{address}` names nothing that this document has"),
                    "remove the entry, or write the address as the document has it now",
                )
            })
            .collect();
        unused.sort_by_key(|diagnostic| diagnostic.line);
        unused
    }
}

/// The name of a published component without what only tells schemas apart: `Object` at the
/// end goes, a create input is `XInput`, an update input `XUpdate`.
pub(crate) fn plain_name(published: &str) -> String {
    for (suffix, plain) in [
        ("CreateInput", "Input"),
        ("UpdateInput", "Update"),
        ("Object", ""),
    ] {
        if let Some(stem) = published.strip_suffix(suffix)
            && !stem.is_empty()
        {
            return format!("{}{plain}", camel(stem));
        }
    }
    camel(published)
}

/// The name of something inside a type: `PlanInput` and `charges` make `PlanChargeInput`.
pub(crate) fn nested_name(parent: &str, property: &str) -> String {
    let property = camel(property);
    for role in ["Input", "Update"] {
        if let Some(stem) = parent.strip_suffix(role) {
            return format!("{stem}{property}{role}");
        }
    }
    format!("{parent}{property}")
}

/// A name as Rust writes types.
pub(crate) fn camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The singular of an English plural as APIs use them.
pub(crate) fn singular(plural: &str) -> String {
    for (suffix, one) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", "")] {
        if let Some(stem) = plural.strip_suffix(suffix)
            && !stem.is_empty()
            && !(suffix == "s" && (stem.ends_with('s') || stem.ends_with("statu")))
        {
            return format!("{stem}{one}");
        }
    }
    plural.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_role() {
        assert_eq!(plain_name("InvoiceObject"), "Invoice");
        assert_eq!(plain_name("PlanCreateInput"), "PlanInput");
        assert_eq!(plain_name("PlanUpdateInput"), "PlanUpdate");
        assert_eq!(nested_name("PlanInput", "charge"), "PlanChargeInput");
        assert_eq!(nested_name("Invoice", "status"), "InvoiceStatus");
        assert_eq!(singular("taxes"), "tax");
        assert_eq!(singular("billing_entities"), "billing_entity");
        assert_eq!(singular("status"), "status");
    }

    #[test]
    fn an_entry_that_names_nothing_says_where_it_stands() {
        let names = Names::parse("names.yaml", "types:\n  Fee: [FeeObject]\n").unwrap();
        assert_eq!(names.unused()[0].line, Some(2));
        assert_eq!(names.type_name("FeeObject"), Some("Fee"));
        assert_eq!(names.unused(), vec![]);
    }
}
