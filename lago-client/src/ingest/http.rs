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
pub(super) fn of_success(body: &[u8], events: usize) -> BatchOutcome {
    match is_list(body) || stored(body) == Some(events) {
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
        (Class::KeyChanged, _) => failed(outcome),
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

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::error::{History, Stop};
    use crate::response::Received;

    fn answered(status: u16, body: &str) -> BatchOutcome {
        let received = Received {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        of(Error::api(OPERATION, received))
    }

    fn of(error: Error) -> BatchOutcome {
        of_error(&error.with_history(History::default(), Stop::Attempts), 3)
    }

    fn refusal(details: &str) -> BatchOutcome {
        let head = r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors""#;
        answered(422, &format!(r#"{head},"error_details":{details}}}"#))
    }

    fn failed(in_doubt: bool) -> BatchOutcome {
        let wait = None;
        BatchOutcome::Failed { in_doubt, wait }
    }

    /// The details are recorded ones.
    #[test]
    fn a_refusal_names_events_or_speaks_of_all() {
        let exists = refusal(r#"{"1":{"transaction_id":["value_already_exist"]}}"#);
        assert_eq!(
            exists,
            BatchOutcome::Refused(vec![(1, Fault::AlreadyExists)])
        );
        let invalid = refusal(
            r#"{"1":{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]},
                "2":"expression_evaluation_failed: Variable: b not found"}"#,
        );
        let BatchOutcome::Refused(faults) = invalid else {
            panic!("{invalid:?}");
        };
        let [
            (1, Fault::Invalid(mandatory)),
            (2, Fault::Invalid(expression)),
        ] = &faults[..]
        else {
            panic!("{faults:?}");
        };
        assert!(mandatory.has("code", "value_is_mandatory"), "{mandatory}");
        assert!(
            mandatory.has("transaction_id", "value_is_mandatory"),
            "{mandatory}"
        );
        assert_eq!(expression.codes[0].code, "expression_evaluation_failed");
        let message = expression.codes[0].message.as_deref();
        assert!(
            message.is_some_and(|message| message.ends_with("b not found")),
            "{message:?}"
        );

        let all = refusal(r#"{"events":["no_events"]}"#);
        let expected = Rejection::new(Some(422)).code("events", "no_events");
        assert_eq!(all, BatchOutcome::RefusedAsWhole(expected));
        assert_eq!(
            refusal(r#"{"events":["too_many_events"]}"#),
            BatchOutcome::TooManyEvents
        );
        // Of an event that was not sent it says nothing.
        let other = refusal(r#"{"3":{"code":["value_is_mandatory"]}}"#);
        assert!(
            matches!(other, BatchOutcome::RefusedAsWhole(_)),
            "{other:?}"
        );
        let bad = answered(
            400,
            r#"{"status":400,"error":"BadRequest: param is missing"}"#,
        );
        assert!(matches!(bad, BatchOutcome::RefusedAsWhole(_)), "{bad:?}");
    }

    #[test]
    fn what_somebody_has_to_change_blocks_and_only_lago_leaves_no_doubt() {
        let lago = [
            (401, r#"{"status":401,"error":"Unauthorized"}"#),
            (
                403,
                r#"{"status":403,"error":"Forbidden","code":"write_action_not_allowed_for_event"}"#,
            ),
            (
                404,
                r#"{"status":404,"error":"Not Found","code":"resource_not_found"}"#,
            ),
        ];
        let gateway = [301, 302, 401, 403, 404, 405].map(|status| (status, "<html></html>"));
        for (status, body) in lago.into_iter().chain(gateway) {
            let outcome = answered(status, body);
            let BatchOutcome::Blocked { reason, in_doubt } = outcome else {
                panic!("{status} {body}: {outcome:?}");
            };
            assert_eq!(in_doubt, body.starts_with('<'), "{status} {body}");
            assert!(
                reason.contains("createBatchEvents") || reason.contains("events"),
                "{reason}"
            );
        }
    }

    #[test]
    fn everything_else_is_tried_again() {
        assert_eq!(answered(500, "{}"), BatchOutcome::ServerError);
        assert_eq!(
            answered(413, "<html>"),
            BatchOutcome::TooLarge { in_doubt: true }
        );
        let locked =
            r#"{"status":422,"error":"Unprocessable Entity","code":"lock_acquisition_failed"}"#;
        assert_eq!(answered(422, locked), failed(false));
        for (status, body) in [
            (422, "<html>"),
            (400, ""),
            (429, ""),
            (502, ""),
            (503, "{}"),
            (408, ""),
        ] {
            assert_eq!(answered(status, body), failed(true), "{status} {body}");
        }
        let connect = Kind::Connect { timed_out: true };
        for (kind, in_doubt) in [
            (connect, false),
            (Kind::Timeout, true),
            (Kind::Transport, true),
            (Kind::Paced, false),
        ] {
            assert_eq!(of(Error::new(kind, Some(OPERATION))), failed(in_doubt));
        }
    }

    #[test]
    fn only_a_list_of_events_is_a_success() {
        let stored = BatchOutcome::Stored;
        assert_eq!(
            of_success(br#"{"events":[{"lago_id":"a"},{"lago_id":null}]}"#, 2),
            stored
        );
        assert_eq!(of_success(b"{\n  \"events\": [ {}, {} ]\n}\n", 2), stored);
        for other in [
            "",
            "<html></html>",
            "{}",
            r#"{"events":[{"#,
            r#"{"events": [ {} ]}"#,
            r#"{"events":[]}"#,
        ] {
            assert_eq!(of_success(other.as_bytes(), 2), failed(true), "{other}");
        }
    }
}
