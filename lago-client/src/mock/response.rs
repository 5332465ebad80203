//! What the server says: an example, a refusal, or what it was told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::addressed;
use super::files;
use super::payload::{HangUp, Payload};
use super::record::ReceivedRequest;
use crate::generated::operations::OPERATIONS;
use crate::operation::Operation;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const REQUEST_ID: &str = "x-request-id";
const TEXT: HeaderValue = HeaderValue::from_static("text/plain");

/// Bodies by operation id; of one that responds by the root key of the request, bodies by that key.
static EXAMPLES: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str::<BTreeMap<&str, Value>>(text).unwrap_or_default();
    let examples = read(include_str!("../generated/example_responses.json"));
    #[cfg(feature = "unpublished")]
    let examples = {
        let unpublished = read(include_str!(
            "../generated/unpublished/example_responses.json"
        ));
        examples.into_iter().chain(unpublished).collect()
    };
    examples
});

/// A response for a [`MockServer`](super::MockServer) to give.
///
/// ```
/// use lago_client::mock::{MockResponse, example};
/// use serde_json::json;
///
/// # fn main() -> Result<(), lago_client::mock::UnknownOperation> {
/// let not_found = MockResponse::error(404, "invoice_not_found");
/// let overloaded = MockResponse::new(429).header("x-ratelimit-reset", "2");
/// let from_a_gateway = MockResponse::new(502).text("<html>Bad Gateway</html>");
/// let none = MockResponse::new(200).json(json!({ "invoices": [], "meta": { "current_page": 0 } }));
/// let no_response = MockResponse::hang_up();
///
/// let mut draft = example("invoices.get")?;
/// draft["invoice"]["status"] = json!("draft");
/// let draft = MockResponse::new(200).json(draft);
/// let half_a_draft = draft.clone().cut_off();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct MockResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    delivery: Delivery,
}

/// How much of a response the caller gets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Delivery {
    Whole,
    Half,
    HangUp,
    Silence,
}

impl MockResponse {
    /// A response with this status and nothing in it. A number that is no status becomes 500.
    pub fn new(status: u16) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, JSON);
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers,
            body: Bytes::new(),
            delivery: Delivery::Whole,
        }
    }

    /// No response: the connection is closed once the request has been received.
    pub fn hang_up() -> Self {
        Self {
            delivery: Delivery::HangUp,
            ..Self::new(500)
        }
    }

    /// No response, while the connection stays open until the caller closes it.
    pub fn silence() -> Self {
        Self {
            delivery: Delivery::Silence,
            ..Self::new(500)
        }
    }

    /// Cut off: the head, which tells the length of the whole body, and half of the body; then the
    /// connection is closed. Of a response without a body it is the head, which promises one.
    pub fn cut_off(self) -> Self {
        Self {
            delivery: Delivery::Half,
            ..self
        }
    }

    /// An error as Lago words it: `{"status":404,"error":"Not Found","code":"invoice_not_found"}`.
    pub fn error(status: u16, code: &str) -> Self {
        let response = Self::new(status);
        let reason = response.status.canonical_reason().unwrap_or_default();
        let status = response.status.as_u16();
        response.json(json!({ "status": status, "error": reason, "code": code }))
    }

    /// An error without a code, as 400 and 401 are.
    pub(super) fn refusal(status: StatusCode) -> Self {
        let response = Self::new(status.as_u16());
        let reason = status.canonical_reason().unwrap_or_default();
        response.json(json!({ "status": status.as_u16(), "error": reason }))
    }

    /// Validation errors as Lago words them: a 422 whose details are codes by field.
    ///
    /// ```
    /// # use lago_client::mock::MockResponse;
    /// MockResponse::validation_errors(serde_json::json!({ "external_id": ["value_already_exist"] }));
    /// ```
    pub fn validation_errors(details: impl Into<Value>) -> Self {
        Self::new(422).json(json!({
            "status": 422,
            "error": "Unprocessable Entity",
            "code": "validation_errors",
            "error_details": details.into(),
        }))
    }

    /// With a JSON body.
    pub fn json(self, body: impl Into<Value>) -> Self {
        Self {
            body: body.into().to_string().into(),
            ..self
        }
    }

    /// With a body of text.
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.headers.insert(CONTENT_TYPE, TEXT);
        self.body = body.into().into();
        self
    }

    /// With a header. What no header can hold is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The example for a request; some operations respond by the root key that it has.
    pub(super) fn example(
        operation: &Operation,
        sent: Option<&Value>,
        request: &ReceivedRequest,
    ) -> Self {
        let response = Self::new(200);
        match example_of(operation, sent) {
            None => response,
            Some(Value::String(text)) => response.text(text),
            Some(value) => match addressed::about(value.clone(), operation, request) {
                Some(value) => response.json(files::at_home(value, request)),
                None => {
                    let noun = operation.roots.first().unwrap_or(&"resource");
                    Self::error(404, &format!("{noun}_not_found"))
                }
            },
        }
    }

    /// A file as a storage gives it.
    pub(super) fn file(media_type: &'static str, body: Bytes) -> Self {
        let mut response = Self::new(200);
        let media_type = HeaderValue::from_static(media_type);
        response.headers.insert(CONTENT_TYPE, media_type);
        Self { body, ..response }
    }

    /// With the id of its request, unless it has one.
    pub(super) fn identified(mut self, id: String) -> Self {
        if let Ok(id) = HeaderValue::try_from(id) {
            self.headers.entry(REQUEST_ID).or_insert(id);
        }
        self
    }

    /// Its headers; the length of the body is not among them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Its body, of one that is [cut off](Self::cut_off) the whole.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The status, if the caller gets one: none of a server that hangs up or is silent.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.delivery {
            Delivery::Whole | Delivery::Half => Some(self.status),
            Delivery::HangUp | Delivery::Silence => None,
        }
    }

    /// The response as it leaves, or what is done in its place.
    pub(super) async fn into_http(self) -> Result<Response<Payload>, HangUp> {
        let payload = match self.delivery {
            Delivery::Whole => Payload::whole(self.body),
            Delivery::Half => Payload::half(self.body),
            Delivery::HangUp => return Err(HangUp),
            Delivery::Silence => std::future::pending().await,
        };
        let mut response = Response::new(payload);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }
}

