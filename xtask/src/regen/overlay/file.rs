//! What a file of the overlay looks like: the server that it speaks of, and the entries.

use serde_json::Value;

use super::absence::Absence;
use super::change::{Change, Complaint};
use super::evidence;
use crate::diagnostic::Diagnostic;
use crate::yaml::read::Document;

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) document: Document,
    pub(super) entries: Vec<Entry>,
}

/// One correction.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The entry in its file.
    pub(super) pointer: String,
    /// The addresses of what it changes.
    pub(super) targets: Vec<String>,
    pub(super) change: Change,
    /// What those who use the field are told.
    pub(super) why: String,
}

/// The keys of a file.
const FILE: [&str; 2] = ["server", "entries"];

/// The keys of an entry.
const ENTRY: [&str; 6] = [
    "target",
    "change",
    "absent_before",
    "absent_in",
    "why",
    "evidence",
];

/// Reads a file; what is wrong with it goes to `found`.
pub(super) fn read(document: Document, found: &mut Vec<Diagnostic>) -> File {
    let mut complain = |pointer: &str, (message, advice): Complaint| {
        found.push(document.diagnostic(pointer, message, advice));
    };
    if let Err(complaint) = server(document.root()) {
        complain("", complaint);
    }
    let keys = document.root().as_object().into_iter().flatten();
    for (key, _) in keys.filter(|(key, _)| !FILE.contains(&key.as_str())) {
        complain(&crate::pointer::join("", key), unknown(key, &FILE));
    }
    let mut entries = Vec::new();
    let written = document.root()["entries"].as_array().into_iter().flatten();
    for (number, entry) in written.enumerate() {
        let pointer = format!("/entries/{number}");
        match read_entry(entry, &pointer) {
            Ok(entry) => entries.push(entry),
            Err(complaint) => complain(&pointer, complaint),
        }
    }
    File { document, entries }
}

/// Checks that the file names a server, and has entries.
fn server(root: &Value) -> Result<(), Complaint> {
    let named = root["server"].as_str().unwrap_or_default();
    let is_revision = |word: &str| {
        (7..=40).contains(&word.len())
            && word
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let revision = named
        .strip_prefix("lago-api ")
        .and_then(|rest| rest.split(' ').next());
    if !revision.is_some_and(is_revision) {
        return Err((
            "the file does not name the revision of the server that its lines of source are of".to_owned(),
            "write `server: lago-api REVISION (when)` above the entries, the revision in hexadecimal digits".to_owned(),
        ));
    }
    root["entries"].is_array().then_some(()).ok_or_else(|| {
        (
            "the file has no list of entries".to_owned(),
            "write the list below `entries:`".to_owned(),
        )
    })
}

fn read_entry(entry: &Value, pointer: &str) -> Result<Entry, Complaint> {
    let mut keys = entry.as_object().into_iter().flatten();
    if let Some((key, _)) = keys.find(|(key, _)| !ENTRY.contains(&key.as_str())) {
        return Err(unknown(key, &ENTRY));
    }
    let unsaid = |key: &str| {
        (
            format!("the entry does not say its {key}"),
            format!("write `{key}: …`"),
        )
    };
    let text = |key: &str| {
        let said = entry[key].as_str().map(str::trim);
        said.filter(|said| !said.is_empty())
    };
    let said = |key: &str| text(key).ok_or_else(|| unsaid(key));
    let targets = match &entry["target"] {
        Value::Array(targets) => targets
            .iter()
            .map(|target| target.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .filter(|targets| !targets.is_empty())
            .ok_or_else(|| unsaid("target"))?,
        _ => vec![said("target")?.to_owned()],
    };
    let citations = evidence::parse(said("evidence")?)
        .map_err(|message| (message, evidence::ADVICE.to_owned()))?;
    let change = Change::read(&entry["change"])?;
    let absence = Absence::read(entry)?;
    if let Some(absence) = &absence {
        if !matches!(change, Change::Optional | Change::Note) {
            return Err((
                "only what is optional or noted can be absent".to_owned(),
                "say it in an entry of its own, with `change: note`".to_owned(),
            ));
        }
        absence.borne_out(&citations)?;
    }
    let sentences = [
        text("why").map(str::to_owned),
        absence.map(|absence| absence.sentence()),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    if sentences.is_empty() {
        return Err(unsaid("why"));
    }
    Ok(Entry {
        pointer: pointer.to_owned(),
        targets,
        change,
        why: sentences.join(". "),
    })
}

fn unknown(key: &str, known: &[&str]) -> Complaint {
    (
        format!("`{key}` says nothing here"),
        format!("remove it, or write one of {}", known.join(", ")),
    )
}
