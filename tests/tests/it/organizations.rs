//! Many organizations through one client: what they share, what they do not, and keys that change.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lago_client::types::EventInput;
use lago_client::webhooks::Verifier;
use lago_client::{ApiKey, Client, CredentialsProvider, RetryPolicy};
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::client_for;
use lago_tests::support::server::{Act, Captured, Faulty, Reads, Scripted, ScriptedResponse};
use serde_json::json;

type Outcome = Result<(), Box<dyn Error>>;

type BoxError = Box<dyn Error + Send + Sync>;

fn vat() -> ScriptedResponse {
    ScriptedResponse::json("200 OK", json!({ "tax": tax("vat") }))
}

fn unauthorized() -> ScriptedResponse {
    let body = json!({ "status": 401, "error": "Unauthorized" });
    ScriptedResponse::json("401 Unauthorized", body)
}

fn keys(requests: &[Captured]) -> Vec<String> {
    let keys = requests
        .iter()
        .map(|request| request.header("authorization"));
    keys.map(|key| key.trim_start_matches("Bearer ").to_owned())
        .collect()
}

#[tokio::test]
async fn a_thousand_organizations_share_one_connection() -> Outcome {
    let always = Act {
        reads: Reads::Whole,
        response: vat(),
    };
    let server = Faulty::start(vec![always]).await?;
    let lago = client_for(server.address()).build()?;
    for number in 0..1_000 {
        let other = lago.with_api_key(format!("key-{number}"))?;
        other.taxes().get("vat").await?;
    }
    assert_eq!(server.connections(), 1);
    let sent = keys(&server.arrived());
    assert_eq!(sent.len(), 1_000);
    assert!((0..1_000).all(|number| sent[number] == format!("key-{number}")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_window_of_one_key_does_not_hold_up_another() -> Outcome {
    let server = Scripted::start(|_| {
        let used_up = [
            ("x-ratelimit-limit", "10"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "60"),
        ];
        ScriptedResponse::new("200 OK", &used_up, json!({ "tax": tax("vat") }).to_string())
    });
    let server = server.await?;
    let one = server.builder().rate_limit_pacing(true).build()?;
    let other = one.with_api_key("another-key")?;
    let start = tokio::time::Instant::now();
    one.taxes().get("vat").await?;
    other.taxes().get("vat").await?;
    assert!(start.elapsed() < Duration::from_secs(60));
    let refused = one.taxes().get("vat").total_timeout(Duration::from_secs(1));
    assert!(refused.await.unwrap_err().is_rate_limited());
    let refused = other
        .clone()
        .taxes()
        .get("vat")
        .total_timeout(Duration::from_secs(1));
    assert!(refused.await.unwrap_err().is_rate_limited());
    Ok(())
}

#[tokio::test]
async fn the_budget_of_one_key_is_not_that_of_another() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("502 Bad Gateway", &[], "")).await?;
    let hasty = RetryPolicy::new()
        .initial_backoff(Duration::ZERO)
        .max_backoff(Duration::ZERO)
        .max_attempts(100);
    let one = server.builder().retry(hasty).build()?;
    let spent = one.taxes().get("vat").await.unwrap_err();
    // 500 tokens, and 14 for each repeat.
    assert_eq!(spent.attempts(), 36);
    assert_eq!(
        one.clone().taxes().get("vat").await.unwrap_err().attempts(),
        1
    );
    let other = one.with_api_key("another-key")?;
    assert_eq!(other.taxes().get("vat").await.unwrap_err().attempts(), 36);
    Ok(())
}

#[tokio::test]
async fn pipelines_and_verifiers_have_the_key_of_their_client() -> Outcome {
    let server = Scripted::start(|request| match request.target.as_str() {
        "/api/v1/events/batch" => {
            ScriptedResponse::json("200 OK", json!({ "events": [{ "transaction_id": "t" }] }))
        }
        _ => ScriptedResponse::json(
            "404 Not Found",
            json!({ "status": 404, "error": "Not Found", "code": "not_found" }),
        ),
    });
    let server = server.await?;
    let lago = server.client()?;
    let (one, two) = (
        lago.with_api_key("key-of-one")?,
        lago.with_api_key("key-of-two")?,
    );
    drop(lago);
    let pipelines = [one.ingest().start().await?, two.ingest().start().await?];
    for events in pipelines {
        events.send(EventInput::new("api_calls", "sub_1")).await?;
        assert_eq!(events.shutdown(Duration::from_secs(20)).await.delivered, 1);
    }
    assert_eq!(keys(&server.requests()), ["key-of-one", "key-of-two"]);
    assert!(Verifier::fetch(&two).warm_up().await.is_err());
    let asked = keys(&server.requests()).split_off(2);
    assert!(
        !asked.is_empty() && asked.iter().all(|key| key == "key-of-two"),
        "{asked:?}"
    );
    Ok(())
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_and_not_shown() -> Outcome {
    let lago = client_for("lago.test").build()?;
    for (key, said) in [("secret\n\u{1}x", "no header"), ("  ", "empty")] {
        let error = lago.with_api_key(key).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains(said),
            "{error}"
        );
        assert!(
            !format!("{error:?} {error:#?}").contains("secret"),
            "{error:?}"
        );
    }
    let other = lago.with_api_key("key-that-is-secret")?;
    assert!(!format!("{other:?}").contains("secret"));
    Ok(())
}

/// Keys that are rotated: the next one is taken when one is rejected.
struct Rotating {
    keys: Vec<&'static str>,
    now: AtomicUsize,
    rejected: Mutex<Vec<String>>,
}

impl Rotating {
    fn new<const N: usize>(keys: [&'static str; N]) -> Arc<Self> {
        Arc::new(Self {
            keys: keys.into(),
            now: AtomicUsize::new(0),
            rejected: Mutex::default(),
        })
    }

    fn rejections(&self) -> Vec<String> {
        self.rejected.lock().unwrap().clone()
    }
}

impl CredentialsProvider for Rotating {
    async fn api_key(&self) -> Result<ApiKey, BoxError> {
        let now = self.now.load(Ordering::SeqCst);
        let key = self.keys.get(now).ok_or("the vault is closed")?;
        Ok(ApiKey::new(*key))
    }

    async fn rejected(&self, key: &ApiKey) {
        self.rejected.lock().unwrap().push(key.expose().to_owned());
        self.now.fetch_add(1, Ordering::SeqCst);
    }
}

/// A server that accepts this key alone.
async fn only(key: &'static str) -> std::io::Result<Scripted> {
    Scripted::start(move |request| match request.header("authorization") {
        sent if sent.ends_with(key) => match request.target.as_str() {
            "/api/v1/events/batch" => {
                ScriptedResponse::json("200 OK", json!({ "events": [{ "transaction_id": "t" }] }))
            }
            _ => vat(),
        },
        _ => unauthorized(),
    })
    .await
}

fn with_keys(server: &Scripted, provider: &Arc<Rotating>) -> Result<Client, lago_client::Error> {
    let hasty = RetryPolicy::new().initial_backoff(Duration::ZERO);
    server
        .builder()
        .retry(hasty)
        .credentials(Arc::clone(provider))
        .build()
}

#[tokio::test]
async fn a_key_that_is_rejected_is_replaced_within_the_call() -> Outcome {
    let server = only("key-2").await?;
    let provider = Rotating::new(["key-1", "key-2"]);
    let lago = with_keys(&server, &provider)?;
    assert_eq!(lago.taxes().get("vat").response().await?.attempts, 2);
    assert_eq!(lago.taxes().get("vat").response().await?.attempts, 1);
    assert_eq!(keys(&server.requests()), ["key-1", "key-2", "key-2"]);
    assert_eq!(provider.rejections(), ["key-1"]);
    // Also of a call that may not be repeated otherwise: a refusal of the key proves that nothing was done.
    let purchase = lago_client::types::WalletTransactionInput::new(uuid::Uuid::nil());
    let again = lago.with_credentials(Rotating::new(["key-1", "key-2"]));
    let error = again
        .wallet_transactions()
        .create(purchase)
        .await
        .unwrap_err();
    assert!(error.is_decode() && error.attempts() == 2, "{error}");
    Ok(())
}

#[tokio::test]
async fn without_another_key_the_refusal_stands() -> Outcome {
    /// Has one key.
    struct One;

    impl CredentialsProvider for One {
        async fn api_key(&self) -> Result<ApiKey, BoxError> {
            Ok(ApiKey::new("key-1"))
        }
    }

    let server = only("key-2").await?;
    let lago = server.builder().credentials(One).build()?;
    let error = lago.taxes().get("vat").await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_ambiguous(), "{error}");
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));

    // Nor is there more than the policy allows.
    let many = Rotating::new(["a", "b", "c", "d", "e", "f"]);
    let error = with_keys(&server, &many)?
        .taxes()
        .get("vat")
        .await
        .unwrap_err();
    assert!(error.is_unauthorized() && error.attempts() == 4, "{error}");
    let once = Rotating::new(["a", "key-2"]);
    let call = with_keys(&server, &once)?
        .taxes()
        .get("vat")
        .retry(RetryPolicy::never());
    assert_eq!(call.await.unwrap_err().attempts(), 1);
    assert_eq!(once.rejections(), ["a"]);
    Ok(())
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() -> Outcome {
    let server = only("key-1").await?;
    let none = Rotating::new([]);
    let error = with_keys(&server, &none)?
        .taxes()
        .get("vat")
        .await
        .unwrap_err();
    assert!(
        error.is_credentials() && !error.is_ambiguous() && error.attempts() == 0,
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "GET /taxes/{code}: there is no API key to send"
    );
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("the vault is closed")
    );
    let wrong = Rotating::new(["secret\u{1}"]);
    let error = with_keys(&server, &wrong)?
        .taxes()
        .get("vat")
        .await
        .unwrap_err();
    assert!(error.is_credentials(), "{error}");
    assert!(
        !format!("{error:?} {error:#?}").contains("secret"),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_uses_up_the_time_of_the_call() -> Outcome {
    /// Waits for ever.
    struct Silent;

    impl CredentialsProvider for Silent {
        async fn api_key(&self) -> Result<ApiKey, BoxError> {
            std::future::pending().await
        }
    }

    let start = tokio::time::Instant::now();
    let lago = client_for("lago.test").credentials(Silent);
    let lago = lago.timeout(Duration::from_secs(5)).build()?;
    let error = lago.taxes().get("vat").await.unwrap_err();
    assert!(error.is_credentials(), "{error}");
    assert_eq!(start.elapsed().as_secs(), 5);
    Ok(())
}

#[tokio::test]
async fn a_pipeline_goes_on_with_another_key() -> Outcome {
    let server = only("key-2").await?;
    let provider = Rotating::new(["key-1", "key-2"]);
    let lago = with_keys(&server, &provider)?;
    let events = lago.ingest().linger(Duration::ZERO).start().await?;
    events.send(EventInput::new("api_calls", "sub_1")).await?;
    let report = events.shutdown(Duration::from_secs(20)).await;
    assert_eq!((report.delivered, report.lost), (1, 0));
    assert_eq!(keys(&server.requests()), ["key-1", "key-2"]);
    Ok(())
}
