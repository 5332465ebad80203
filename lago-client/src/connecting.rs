//! Whether a request that ran out of time had a connection.
//!
//! The HTTP client tells a time limit for connecting apart from a time limit for everything: when the
//! second one ends, it does not say what it interrupted. The layer around the connector does. A pool makes
//! that delicate: while a connection is being made for a request, another one may become free and take the
//! request, and the making goes on by itself. So it is not enough that connecting has not ended. It has to
//! be thrown away together with the request: then it was what the request waited for.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Set for the time of a request; what goes on by itself does not see it.
    static THROWN_AWAY: Cell<bool>;
}

/// Sends a request. Beside the outcome it tells whether a connection for it was given up half made, and
/// nothing was sent; only HTTP clients with the [`Watch`] can tell.
pub(crate) async fn watch<T>(sending: impl Future<Output = T>) -> (T, bool) {
    let watched = async {
        // Ends with all that it held, a connection in the making among it.
        let outcome = sending.await;
        (outcome, THROWN_AWAY.with(Cell::get))
    };
    THROWN_AWAY.scope(Cell::new(false), watched).await
}

/// A layer for the connector of an HTTP client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch;

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, connector: S) -> Watched<S> {
        Watched(connector)
    }
}

/// A connector that is watched.
#[derive(Clone, Debug)]
pub(crate) struct Watched<S>(S);

impl<R, S> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connecting = self.0.call(target);
        Box::pin(async move {
            let half_made = HalfMade;
            let outcome = connecting.await;
            std::mem::forget(half_made);
            outcome
        })
    }
}

/// A connection in the making; dropped when it is thrown away.
struct HalfMade;

impl Drop for HalfMade {
    fn drop(&mut self) {
        // Outside of a request it is nobody's.
        let _ = THROWN_AWAY.try_with(|thrown_away| thrown_away.set(true));
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use reqwest::dns::{Addrs, Name, Resolve, Resolving};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Notify;

    use super::*;

    type Outcome = Result<(), Box<dyn Error>>;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(60);

    /// A name that is known once; then nobody answers.
    #[derive(Debug, Default)]
    struct Once {
        is_known: AtomicBool,
        again: Notify,
    }

    impl Resolve for Once {
        fn resolve(&self, _: Name) -> Resolving {
            if self.is_known.swap(true, Ordering::SeqCst) {
                self.again.notify_one();
                return Box::pin(std::future::pending());
            }
            let address = SocketAddr::from(([127, 0, 0, 1], 0));
            let addresses: Addrs = Box::new([address].into_iter());
            Box::pin(std::future::ready(Ok(addresses)))
        }
    }

    /// A server, and a client that finds it once.
    struct Setup {
        listener: TcpListener,
        names: Arc<Once>,
        http: reqwest::Client,
        url: String,
    }

    impl Setup {
        async fn new() -> Result<Self, Box<dyn Error>> {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let names = Arc::new(Once::default());
            let http = reqwest::Client::builder()
                .dns_resolver(Arc::clone(&names))
                .connector_layer(Watch)
                .build()?;
            let url = format!("http://lago.test:{}/", listener.local_addr()?.port());
            Ok(Self {
                listener,
                names,
                http,
                url,
            })
        }

        fn get(&self, timeout: Duration) -> reqwest::RequestBuilder {
            self.http.get(&self.url).timeout(timeout)
        }
    }

    async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_request_without_a_connection_was_not_sent() -> Outcome {
        let place = Setup::new().await?;
        let first = tokio::spawn(place.get(LONG).send());
        let (mut stream, _) = place.listener.accept().await?;
        read_request(&mut stream).await?;
        // The only connection is busy.
        let (outcome, thrown_away) = watch(place.get(SHORT).send()).await;
        assert!(outcome.is_err_and(|error| error.is_timeout()));
        assert!(thrown_away);
        first.abort();
        Ok(())
    }

    #[tokio::test]
    async fn a_request_that_got_the_connection_of_another_was_sent() -> Outcome {
        let place = Setup::new().await?;
        let first = tokio::spawn(place.get(LONG).send());
        let (mut stream, _) = place.listener.accept().await?;
        read_request(&mut stream).await?;
        let second = tokio::spawn(watch(place.get(SHORT * 5).send()));
        // Now that it makes a connection of its own, the first one becomes free.
        place.names.again.notified().await;
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        stream.write_all(empty).await?;
        first.await??;
        read_request(&mut stream).await?;
        let (outcome, thrown_away) = second.await?;
        assert!(outcome.is_err_and(|error| error.is_timeout()));
        assert!(!thrown_away, "it was sent, and nobody answered");
        Ok(())
    }

    #[tokio::test]
    async fn a_request_on_a_connection_of_its_own_was_sent() -> Outcome {
        let place = Setup::new().await?;
        let get = tokio::spawn(watch(place.get(SHORT).send()));
        let (mut stream, _) = place.listener.accept().await?;
        read_request(&mut stream).await?;
        let (outcome, thrown_away) = get.await?;
        assert!(outcome.is_err_and(|error| error.is_timeout()) && !thrown_away);
        Ok(())
    }
}