/// The response that a [`MockServer`](super::MockServer) gives unless told otherwise, to be changed
/// and given to [`MockResponse::json`]; null for an operation that responds with nothing.
///
/// An operation is called by its id, or as this crate has it: `findInvoice` or `invoices.get`.
///
/// # Errors
///
/// When there is no such operation.
pub fn example(operation: &str) -> Result<Value, UnknownOperation> {
    let operation = self::operation(operation)?;
    Ok(example_of(operation, None).cloned().unwrap_or_default())
}

pub(super) fn example_of(operation: &Operation, sent: Option<&Value>) -> Option<&'static Value> {
    let example = EXAMPLES.get(operation.id)?;
    match operation.roots {
        [first, _, ..] => {
            let asked = |root: &&&str| sent.is_some_and(|sent| sent.get(root).is_some());
            let root = operation.roots.iter().find(asked).unwrap_or(first);
            example.get(root)
        }
        _ => Some(example),
    }
}

/// The operation that a caller means.
pub(super) fn operation(name: &str) -> Result<&'static Operation, UnknownOperation> {
    let is_meant = |operation: &&Operation| operation.id == name || operation.resource == name;
    let operation = OPERATIONS.iter().find(is_meant);
    operation.ok_or_else(|| UnknownOperation(name.to_owned()))
}

/// There is no operation of that name.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownOperation(String);

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no operation is called `{}`; OPERATIONS lists them by `id` and `resource`",
            self.0
        )
    }
}

/// What `main` and `unwrap` print: the message, and with `{:#?}` the name.
impl fmt::Debug for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f.debug_tuple("UnknownOperation").field(&self.0).finish(),
            false => write!(f, "{self}"),
        }
    }
}

impl std::error::Error for UnknownOperation {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_read() {
        // Three operations answer nothing, and three more of those that are not published: e-mails are sent again.
        let silent = OPERATIONS
            .iter()
            .filter(|operation| example_of(operation, None).is_none());
        let silent: Vec<&str> = silent.map(|operation| operation.resource).collect();
        assert_eq!(EXAMPLES.len() + silent.len(), OPERATIONS.len());
        let unpublished = if cfg!(feature = "unpublished") { 3 } else { 0 };
        assert_eq!(silent.len(), 3 + unpublished, "{silent:?}");
    }

    #[test]
    fn an_operation_has_two_names() {
        assert_eq!(operation("findInvoice"), operation("invoices.get"));
        let error = operation("invoices.got").unwrap_err();
        assert!(error.to_string().contains("`invoices.got`"));
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn what_http_cannot_hold_does_no_harm() {
        let response = MockResponse::new(7).header("a b", "c").header("d", "e\nf");
        assert_eq!(response, MockResponse::new(500));
    }
}
