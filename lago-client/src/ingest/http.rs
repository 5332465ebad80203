//! Lago's API as a sink: one attempt through the client, and what it came to.

use bytes::Bytes;
use lago_types::api_error::{ApiError, Details};
use reqwest::StatusCode;
use serde::de::IgnoredAny;

use super::outcome::{BatchOutcome, Fault, Rejection};
use super::sink::{EventBatch, Sink};
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::fields::Fields;
use crate::framing::{self, Expected, Tear};
use crate::generated::operations::op;
use crate::operation::Operation;
use crate::options::Options;
use crate::redact::short;
use crate::response::Response;
use crate::retry::{Class, Outcome, RetryPolicy};
use crate::runtime::stay;
use crate::wire;

const OPERATION: &Operation = op::CREATE_BATCH_EVENTS;

/// What the details of a refusal say.
const TRANSACTION_ID: &str = "transaction_id";
const EXISTS: &str = "value_already_exist";
const TOO_MANY: (&str, &str) = ("events", "too_many_events");

/// `POST /events/batch` through a client: with its headers, limits, pacing, errors and traces.
pub(super) struct Http {
    client: Client,
    options: Options,
    url: String,
}

impl Http {
    pub(super) fn new(client: Client) -> Self {
        let base_url = client.inner().shared.base_url.as_str();
        let url = format!("{base_url}{}", OPERATION.path);
        // The pipeline knows of all its batches what a call knows of one.
        let options = Options {
            retry: Some(RetryPolicy::never()),
            ..Options::default()
        };
        Self {
            client,
            options,
            url,
        }
    }

    async fn attempt(&self, body: &Bytes) -> Result<Response<()>, Error> {
        let inner = self.client.inner();
        let write = || wire::draft(OPERATION, self.url.clone()).build_with(body.clone());
        let success = inner.send(OPERATION, &self.options, &write, tear).await?;
        Ok(Response::new((), success))
    }
}

impl Sink for Http {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        let body = batch.body();
        let observed = self.client.inner().shared.observe(OPERATION);
        let attempt = std::pin::pin!(self.attempt(&body));
        let refuse = |outside| Error::outside(OPERATION, outside);
        let result = observed.around(stay(attempt, refuse)).await;
        observed.end(result.as_ref());
        match result {
            Ok(response) => of_success(response.status, &response.body, batch.len()),
            Err(error) => of_error(&error, batch.len()),
        }
    }
}

fn tear(body: &[u8]) -> Tear {
    framing::tear(body, Expected::Json, stored(body).is_some())
}

/// How many events a response lists as stored; none where it is no such response.
fn stored(body: &[u8]) -> Option<usize> {
    let events: Vec<IgnoredAny> = Fields::read(body)?.get("events")?;
    Some(events.len())
}

/// Whether a body is the beginning and the end of what Lago says when it has stored events. To read all of it would
/// cost more than to write the request.
fn is_list(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    body.starts_with(b"{\"events\":[{") && body.ends_with(b"}]}")
}

/// Not every 200 is Lago's: a proxy that shows a page has stored nothing. The server stores all or nothing, so that it
/// need not be counted how much it lists.
pub(super) fn of_success(status: StatusCode, body: &[u8], events: usize) -> BatchOutcome {
    match is_list(body) || stored(body) == Some(events) {
        true => BatchOutcome::Stored,
        false => BatchOutcome::Failed {
            in_doubt: true,
            wait: None,
            reason: format!(
                "{} {}: {status}, and {} bytes that are no list of stored events: is the base URL that of Lago's API, \
                 or does something respond in its place?",
                OPERATION.method,
                OPERATION.path,
                body.len()
            ),
        },
    }
}

