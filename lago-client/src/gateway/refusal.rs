//! What the gateway itself says no to, in the shape in which Lago does.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::{Map, Value, json};

/// The body of a response, of the gateway's own or passed on.
pub(crate) type Body = BoxBody<Bytes, Infallible>;

/// A body that is there already.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed()
}

/// A request that the gateway does not pass on, or to which there is no response.
///
/// As Lago's refusals it has a status and a code. All codes begin with `gateway_`, so that nobody takes it for Lago's;
/// a `message` says what to do.
#[derive(Clone, Debug)]
pub(crate) struct Refusal(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    details: Option<Map<String, Value>>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            message: message.into(),
            details: None,
            header: None,
        }))
    }

    /// With what is wrong by field, as `validation_errors` of Lago have it.
    pub(crate) fn with_details(mut self, details: Map<String, Value>) -> Self {
        self.0.details = Some(details);
        self
    }

    /// With the time after which another try makes sense, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.header = Some((RETRY_AFTER, seconds.into()));
        self
    }

    /// One that the right secret in a header would have avoided.
    pub(crate) fn unauthorized(code: &'static str, message: &'static str) -> Self {
        let mut refusal = Self::new(StatusCode::UNAUTHORIZED, code, message);
        let challenge = HeaderValue::from_static("Bearer realm=\"lago-gateway\"");
        refusal.0.header = Some((WWW_AUTHENTICATE, challenge));
        refusal
    }

    /// What is wrong by field.
    #[cfg(test)]
    pub(crate) fn details(self) -> Map<String, Value> {
        self.0.details.unwrap_or_default()
    }

    /// What a caller is told in words.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let Inner {
            status,
            code,
            message,
            details,
            header,
        } = *self.0;
        let mut body = json!({
            "status": status.as_u16(),
            "error": status.canonical_reason().unwrap_or_default(),
            "code": code,
            "message": message,
        });
        if let Some(details) = details {
            body["error_details"] = details.into();
        }
        let mut response = Response::new(whole(body.to_string()));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response.headers_mut().extend(header);
        response
    }
}
