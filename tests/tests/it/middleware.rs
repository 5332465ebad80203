//! Middleware of others as transports: layers of tower, and the chain of reqwest-middleware. The guide `features` has
//! the same lines.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::join_all;
use lago_client::bytes::Bytes;
use lago_client::http::{Extensions, Request, Response};
use lago_client::transport::{
    Body, BoxError, HttpTransport, Sending, TowerTransport, Transport, TransportError,
};
use lago_client::types::WalletTransactionInput;
use lago_client::{Operation, RetryPolicy};
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::client_for;
use lago_tests::support::server::{Prompted, Scripted, ScriptedResponse};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use serde_json::json;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;
use tower::{Layer, Service, ServiceBuilder};
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error>>;

const CONNECT: Duration = Duration::from_secs(10);

fn vat() -> ScriptedResponse {
    ScriptedResponse::json("200 OK", json!({ "tax": tax("vat") }))
}

/// What must not happen twice.
fn purchase() -> WalletTransactionInput {
    WalletTransactionInput::new(Uuid::nil()).paid_credits("1")
}

/// What an error of these layers proves.
fn proven(error: BoxError) -> TransportError {
    match () {
        () if error.is::<Overloaded>() => TransportError::not_sent(error),
        () if error.is::<Elapsed>() => TransportError::timed_out(error),
        () => TransportError::from_boxed(error),
    }
}

/// How many requests are under way, and the most that ever were.
#[derive(Clone, Default)]
struct UnderWay {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// Counts what its service has under way.
#[derive(Clone)]
struct Counting<S> {
    inner: S,
    count: UnderWay,
}

impl<S> Layer<S> for UnderWay {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        let count = self.clone();
        Counting { inner, count }
    }
}

impl<S> Service<Request<Bytes>> for Counting<S>
where
    S: Service<Request<Bytes>, Response = Response<Body>, Error = TransportError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Sending<'static>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let (sending, count) = (self.inner.call(request), self.count.clone());
        let now = count.now.fetch_add(1, Ordering::SeqCst) + 1;
        count.most.fetch_max(now, Ordering::SeqCst);
        Box::pin(async move {
            let response = sending.await;
            count.now.fetch_sub(1, Ordering::SeqCst);
            response
        })
    }
}

#[tokio::test]
async fn a_limit_of_tower_bounds_what_is_under_way() -> Outcome {
    let server = Scripted::always(vat()).await?;
    let count = UnderWay::default();
    let service = ServiceBuilder::new()
        .concurrency_limit(2)
        .layer(count.clone())
        .service(HttpTransport::new(CONNECT)?);
    let lago = server.builder().transport(TowerTransport::new(service));
    let lago = lago.build()?;
    let calls = join_all((0..20).map(|_| lago.taxes().get("vat").send())).await;
    for tax in calls {
        assert_eq!(tax?.code, "vat");
    }
    assert_eq!(server.requests().len(), 20);
    assert_eq!(count.most.load(Ordering::SeqCst), 2);
    Ok(())
}

#[tokio::test]
async fn a_purchase_that_a_layer_shed_was_not_sent_and_is_no_doubt() -> Outcome {
    let mut server = Prompted::start().await?;
    let service = ServiceBuilder::new()
        .map_err(proven)
        .load_shed()
        .concurrency_limit(1)
        .service(HttpTransport::new(CONNECT)?);
    let lago = server
        .builder()
        .transport(TowerTransport::new(service))
        .retry(RetryPolicy::never())
        .build()?;
    let first = tokio::spawn(lago.taxes().get("vat").send());
    let asked = server.next().await.ok_or("nothing was sent")?;
    let shed = lago.wallet_transactions().create(purchase()).await;
    let shed = shed.unwrap_err();
    assert!(shed.is_connect() && !shed.is_ambiguous(), "{shed}");
    asked.respond(vat());
    assert_eq!(first.await??.code, "vat");
    Ok(())
}

