//! What a file of words looks like.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::join;
use crate::regen::Source;
use crate::yaml::read::Document;

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) document: Document,
    pub(super) entries: Vec<Entry>,
}

/// One wording, or those of the values of an enum.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where it stands in its file.
    pub(super) pointer: String,
    pub(super) section: &'static str,
    /// What it speaks of.
    pub(super) keys: Vec<String>,
    /// The words; empty for values.
    pub(super) say: String,
    /// Words by value; of values only.
    pub(super) mean: BTreeMap<String, String>,
}

/// The sections, each with the key under which its entries name what they speak of; `properties` have it as the key.
const SECTIONS: [(&str, &str); 5] = [
    ("properties", ""),
    ("places", "at"),
    ("values", "of"),
    ("operations", "of"),
    ("responses", "of"),
];

/// Reads all files.
pub(super) fn read(sources: &[Source]) -> Result<Vec<File>, Diagnostics> {
    let mut files = Vec::new();
    let mut found = Vec::new();
    let mut known: BTreeMap<(&'static str, String, String), String> = BTreeMap::new();
    for source in sources {
        let document = Document::parse(&source.name, &source.text)?;
        let entries = entries(&document, &mut found);
        for entry in &entries {
            for key in claims(entry) {
                let place = format!("{}{}", source.name, entry.pointer);
                if let Some(other) = known.insert(key.clone(), place) {
                    let (section, key, value) = key;
                    let message = format!("{section} `{key}` {value}has words at {other} already");
                    let advice = "keep one wording";
                    found.push(document.diagnostic(&entry.pointer, message, advice));
                }
            }
        }
        files.push(File { document, entries });
    }
    match found.is_empty() {
        true => Ok(files),
        false => Err(Diagnostics(found)),
    }
}

/// What an entry alone may speak of: keys, and of values each value of them.
fn claims(entry: &Entry) -> Vec<(&'static str, String, String)> {
    let claim = |key: &String, value: &str| (entry.section, key.clone(), value.to_owned());
    let each = entry.keys.iter().flat_map(|key| match entry.section {
        "values" => {
            let values = entry.mean.keys().map(|value| format!("= `{value}` "));
            values.map(|value| claim(key, &value)).collect()
        }
        _ => vec![claim(key, "")],
    });
    each.collect()
}

fn entries(document: &Document, found: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (name, section) in document.root().as_object().into_iter().flatten() {
        let place = join("", name);
        let Some((known, named)) = SECTIONS.iter().find(|(known, _)| known == name) else {
            let names = SECTIONS.map(|(name, _)| name).join(", ");
            found.push(document.diagnostic(
                &place,
                format!("`{name}` is no section"),
                format!("write one of {names}"),
            ));
            continue;
        };
        let read = match (named.is_empty(), section) {
            (true, Value::Object(words)) => words
                .iter()
                .map(|(name, words)| (join(&place, name), property(known, name, words)))
                .collect::<Vec<_>>(),
            (false, Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(number, item)| (format!("{place}/{number}"), entry(known, named, item)))
                .collect(),
            _ => vec![(place, None)],
        };
        for (pointer, entry) in read {
            match entry {
                Some(entry) => entries.push(Entry { pointer, ..entry }),
                None => found.push(document.diagnostic(
                    &pointer,
                    "this is no entry of this section",
                    "write `name: words` in `properties`, a list of `of: …`, `mean: {value: words}` in `values`, \
                     of `at: …`, `say: words` in `places`, and of `of: …`, `say: words` elsewhere",
                )),
            }
        }
    }
    entries
}

fn property(section: &'static str, name: &str, words: &Value) -> Option<Entry> {
    Some(Entry {
        pointer: String::new(),
        section,
        keys: vec![name.to_owned()],
        say: said(words)?,
        mean: BTreeMap::new(),
    })
}

fn entry(section: &'static str, named: &str, item: &Value) -> Option<Entry> {
    let is_values = section == "values";
    let words = if is_values { "mean" } else { "say" };
    let item = item.as_object()?;
    if item.len() != 2 {
        return None;
    }
    let keys = match item.get(named)? {
        Value::Array(keys) => keys.iter().map(said).collect::<Option<Vec<_>>>()?,
        one => vec![said(one)?],
    };
    let mut entry = Entry {
        pointer: String::new(),
        section,
        keys,
        say: String::new(),
        mean: BTreeMap::new(),
    };
    let words = item.get(words)?;
    match is_values {
        true => {
            for (value, words) in words.as_object()? {
                entry.mean.insert(value.clone(), said(words)?);
            }
        }
        false => entry.say = said(words)?,
    }
    Some(entry)
}

fn said(words: &Value) -> Option<String> {
    let words = words.as_str()?.trim();
    (!words.is_empty()).then(|| words.to_owned())
}
