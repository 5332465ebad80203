//! Services of tower as transports.

use std::future::poll_fn;

use bytes::Bytes;
use http_body::Body as HttpBody;
use tower_service::Service;

use super::body::Body;
use super::error::{BoxError, TransportError};
use super::{Sending, Transport};

/// A service of tower as a transport, so that its layers may stand around the sending.
///
/// The service is cloned for each request. A layer that repeats requests by itself repeats those that buy something,
/// too: leave that to the client's [`RetryPolicy`](crate::RetryPolicy), which knows what may be repeated. A layer that
/// refuses a request before it is sent, such as one that sheds load, says so with
/// [`TransportError::not_sent`]; any other error leaves a doubt.
///
/// ```
/// use std::time::Duration;
///
/// use lago_client::Client;
/// use lago_client::transport::{HttpTransport, TowerTransport};
/// use tower_layer::{Identity, Layer};
///
/// # fn example<L>(layer: L) -> Result<(), lago_client::Error>
/// # where
/// #     L: Layer<HttpTransport, Service = HttpTransport>,
/// # {
/// // Any layer, or a `ServiceBuilder` with several.
/// let service = layer.layer(HttpTransport::new(Duration::from_secs(10))?);
/// let lago = Client::builder().api_key("your-api-key").transport(TowerTransport::new(service)).build()?;
/// # Ok(())
/// # }
/// # example(Identity::new()).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TowerTransport<S> {
    service: S,
}

impl<S> TowerTransport<S> {
    /// Sends through this service.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S, B> Transport for TowerTransport<S>
where
    S: Service<http::Request<Bytes>, Response = http::Response<B>, Error: Into<BoxError>>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let mut service = self.service.clone();
        Box::pin(async move {
            let failed = |error: S::Error| TransportError::from_boxed(error.into());
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(failed)?;
            let response = service.call(request).await.map_err(failed)?;
            Ok(response.map(Body::new))
        })
    }
}
