//! A request with its response, as a file has them.

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

/// A request with its response.
///
/// `Debug` shows all of it, data of customers included where it is not masked.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// Path and query as they were sent, from `/api/` on.
    pub path: String,
    /// The HTTP status of the response.
    pub status: u16,
    /// The JSON that was sent; null for none.
    pub request_body: Value,
    /// The headers of the response.
    pub response_headers: Map<String, Value>,
    /// The JSON of the response, the text when it is no JSON, null for none.
    pub response_body: Value,
}

impl Exchange {
    /// What went over the wire: method, path and body of the request; status, headers and body of the response. A body
    /// that is no JSON is kept as its text, and a header that is no text is left out.
    #[must_use]
    pub fn new(
        (method, path, sent): (&str, &str, &[u8]),
        (status, headers, said): (StatusCode, &HeaderMap, &[u8]),
    ) -> Self {
        let headers = headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), Value::from(value.to_str().ok()?)))
        });
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            status: status.as_u16(),
            request_body: value(sent),
            response_headers: headers.collect(),
            response_body: value(said),
        }
    }

    /// As a file has it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "request_body": self.request_body,
            "response_headers": self.response_headers,
            "response_body": self.response_body,
        })
    }

    /// Reads what a file has; none where that is no exchange.
    #[must_use]
    pub fn from_json(mut value: Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let status = value["status"].as_u64()?.try_into().ok()?;
        let Value::Object(response_headers) = value["response_headers"].take() else {
            return None;
        };
        Some(Self {
            method: text(&value["method"])?,
            path: text(&value["path"])?,
            // A client takes no 1xx for a response.
            status: Some(status).filter(|status| (200..600).contains(status))?,
            request_body: value["request_body"].take(),
            response_headers,
            response_body: value["response_body"].take(),
        })
    }

    /// The body of the response, as it is sent.
    pub(super) fn response_bytes(&self) -> Vec<u8> {
        let kind = self.response_headers.get("content-type");
        let is_json = kind
            .and_then(Value::as_str)
            .is_none_or(|kind| kind.contains("json"));
        match &self.response_body {
            Value::Null => Vec::new(),
            Value::String(text) if !is_json => text.clone().into_bytes(),
            body => body.to_string().into_bytes(),
        }
    }
}

/// JSON, or the text where it is none, or null for nothing.
pub(super) fn value(bytes: &[u8]) -> Value {
    match bytes.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into()),
    }
}
