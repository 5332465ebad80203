//! xtask/lint.yaml: findings about openapi.yaml that stay, each with the reason.
//!
//! ```yaml
//! - rule: missing-4xx
//!   at: GET /events        # an address, a list of them; `*` at the end stands for any end
//!   reason: why it stays
//! ```

use serde_json::Value;

use super::{Finding, ids, rule};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::read::Document;

/// The entries of the file.
#[derive(Debug)]
pub(crate) struct Allowed {
    document: Document,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    pointer: String,
    rule: String,
    addresses: Vec<String>,
}

const KEYS: [&str; 3] = ["rule", "at", "reason"];

impl Allowed {
    /// Reads the file; every entry has to be whole.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::parse(file, text)?;
        let mut problems = Vec::new();
        let mut entries = Vec::new();
        for (number, entry) in document.root().as_array().into_iter().flatten().enumerate() {
            let pointer = format!("/{number}");
            match read(entry, &pointer) {
                Ok(entry) => entries.push(entry),
                Err((message, advice)) => {
                    problems.push(document.diagnostic(&pointer, message, advice));
                }
            }
        }
        if !document.root().is_array() {
            problems.push(document.diagnostic(
                "",
                "the file is no list of entries",
                "write a list",
            ));
        }
        match problems.is_empty() {
            true => Ok(Self { document, entries }),
            false => Err(Diagnostics(problems)),
        }
    }

    /// The findings that no entry allows, and how many are; an entry, or an address of one, that allows nothing
    /// is a problem of the file.
    pub(crate) fn apply(&self, findings: Vec<Finding>) -> (Vec<Finding>, usize, Vec<Diagnostic>) {
        let total = findings.len();
        let mut used = vec![Vec::new(); self.entries.len()];
        let rest: Vec<Finding> = findings
            .into_iter()
            .filter(|finding| {
                let mut allowed = false;
                for (entry, used) in self.entries.iter().zip(&mut used) {
                    for (number, address) in entry.addresses.iter().enumerate() {
                        if entry.rule == finding.rule && covers(address, &finding.address) {
                            used.push(number);
                            allowed = true;
                        }
                    }
                }
                !allowed
            })
            .collect();
        let idle = self.entries.iter().zip(used).flat_map(|(entry, used)| {
            let addresses = entry.addresses.iter().enumerate();
            addresses
                .filter(move |(number, _)| !used.contains(number))
                .map(|(_, address)| {
                    self.document.diagnostic(
                        &entry.pointer,
                        format!("nothing is found by `{}` at `{address}`", entry.rule),
                        "remove the address, and the entry if it was the last one",
                    )
                })
        });
        let idle = idle.collect();
        let allowed = total - rest.len();
        (rest, allowed, idle)
    }
}

fn read(entry: &Value, pointer: &str) -> Result<Entry, (String, String)> {
    let mut keys = entry.as_object().into_iter().flatten();
    if let Some((key, _)) = keys.find(|(key, _)| !KEYS.contains(&key.as_str())) {
        return Err((
            format!("`{key}` says nothing here"),
            format!("write {}", KEYS.join(", ")),
        ));
    }
    let text = |key: &str| entry[key].as_str().filter(|said| !said.trim().is_empty());
    let unsaid = |key: &str| {
        (
            format!("the entry does not say its {key}"),
            format!("write `{key}: …`"),
        )
    };
    let id = text("rule").ok_or_else(|| unsaid("rule"))?;
    if rule(id).is_none() {
        return Err((
            format!("no rule is called `{id}`"),
            format!("write one of {}", ids().join(", ")),
        ));
    }
    text("reason").ok_or_else(|| unsaid("reason"))?;
    let addresses = match &entry["at"] {
        Value::Array(list) => list
            .iter()
            .map(|address| address.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .filter(|addresses| !addresses.is_empty()),
        _ => text("at").map(|address| vec![address.to_owned()]),
    };
    Ok(Entry {
        pointer: pointer.to_owned(),
        rule: id.to_owned(),
        addresses: addresses.ok_or_else(|| unsaid("at"))?,
    })
}

fn covers(pattern: &str, address: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => address.starts_with(start),
        None => pattern == address,
    }
}
