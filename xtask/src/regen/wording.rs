//! xtask/words/: what the parts of the document mean, in words that stand in one place however often they are used.
//!
//! | section | an entry says | of |
//! |---|---|---|
//! | `properties` | `name: words` | every property of that name that has no words of its own |
//! | `places` | `at: [address, …]`, `say: words` | these places, before what the overlay says of them |
//! | `values` | `of: [address or property, …]`, `mean: {value: words}` | the values that these list |
//! | `operations` | `of: [id or webhook KEY, …]`, `say: words` | what these operations and webhooks do |
//! | `responses` | `of: [webhooks STATUS, …]`, `say: words` | responses of webhooks, which have a status alone |
//!
//! The value of an enum that is the type of a webhook and has no words here means what the summary of the webhook
//! says. An object that stands alone in a body is described by what holds it, and what refers to an object by that
//! object. On openapi.yaml an entry that reaches nothing is an error: it has outlived what it described. So is one for
//! a place that openapi.yaml describes itself.

mod file;
#[cfg(test)]
pub(super) mod gaps;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Source;
use super::address::{Address, Addresses, index, visit_document};
use super::overlay::says_only_who_lacks_it;
use super::pagination;
use super::places::{Site, roots};
use super::schema::{
    VALUE_WORDS, is_struct, is_type, list, object_mut, properties, reference, text,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::join;
use file::{Entry, File};

/// The words of all files.
#[derive(Debug)]
pub(crate) struct Wording {
    files: Vec<File>,
    /// The entries that speak of a key of a section, each as a file and an entry in it.
    index: BTreeMap<(&'static str, String), Vec<(usize, usize)>>,
}

/// Words on their way into a document.
pub(crate) struct Wordings<'w> {
    wording: &'w Wording,
    /// How often each key of an entry has reached something, by file, pointer of the entry and key.
    reached: BTreeMap<(usize, String, String), usize>,
    findings: Vec<Diagnostic>,
}

impl Wording {
    /// Reads the files and checks that every entry is whole and no two say something of the same.
    pub(crate) fn parse(sources: &[Source]) -> Result<Self, Diagnostics> {
        let files = file::read(sources)?;
        let mut index: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            for (place, entry) in file.entries.iter().enumerate() {
                for key in &entry.keys {
                    let known = index.entry((entry.section, key.clone()));
                    known.or_default().push((number, place));
                }
            }
        }
        Ok(Self { files, index })
    }

    /// Begins with the document as it is published, of which the overlay may say more.
    pub(crate) fn begin(&self, published: &mut Value) -> Wordings<'_> {
        let mut wordings = Wordings {
            wording: self,
            reached: BTreeMap::new(),
            findings: Vec::new(),
        };
        wordings.places(published, true);
        wordings
    }

    fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let files = self.files.iter().enumerate();
        files.flat_map(|(number, file)| file.entries.iter().map(move |entry| (number, entry)))
    }

    /// The entries of a section that speak of a key.
    fn of(&self, section: &'static str, key: &str) -> impl Iterator<Item = (usize, &Entry)> {
        let found = self.index.get(&(section, key.to_owned()));
        let places = found.into_iter().flatten();
        places.map(|&(file, place)| (file, &self.files[file].entries[place]))
    }

    /// The only entry of a section that speaks of a key.
    fn find(&self, section: &'static str, key: &str) -> Option<(usize, &Entry)> {
        self.of(section, key).next()
    }

    /// What a key says of a value.
    fn value(&self, key: &str, value: &str) -> Option<(usize, &Entry, &String)> {
        self.of("values", key)
            .find_map(|(file, entry)| Some((file, entry, entry.mean.get(value)?)))
    }
}

