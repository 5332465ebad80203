//! What a comparison finds: where, what, for whom, and how bad.

use std::rc::Rc;

use super::rules::{Direction, Rule, Severity};

/// What part of a message a schema describes. Ids of rules begin with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    Body,
    Property,
    Parameter,
    ParameterProperty,
    Header,
}

impl Subject {
    /// What something inside of it is.
    pub(crate) fn inner(self) -> Self {
        match self {
            Self::Body | Self::Property => Self::Property,
            Self::Parameter | Self::ParameterProperty => Self::ParameterProperty,
            Self::Header => Self::Header,
        }
    }
}

/// Where a part of the document counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Context {
    /// `GET /plans`, `webhook plan_created`.
    pub(crate) user: Rc<str>,
    pub(crate) direction: Direction,
    pub(crate) subject: Subject,
}

/// What a property tells of who may send it. The other direction does not mind its changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    /// Requests leave it out.
    pub(crate) read_only: bool,
    /// Responses leave it out.
    pub(crate) write_only: bool,
}

/// A rule as it applies in one direction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) severity: Severity,
    /// None for what is said of the document as a whole, and of what nothing uses.
    pub(crate) direction: Option<Direction>,
    /// The id of the rule: oasdiff's where it has the same rule.
    pub(crate) rule: String,
    /// Why it is so bad, or so harmless.
    pub(crate) why: &'static str,
}

/// A node in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// RFC 6901.
    pub(crate) pointer: String,
    /// One-based line of the node, or of the nearest one around it that the file has.
    pub(crate) line: Option<usize>,
}

/// One difference, at one place, however many operations it reaches.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    /// Where it was; none when it is new.
    pub(crate) old: Option<Place>,
    /// Where it is; none when it is gone.
    pub(crate) new: Option<Place>,
    /// The place in words: an address (`PlanObject.charges[]`, `GET /plans?page`).
    pub(crate) place: String,
    /// The addresses before and now, where they differ in more than a keyword.
    pub(crate) addresses: Vec<String>,
    /// The noun of the API that it belongs to.
    pub(crate) noun: String,
    /// What happened there.
    pub(crate) sentence: String,
    /// The value that came, went or changed, as JSON; an enum has a finding for each.
    pub(crate) before: Option<serde_json::Value>,
    pub(crate) after: Option<serde_json::Value>,
    /// One for each direction, the worst first. Never empty.
    pub(crate) verdicts: Vec<Verdict>,
    /// The operations and webhooks of both documents that it reaches.
    pub(crate) used: Vec<(String, Direction)>,
    /// The Rust items that it changes, as far as that is certain.
    pub(crate) rust: Vec<String>,
}

impl Finding {
    /// The worst of its verdicts.
    pub(crate) fn severity(&self) -> Severity {
        let severities = self.verdicts.iter().map(|verdict| verdict.severity);
        severities.max().unwrap_or(Severity::Info)
    }
}