#[tokio::test]
async fn a_purchase_that_a_layer_gave_up_is_in_doubt_and_not_repeated() -> Outcome {
    let mut server = Prompted::start().await?;
    let service = ServiceBuilder::new()
        .map_err(proven)
        .timeout(Duration::from_secs(5))
        .service(HttpTransport::new(CONNECT)?);
    let lago = server
        .builder()
        .transport(TowerTransport::new(service))
        .build()?;
    let call = tokio::spawn(lago.wallet_transactions().create(purchase()).send());
    let _unanswered = server.next().await.ok_or("nothing was sent")?;
    tokio::time::pause();
    let error = call.await?.unwrap_err();
    assert!(error.is_timeout() && error.is_ambiguous(), "{error}");
    assert_eq!(error.attempts(), 1);
    Ok(())
}

/// A client of reqwest-middleware that follows no redirects and repeats nothing.
struct Chain(ClientWithMiddleware);

impl Chain {
    fn with(middleware: impl Middleware) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self(ClientBuilder::new(http).with(middleware).build()))
    }
}

impl Transport for Chain {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        use reqwest_middleware::Error;
        Box::pin(async {
            let mut extensions = request.extensions().clone();
            let request = reqwest::Request::try_from(request);
            let request = request.map_err(|error| TransportError::refused(error.without_url()))?;
            let sent = self.0.execute_with_extensions(request, &mut extensions);
            match sent.await {
                Ok(response) => Ok(Response::<reqwest::Body>::from(response).map(Body::new)),
                // It proves that much because nothing here follows redirects or repeats requests.
                Err(Error::Reqwest(error)) if error.is_connect() => {
                    Err(TransportError::not_sent(error.without_url()))
                }
                Err(Error::Reqwest(error)) => Err(TransportError::from_boxed(error.into())),
                Err(Error::Middleware(error)) => Err(TransportError::interrupted(error)),
            }
        })
    }
}

/// Names the operation in a header, and gives up on those that only read invoices.
struct Naming;

#[async_trait::async_trait]
impl Middleware for Naming {
    async fn handle(
        &self,
        mut request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let operation: &&Operation = extensions.get().unwrap();
        if operation.id == "findInvoice" {
            return Err(reqwest_middleware::Error::middleware(std::fmt::Error));
        }
        let name = operation.id.parse().unwrap();
        request.headers_mut().insert("x-operation", name);
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn reqwest_middleware_stands_around_each_attempt_and_knows_the_operation() -> Outcome {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
        _ => vat(),
    });
    let server = server.await?;
    let lago = server
        .builder()
        .transport(Chain::with(Naming)?)
        .retry(RetryPolicy::new().initial_backoff(Duration::ZERO))
        .build()?;
    assert_eq!(lago.taxes().get("vat").response().await?.attempts, 2);
    let requests = server.requests();
    let named: Vec<_> = requests
        .iter()
        .map(|sent| sent.header("x-operation"))
        .collect();
    assert_eq!(named, ["findTax", "findTax"]);

    // What a middleware says is an error of the exchange.
    let error = lago.invoices().get(Uuid::nil()).await.unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_purchase_through_reqwest_middleware_is_in_doubt_only_where_it_may_have_been_made()
-> Outcome {
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = nobody.local_addr()?.to_string();
    drop(nobody);
    let hasty = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let lago = client_for(&address)
        .transport(Chain::with(Naming)?)
        .retry(hasty.clone());
    let error = lago.build()?.wallet_transactions().create(purchase()).await;
    let error = error.unwrap_err();
    assert!(error.is_connect() && !error.is_ambiguous(), "{error}");
    assert!(error.attempts() > 1);

    let server = Scripted::always(ScriptedResponse::raw("HTTP/1.1 2").closing()).await?;
    let lago = server
        .builder()
        .transport(Chain::with(Naming)?)
        .retry(hasty);
    let error = lago.build()?.wallet_transactions().create(purchase()).await;
    let error = error.unwrap_err();
    assert!(error.is_ambiguous() && error.attempts() == 1, "{error}");
    Ok(())
}
