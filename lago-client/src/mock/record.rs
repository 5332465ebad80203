//! What the server remembers of a request.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap};
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::Value;

use super::note::Note;
use crate::operation::Operation;
use crate::route::{Route, form};

/// A request as a [`MockServer`](super::MockServer) got it, and what came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The operation; none when there is none of that method and path.
    pub operation: Option<&'static Operation>,
    /// The HTTP method.
    pub method: Method,
    /// Path and query as they were sent: `/api/v1/invoices?page=2`.
    pub target: String,
    /// The decoded values of the parameters in the path, by name and in their order.
    pub path_parameters: Vec<(&'static str, String)>,
    /// The decoded names and values of the query, in their order.
    pub query: Vec<(String, String)>,
    /// The headers. The key is there, but Debug does not show it.
    pub headers: HeaderMap,
    /// The body; nothing when it was too large.
    pub body: Bytes,
    /// The status of the response; none when there was no response, and while it is being decided.
    pub status: Option<StatusCode>,
    /// What in it is not as the API's description has it, and what came of that. Empty without the feature
    /// `mock-validation`, and for a request that was refused before anyone looked.
    pub notes: Vec<Note>,
}

impl ReceivedRequest {
    pub(super) fn new(mut head: Parts, body: Bytes, route: &Route) -> Self {
        if let Some(key) = head.headers.get_mut(AUTHORIZATION) {
            key.set_sensitive(true);
        }
        Self {
            operation: route.operation,
            method: head.method,
            target: head.uri.to_string(),
            path_parameters: route.parameters.clone(),
            query: form(head.uri.query().unwrap_or_default()),
            headers: head.headers,
            body,
            status: None,
            notes: Vec::new(),
        }
    }

    /// The first value of a parameter of the query.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        let mut same = self.query.iter().filter(|(known, _)| known == name);
        same.next().map(|(_, value)| value.as_str())
    }

    /// The value of a header, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, when it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_key() {
        let request = http::Request::get("/api/v1/plans")
            .header("authorization", "Bearer that-is-secret")
            .body(());
        let (head, ()) = request.unwrap().into_parts();
        let record = ReceivedRequest::new(head, Bytes::new(), &Route::default());
        assert!(!format!("{record:?}").contains("that-is-secret"));
        assert_eq!(
            record.header("authorization"),
            Some("Bearer that-is-secret")
        );
    }
}