/// What a failure of the only attempt says of so many events.
pub(super) fn of_error(error: &Error, events: usize) -> BatchOutcome {
    let outcome = Outcome::of(error);
    let in_doubt = outcome.may_be_executed;
    let status = error.status();
    let is_success = status.is_some_and(|status| status.is_success());
    match (outcome.class, error.kind()) {
        (Class::KeyChanged, _) => failed(error, outcome),
        // The response to fewer events is smaller.
        (_, Kind::TooLarge(_)) if is_success => BatchOutcome::TooLarge { in_doubt: true },
        (_, Kind::Redirected | Kind::Request(_) | Kind::Config(_) | Kind::NoKey) => {
            blocked(error, in_doubt)
        }
        (class, Kind::Api) => match status {
            Some(StatusCode::PAYLOAD_TOO_LARGE) => BatchOutcome::TooLarge { in_doubt },
            Some(
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
                | StatusCode::METHOD_NOT_ALLOWED,
            ) => blocked(error, in_doubt),
            Some(status) if status.is_redirection() => blocked(error, in_doubt),
            Some(StatusCode::INTERNAL_SERVER_ERROR) => BatchOutcome::ServerError {
                reason: reason(error),
            },
            _ if class == Class::Final => refused(error, events),
            Some(status) if is_unproven(class) && is_refusal(status) => {
                BatchOutcome::UnprovenRefusal {
                    rejection: match error.api_error() {
                        Some(refusal) => rejection(refusal, None),
                        None => Rejection::new(Some(status.as_u16())),
                    },
                    reason: reason(error),
                }
            }
            _ => failed(error, outcome),
        },
        _ => failed(error, outcome),
    }
}

/// Client errors that say of themselves that the same may work at another time. No other does.
const FOR_A_WHILE: [StatusCode; 4] = [
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::CONFLICT,
    StatusCode::TOO_EARLY,
    StatusCode::TOO_MANY_REQUESTS,
];

/// Whether it proves nothing: repeated at another time it may have another response, whatever it says of itself.
fn is_unproven(class: Class) -> bool {
    matches!(class, Class::Unproven | Class::Lasting)
}

/// Whether it says that the same request will not be taken.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() && !FOR_A_WHILE.contains(&status)
}

fn failed(error: &Error, outcome: Outcome) -> BatchOutcome {
    BatchOutcome::Failed {
        in_doubt: outcome.may_be_executed,
        wait: outcome.wait,
        reason: reason(error),
    }
}

fn blocked(error: &Error, in_doubt: bool) -> BatchOutcome {
    // An error prints neither the key nor data of customers.
    let reason = error.to_string();
    BatchOutcome::Blocked { reason, in_doubt }
}

/// What happened, and what to do about it.
fn reason(error: &Error) -> String {
    let class = Outcome::of(error).class;
    let advice = match error.status() {
        None if error.kind() == &Kind::Paced => "it goes on with the next window",
        None => "is the server up, and can it be reached from here?",
        Some(StatusCode::TOO_MANY_REQUESTS) => {
            "the server, or a gateway before it, limits how many requests it takes"
        }
        Some(status) if is_unproven(class) && is_refusal(status) => {
            "ask whoever runs the server, or the gateway before it, why it refuses the request"
        }
        Some(status) if status.is_server_error() => {
            "look into the log of the server, or of the gateway before it"
        }
        Some(_) => "the same may work in a moment",
    };
    format!("{error}: {advice}")
}

/// Lago refused all of it, and stored nothing.
fn refused(error: &Error, events: usize) -> BatchOutcome {
    let Some(refusal) = error.api_error() else {
        return BatchOutcome::RefusedAsWhole(Rejection::new(
            error.status().map(|status| status.as_u16()),
        ));
    };
    if refusal.has(TOO_MANY.0, TOO_MANY.1) {
        return BatchOutcome::TooManyEvents;
    }
    if let Details::Items(items) = refusal.details() {
        let faults: Vec<_> = items
            .iter()
            .filter(|(index, _)| *index < events)
            .map(|(index, details)| (index, fault(refusal, index, details)))
            .collect();
        if !faults.is_empty() {
            return BatchOutcome::Refused(faults);
        }
    }
    BatchOutcome::RefusedAsWhole(rejection(refusal, None))
}

fn fault(refusal: &ApiError, index: usize, details: Details<'_>) -> Fault {
    match details.only() {
        Some((TRANSACTION_ID, EXISTS)) => Fault::AlreadyExists,
        _ => Fault::Invalid(rejection(refusal, Some(index))),
    }
}

/// The codes of one event, or of the batch.
fn rejection(refusal: &ApiError, index: Option<usize>) -> Rejection {
    let problems = refusal.problems().into_iter();
    let about = problems.filter(|problem| problem.index == index);
    let rejection = about.fold(Rejection::new(refusal.status()), |rejection, problem| {
        let message = problem.message.map(str::to_owned);
        rejection.code_with_message(problem.path, problem.code, message)
    });
    match (
        rejection.codes.is_empty(),
        refusal.code().or(refusal.error()),
    ) {
        (true, Some(code)) => rejection.code("", short(code)),
        _ => rejection,
    }
}

#[cfg(test)]
mod tests;
