//! Where requests leave the process: the only IO of this crate.

use std::sync::Arc;

use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, InvalidHeaderValue};
use reqwest::{Request, Response};

use crate::generated::wire::Client;
use crate::operation::{Operation, RequestBody};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The header in which progenitor tells the version of the document; Lago does not know it.
const DOCUMENT_VERSION: &str = "api-version";

/// What all calls share.
#[derive(Debug)]
pub struct Shared {
    http: reqwest::Client,
    base_url: String,
    authorization: HeaderValue,
}

impl Shared {
    /// Calls go to `base_url`, which ends without a slash, and carry `api_key`.
    pub fn new(
        http: reqwest::Client,
        base_url: &str,
        api_key: &str,
    ) -> Result<Arc<Self>, InvalidHeaderValue> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {api_key}"))?;
        authorization.set_sensitive(true);
        Ok(Arc::new(Self {
            http,
            base_url: base_url.to_owned(),
            authorization,
        }))
    }

    /// A client for one call.
    pub fn call(self: &Arc<Self>, operation: &'static Operation) -> Client {
        Client {
            baseurl: self.base_url.clone(),
            client: self.http.clone(),
            inner: Call {
                shared: Arc::clone(self),
                operation,
            },
        }
    }
}

/// One call: what the wire knows of it besides the request.
#[derive(Clone, Debug)]
pub struct Call {
    shared: Arc<Shared>,
    operation: &'static Operation,
}

impl Call {
    /// Gives a request the headers that progenitor does not know of.
    fn prepare(&self, request: &mut Request) {
        let headers = request.headers_mut();
        headers.remove(DOCUMENT_VERSION);
        headers.insert(ACCEPT, JSON);
        headers.insert(AUTHORIZATION, self.shared.authorization.clone());
        if self.operation.body == RequestBody::Optional {
            restore_optional_body(request);
        }
    }
}

/// The wire sends an optional body as bytes of no type: some are JSON, none are no body.
fn restore_optional_body(request: &mut Request) {
    let bytes = request.body().map(reqwest::Body::as_bytes);
    if matches!(bytes, None | Some(Some([]))) {
        request.headers_mut().remove(CONTENT_TYPE);
        *request.body_mut() = None;
    } else {
        request.headers_mut().insert(CONTENT_TYPE, JSON);
    }
}

impl ClientHooks<Call> for Client {
    async fn exec(&self, mut request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner.prepare(&mut request);
        self.client.execute(request).await
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;
    use crate::generated::operations::op;

    fn prepared(operation: &'static Operation, body: &'static str) -> Request {
        let url = "http://lago.test/".parse().unwrap();
        let mut request = Request::new(Method::PUT, url);
        request
            .headers_mut()
            .insert(DOCUMENT_VERSION, HeaderValue::from_static("1.51.0"));
        request.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        );
        *request.body_mut() = Some(body.into());
        let shared = Shared::new(reqwest::Client::new(), "http://lago.test", "key").unwrap();
        shared.call(operation).inner.prepare(&mut request);
        request
    }

    #[test]
    fn requests_carry_the_key_and_no_document_version() {
        let request = prepared(op::UPDATE_FEE, "{}");
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer key");
        assert_eq!(request.headers()[ACCEPT], JSON);
        assert!(!request.headers().contains_key(DOCUMENT_VERSION));
        assert!(!format!("{request:?}").contains("Bearer"), "{request:?}");
    }

    #[test]
    fn an_optional_body_is_json_or_nothing() {
        let some = prepared(op::UPDATE_FEE, "{}");
        assert_eq!(some.headers()[CONTENT_TYPE], JSON);
        let none = prepared(op::UPDATE_FEE, "");
        assert!(none.body().is_none());
        assert!(!none.headers().contains_key(CONTENT_TYPE));
    }
}
