//! What agents read of a failure: what is wrong, whether something was done, and what to do next.

use serde_json::{Map, Value};

use super::{Answer, IS_DATA, bounded, join};
use crate::error::Error;
use crate::gateway::choice::{Choice, reads};
use crate::gateway::tools::Tool;

/// The details of a refusal are left out when they have more bytes.
const MOST_DETAILS: usize = 16 << 10;

/// The tool that shows whether a call was executed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    tool: &'static Tool,
    is_offered: bool,
}

impl Look {
    /// The tool that reads what another one makes or changes: the object that its path names, else the list in which
    /// it would be, of the same resource or of what holds it.
    pub(crate) fn after(
        tool: &Tool,
        known: impl IntoIterator<Item = &'static Tool>,
        choice: &Choice,
    ) -> Option<Self> {
        let known: Vec<_> = known.into_iter().filter(|tool| reads(tool)).collect();
        let by = |is_it: &dyn Fn(&str) -> bool| {
            let mut known = known.iter().copied();
            known.find(|other| is_it(other.operation.resource))
        };
        let mut place = tool.operation.resource;
        while let Some((holder, _)) = place.rsplit_once('.') {
            let noun = holder.rsplit('.').next().unwrap_or(holder);
            let (get, list) = (format!("{holder}.get"), format!("{holder}.list"));
            let elsewhere = format!(".{noun}.list");
            // What was made may have an id that nobody was told.
            let names_it =
                |get: &&Tool| parameters(get.operation.path) <= parameters(tool.operation.path);
            let found = by(&|resource| resource == get)
                .filter(names_it)
                .or_else(|| by(&|resource| resource == list))
                .or_else(|| by(&|resource| resource.ends_with(&elsewhere)));
            if let Some(tool) = found {
                let is_offered = choice.offers(tool);
                return Some(Self { tool, is_offered });
            }
            place = holder;
        }
        None
    }
}

/// How many parameters a path has.
fn parameters(path: &str) -> usize {
    path.matches('{').count()
}

/// What an agent reads of a call that failed.
pub(crate) fn failed(tool: &Tool, error: &Error, look: Option<Look>) -> Answer {
    let done = match reads(tool) || !error.is_ambiguous() {
        true => "Nothing was done.".to_owned(),
        false => may_be_done(look),
    };
    let advice = advice(error);
    let data = data(tool, error);
    let has_texts = error.api_error().is_some();
    let failure = format!("{} failed. {error}.", tool.name);
    let is_data = if has_texts { IS_DATA } else { "" };
    Answer {
        note: bounded(join([is_data, &failure, &done, advice])),
        data: Some(Value::Object(data).to_string()),
        is_error: true,
    }
}

/// What to do before a call is repeated of which nobody knows whether it was executed.
pub(crate) fn may_be_done(look: Option<Look>) -> String {
    match look {
        Some(Look { tool, is_offered }) => {
            let not_here = match is_offered {
                true => "",
                false => " (not offered here: ask a person to look)",
            };
            format!(
                "It may have been done: look with {}{not_here} before repeating it.",
                tool.name
            )
        }
        None => "It may have been done: have a person look in Lago before repeating it.".to_owned(),
    }
}

fn advice(error: &Error) -> &'static str {
    if error.is_usage() || error.is_validation() || error.is_bad_request() {
        "Correct the arguments."
    } else if error.is_not_found() {
        "Check the identifiers in the arguments."
    } else if error.is_unauthorized() || error.is_credentials() {
        "Whoever runs this server has to check its API key."
    } else if error.is_forbidden() {
        "The API key may not do this, or the feature is not part of the plan: repeating it does not help."
    } else if error.is_rate_limited() {
        "Wait before the next call."
    } else {
        ""
    }
}

/// What is known of the failure, for programs.
fn data(tool: &Tool, error: &Error) -> Map<String, Value> {
    let status = error.status().map(|status| status.as_u16().into());
    let wait = error.retry_after().map(|wait| wait.as_secs_f64().ceil());
    let details = error.details().cloned();
    let details = details.map(|details| match details.to_string().len() {
        0..=MOST_DETAILS => details,
        bytes => format!("left out: {bytes} bytes").into(),
    });
    let of_server = |text: &str| Value::from(text.chars().take(500).collect::<String>());
    let facts = [
        ("operation", Some(tool.operation.id.into())),
        ("status", status),
        ("code", error.code().map(of_server)),
        ("message", error.message().map(of_server)),
        ("details", details),
        ("request_id", error.request_id().map(of_server)),
        ("attempts", Some(error.attempts().into())),
        // Whole seconds, whatever the server says: far below where numbers lose their digits.
        (
            "retry_after_seconds",
            wait.map(|wait| Value::from(wait as u64)),
        ),
        (
            "may_have_been_done",
            Some((!reads(tool) && error.is_ambiguous()).into()),
        ),
    ];
    let known = facts
        .into_iter()
        .filter_map(|(name, fact)| Some((name.to_owned(), fact?)));
    known.collect()
}
