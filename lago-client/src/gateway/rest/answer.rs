//! From what came of a call to the response: the server's own where there is one, status and body as they came.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG,
    HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, LOCATION, RETRY_AFTER, VARY,
};
use http::{Response, StatusCode};

use crate::error::{Error, Kind};
use crate::gateway::listen::AMBIGUOUS;
use crate::gateway::proof::is_of_lago;
use crate::gateway::refusal::{Body, Refusal, whole};
use crate::operation::Operation;
use crate::response;

/// How often the request was sent to the server.
pub(super) const ATTEMPTS: &str = "lago-attempts";

/// What is passed on of a response's headers. Everything that is about one connection is not among them, nor what is
/// about the server's own origin: cookies, CORS, HSTS.
const PASSED: [HeaderName; 10] = [
    CACHE_CONTROL,
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_TYPE,
    ETAG,
    LAST_MODIFIED,
    LOCATION,
    RETRY_AFTER,
    VARY,
];

/// The same by how their names begin.
const PASSED_BY_PREFIX: [&str; 2] = ["x-ratelimit-", "x-request-id"];

/// What came of a call.
pub(super) type Outcome = Result<response::Response<Bytes>, Error>;

/// The response to a call of an operation, if it is one that is known. Where it only reads, there is nothing in doubt.
pub(super) fn of(
    outcome: &Outcome,
    operation: Option<&Operation>,
    only_reads: bool,
) -> Response<Body> {
    let (mut response, attempts, is_ambiguous) = match outcome {
        Ok(success) => {
            let passed = passed(success.status, &success.headers, &success.body);
            // What only reads may have a large body, which nobody has to look into.
            let is_proven = only_reads || is_of_lago(operation, &success.body);
            (passed, success.attempts, !is_proven)
        }
        Err(error) => {
            let response = match (error.kind(), error.status(), error.headers()) {
                // One that only announces another is none to the caller.
                (Kind::Api, Some(status), Some(headers)) if !status.is_informational() => {
                    passed(status, headers, error.body())
                }
                _ => unanswered(error).into_response(),
            };
            (response, error.attempts(), error.is_ambiguous())
        }
    };
    let headers = response.headers_mut();
    headers.insert(ATTEMPTS, attempts.into());
    if is_ambiguous && !only_reads {
        headers.insert(AMBIGUOUS, HeaderValue::from_static("true"));
    }
    response
}

fn passed(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Response<Body> {
    let mut response = Response::new(whole(body.clone()));
    *response.status_mut() = status;
    let is_passed = |name: &HeaderName| {
        let mut prefixes = PASSED_BY_PREFIX.iter();
        PASSED.contains(name) || prefixes.any(|prefix| name.as_str().starts_with(prefix))
    };
    for (name, value) in headers.iter().filter(|(name, _)| is_passed(name)) {
        response.headers_mut().append(name, value.clone());
    }
    response
}

/// What to say where the server said nothing, or nothing whole.
fn unanswered(error: &Error) -> Refusal {
    let (status, code) = if error.is_usage() {
        (StatusCode::BAD_REQUEST, "gateway_bad_request")
    } else if error.is_credentials() {
        (StatusCode::UNAUTHORIZED, "gateway_no_api_key")
    } else if error.is_rate_limited() {
        (StatusCode::TOO_MANY_REQUESTS, "gateway_rate_limited")
    } else if error.is_timeout() {
        (StatusCode::GATEWAY_TIMEOUT, "gateway_timeout")
    } else if error.is_connect() {
        (StatusCode::BAD_GATEWAY, "gateway_no_connection")
    } else {
        (StatusCode::BAD_GATEWAY, "gateway_no_response")
    };
    // In one line, and without data of customers.
    let refusal = Refusal::new(status, code, error.to_string());
    match error.retry_after() {
        Some(wait) => refusal.retry_after(wait.as_secs().saturating_add(1)),
        None => refusal,
    }
}
