//! What stands in place of the HTTP client: what it is given, and what follows from what it says.

use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::Frame;
use lago_client::bytes::Bytes;
use lago_client::http::{Request, Response, StatusCode};
use lago_client::transport::{
    Body, HttpTransport, RedirectedTo, Sending, TimeLimit, TowerTransport, Transport,
    TransportError,
};
use lago_client::types::{CustomerInput, EventInput, WalletTransactionInput};
use lago_client::{Client, ClientBuilder, Operation, RetryPolicy};
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::{API_KEY, client_for};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;
use tower_service::Service;
use uuid::Uuid;

use crate::downloads::{ID, PDF, file, invoice};

type Outcome = Result<(), Box<dyn Error>>;

const CONNECT: Duration = Duration::from_secs(10);

/// What is sent to a transport, and what it says, by the number of the request.
struct Double<F> {
    rule: F,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

type Said = Result<Response<Body>, TransportError>;

impl<F: Fn(usize) -> Said + Send + Sync + 'static> Transport for Double<F> {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let mut sent = self.sent.lock().unwrap();
        sent.push(request);
        let said = (self.rule)(sent.len());
        Box::pin(async { said })
    }
}

/// A client for a double, and what that is sent.
fn doubled(
    rule: impl Fn(usize) -> Said + Send + Sync + 'static,
) -> (ClientBuilder, Arc<Mutex<Vec<Request<Bytes>>>>) {
    let sent = Arc::default();
    let double = Double {
        rule,
        sent: Arc::clone(&sent),
    };
    let hasty = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = client_for("lago.test").transport(double).retry(hasty);
    (client, sent)
}

fn vat() -> Response<Body> {
    Response::new(Body::from(json!({ "tax": tax("vat") }).to_string()))
}

fn purchase() -> WalletTransactionInput {
    WalletTransactionInput::new(Uuid::nil()).paid_credits("1")
}

#[tokio::test]
async fn a_transport_is_given_whole_requests() -> Outcome {
    let (client, sent) = doubled(|_| Ok(vat()));
    let lago = client.timeout(Duration::from_secs(7)).build()?;
    let said = lago.taxes().get("v a").header("x-a", "b").response().await;
    // The double says another code than the one that is asked for.
    assert!(said.unwrap_err().is_other_object());
    lago.taxes().get("vat").await?;
    let created = lago.customers().create(CustomerInput::new("acme")).await;
    assert!(created.unwrap_err().is_decode());

    let sent = sent.lock().unwrap();
    let [first, _, third] = &sent[..] else {
        panic!("{}", sent.len());
    };
    assert_eq!(first.uri(), "http://lago.test/api/v1/taxes/v%20a");
    let header = |name| first.headers().get(name).and_then(|v| v.to_str().ok());
    let authorization = format!("Bearer {API_KEY}");
    assert_eq!(header("authorization"), Some(authorization.as_str()));
    assert_eq!(
        (header("x-a"), header("accept")),
        (Some("b"), Some("application/json"))
    );
    let of_call: Option<&&Operation> = first.extensions().get();
    assert_eq!(of_call.map(|operation| operation.id), Some("findTax"));
    let limit = first.extensions().get();
    assert_eq!(limit, Some(&TimeLimit(Duration::from_secs(7))));
    assert_eq!(third.method(), "POST");
    assert_eq!(third.body(), r#"{"customer":{"external_id":"acme"}}"#);
    Ok(())
}

/// How often a purchase is sent when a transport fails like this, and the error that comes of it.
async fn failing(
    failure: fn() -> TransportError,
) -> Result<(usize, lago_client::Error), Box<dyn Error>> {
    let (client, sent) = doubled(move |_| Err(failure()));
    let lago = client.build()?;
    let error = lago.wallet_transactions().create(purchase()).await;
    let times = sent.lock().unwrap().len();
    Ok((times, error.unwrap_err()))
}

#[tokio::test]
async fn what_a_failure_says_decides_whether_a_purchase_is_repeated() -> Outcome {
    let (times, error) = failing(|| TransportError::not_sent("no route")).await?;
    assert_eq!(times, 4);
    assert!(error.is_connect() && !error.is_ambiguous(), "{error}");
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("no route")
    );

    let (times, error) = failing(|| TransportError::interrupted("cut")).await?;
    assert_eq!(times, 1);
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");

    let (times, error) = failing(|| TransportError::timed_out("late")).await?;
    assert_eq!(times, 1);
    assert!(error.is_timeout() && error.is_ambiguous(), "{error}");

    let (times, error) = failing(|| TransportError::refused("never")).await?;
    assert_eq!((times, error.attempts()), (1, 0));
    assert!(error.is_usage() && !error.is_ambiguous(), "{error}");
    Ok(())
}

