//! Lago's API as a sink: one attempt through the client, and what it came to.

use bytes::Bytes;
use lago_types::api_error::{ApiError, Details};
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::outcome::{BatchOutcome, Fault, Rejection};
use super::sink::{EventBatch, Sink};
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::framing::{self, Expected, Tear};
use crate::generated::operations::op;
use crate::operation::Operation;
use crate::options::Options;
use crate::redact::short;
use crate::response::Response;
use crate::retry::{Class, Outcome, RetryPolicy};
use crate::runtime::stay;
use crate::trace;
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
        let base_url = client.inner().base_url.as_str();
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
        let span = trace::Span::of_call(OPERATION, &self.client.inner().base_url);
        let attempt = std::pin::pin!(self.attempt(&body));
        let refuse = |outside| Error::outside(OPERATION, outside);
        let result = span.around(stay(attempt, refuse)).await;
        span.note(result.as_ref());
        match result {
            Ok(response) => of_success(&response.body, batch.len()),
            Err(error) => of_error(&error, batch.len()),
        }
    }
}

fn tear(body: &[u8]) -> Tear {
    framing::tear(body, Expected::Json, stored(body).is_some())
}

/// How many events a response lists as stored; none where it is no such response.
fn stored(body: &[u8]) -> Option<usize> {
    #[derive(Deserialize)]
    struct Stored {
        events: Vec<IgnoredAny>,
    }
    let stored: Stored = serde_json::from_slice(body).ok()?;
    Some(stored.events.len())
}

/// Not every 200 is Lago's: a proxy that shows a page has stored nothing.
pub(super) fn of_success(body: &[u8], events: usize) -> BatchOutcome {
    match stored(body) == Some(events) {
        true => BatchOutcome::Stored,
        false => BatchOutcome::Failed {
            in_doubt: true,
            wait: None,
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
        // The response to fewer events is smaller.
        (_, Kind::TooLarge(_)) if is_success => BatchOutcome::TooLarge { in_doubt: true },
        (_, Kind::Paced) => BatchOutcome::Failed {
            in_doubt: false,
            wait: error.retry_after(),
        },
        (_, Kind::Redirected | Kind::Request(_) | Kind::Config(_)) => blocked(error, in_doubt),
        (class, Kind::Api) => match status {
            Some(StatusCode::PAYLOAD_TOO_LARGE) => BatchOutcome::TooLarge { in_doubt },
            Some(
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
                | StatusCode::METHOD_NOT_ALLOWED,
            ) => blocked(error, in_doubt),
            Some(status) if status.is_redirection() => blocked(error, in_doubt),
            Some(StatusCode::INTERNAL_SERVER_ERROR) => BatchOutcome::ServerError,
            _ if class == Class::Final => refused(error, events),
            _ => failed(outcome),
        },
        _ => failed(outcome),
    }
}

fn failed(outcome: Outcome) -> BatchOutcome {
    BatchOutcome::Failed {
        in_doubt: outcome.may_be_executed,
        wait: outcome.wait,
    }
}

fn blocked(error: &Error, in_doubt: bool) -> BatchOutcome {
    // An error prints neither the key nor data of customers.
    let reason = error.to_string();
    BatchOutcome::Blocked { reason, in_doubt }
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
