//! What is told through `tracing`: a span for each call, an event when it ends and for each retry. Without the
//! feature it is nothing.
//!
//! Names of fields are those of OpenTelemetry's conventions for HTTP clients. No value is secret or
//! data of customers: the URL has the names of its parameters in place of their values.

use std::time::Duration;

use reqwest::StatusCode;

use crate::base_url::BaseUrl;
use crate::error::Error;
#[cfg(feature = "tracing")]
use crate::error::Kind;
use crate::operation::Operation;
#[cfg(feature = "tracing")]
use crate::redact::short;

/// The span of a call.
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Span {
    /// Begins when a call is made.
    pub(crate) fn of_call(operation: &'static Operation, base_url: &BaseUrl) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            target: "lago_client",
            "lago",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = operation.method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.template = operation.path,
            url.full = Empty,
            server.address = Empty,
            server.port = Empty,
            error.type = Empty,
            lago.operation_id = operation.id,
            lago.request_id = Empty,
        );
        if !span.is_disabled() {
            span.record(
                "otel.name",
                format_args!("{} {}", operation.method, operation.path),
            );
            let base_url_of_call = base_url.printable(operation);
            span.record(
                "url.full",
                format_args!("{base_url_of_call}{}", operation.path),
            );
            span.record("server.address", base_url.printable_host());
            span.record("server.port", base_url.port());
        }
        Self { span }
    }

    /// Whether nobody listens.
    pub(crate) fn is_disabled(&self) -> bool {
        self.span.is_disabled()
    }

    /// The call, made within the span.
    pub(crate) fn around<F: Future>(&self, call: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(call, self.span.clone())
    }

    /// Notes what came of the call, and says that it ended: who shows no spans sees it all the same.
    pub(crate) fn end(
        &self,
        status: Option<StatusCode>,
        request_id: Option<&str>,
        attempts: u32,
        error: Option<&Error>,
    ) {
        if !self.span.is_disabled() {
            if let Some(status) = status {
                self.span
                    .record("http.response.status_code", status.as_u16());
            }
            if let Some(id) = request_id {
                self.span.record("lago.request_id", &*short(id));
            }
            if attempts > 1 {
                self.span.record("http.request.resend_count", attempts - 1);
            }
            if let Some(error) = error {
                self.span.record("otel.status_code", "ERROR");
                self.span.record("error.type", error_type(error).as_ref());
            }
        }
        let how = if error.is_none() {
            "succeeded"
        } else {
            "failed"
        };
        tracing::debug!(target: "lago_client::call", parent: &self.span, "the call {how}");
    }
}

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn of_call(_: &'static Operation, _: &BaseUrl) -> Self {
        Self {}
    }

    pub(crate) fn is_disabled(&self) -> bool {
        true
    }

    pub(crate) fn around<F: Future>(&self, call: F) -> F {
        call
    }

    pub(crate) fn end(&self, _: Option<StatusCode>, _: Option<&str>, _: u32, _: Option<&Error>) {}
}

/// Tells that a call is tried again, after how long, and why.
#[cfg(feature = "tracing")]
pub(crate) fn again(operation: &Operation, attempt: u32, error: &Error, pause: Duration) {
    tracing::info!(
        target: "lago_client::retry",
        {
            lago.operation_id = operation.id,
            attempt,
            error.type = error_type(error).as_ref(),
            pause = ?pause,
        },
        "an attempt failed and is repeated after a pause"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn again(_: &Operation, _: u32, _: &Error, _: Duration) {}

/// Tells that a call waits for the next window of the server's rate limit.
#[cfg(feature = "tracing")]
pub(crate) fn paced(operation: &Operation, pause: Duration) {
    tracing::info!(
        target: "lago_client::retry",
        { lago.operation_id = operation.id, pause = ?pause },
        "the rate limit is used up; the call waits for the next window"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn paced(_: &Operation, _: Duration) {}

/// A class of failures: the status of a refusal, or a word.
#[cfg(feature = "tracing")]
fn error_type(error: &Error) -> std::borrow::Cow<'static, str> {
    match (error.kind(), error.status()) {
        (Kind::Api | Kind::Refused, Some(status)) => status.as_u16().to_string().into(),
        (Kind::Api | Kind::Refused, None) => "_OTHER".into(),
        (Kind::Config(_) | Kind::Request(_), _) => "usage".into(),
        (Kind::NoKey, _) => "credentials".into(),
        (Kind::Connect { .. }, _) => "connect".into(),
        (Kind::Timeout, _) => "timeout".into(),
        (Kind::Transport | Kind::Elsewhere, _) => "transport".into(),
        (Kind::Redirected, _) => "redirect".into(),
        (Kind::Paced, _) => "rate_limited".into(),
        (Kind::TooLarge(_), _) => "too_large".into(),
        (Kind::Decode(_), _) => "decode".into(),
        (Kind::OtherObject(_), _) => "other_object".into(),
        (Kind::Endless, _) => "endless".into(),
        (Kind::NotReady, _) => "not_ready".into(),
        (Kind::NoFile | Kind::InvalidFileUrl(_), _) => "storage".into(),
    }
}
