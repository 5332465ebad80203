//! What a comparison amounts to, before it is printed.

use serde_json::Value;

use super::semver::{Bump, RustChange, bump};
use super::{Comparison, Rename, Renamed};
use crate::diagnostic::Diagnostics;
use crate::pointer::join;
use crate::regen::ir::Api;
use crate::spec::diff::rules::Severity;
use crate::yaml::read::Document;

/// Everything there is to say of two documents.
#[derive(Debug)]
pub(crate) struct Report {
    /// What the two are called: as they were asked for.
    pub(crate) names: (String, String),
    pub(crate) comparison: Comparison,
    pub(crate) rust: Rust,
    /// Entries of names.yaml that keep Rust names as they are, or follow a rename.
    pub(crate) entries: Vec<Entry>,
}

/// What happens to the public API.
#[derive(Debug)]
pub(crate) enum Rust {
    Compared {
        changes: Vec<RustChange>,
        /// The version of the crates, which the old document stands for.
        version: String,
    },
    /// One of the documents cannot be generated from.
    Unknown(Diagnostics),
}

/// What to write into names.yaml because of a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A new one: section, name, address.
    New {
        section: &'static str,
        name: String,
        address: String,
    },
    /// One whose address has another name now.
    Moved {
        line: Option<usize>,
        old: String,
        new: String,
    },
}

/// names.yaml as it is now, and the two APIs when they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'n> {
    pub(crate) document: &'n Document,
    pub(crate) apis: Option<(&'n Api, &'n Api)>,
}

impl Report {
    /// Puts together what is known.
    pub(crate) fn new(
        names: (String, String),
        comparison: Comparison,
        rust: Rust,
        known: Names<'_>,
    ) -> Self {
        let entries = entries(&comparison.renames, known);
        Self {
            names,
            comparison,
            rust,
            entries,
        }
    }

    /// The worst there is, in the document or for programs.
    pub(crate) fn severity(&self) -> Option<Severity> {
        let findings = self
            .comparison
            .findings
            .iter()
            .map(|finding| finding.severity());
        let rust = match &self.rust {
            Rust::Compared { changes, .. } if !changes.is_empty() => Some(match bump(changes) {
                Bump::Major => Severity::Breaking,
                Bump::Minor | Bump::Patch => Severity::Info,
            }),
            _ => None,
        };
        findings.chain(rust).max()
    }

    /// How many findings there are of a severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        let findings = self.comparison.findings.iter();
        findings
            .filter(|finding| finding.severity() == severity)
            .count()
    }
}

/// What a set of renames asks of names.yaml.
fn entries(renames: &[Rename], names: Names<'_>) -> Vec<Entry> {
    let known = addresses(names.document.root());
    let mut found = Vec::new();
    for rename in renames {
        for (address, pointer) in &known {
            if let Some(now) = moved(address, rename) {
                found.push(Entry::Moved {
                    line: names.document.line(pointer),
                    old: address.clone(),
                    new: now,
                });
            }
        }
        let is_listed = known.iter().any(|(address, _)| *address == rename.old);
        if !is_listed && let Some((old, new)) = names.apis {
            found.extend(kept(rename, old, new));
        }
    }
    found
}

/// The entry that keeps the Rust name of what was renamed, when it would be another one.
fn kept(rename: &Rename, old: &Api, new: &Api) -> Option<Entry> {
    match rename.kind {
        Renamed::Component => {
            let name = |api: &Api, origin: &str| {
                let found = api.types.iter().find(|(_, ty)| ty.origin == origin);
                found.map(|(name, _)| name.clone())
            };
            let (was, is) = (name(old, &rename.old)?, name(new, &rename.new)?);
            (was != is).then(|| Entry::New {
                section: "types",
                name: was,
                address: rename.new.clone(),
            })
        }
        Renamed::Operation => {
            let find = |api: &'_ Api, place: &str| {
                let found = api
                    .operations
                    .iter()
                    .find(|one| format!("{} {}", one.method, one.path) == place);
                found.map(|one| (one.id.clone(), one.verb.clone()))
            };
            let ((_, was), (id, is)) = (find(old, &rename.old)?, find(new, &rename.new)?);
            (was != is).then_some(Entry::New {
                section: "verbs",
                name: id,
                address: was,
            })
        }
        // Fields are called as in JSON.
        Renamed::Property => None,
    }
}

/// The address of names.yaml as it is after a rename, when it lies in what was renamed.
fn moved(address: &str, rename: &Rename) -> Option<String> {
    let rest = address.strip_prefix(&rename.old)?;
    let whole = rest.is_empty() || rest.starts_with(['.', '[', '{', '|', '?', ' ']);
    whole.then(|| format!("{}{rest}", rename.new))
}

/// The addresses of names.yaml, each with its place in the file.
fn addresses(names: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (section, entries) in names.as_object().into_iter().flatten() {
        for (name, list) in entries.as_object().into_iter().flatten() {
            let place = join(&join("", section), name);
            for (index, address) in list.as_array().into_iter().flatten().enumerate() {
                if let Some(address) = address.as_str() {
                    found.push((address.to_owned(), format!("{place}/{index}")));
                }
            }
        }
    }
    found
}

impl Entry {
    /// The entry as it is written, or what is to be done.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::New {
                section: "verbs",
                name,
                address,
            } => format!("verbs: {{{name}: {address}}}"),
            Self::New {
                section,
                name,
                address,
            } => format!("{section}: {{{name}: ['{address}']}}"),
            Self::Moved { line, old, new } => {
                let place = line.map_or_else(String::new, |line| format!(":{line}"));
                format!("xtask/names.yaml{place}: write `{new}` for `{old}`")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_follow_what_was_renamed() {
        let names = "types:\n  Price: [Old.price, 'Older.price']\nenums:\n  Kind: ['Old.kinds[]', 'GET /old?kind']\n";
        let document = Document::parse("xtask/names.yaml", names).unwrap();
        let rename = |kind, old: &str, new: &str| Rename {
            kind,
            old: old.to_owned(),
            new: new.to_owned(),
        };
        let renames = [
            rename(Renamed::Component, "Old", "New"),
            rename(Renamed::Operation, "GET /old", "GET /new"),
            rename(Renamed::Property, "Other.a", "Other.b"),
        ];
        let names = Names {
            document: &document,
            apis: None,
        };
        let texts: Vec<String> = entries(&renames, names).iter().map(Entry::text).collect();
        assert_eq!(
            texts,
            [
                "xtask/names.yaml:2: write `New.price` for `Old.price`",
                "xtask/names.yaml:4: write `New.kinds[]` for `Old.kinds[]`",
                "xtask/names.yaml:4: write `GET /new?kind` for `GET /old?kind`",
            ]
        );
    }
}
