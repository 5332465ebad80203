//! What sends requests: reqwest, unless a client is given something else.
//!
//! The guide: [`guide::features`](crate::guide::features).
//!
//! Below retries, pacing, time limits, errors and decoding stands one trait, [`Transport`]: bytes go out, bytes come
//! in. What it is given ([`ClientBuilder::transport`](crate::ClientBuilder::transport)) sends everything that a client
//! sends, once for each attempt. So recorders and test doubles stand there, layers of tower
//! ([`TowerTransport`]), and HTTP clients other than reqwest's.
//!
//! A test double needs neither a server nor a socket:
//!
//! ```
//! use lago_client::bytes::Bytes;
//! use lago_client::transport::{Body, Sending, Transport};
//! use lago_client::{Client, http};
//!
//! /// Knows one tax.
//! struct OneTax;
//!
//! impl Transport for OneTax {
//!     fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
//!         let response = match request.uri().path() {
//!             "/api/v1/taxes/vat" => http::Response::new(Body::from(
//!                 r#"{"tax":{"lago_id":"1a901a90-1a90-1a90-1a90-1a901a901a90",
//!                     "name":"VAT","code":"vat","rate":20.0,"applied_to_organization":false,
//!                     "add_ons_count":0,"charges_count":0,"customers_count":0,
//!                     "plans_count":0,"created_at":"2026-01-01T00:00:00Z"}}"#,
//!             )),
//!             _ => {
//!                 let mut refusal = http::Response::new(Body::from(
//!                     r#"{"status":404,"error":"Not Found","code":"tax_not_found"}"#,
//!                 ));
//!                 *refusal.status_mut() = http::StatusCode::NOT_FOUND;
//!                 refusal
//!             }
//!         };
//!         Box::pin(async { Ok(response) })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), lago_client::Error> {
//! let lago = Client::builder().api_key("any").transport(OneTax).build()?;
//! assert_eq!(lago.taxes().get("vat").await?.name, "VAT");
//! assert!(lago.taxes().get("gst").await.unwrap_err().is_not_found());
//! # Ok(())
//! # }
//! ```
//!
//! The [guide](crate::guide::features) has a stack of tower's layers, and reqwest-middleware as a transport.

pub(crate) mod body;
pub(crate) mod error;
pub(crate) mod http;
mod hurried;
mod tower;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response, Uri};
use bytes::Bytes;

pub use body::Body;
pub use error::{BoxError, TransportError};
pub use http::HttpTransport;
pub use tower::TowerTransport;

/// A request under way: see [`Transport::send`].
pub type Sending<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Sends requests.
///
/// It is asked once for each attempt of a call, and for each request with which a file is fetched. Dropping the future
/// gives the attempt up: the client does so when the [time](TimeLimit) is over.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and gives the response, of which the body may still be coming.
    ///
    /// The request is whole: absolute URL, key and all other headers. Its
    /// [extensions](::http::Request::extensions) hold a [`TimeLimit`], and where it is one of a call and not of a file
    /// `&'static` [`Operation`](crate::Operation). Its headers hold the API key, and path and body data of customers:
    /// take care what is logged.
    ///
    /// It must not follow redirects, which take the key elsewhere and make a `GET` of a `POST`; one that does so
    /// nevertheless says it with [`RedirectedTo`]. Nor should it repeat anything, which the client does where that can
    /// do no harm.
    ///
    /// # Errors
    ///
    /// Any response is a response, whatever its status. What else there is says [`TransportError`].
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        T::send(self, request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        T::send(self, request)
    }
}

/// An extension of requests: how long the exchange may take, to the last byte of the response. The client gives up
/// then by itself. A transport that ends by itself may say more about it, as [`HttpTransport`] does: whether it was
/// a connection that was still missing, so that nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(pub Duration);

/// An extension of responses: the URL from which they came, where that is not the one of their request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectedTo(pub Uri);