impl Wordings<'_> {
    /// Ends with the document as the overlay has made it. Says what was not reached.
    pub(crate) fn end(mut self, corrected: &mut Value) -> Vec<Diagnostic> {
        self.places(corrected, false);
        self.properties(corrected);
        self.operations(corrected);
        self.values(corrected);
        self.unreached();
        self.findings
    }

    fn reach(&mut self, file: usize, entry: &Entry, key: &str) {
        let reached = (file, entry.pointer.clone(), key.to_owned());
        *self.reached.entry(reached).or_default() += 1;
    }

    fn has_reached(&self, file: usize, entry: &Entry, key: &str) -> bool {
        let reached = (file, entry.pointer.clone(), key.to_owned());
        self.reached.contains_key(&reached)
    }

    fn complain(&mut self, file: usize, entry: &Entry, message: String, advice: &str) {
        let document = &self.wording.files[file].document;
        self.findings
            .push(document.diagnostic(&entry.pointer, message, advice));
    }

    fn places(&mut self, root: &mut Value, is_published: bool) {
        let addresses = index(root);
        for (file, entry) in self.wording.entries() {
            if entry.section != "places" {
                continue;
            }
            for address in &entry.keys {
                let Some(place) = described_at(root, &addresses, address) else {
                    continue;
                };
                if self.has_reached(file, entry, address) {
                    continue;
                }
                self.reach(file, entry, address);
                let Some(node) = root.pointer_mut(&place) else {
                    continue;
                };
                if is_published && text(node, "description").is_some() {
                    let message = format!("openapi.yaml describes `{address}` itself");
                    let advice = "keep the words in one of the two places";
                    self.complain(file, entry, message, advice);
                    continue;
                }
                say(node, &entry.say);
            }
        }
    }

    fn properties(&mut self, root: &mut Value) {
        for (address, pointer) in visit_document(root) {
            let Some(name) = own_property(&address, &pointer) else {
                continue;
            };
            let Some((file, entry)) = self.wording.find("properties", name) else {
                continue;
            };
            let is_free = root.pointer(&pointer).is_some_and(|node| {
                let said = text(node, "description");
                said.is_none_or(says_only_who_lacks_it)
                    && !describes_itself(root, node)
                    && !stands_alone(root, &pointer)
            });
            if let Some(node) = root.pointer_mut(&pointer).filter(|_| is_free) {
                say(node, &entry.say);
                self.reach(file, entry, name);
            }
        }
    }

    fn operations(&mut self, root: &mut Value) {
        let mut statuses: Vec<(String, String)> = Vec::new();
        for (place, key, is_webhook) in operations(root) {
            if let Some((file, entry)) = self.wording.find("operations", &key) {
                self.reach(file, entry, &key);
                match root.pointer_mut(&place) {
                    Some(node) if text(node, "description").is_none() => say(node, &entry.say),
                    _ => {
                        let message = format!("the document describes `{key}` itself");
                        let advice = "keep the words in one of the two places";
                        self.complain(file, entry, message, advice);
                    }
                }
            }
            let responses = root.pointer(&join(&place, "responses"));
            let responses = responses.and_then(Value::as_object).filter(|_| is_webhook);
            let responses = responses.into_iter().flatten();
            for (status, _) in responses.filter(|(_, node)| node.is_object()) {
                let at = join(&join(&place, "responses"), status);
                statuses.push((at, format!("webhooks {status}")));
            }
        }
        for (place, key) in statuses {
            if let Some((file, entry)) = self.wording.find("responses", &key)
                && let Some(node) = root.pointer_mut(&place)
            {
                node["description"] = json!(entry.say);
                self.reach(file, entry, &key);
            }
        }
    }

    fn values(&mut self, root: &mut Value) {
        let webhooks = summaries(root);
        for (address, pointer) in visit_document(root) {
            let Some(values) = root.pointer(&pointer).and_then(listed) else {
                continue;
            };
            let property = property_or_parameter(&address).to_owned();
            let mut words = serde_json::Map::new();
            // A delivery names its own type alone.
            let is_choice = values.len() > 1;
            for value in values {
                let said = [address.as_str(), &property]
                    .into_iter()
                    .find_map(|key| Some((key, self.wording.value(key, &value)?)));
                let meaning = match said {
                    Some((key, (file, entry, meaning))) => {
                        self.reach(file, entry, key);
                        self.reach(file, entry, &value_key(&value));
                        Some(meaning.clone())
                    }
                    None if is_choice => webhooks.get(&value).cloned(),
                    None => None,
                };
                words.extend(meaning.map(|meaning| (value, json!(meaning))));
            }
            if let Some(node) = root.pointer_mut(&pointer).filter(|_| !words.is_empty()) {
                object_mut(node).insert(VALUE_WORDS.to_owned(), Value::Object(words));
            }
        }
    }

    fn unreached(&mut self) {
        for (file, entry) in self.wording.entries() {
            let values = entry.mean.keys().map(|value| value_key(value));
            for key in entry.keys.iter().cloned().chain(values) {
                if !self.has_reached(file, entry, &key) {
                    let message = format!("`{key}` in `{}` reaches nothing", entry.section);
                    let advice = "it has outlived what it described, or something has words of its own: correct or remove it";
                    self.complain(file, entry, message, advice);
                }
            }
        }
    }
}

/// How a value is noted among what was reached; no address has a sign like that.
fn value_key(value: &str) -> String {
    format!("={value}")
}

