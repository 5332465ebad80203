//! names.yaml: what people prefer to call things, apart from what the server corrects.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer;
use crate::regen::ir::{ClientGenerated, Form};
use crate::yaml::read::Document;

/// The preferences of names.yaml.
#[derive(Debug)]
pub(crate) struct Names {
    document: Option<Document>,
    entries: BTreeMap<(Section, String), Entry>,
    used: RefCell<BTreeSet<String>>,
}

/// What a preference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Types,
    Merge,
    Enums,
    Decimals,
    ClientGenerated,
    Arguments,
    Asked,
    Conversions,
    Identified,
    Verbs,
    Nouns,
    Aliases,
    Guides,
}

/// The sections by their key, with the only names that they take, if limited.
const SECTIONS: [(&str, Section, &[&str]); 13] = [
    ("types", Section::Types, &[]),
    ("merge", Section::Merge, &[]),
    ("enums", Section::Enums, &[]),
    (
        "decimals",
        Section::Decimals,
        &["string", "number", "seconds"],
    ),
    ("client_generated", Section::ClientGenerated, &["id", "now"]),
    ("arguments", Section::Arguments, &[]),
    ("asked", Section::Asked, &[]),
    ("conversions", Section::Conversions, &[]),
    ("identified", Section::Identified, &[]),
    ("verbs", Section::Verbs, &[]),
    ("nouns", Section::Nouns, &[]),
    ("aliases", Section::Aliases, &[]),
    ("guides", Section::Guides, &[]),
];

#[derive(Debug)]
struct Entry {
    /// The name that stands before the list of addresses.
    name: String,
    /// The place in that list.
    rank: usize,
    /// The address in names.yaml, for reports.
    pointer: String,
}

