//! [`Delivery`] as an extractor of axum.

use std::error::Error as StdError;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::delivery::Delivery;
use super::error::{Reason, VerifyError};
use super::verifier::Verifier;

/// A handler that takes a [`Delivery`] is called for what the [`Verifier`] of its state accepts.
/// Everything else is answered before: 400, 401, 413 or 503, see [`VerifyError::status`].
///
/// The headers are looked at before the body is read, and the body is read up to
/// [`Verifier::largest_body`]; axum's own limit does not apply.
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
        verifier.admit(announced(request.headers()))?;
        let body = read(request.into_body(), &verifier).await?;
        verifier.receive_opened(envelope, body).await
    }
}

/// The line of the error as text, under its status.
impl IntoResponse for VerifyError {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}

/// How many bytes the body is said to have.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

async fn read(body: Body, verifier: &Verifier) -> Result<Bytes, VerifyError> {
    let limit = verifier.limit();
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Reason::TooLarge(limit).into()),
        Err(error) => {
            let error: Box<dyn StdError + Send + Sync> = error;
            Err(VerifyError::from(Reason::Incomplete).because(Arc::from(error)))
        }
    }
}
