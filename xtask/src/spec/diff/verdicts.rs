//! From what was found to what it means for whom: the ids of rules, how bad, and the sentence.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::{Context, Guard, Subject, Verdict};
use super::rules::{Direction, Effect, Severity};
use super::walk::Raw;

/// The most of a value that a sentence shows.
const SHOWN: usize = 80;

/// What a difference means in each direction, the worst first.
pub(super) fn verdicts(raw: &Raw, contexts: &BTreeSet<Context>) -> Vec<Verdict> {
    let mut found: Vec<Verdict> = contexts
        .iter()
        .map(|context| verdict(raw, context))
        .collect();
    if found.is_empty() {
        let (severity, why) = raw.rule.verdict(Direction::Request);
        let (severity, why) = match raw.rule.effect {
            Effect::Nothing => (severity, why),
            _ => (
                Severity::Info,
                "no operation that both documents have uses it",
            ),
        };
        found.push(Verdict {
            severity,
            direction: None,
            rule: id(raw.rule.ids.0, "schema", &raw.what),
            why,
        });
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    found.dedup();
    found
}

fn verdict(raw: &Raw, context: &Context) -> Verdict {
    let subject = if raw.inner {
        context.subject.inner()
    } else {
        context.subject
    };
    let direction = context.direction;
    let is_text = matches!(subject, Subject::Parameter | Subject::ParameterProperty);
    let rule = raw.as_text.filter(|_| is_text).unwrap_or(raw.rule);
    let pattern = match direction {
        Direction::Request => rule.ids.0,
        Direction::Response | Direction::Webhook => rule.ids.1,
    };
    let (severity, why) = match unheard(raw.guard, direction, subject) {
        Some(why) => (Severity::Info, why),
        None => rule.verdict(direction),
    };
    Verdict {
        severity,
        // What is said of the document as a whole has nobody who says it.
        direction: (!context.user.is_empty()).then_some(direction),
        rule: id(pattern, prefix(direction, subject, raw.guard), &raw.what),
        why,
    }
}

/// Why a direction does not mind what changes of a property.
fn unheard(guard: Guard, direction: Direction, subject: Subject) -> Option<&'static str> {
    match (direction, subject) {
        (Direction::Request, Subject::Property) if guard.read_only => Some("requests leave it out"),
        (Direction::Response | Direction::Webhook, Subject::Property) if guard.write_only => {
            Some("what the server sends leaves it out")
        }
        _ => None,
    }
}

fn prefix(direction: Direction, subject: Subject, guard: Guard) -> &'static str {
    let is_heard = unheard(guard, direction, subject).is_none();
    match (direction, subject, is_heard) {
        (Direction::Request, Subject::Property, false) => "request-read-only-property",
        (Direction::Request, Subject::Body, _) => "request-body",
        (Direction::Request, Subject::Property, true) => "request-property",
        (Direction::Request, Subject::Parameter, _) => "request-parameter",
        (Direction::Request, Subject::ParameterProperty, _) => "request-parameter-property",
        (Direction::Request, Subject::Header, _) => "request-header",
        (_, Subject::Property, false) => "response-write-only-property",
        (_, Subject::Body, _) => "response-body",
        (_, Subject::Property, true) => "response-property",
        // A delivery has its parameters as headers.
        (_, Subject::Parameter | Subject::ParameterProperty | Subject::Header, _) => {
            "response-header"
        }
    }
}

fn id(pattern: &str, prefix: &str, what: &str) -> String {
    pattern.replace("{}", prefix).replace('#', what)
}

/// Whom a pair reaches.
pub(super) fn used(contexts: &BTreeSet<Context>) -> Vec<(String, Direction)> {
    let named = contexts.iter().filter(|context| !context.user.is_empty());
    let mut used: Vec<_> = named
        .map(|context| (context.user.to_string(), context.direction))
        .collect();
    used.dedup();
    used
}

/// What happened, as it follows the name of the place.
pub(super) fn sentence(raw: &Raw) -> String {
    let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), shown);
    let said = raw.rule.says.replace("{what}", &raw.what);
    let said = said.replace("{old}", &value(&raw.before));
    said.replace("{new}", &value(&raw.after))
}

/// A value as code, cut if it is long.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            words.join(", ")
        }
        other => other.to_string(),
    };
    let text = text.replace(['`', '\n'], " ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None if text.is_empty() => "``".to_owned(),
        None => format!("`{text}`"),
    }
}