/// Never responds.
struct Silent;

impl Transport for Silent {
    fn send(&self, _: Request<Bytes>) -> Sending<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_keeps_the_time_of_a_transport_that_does_not() -> Outcome {
    let start = tokio::time::Instant::now();
    let lago = client_for("lago.test")
        .transport(Silent)
        .timeout(Duration::from_secs(5))
        .build()?;
    let error = lago.wallet_transactions().create(purchase()).await;
    let error = error.unwrap_err();
    assert!(error.is_timeout() && error.is_ambiguous(), "{error}");
    assert_eq!(start.elapsed().as_secs(), 5);
    Ok(())
}

#[tokio::test]
async fn a_response_of_another_url_is_no_success_of_a_change() -> Outcome {
    let (client, _) = doubled(|_| {
        let mut response = vat();
        let elsewhere = "http://other.test/".parse().unwrap();
        response.extensions_mut().insert(RedirectedTo(elsewhere));
        Ok(response)
    });
    let lago = client.build()?;
    let error = lago
        .wallet_transactions()
        .create(purchase())
        .await
        .unwrap_err();
    assert!(error.is_redirect() && error.is_ambiguous(), "{error}");
    lago.taxes().get("vat").await?;
    Ok(())
}

/// A body that breaks after this.
struct Breaking(Option<&'static str>);

impl http_body::Body for Breaking {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(begun) => Ok(Frame::data(begun.into())),
            None => Err(std::io::Error::other("cut")),
        }))
    }
}

#[tokio::test]
async fn a_body_that_breaks_is_a_response_that_was_cut_off() -> Outcome {
    let (client, sent) = doubled(|number| match number {
        1 => Ok(Response::new(Body::new(Breaking(Some("{\"tax\":{"))))),
        _ => Ok(vat()),
    });
    let response = client.build()?.taxes().get("vat").response().await?;
    assert_eq!(response.attempts, 2);
    assert_eq!(sent.lock().unwrap().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_transport_around_the_usual_one_loses_nothing_of_what_that_knows() -> Outcome {
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = nobody.local_addr()?.to_string();
    drop(nobody);
    let lago = client_for(&address)
        .transport(HttpTransport::new(CONNECT)?)
        .retry(RetryPolicy::never())
        .build()?;
    let error = lago.wallet_transactions().create(purchase()).await;
    let error = error.unwrap_err();
    assert!(error.is_connect() && !error.is_ambiguous(), "{error}");

    // A response without a length that is cut off.
    let torn = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"tax\":{";
    let server = Scripted::always(ScriptedResponse::raw(torn).closing()).await?;
    let lago = server
        .builder()
        .transport(HttpTransport::new(CONNECT)?)
        .retry(RetryPolicy::never())
        .build()?;
    let error = lago.taxes().get("vat").await.unwrap_err();
    assert!(error.is_transport(), "{error}");

    // A caller's client proves nothing there either.
    let lago = client_for(&address)
        .transport(HttpTransport::with_client(reqwest::Client::new()))
        .retry(RetryPolicy::never())
        .build()?;
    let error = lago.wallet_transactions().create(purchase()).await;
    assert!(error.unwrap_err().is_ambiguous());
    Ok(())
}

/// Counts requests, as a layer of tower does.
#[derive(Clone)]
struct Counting<S> {
    inner: S,
    count: Arc<Mutex<u32>>,
}

impl<S: Service<Request<Bytes>>> Service<Request<Bytes>> for Counting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Bytes>) -> S::Future {
        *self.count.lock().unwrap() += 1;
        self.inner.call(request)
    }
}

