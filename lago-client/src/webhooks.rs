//! Webhooks: from a request to an event that can be trusted.
//!
//! The guide: [`guide::webhooks`](crate::guide::webhooks). It needs the feature `webhooks`, one of the default ones.
//!
//! Lago signs what it delivers. A [`Verifier`] checks the signature of the raw body and reads it:
//!
//! ```
//! use lago_client::webhooks::{VerifyError, WebhookEvent};
//!
//! fn on_request(headers: http::HeaderMap, body: Vec<u8>) -> Result<(), VerifyError> {
//!     let delivery = lago_client::webhooks::Verifier::hmac("key").verify(&headers, &body)?;
//!     match delivery.event {
//!         WebhookEvent::InvoiceCreated(invoice) => println!("{} is due", invoice.number),
//!         WebhookEvent::Unknown { webhook_type, .. } => eprintln!("unheard-of: {webhook_type}"),
//!         _ => {}
//!     }
//!     Ok(())
//! }
//! ```
//!
//! The signature of an endpoint is chosen in Lago, and here:
//!
//! | signature | verifier | trusts |
//! |---|---|---|
//! | HMAC | [`Verifier::hmac`] | one organization, by a key that both sides know |
//! | JWT | [`Verifier::jwt`] | a server, by its RSA key, and every organization on it |
//! | JWT | [`Verifier::fetch`] | the same, with a key that the server is asked for, also when it is changed |
//!
//! Choose HMAC where you can. A JWT repeats the body in a header: that of an invoice with nine fees
//! has 30,000 characters, and many proxies refuse headers over 8 KB. And it does not say for whom
//! it is; see [`Verifier::organization`].
//!
//! # What to respond
//!
//! 200, 201, 202 or 204 within 30 s when the event is stored or done, [`VerifyError::status`] when
//! it is refused. After anything else, and no response, Lago delivers again: by default after some
//! 3 s and once more after some 18 s, then never. So store the event, respond, and work on it later.
//!
//! An event may come twice: [`Delivery::id`] tells. It may come late, after others that happened
//! later. It may come from someone who recorded it: nothing that is signed says when.
//!
//! # What there is
//!
//! [`WebhookEvent`] has a variant for each type that this crate knows. A type that it does not
//! know, and an object that it cannot read, arrive as `Unknown`, with its JSON text
//! ([`WebhookPayload`]), whatever JSON it is.
//!
//! An endpoint can ask for some types only (`event_types` of
//! [`WebhookEndpointInput`](crate::types::WebhookEndpointInput)). Two enums have the names:
//! [`WebhookEndpointEventType`](crate::types::WebhookEndpointEventType) what can be asked for,
//! [`WebhookType`] what deliveries call themselves. One name differs: what is delivered as
//! `credit_note.refund_failure` is asked for as `credit_note.provider_refund_failure`. The server
//! compares the two, so it reaches only endpoints that ask for everything.
//!
//! # With hyper
//!
//! Any server will do that gives headers and raw bytes; for axum there is an extractor, behind the
//! feature `axum`. This is plain hyper, with a key that is fetched:
//!
//! ```no_run
//! use std::convert::Infallible;
//! use std::time::Duration;
//!
//! use http_body_util::{BodyExt, Full, Limited};
//! use hyper::body::{Bytes, Incoming};
//! use hyper::service::service_fn;
//! use hyper::{Request, Response, StatusCode};
//! use hyper_util::rt::TokioIo;
//! use lago_client::{Client, webhooks::Verifier};
//!
//! async fn receive(
//!     verifier: &Verifier,
//!     request: Request<Incoming>,
//! ) -> Result<Response<Full<Bytes>>, Infallible> {
//!     let (head, body) = request.into_parts();
//!     // Anyone can send, so neither size nor time is theirs to choose.
//!     let body = Limited::new(body, 2 << 20).collect();
//!     let (status, text) = match tokio::time::timeout(Duration::from_secs(10), body).await {
//!         Err(_) => (StatusCode::REQUEST_TIMEOUT, String::new()),
//!         Ok(Err(_)) => (StatusCode::PAYLOAD_TOO_LARGE, String::new()),
//!         Ok(Ok(body)) => match verifier.receive(&head.headers, body.to_bytes()).await {
//!             Ok(delivery) => {
//!                 println!("{} {}", delivery.id, delivery.webhook_type);
//!                 (StatusCode::NO_CONTENT, String::new())
//!             }
//!             Err(error) => (error.status(), error.to_string()),
//!         },
//!     };
//!     let mut response = Response::new(Full::from(text));
//!     *response.status_mut() = status;
//!     Ok(response)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::fetch(&Client::from_env()?);
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await?;
//! loop {
//!     let (stream, _) = listener.accept().await?;
//!     let verifier = verifier.clone();
//!     tokio::spawn(async move {
//!         let service = service_fn(|request| receive(&verifier, request));
//!         let connection = hyper::server::conn::http1::Builder::new();
//!         if let Err(error) = connection.serve_connection(TokioIo::new(stream), service).await {
//!             eprintln!("{error}");
//!         }
//!     });
//! }
//! # }
//! ```

#[cfg(feature = "axum")]
mod axum;
mod crypto;
mod delivery;
mod error;
mod fetch;
mod headers;
mod hmac;
mod jwt;
mod keys;
mod public_key;
mod verifier;

pub use delivery::Delivery;
pub use error::{Check, VerifyError};
pub use headers::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER};
pub use hmac::sign_hmac;
pub use verifier::Verifier;

pub use lago_types::{Malformed, WebhookEvent, WebhookPayload, WebhookType};
