//! The rules as data: an id for each direction, what the change does to what is valid, and a sentence.
//!
//! How bad a change is follows from its effect and its direction ([`law`]): who sends may not be forbidden what
//! was allowed, who reads may not get what was impossible. That is oasdiff's law, and the ids are its ids where
//! it has the same rule (<https://github.com/oasdiff/oasdiff>). Where its verdict departs from the law, so does
//! the row here, and says why. In an id `{}` stands for the subject (`request-property`), `#` for what the row
//! is about (`max-length`).

mod table;

pub(crate) use table::*;

/// Who sends what a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    /// A client, to the API.
    Request,
    /// The server, when it is called.
    Response,
    /// The server, of its own accord.
    Webhook,
}

impl Direction {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Webhook => "webhook",
        }
    }
}

/// How bad a change is for a client that did all that the old document said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Severity {
    /// Nothing breaks.
    Info,
    /// Whether it breaks cannot be told from the document.
    Warning,
    /// It breaks.
    Breaking,
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change does to the set of valid messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// More is valid.
    Widens,
    /// Less is valid.
    Narrows,
    /// Some more and some less.
    Incomparable,
    /// Nobody can tell from the document.
    Unknown,
    /// The same is valid.
    Nothing,
}

/// One kind of change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The id where clients send, and where servers do.
    pub(crate) ids: (&'static str, &'static str),
    pub(crate) effect: Effect,
    /// What happened, after the name of the place. `{old}` and `{new}` are values, `{what}` is what the row is
    /// about.
    pub(crate) says: &'static str,
    /// Whether the client chooses, also in what servers send: a status or media type that is gone is missed,
    /// another one hurts nobody.
    pub(crate) chosen: bool,
    /// Whether it speaks of all that stands at and below its places: nothing in there is compared for itself.
    pub(crate) whole: bool,
    /// Whether people only want to know how often.
    pub(crate) quiet: bool,
    /// Another verdict than that of the law.
    pub(crate) exceptions: &'static [Exception],
}

/// A verdict that departs from the law.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    /// Whether it is for what servers send, or for what clients do.
    pub(crate) received: bool,
    pub(crate) severity: Severity,
    pub(crate) why: &'static str,
}

impl Rule {
    const fn new(ids: (&'static str, &'static str), effect: Effect, says: &'static str) -> Self {
        Self {
            ids,
            effect,
            says,
            chosen: false,
            whole: false,
            quiet: false,
            exceptions: &[],
        }
    }

    const fn both(id: &'static str, effect: Effect, says: &'static str) -> Self {
        Self::new((id, id), effect, says)
    }

    const fn chosen(mut self) -> Self {
        self.chosen = true;
        self
    }

    const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    const fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    const fn except(mut self, exceptions: &'static [Exception]) -> Self {
        self.exceptions = exceptions;
        self
    }

    /// How bad it is in a direction, and why.
    pub(crate) fn verdict(&self, direction: Direction) -> (Severity, &'static str) {
        let received = direction != Direction::Request;
        let exceptions = self.exceptions.iter();
        let exception = exceptions.clone().find(|one| one.received == received);
        match exception {
            Some(exception) => (exception.severity, exception.why),
            None => law(self.effect, received && !self.chosen),
        }
    }
}

/// How bad an effect is on what servers send (`received`), or on what clients do.
pub(crate) fn law(effect: Effect, received: bool) -> (Severity, &'static str) {
    match (effect, received) {
        (Effect::Narrows, false) => (
            Severity::Breaking,
            "what clients could rely on before is refused or missing now",
        ),
        (Effect::Widens, true) => (
            Severity::Breaking,
            "the server may send what clients did not have to expect",
        ),
        (Effect::Narrows, true) => (
            Severity::Info,
            "what the server sends now was possible before",
        ),
        (Effect::Widens, false) => (Severity::Info, "what clients did before is still valid"),
        (Effect::Incomparable, _) => (Severity::Breaking, "what was valid before is not so now"),
        (Effect::Unknown, _) => (
            Severity::Warning,
            "whether it breaks a client cannot be told from the document",
        ),
        (Effect::Nothing, _) => (Severity::Info, "the same messages are valid"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_law_is_that_of_substitution() {
        let cases = [
            (Effect::Widens, Severity::Info, Severity::Breaking),
            (Effect::Narrows, Severity::Breaking, Severity::Info),
            (Effect::Incomparable, Severity::Breaking, Severity::Breaking),
            (Effect::Unknown, Severity::Warning, Severity::Warning),
            (Effect::Nothing, Severity::Info, Severity::Info),
        ];
        for (effect, sent, received) in cases {
            assert_eq!(law(effect, false).0, sent, "{effect:?}");
            assert_eq!(law(effect, true).0, received, "{effect:?}");
        }
    }

    #[test]
    fn no_two_rows_of_one_effect_share_their_ids() {
        let mut seen = BTreeSet::new();
        for rule in RULES {
            let effect = format!("{:?}", rule.effect);
            assert!(seen.insert((rule.ids, effect)), "{:?}", rule.ids);
            assert!(!rule.says.is_empty() && !rule.says.ends_with('.'));
        }
    }
}
