//! What is told of each call: to traces, and to who asked for it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::error::Error;
use crate::operation::Operation;
use crate::platform::Instant;
use crate::rate_limit::RateLimit;
use crate::redact::short;
use crate::response::{Response, request_id};
use crate::trace::Span;

/// What came of a call, for metrics and logs: see
/// [`ClientBuilder::on_response`](crate::ClientBuilder::on_response).
///
/// `Debug` shows it without data of customers.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CallReport<'a> {
    /// What was called.
    pub operation: &'static Operation,
    /// The HTTP status of the last response; none when there was none.
    pub status: Option<StatusCode>,
    /// How long the call took, with all its attempts and the waits between them.
    pub duration: Duration,
    /// How often the request was sent.
    pub attempts: u32,
    /// How many requests are left, where the server limits them.
    pub rate_limit: Option<RateLimit>,
    /// The id under which the server logged the last request.
    pub request_id: Option<&'a str>,
    /// Why the call failed; none when it succeeded.
    pub error: Option<&'a Error>,
}

impl fmt::Debug for CallReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallReport")
            .field("operation", &self.operation.id)
            .field("status", &self.status)
            .field("duration", &self.duration)
            .field("attempts", &self.attempts)
            .field("rate_limit", &self.rate_limit)
            .field("request_id", &self.request_id.map(short))
            .field("error", &self.error)
            .finish()
    }
}

/// Told of every call.
pub(crate) type Hook = Arc<dyn Fn(&CallReport<'_>) + Send + Sync>;

/// A call that is observed, from its beginning on.
pub(crate) struct Observed<'a> {
    operation: &'static Operation,
    span: Span,
    /// Who is told, and since when it takes.
    listener: Option<(&'a Hook, &'a dyn Clock, Instant)>,
}

impl<'a> Observed<'a> {
    /// Begins when a call is made.
    pub(crate) fn begin(
        operation: &'static Operation,
        base_url: &BaseUrl,
        hook: Option<&'a Hook>,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            operation,
            span: Span::of_call(operation, base_url),
            listener: hook.map(|hook| (hook, clock, clock.now())),
        }
    }

    /// The call, made within its span.
    pub(crate) fn around<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.around(call)
    }

    /// Tells what came of it.
    pub(crate) fn end<T>(&self, outcome: Result<&Response<T>, &Error>) {
        match outcome {
            Ok(response) => self.tell(Said {
                status: Some(response.status),
                headers: Some(&response.headers),
                attempts: response.attempts,
                error: None,
            }),
            Err(error) => self.tell(Said {
                status: error.status(),
                headers: error.headers(),
                attempts: error.attempts(),
                error: Some(error),
            }),
        }
    }

    fn tell(&self, said: Said<'_>) {
        let Said {
            status,
            headers,
            attempts,
            error,
        } = said;
        // Looking for it costs more than all the rest.
        let is_told = self.listener.is_some() || !self.span.is_disabled();
        let request_id = headers.filter(|_| is_told).and_then(request_id);
        self.span.end(status, request_id, attempts, error);
        if let Some((hook, clock, start)) = self.listener {
            hook(&CallReport {
                operation: self.operation,
                status,
                duration: clock.now() - start,
                attempts,
                rate_limit: headers.and_then(RateLimit::read),
                request_id,
                error,
            });
        }
    }
}

/// What an outcome says.
struct Said<'a> {
    status: Option<StatusCode>,
    headers: Option<&'a HeaderMap>,
    attempts: u32,
    error: Option<&'a Error>,
}