#[tokio::test]
async fn a_layer_of_tower_stands_around_each_attempt() -> Outcome {
    let asked = Mutex::new(0);
    let server = Scripted::start(move |_| {
        let mut asked = asked.lock().unwrap();
        *asked += 1;
        match *asked {
            1 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
            _ => ScriptedResponse::json("200 OK", json!({ "tax": tax("vat") })),
        }
    });
    let server = server.await?;
    let count = Arc::default();
    let service = Counting {
        inner: HttpTransport::new(CONNECT)?,
        count: Arc::clone(&count),
    };
    let lago = server
        .builder()
        .transport(TowerTransport::new(service))
        .retry(RetryPolicy::new().initial_backoff(Duration::ZERO))
        .build()?;
    assert_eq!(lago.taxes().get("vat").response().await?.attempts, 2);
    assert_eq!(*count.lock().unwrap(), 2);
    Ok(())
}

/// As one is written for an HTTP client of another kind: reqwest-middleware takes and gives these types.
struct Converting(reqwest::Client);

impl Transport for Converting {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async {
            let request = reqwest::Request::try_from(request).map_err(TransportError::refused)?;
            let response = self.0.execute(request).await;
            let response = response.map_err(|error| TransportError::from_boxed(error.into()))?;
            Ok(Response::<reqwest::Body>::from(response).map(Body::new))
        })
    }
}

#[tokio::test]
async fn the_pipeline_and_files_go_through_a_transport_too() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let url = format!("{}/file.pdf", storage.origin());
    let server = Scripted::start(move |request| match request.target.as_str() {
        "/api/v1/events/batch" => {
            ScriptedResponse::json("200 OK", json!({ "events": [{ "transaction_id": "t" }] }))
        }
        _ => invoice(Some(&url)),
    });
    let server = server.await?;
    let lago = server
        .builder()
        .transport(Converting(reqwest::Client::new()))
        .build()?;
    let events = lago.ingest().start().await?;
    events.send(EventInput::new("api_calls", "sub_1")).await?;
    let report = events.shutdown(Duration::from_secs(20)).await;
    assert_eq!(report.delivered, 1);

    assert_eq!(lago.invoices().fetch_pdf(ID).await?, PDF);
    let headers = &storage.requests()[0].headers;
    assert!(
        headers.iter().all(|(name, _)| name != "authorization"),
        "{headers:?}"
    );
    Ok(())
}

#[tokio::test]
async fn the_hook_is_told_of_each_call_once() -> Outcome {
    type Told = (String, Option<StatusCode>, u32, Option<u64>, Option<String>);
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let turn = Mutex::new(0);
    let server = Scripted::start(move |_| {
        let mut turn = turn.lock().unwrap();
        *turn += 1;
        match *turn {
            1 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
            2 => {
                let limits = [
                    ("x-ratelimit-limit", "10"),
                    ("x-ratelimit-remaining", "9"),
                    ("x-ratelimit-reset", "1"),
                ];
                ScriptedResponse::new("200 OK", &limits, json!({ "tax": tax("vat") }).to_string())
            }
            _ => ScriptedResponse::json(
                "404 Not Found",
                json!({ "status": 404, "error": "Not Found", "code": "tax_not_found" }),
            ),
        }
    });
    let server = server.await?;
    let tell = Arc::clone(&told);
    let lago: Client = server
        .builder()
        .retry(RetryPolicy::new().initial_backoff(Duration::ZERO))
        .on_response(move |call| {
            tell.lock().unwrap().push((
                call.operation.id.to_owned(),
                call.status,
                call.attempts,
                call.rate_limit.map(|limit| limit.remaining),
                call.error.and_then(|error| error.code()).map(str::to_owned),
            ));
        })
        .build()?;
    lago.taxes().get("vat").await?;
    assert!(lago.taxes().get("gst").await.is_err());
    let outside = lago.taxes().get("vat").timeout(Duration::ZERO).await;
    assert!(outside.is_err());
    let find = "findTax".to_owned();
    let expected = [
        (find.clone(), Some(StatusCode::OK), 2, Some(9), None),
        (
            find.clone(),
            Some(StatusCode::NOT_FOUND),
            1,
            None,
            Some("tax_not_found".to_owned()),
        ),
        (find, None, 0, None, None),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
    Ok(())
}