impl Names {
    /// Reads names.yaml; an empty text prefers nothing.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut names = Self {
            document: None,
            entries: BTreeMap::new(),
            used: RefCell::default(),
        };
        if text.trim().is_empty() {
            return Ok(names);
        }
        let document = Document::parse(file, text)?;
        for (key, entries) in document.root().as_object().into_iter().flatten() {
            let place = pointer::join("", key);
            let Some((_, section, allowed)) = SECTIONS.iter().find(|(known, ..)| known == key)
            else {
                let known: Vec<&str> = SECTIONS.iter().map(|(known, ..)| *known).collect();
                let message = format!("`{key}` is no section of this file");
                let advice = format!("use one of: {}", known.join(", "));
                return Err(document.diagnostic(&place, message, advice).into());
            };
            for (name, addresses) in entries.as_object().into_iter().flatten() {
                let place = pointer::join(&place, name);
                let entry = RawEntry {
                    section: *section,
                    allowed,
                    name,
                    addresses,
                    place: &place,
                };
                names.add(&entry).map_err(|problem| {
                    document.diagnostic(&problem.place, problem.message, problem.advice)
                })?;
            }
        }
        names.document = Some(document);
        Ok(names)
    }

    fn add(&mut self, raw: &RawEntry<'_>) -> Result<(), Wrong> {
        let RawEntry {
            section,
            allowed,
            name,
            addresses,
            place,
        } = raw;
        let wrong = |place: &str, message: String, advice: String| Wrong {
            place: place.to_owned(),
            message,
            advice,
        };
        if !allowed.is_empty() && !allowed.contains(name) {
            let advice = format!("use one of: {}", allowed.join(", "));
            return Err(wrong(place, format!("`{name}` is not known here"), advice));
        }
        let addresses: Vec<(String, String)> = match (section, addresses) {
            // A verb is the other way round: one name for one operation; so are the words on a noun.
            (Section::Verbs | Section::Nouns, Value::String(said)) => {
                vec![((*name).to_owned(), said.clone())]
            }
            (Section::Verbs, _) => {
                let advice = "write `operationId: verb`".to_owned();
                return Err(wrong(place, "a verb is one word".to_owned(), advice));
            }
            (Section::Nouns, _) => {
                let advice = "write `plans.charges: words`".to_owned();
                return Err(wrong(place, "a noun has words".to_owned(), advice));
            }
            (_, Value::Array(list)) if list.iter().all(Value::is_string) => list
                .iter()
                .filter_map(Value::as_str)
                .map(|a| (a.to_owned(), (*name).to_owned()))
                .collect(),
            _ => {
                let advice = "write `Name: [Schema.property]`".to_owned();
                return Err(wrong(
                    place,
                    "a name stands for a list of addresses".to_owned(),
                    advice,
                ));
            }
        };
        for (rank, (address, name)) in addresses.into_iter().enumerate() {
            let pointer = match section {
                Section::Verbs | Section::Nouns => (*place).to_owned(),
                _ => format!("{place}/{rank}"),
            };
            let key = match section {
                Section::Arguments
                | Section::Asked
                | Section::Conversions
                | Section::Aliases
                | Section::Guides => format!("{name}.{address}"),
                _ => address.clone(),
            };
            if self.entries.contains_key(&(*section, key.clone())) {
                let advice = "keep one of the two".to_owned();
                return Err(wrong(
                    &pointer,
                    format!("`{address}` is listed twice"),
                    advice,
                ));
            }
            self.entries.insert(
                (*section, key),
                Entry {
                    name,
                    rank,
                    pointer,
                },
            );
        }
        Ok(())
    }

    fn find(&self, section: Section, address: &str) -> Option<&Entry> {
        let entry = self.entries.get(&(section, address.to_owned()))?;
        self.used.borrow_mut().insert(entry.pointer.clone());
        Some(entry)
    }

    fn name(&self, section: Section, address: &str) -> Option<&str> {
        self.find(section, address).map(|entry| entry.name.as_str())
    }

    /// The name of the type at an address, when people chose one.
    pub(crate) fn type_name(&self, address: &str) -> Option<&str> {
        self.name(Section::Types, address)
    }

    /// The noun that the type at an address is a view of.
    pub(crate) fn view(&self, address: &str) -> Option<&str> {
        self.name(Section::Merge, address)
    }

    /// The place of a view among those of its noun: the first says what the noun is.
    pub(crate) fn view_rank(&self, address: &str) -> Option<usize> {
        self.find(Section::Merge, address).map(|entry| entry.rank)
    }

    /// The enum that the values at an address belong to.
    pub(crate) fn enumeration(&self, address: &str) -> Option<&str> {
        self.name(Section::Enums, address)
    }

    /// The decimal that a union at an address is.
    pub(crate) fn decimal(&self, address: &str) -> Option<Form> {
        Some(match self.name(Section::Decimals, address)? {
            "number" => Form::Number,
            "seconds" => Form::Seconds,
            _ => Form::String,
        })
    }

    /// What the client fills in at an address.
    pub(crate) fn client_generated(&self, address: &str) -> Option<ClientGenerated> {
        Some(match self.name(Section::ClientGenerated, address)? {
            "now" => ClientGenerated::Now,
            _ => ClientGenerated::Id,
        })
    }

    /// The place of a property among the arguments of its type's constructor.
    pub(crate) fn argument(&self, address: &str) -> Option<usize> {
        self.find(Section::Arguments, address)
            .map(|entry| entry.rank)
    }

    /// Whether the constructor of a type takes a property although it is optional.
    pub(crate) fn asked(&self, address: &str) -> bool {
        self.find(Section::Asked, address).is_some()
    }

    /// The structs that become others, from and to, where that is possible.
    pub(crate) fn conversions(
        &self,
        possible: impl Fn(&str, &str) -> bool,
    ) -> Vec<(String, String)> {
        let entries = self.entries.iter();
        let chosen = entries.filter(|((section, _), _)| *section == Section::Conversions);
        let pairs = chosen.filter_map(|((_, address), entry)| {
            let to = entry.name.as_str();
            // The key is `To.From`.
            let from = address.get(to.len() + 1..)?;
            possible(from, to).then(|| {
                self.used.borrow_mut().insert(entry.pointer.clone());
                (from.to_owned(), to.to_owned())
            })
        });
        pairs.collect()
    }

    /// The field by which people know the values of a type that the server knows by id.
    pub(crate) fn identified(&self, ty: &str) -> Option<&str> {
        self.name(Section::Identified, ty)
    }

    /// The method name of an operation.
    pub(crate) fn verb(&self, operation: &str) -> Option<&str> {
        self.name(Section::Verbs, operation)
    }

    /// What is found at a noun: `plans.charges`.
    pub(crate) fn noun(&self, place: &str) -> Option<&str> {
        self.name(Section::Nouns, place)
    }

    /// The words by which people look for things that are called otherwise, by what is there.
    pub(crate) fn aliases(&self, is_there: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
        self.by_item(Section::Aliases, is_there)
    }

    /// The guides that speak of a noun, by what is there.
    pub(crate) fn guides(&self, is_there: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
        self.by_item(Section::Guides, is_there)
    }

    /// The names of a section under which an item is listed, by the item.
    fn by_item(
        &self,
        wanted: Section,
        is_there: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, Vec<String>> {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for ((section, key), entry) in &self.entries {
            // The key is `name.item`.
            let item = key.get(entry.name.len() + 1..).unwrap_or_default();
            if *section == wanted && is_there(item) {
                self.used.borrow_mut().insert(entry.pointer.clone());
                let listed = names.entry(item.to_owned()).or_default();
                listed.push(entry.name.clone());
            }
        }
        names
    }

    /// The entries that nothing asked for: what they name is not in the document.
    pub(crate) fn unused(&self) -> Vec<Diagnostic> {
        let Some(document) = &self.document else {
            return Vec::new();
        };
        let used = self.used.borrow();
        let mut unused: Vec<Diagnostic> = self
            .entries
            .iter()
            .filter(|(_, entry)| !used.contains(&entry.pointer))
            .map(|((_, address), entry)| {
                document.diagnostic(
                    &entry.pointer,
                    format!("`{address}` names nothing that this document has"),
                    "remove the entry, or write the address as the document has it now",
                )
            })
            .collect();
        unused.sort_by_key(|diagnostic| diagnostic.line);
        unused
    }
}

/// An entry as it stands in names.yaml.
struct RawEntry<'a> {
    section: Section,
    allowed: &'a [&'a str],
    name: &'a str,
    addresses: &'a Value,
    place: &'a str,
}

/// What is wrong with an entry.
struct Wrong {
    place: String,
    message: String,
    advice: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_names_nothing_says_where_it_stands() {
        let names = Names::parse("names.yaml", "types:\n  Fee: [FeeObject]\n").unwrap();
        assert_eq!(names.unused()[0].line, Some(2));
        assert_eq!(names.type_name("FeeObject"), Some("Fee"));
        assert_eq!(names.unused(), vec![]);
    }
}
