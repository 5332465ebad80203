//! `cargo xtask spec diff`: what a document says otherwise than another one, for whom that is bad, and what it
//! does to the public API of the crates.
//!
//! Pure: two documents in, findings out. What a schema that many operations share says otherwise is one finding,
//! with the list of whom it reaches. [The rules](rules) are a table.

mod changelog;
mod document;
mod finding;
mod flat;
mod json;
mod link;
mod markdown;
mod messages;
mod migration;
mod names;
mod operations;
mod parameters;
mod report;
mod rules;
mod schema;
mod semver;
mod surface;
#[cfg(test)]
mod tests;
mod text;
mod verdicts;
mod walk;

use serde_json::Value;

pub(crate) use finding::Finding;
pub(crate) use report::{Names, Report, Rust};
pub(crate) use rules::Severity;

use crate::regen::Generated;
use crate::regen::emit::Tree;
use crate::regen::ir::Api;
use crate::regen::renames::Renames;
use crate::yaml::read::Document;
use finding::Place;
use semver::{RustChange, changes};
use surface::Surface;
use walk::{Similar, Walk};

/// One of the two documents.
#[derive(Debug)]
pub(crate) struct Side {
    /// The file, which knows the lines.
    pub(crate) document: Document,
    /// What it says, with the corrections of its overlay if they count.
    pub(crate) root: Value,
}

impl Side {
    fn version(&self) -> String {
        let version = self.root["info"]["version"].as_str();
        version.unwrap_or("no version").to_owned()
    }

    fn place(&self, pointer: &str) -> Place {
        Place {
            pointer: pointer.to_owned(),
            line: self.document.line(pointer),
        }
    }
}

/// What two documents say otherwise.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The versions that the documents call themselves.
    pub(crate) versions: (String, String),
    /// The worst first, by noun and place.
    pub(crate) findings: Vec<Finding>,
    /// What may be the same under another name.
    pub(crate) renames: Vec<Rename>,
}

/// Something that went where something of the same shape came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    pub(crate) kind: Renamed,
    /// Addresses.
    pub(crate) old: String,
    pub(crate) new: String,
}

/// What is called otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Renamed {
    Component,
    Property,
    Operation,
}

impl Renamed {
    fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Property => "property",
            Self::Operation => "operation",
        }
    }
}

/// The addresses of a difference: before and now, when it is in two things that stand for themselves.
fn addresses(raw: &walk::Raw, old: &Side, new: &Side) -> Vec<String> {
    let was = raw.old.as_deref().map(|at| names::place(&old.root, at));
    let is = raw.new.as_deref().map(|at| names::place(&new.root, at));
    match (was, is) {
        (Some(was), Some(is)) => {
            let apart = names::are_apart(&raw.old, &raw.new);
            if apart { vec![was, is] } else { vec![is] }
        }
        (was, is) => was.into_iter().chain(is).collect(),
    }
}

/// Compares two documents.
pub(crate) fn compare(old: &Side, new: &Side) -> Comparison {
    let renames = Renames::between(&old.root, &new.root);
    let mut walk = Walk::new(&old.root, &new.root, &renames);
    let operations = walk.operations();
    walk.webhooks();
    walk.document();
    let contexts = walk.contexts();
    let properties = std::mem::take(&mut walk.similar);
    let nouns = names::nouns([&old.root, &new.root]);
    let mut findings: Vec<Finding> = walk
        .raw
        .into_iter()
        .map(|raw| {
            let addresses = addresses(&raw, old, new);
            let pointer = raw
                .new
                .as_deref()
                .or(raw.old.as_deref())
                .unwrap_or_default();
            let used = &contexts[raw.pair];
            Finding {
                rule: raw.rule,
                place: addresses.join(" → "),
                addresses,
                noun: names::noun(pointer, &nouns),
                sentence: verdicts::sentence(&raw),
                verdicts: verdicts::verdicts(&raw, used),
                used: verdicts::used(used),
                old: raw.old.as_deref().map(|at| old.place(at)),
                new: raw.new.as_deref().map(|at| new.place(at)),
                before: raw.before,
                after: raw.after,
                rust: Vec::new(),
            }
        })
        .collect();
    findings.sort_by_key(|finding| {
        let severity = std::cmp::Reverse(finding.severity());
        (
            severity,
            finding.noun.clone(),
            finding.place.clone(),
            finding.sentence.clone(),
        )
    });
    let component = |(was, is): (&String, &String)| Similar {
        old: was.clone(),
        new: is.clone(),
    };
    let of = |kind: Renamed, similar: Vec<Similar>| {
        similar
            .into_iter()
            .map(move |Similar { old: was, new: is }| Rename {
                kind,
                old: names::place(&old.root, &was),
                new: names::place(&new.root, &is),
            })
    };
    let mut found: Vec<Rename> = of(Renamed::Component, renames.all().map(component).collect())
        .chain(of(Renamed::Property, properties))
        .chain(of(Renamed::Operation, operations))
        .collect();
    found.sort_by(|a, b| (a.kind, &a.old).cmp(&(b.kind, &b.old)));
    found.dedup();
    Comparison {
        versions: (old.version(), new.version()),
        findings,
        renames: found,
    }
}

impl Report {
    /// The lines that a reader needs, if no others: what is meant, two spaces at least, what is said.
    pub(crate) fn summary(&self) -> Vec<String> {
        text::summary(self)
    }

    /// The lines for CHANGELOG.md.
    pub(crate) fn fragment(&self) -> Vec<String> {
        changelog::fragment(self)
    }

    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        text::render(self)
    }

    /// For programs.
    pub(crate) fn json(&self) -> String {
        json::render(self)
    }

    /// For a pull request.
    pub(crate) fn markdown(&self) -> String {
        markdown::render(self)
    }
}

/// What a document becomes: the API, and what programs can name of it.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) api: Api,
    /// The files.
    pub(crate) tree: Tree,
    surface: Surface,
}

impl Built {
    /// Reads generated code.
    pub(crate) fn of(generated: Generated) -> Result<Self, String> {
        Ok(Self {
            surface: Surface::read(&generated.tree)?,
            api: generated.api,
            tree: generated.tree,
        })
    }
}

/// What the difference does to the public API; tells each finding which items it changes.
pub(crate) fn rust(comparison: &mut Comparison, old: &Built, new: &Built) -> Vec<RustChange> {
    let changes = changes(&old.surface, &new.surface);
    let both = [(&old.api, &old.surface), (&new.api, &new.surface)];
    link::link(comparison, &changes, &both);
    changes
}
