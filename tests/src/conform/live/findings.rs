//! What a check came to, operation by operation.

use lago_client::{OPERATIONS, Operation};

use super::drift::Drift;
use super::mask::Masks;
use crate::conform::recording::Exchange;

/// What is said of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It responded, as the document says.
    Ok,
    /// It responded otherwise.
    Drift,
    /// The server said no, each time.
    Refused,
    /// It could not be called, or nothing came back.
    NotReachable,
}

impl Verdict {
    /// All of them, in the order of a summary.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Drift, Self::Refused, Self::NotReachable];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Drift => "drift",
            Self::Refused => "refused",
            Self::NotReachable => "not reachable",
        }
    }
}

/// An operation, or a type of webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The operation id, or the type of the webhook.
    pub id: String,
    /// Method and path; `webhook`.
    pub place: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Why it was refused or not reached, or how many drifts there are.
    pub why: String,
    /// How many responses of success were looked at.
    pub successes: usize,
    /// How many errors were.
    pub errors: usize,
}

/// What a check came to.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Each operation, in the order of [`OPERATIONS`].
    pub rows: Vec<Row>,
    /// Where the server differs, each place once.
    pub drifts: Vec<Drift>,
    /// What was made and is still there, and why.
    pub left_behind: Vec<String>,
    /// Why the check ended early, if it did.
    pub incomplete: Option<String>,
}

/// 0 when nothing differs, 1 when something does, 2 when too little could be looked at to say so.
impl Findings {
    /// The status to end with.
    pub fn status(&self) -> u8 {
        let is_looked_at = |row: &Row| matches!(row.verdict, Verdict::Ok | Verdict::Drift);
        match () {
            () if !self.drifts.is_empty() => 1,
            () if self.incomplete.is_some() || !self.rows.iter().any(is_looked_at) => 2,
            () => 0,
        }
    }

    /// How many operations have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict == verdict)
            .count()
    }
}

/// What is known of each operation so far.
#[derive(Debug)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    drifts: Vec<Drift>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    is_called: bool,
    successes: usize,
    errors: usize,
    refusal: Option<String>,
    silence: Option<String>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            entries: vec![Entry::default(); OPERATIONS.len()],
            drifts: Vec::new(),
        }
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        let index = OPERATIONS.iter().position(|known| known.id == id)?;
        self.entries.get_mut(index)
    }

    /// A response. A refusal that was asked for says nothing of the operation but how its errors read.
    pub(super) fn said(
        &mut self,
        operation: &Operation,
        exchange: &Exchange,
        is_probe: bool,
        masks: &mut Masks,
    ) {
        let Some(entry) = self.entry(operation.id) else {
            return;
        };
        if (200..300).contains(&exchange.status) {
            entry.is_called = true;
            entry.successes += 1;
            return;
        }
        entry.errors += 1;
        if !is_probe {
            entry.is_called = true;
            entry.refusal = Some(refusal(exchange, masks));
        }
    }

    /// There was no response.
    pub(super) fn silent(&mut self, operation: &Operation, why: &str) {
        if let Some(entry) = self.entry(operation.id) {
            entry.is_called = true;
            entry.silence = Some(why.to_owned());
        }
    }

    /// Where a response differs. The same place of another response is counted.
    pub(super) fn drifted(&mut self, found: Vec<Drift>) {
        for drift in found {
            match self.drifts.iter_mut().find(|known| known.is_same(&drift)) {
                Some(known) => known.times += 1,
                None => self.drifts.push(drift),
            }
        }
    }

    /// The end: of an operation that was not called, `lacks` says why, or that it is none of these.
    pub(super) fn findings(self, lacks: impl Fn(&Operation) -> Option<String>) -> Findings {
        let rows = OPERATIONS.iter().zip(&self.entries);
        let rows = rows.filter_map(|(operation, entry)| {
            let places = self.drifts.iter();
            let places = places
                .filter(|drift| drift.operation == operation.id)
                .count();
            let (verdict, why) = match entry {
                _ if places > 0 => (Verdict::Drift, format!("{places} below")),
                Entry { successes: 1.., .. } => (Verdict::Ok, String::new()),
                Entry {
                    refusal: Some(why), ..
                } => (Verdict::Refused, why.clone()),
                Entry {
                    silence: Some(why), ..
                } => (Verdict::NotReachable, why.clone()),
                _ => (Verdict::NotReachable, lacks(operation)?),
            };
            Some(Row {
                id: operation.id.to_owned(),
                place: format!(
                    "{} {}{}",
                    operation.method, operation.base_path, operation.path
                ),
                verdict,
                why,
                successes: entry.successes,
                errors: entry.errors,
            })
        });
        let rows = rows.collect();
        Findings {
            rows,
            drifts: self.drifts,
            ..Findings::default()
        }
    }
}

/// `403 feature_unavailable`
fn refusal(exchange: &Exchange, masks: &mut Masks) -> String {
    let body = &exchange.response_body;
    let said = body["code"].as_str().or(body["error"].as_str());
    let said = match said {
        Some(said) => masks.text(said),
        None if body.is_null() => "with nothing said".to_owned(),
        None => "not in JSON as Lago writes it".to_owned(),
    };
    let said: String = said.chars().take(80).collect();
    format!("{} {said}", exchange.status)
}
