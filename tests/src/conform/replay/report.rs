//! How a replay went.

use std::fmt;

use serde_json::Value;

use super::leaves::{Difference, is_below, leaves, without_indices};
use crate::conform::recording::Accepted;

/// How a replay went.
#[derive(Debug, Default)]
pub struct Report {
    /// Requests that were taken, as far as they have a body.
    pub requests: Tally,
    /// Responses of success.
    pub responses: Tally,
    /// Responses of failure, which have no leaves but questions.
    pub errors: Tally,
    /// Webhooks.
    pub deliveries: Tally,
    /// What did not arrive as it was recorded.
    pub failures: Vec<Failure>,
    /// Differences that were expected, each with the reason.
    pub accepted: Vec<(Failure, String)>,
    /// Recordings of what the crate does not have.
    pub apart: Vec<Apart>,
}

/// How many recordings of a kind went through.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many there are.
    pub total: usize,
    /// How many of them were read, or of requests written.
    pub decoded: usize,
    /// How many leaves they have.
    pub leaves: usize,
    /// How many leaves arrived.
    pub kept: usize,
}

/// What went wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file of the recording.
    pub file: String,
    /// The operation id or the webhook type.
    pub about: String,
    /// The JSON path; empty when it is none in particular.
    pub path: String,
    /// What was expected, and what there is.
    pub what: String,
}

/// A recording of what the crate does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// The file of the recording.
    pub file: String,
    /// What it is: method, path and status, or a webhook type.
    pub what: String,
}

impl Tally {
    /// In a line; the verb is what happened to those that went through.
    fn summary(&self, verb: &str) -> String {
        let Self {
            total,
            decoded,
            leaves,
            kept,
        } = self;
        format!("{decoded} of {total} {verb}, {kept} of {leaves} leaves kept")
    }

    /// Counts a body, where it could not be read, and what arrived in the end; the response is all
    /// that is wrong with it.
    pub(super) fn add(
        &mut self,
        recorded: &Value,
        faults: &[Difference],
        arrived: Option<&Value>,
    ) -> Vec<Difference> {
        let found = leaves(recorded, arrived.unwrap_or(&Value::Null));
        self.total += 1;
        self.leaves += found.total;
        if faults.is_empty() {
            self.decoded += 1;
            self.kept += found.kept;
        }
        // What was put in place of what cannot be read differs by itself, and when nothing arrived
        // at all, that every leaf is lost is no news.
        let is_news = |difference: &Difference| {
            let known = |fault: &Difference| is_below(&difference.path, &fault.path);
            arrived.is_some() && !faults.iter().any(known)
        };
        let lost = found.differences.into_iter().filter(is_news);
        faults.iter().cloned().chain(lost).collect()
    }
}

impl Report {
    pub(super) fn fail(&mut self, file: &str, about: &str, difference: Difference) {
        let Difference { path, what } = difference;
        self.failures.push(Failure {
            file: file.to_owned(),
            about: about.to_owned(),
            path,
            what,
        });
    }

    /// Takes what is expected out of the failures. An expectation that nothing meets is one more.
    pub(super) fn accept(&mut self, expected: &[Accepted]) {
        let mut met = vec![false; expected.len()];
        for failure in std::mem::take(&mut self.failures) {
            match expected
                .iter()
                .position(|expected| covers(expected, &failure))
            {
                Some(index) => {
                    met[index] = true;
                    let reason = expected[index].reason.clone();
                    self.accepted.push((failure, reason));
                }
                None => self.failures.push(failure),
            }
        }
        for (expected, _) in expected.iter().zip(met).filter(|(_, met)| !met) {
            let path = expected.path.clone();
            let what = "accepted, and does not differ in any recording".to_owned();
            let file = match expected.folder.as_str() {
                "" => "accepted.json".to_owned(),
                folder => format!("{folder}/accepted.json"),
            };
            self.fail(&file, &expected.about, Difference { path, what });
        }
    }
}

fn covers(expected: &Accepted, failure: &Failure) -> bool {
    let file = std::path::Path::new(&failure.file);
    file.starts_with(&expected.folder)
        && (expected.about == "*" || expected.about == failure.about)
        && expected.path == without_indices(&failure.path)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = match self.path.as_str() {
            "" => ".",
            path => path,
        };
        write!(f, "{}  {}  {path}: {}", self.file, self.about, self.what)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{failure}")?;
        }
        if !self.accepted.is_empty() {
            writeln!(f, "\naccepted differences:")?;
        }
        for (failure, reason) in &self.accepted {
            writeln!(f, "{failure} ({reason})")?;
        }
        if !self.apart.is_empty() {
            writeln!(f, "\nnot in this crate:")?;
        }
        for Apart { file, what } in &self.apart {
            writeln!(f, "{file}  {what}")?;
        }
        writeln!(f)?;
        let Tally { total, decoded, .. } = self.errors;
        writeln!(f, "requests  {}", self.requests.summary("repeated"))?;
        writeln!(f, "responses {}", self.responses.summary("decoded"))?;
        writeln!(f, "errors    {decoded} of {total} understood")?;
        writeln!(f, "webhooks  {}", self.deliveries.summary("decoded"))?;
        writeln!(f, "not here  {}", self.apart.len())?;
        writeln!(f, "accepted  {}", self.accepted.len())?;
        write!(f, "failures  {}", self.failures.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(file: &str, path: &str) -> Report {
        let mut report = Report::default();
        let (path, what) = (path.to_owned(), "expected 1, got 2".to_owned());
        report.fail(file, "findPlan", Difference { path, what });
        report
    }

    fn accepted(folder: &str, about: &str, path: &str) -> Accepted {
        Accepted {
            folder: folder.to_owned(),
            about: about.to_owned(),
            path: path.to_owned(),
            reason: "so it is".to_owned(),
        }
    }

    #[test]
    fn what_is_expected_is_no_failure() {
        for expected in [
            accepted("", "findPlan", "plan.charges[].units"),
            accepted("old", "*", "plan.charges[].units"),
        ] {
            let mut report = failing("old/exchanges/1.json", "plan.charges[3].units");
            report.accept(&[expected]);
            assert_eq!(report.failures, []);
            assert_eq!(report.accepted.len(), 1);
        }
    }

    #[test]
    fn what_is_expected_and_does_not_happen_is_a_failure() {
        for expected in [
            accepted("new", "findPlan", "plan.charges[].units"),
            accepted("", "findPlans", "plan.charges[].units"),
            accepted("", "findPlan", "plan.charges[]"),
        ] {
            let mut report = failing("old/exchanges/1.json", "plan.charges[3].units");
            report.accept(&[expected]);
            assert_eq!(report.failures.len(), 2);
            assert!(report.failures[1].file.ends_with("accepted.json"));
            assert_eq!(report.accepted, []);
        }
    }
}
