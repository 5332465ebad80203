//! [`Delivery`] as an extractor of axum.

use std::error::Error as StdError;
use std::pin::pin;
use std::sync::Arc;

use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::delivery::Delivery;
use super::error::{Reason, VerifyError};
use super::keys::PAUSE;
use super::verifier::Verifier;
use crate::clock::{System, within};
use crate::runtime::stay;

/// A handler that takes a [`Delivery`] is called for what the [`Verifier`] of its state accepts.
/// Everything else gets its response before: 400, 401, 408, 413 or 503, see [`VerifyError::status`].
///
/// The headers are looked at before the body is read, and the body is read up to
/// [`Verifier::max_body_bytes`], 2 MiB unless set, and for [`Verifier::read_timeout`], 10 s unless set;
/// axum's own limit does not apply.
///
/// ```no_run
/// use axum::{Router, extract::FromRef, http::StatusCode, routing::post};
/// use lago_client::webhooks::{Delivery, Verifier};
///
/// async fn on_delivery(delivery: Delivery) -> StatusCode {
///     println!("{} {}", delivery.id, delivery.webhook_type);
///     StatusCode::NO_CONTENT
/// }
///
/// /// A state with more than a verifier in it.
/// #[derive(Clone)]
/// struct App {
///     verifier: Verifier,
/// }
///
/// impl FromRef<App> for Verifier {
///     fn from_ref(app: &App) -> Self {
///         app.verifier.clone()
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let app = App { verifier: Verifier::hmac("key") };
/// let router = Router::new().route("/lago", post(on_delivery)).with_state(app);
/// let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await?;
/// axum::serve(listener, router).await
/// # }
/// ```
impl<S> FromRequest<S> for Delivery
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = VerifyError;

    async fn from_request(request: Request, state: &S) -> Result<Self, VerifyError> {
        let verifier = Verifier::from_ref(state);
        let envelope = verifier.open(request.headers())?;
        let body = read(request, &verifier).await?;
        verifier.receive_opened(envelope, body).await
    }
}

/// The line of the error as text, under its status; with 503 also when to come again.
impl IntoResponse for VerifyError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.to_string()).into_response();
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            let pause = HeaderValue::from(PAUSE.as_secs());
            response.headers_mut().insert(RETRY_AFTER, pause);
        }
        response
    }
}

/// How many bytes the body is said to have.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

/// Reads the body within the limits, and nothing of one that is too large by its own account.
async fn read(request: Request, verifier: &Verifier) -> Result<Bytes, VerifyError> {
    let (largest, longest) = verifier.limits_of_reading();
    let too_large = || VerifyError::from(Reason::TooLarge(largest));
    if announced(request.headers()) > largest {
        return Err(too_large());
    }
    let body = Limited::new(request.into_body(), largest).collect();
    // The time begins in a runtime, and goes on there.
    let in_time = pin!(async { Ok(within(&System, longest, body).await) });
    let outside = |outside| VerifyError::from(Reason::Incomplete).with_source(Arc::new(outside));
    match stay(in_time, outside).await? {
        Some(Ok(body)) => Ok(body.to_bytes()),
        Some(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Some(Err(error)) => {
            let error: Box<dyn StdError + Send + Sync> = error;
            Err(VerifyError::from(Reason::Incomplete).with_source(Arc::from(error)))
        }
        None => Err(Reason::Late(longest).into()),
    }
}