/// Says something before what is said already.
fn say(node: &mut Value, words: &str) {
    let said = text(node, "description").map(str::to_owned);
    node["description"] = json!(match said {
        Some(said) => format!("{words}\n\n{said}"),
        None => words.to_owned(),
    });
}

/// Where the description of an address stands: of a parameter beside its schema.
fn described_at(root: &Value, addresses: &Addresses, address: &str) -> Option<String> {
    let place = addresses.get(address)?;
    let holder = place.strip_suffix("/schema").unwrap_or(place);
    let is_parameter = root
        .pointer(holder)
        .is_some_and(|node| node.get("in").is_some() && node.get("schema").is_some());
    Some(if is_parameter { holder } else { place }.to_owned())
}

/// The property that stands at a place, not its elements, and not the members of its `allOf`.
fn own_property<'a>(address: &'a str, pointer: &str) -> Option<&'a str> {
    let name = Address::new(address).property()?;
    pointer
        .ends_with(&join("/properties", name))
        .then_some(name)
}

/// Whether a property is an object or a list without siblings but the page: what holds it says what it is. What a part
/// of an `allOf` adds has siblings in the other parts.
fn stands_alone(root: &Value, pointer: &str) -> bool {
    if pointer.contains("/allOf/") {
        return false;
    }
    let node = root.pointer(pointer);
    let is_plain = node.is_none_or(|node| {
        let is_list = list(node, "type").any(|one| one == "array") || is_type(node, "array");
        let is_object =
            is_struct(node) || ["$ref", "allOf"].iter().any(|key| node.get(key).is_some());
        !is_list && !is_object
    });
    let holder = pointer
        .rsplit_once('/')
        .and_then(|(siblings, _)| root.pointer(siblings));
    let siblings = holder.and_then(Value::as_object).into_iter().flatten();
    !is_plain
        && siblings
            .filter(|(name, _)| *name != pagination::META)
            .count()
            <= 1
}

/// The property or parameter in which an address lies.
fn property_or_parameter(address: &str) -> &str {
    let bare = |name: &'_ str| -> usize { name.find(['[', '{', '|', '.']).unwrap_or(name.len()) };
    match (Address::new(address).property(), address.split_once('?')) {
        (Some(name), _) => name,
        (None, Some((_, parameter))) => &parameter[..bare(parameter)],
        (None, None) => "",
    }
}

/// Whether a reference leads to an object that has words, which are also those of its use.
fn describes_itself(root: &Value, node: &Value) -> bool {
    let target = reference(node).and_then(|name| root["components"]["schemas"].get(name));
    target.is_some_and(|target| {
        let is_object = is_struct(target) || target.get("allOf").is_some();
        is_object && text(target, "description").is_some()
    })
}

/// The values that a schema lists as text, without null.
fn listed(schema: &Value) -> Option<Vec<String>> {
    let all = schema.get("enum")?.as_array()?;
    let values = all.iter().filter(|value| !value.is_null());
    let texts = values.map(|value| value.as_str().map(str::to_owned));
    texts.collect()
}

/// Operations and webhooks: the pointer, the key under which they are spoken of, and whether it is a webhook.
fn operations(root: &Value) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for (section, is_webhook) in [("paths", false), ("webhooks", true)] {
        for (name, item) in root[section].as_object().into_iter().flatten() {
            let operations = item.as_object().into_iter().flatten();
            for (method, operation) in operations.filter(|(_, node)| node.is_object()) {
                let id = text(operation, "operationId").filter(|_| !is_webhook);
                let key = match id {
                    Some(id) => id.to_owned(),
                    None if is_webhook && method == "post" => format!("webhook {name}"),
                    None => continue,
                };
                let place = join(&join(&format!("/{section}"), name), method);
                found.push((place, key, is_webhook));
            }
        }
    }
    found
}

/// The summaries of webhooks by the type that their deliveries name.
fn summaries(root: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for place in roots(root) {
        if place.site != Site::Webhook {
            continue;
        }
        let schema = root.pointer(&place.pointer);
        let named =
            schema.and_then(|schema| properties(schema).find(|(name, _)| *name == "webhook_type"));
        let types = named.into_iter().flat_map(|(_, node)| list(node, "enum"));
        let summary = root["webhooks"][&place.name]["post"]["summary"].as_str();
        for name in types.filter_map(Value::as_str) {
            found.extend(summary.map(|summary| (name.to_owned(), summary.to_owned())));
        }
    }
    found
}

#[cfg(test)]
mod tests;
