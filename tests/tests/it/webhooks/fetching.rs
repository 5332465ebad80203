//! Keys that a server is asked for, over real sockets.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use futures::future::join_all;
use lago_client::webhooks::{Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Prompted, Scripted, ScriptedResponse};
use serde_json::json;

use super::recorded;
use super::signer::Signer;

type Outcome = Result<(), Box<dyn Error>>;

pub(super) const JSON_KEY: &str = "/api/v1/webhooks/json_public_key";
pub(super) const TEXT_KEY: &str = "/api/v1/webhooks/public_key";
pub(super) const BODY: &str = r#"{"webhook_type":"tea.ready","object_type":"tea","tea":{}}"#;

/// The server's response that tells a key in JSON.
pub(super) fn telling(signer: Signer) -> ScriptedResponse {
    ScriptedResponse::json("200 OK", json!({"webhook": {"public_key": signer.told()}}))
}

/// The headers of a delivery with this signature.
pub(super) fn headers(token: &str) -> [(&str, &str); 2] {
    [(SIGNATURE_HEADER, token), (UNIQUE_KEY_HEADER, "id-1")]
}

/// Lets time pass. Connections need it to run again afterwards.
pub(super) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A delivery, signed by the server that the client calls.
pub(super) async fn deliver(
    verifier: &Verifier,
    signer: Signer,
    issuer: &str,
) -> Result<(), Check> {
    let token = signer.deliver(BODY, issuer);
    let outcome = verifier.receive(headers(&token), BODY).await;
    outcome.map(|_| ()).map_err(|error| error.check())
}

#[tokio::test]
async fn a_key_is_fetched_for_the_first_delivery_and_kept() -> Outcome {
    let server = Scripted::always(telling(Signer::FIRST)).await?;
    let verifier = Verifier::fetch(&server.client()?);
    assert_eq!(server.targets().len(), 0);
    for _ in 0..5 {
        assert_eq!(
            deliver(&verifier, Signer::FIRST, &server.origin()).await,
            Ok(())
        );
    }
    assert_eq!(server.targets(), [JSON_KEY]);
    let authorization = server.requests()[0].header("authorization");
    assert_eq!(authorization, format!("Bearer {API_KEY}"));
    // Clones have the same keys.
    assert_eq!(
        deliver(&verifier.clone(), Signer::FIRST, &server.origin()).await,
        Ok(())
    );
    assert_eq!(server.targets().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_older_server_tells_its_key_as_text() -> Outcome {
    for (refusal, number) in [("404 Not Found", 404), ("405 Method Not Allowed", 405)] {
        let reason = &refusal[4..];
        let said = json!({"status": number, "error": reason, "code": "resource_not_found"});
        let server = Scripted::start(move |request| match request.target.as_str() {
            TEXT_KEY => ScriptedResponse::new(
                "200 OK",
                &[("content-type", "text/plain")],
                Signer::FIRST.told(),
            ),
            _ => ScriptedResponse::json(refusal, &said),
        })
        .await?;
        let verifier = Verifier::fetch(&server.client()?);
        assert_eq!(
            deliver(&verifier, Signer::FIRST, &server.origin()).await,
            Ok(())
        );
        assert_eq!(server.targets(), [JSON_KEY, TEXT_KEY]);
    }
    Ok(())
}

#[tokio::test]
async fn the_key_of_a_real_server_is_read_as_it_was_told() -> Outcome {
    let delivery = recorded::smallest(false);
    let told = delivery.server.public_key();
    let server = Scripted::start(move |request| match request.target.as_str() {
        TEXT_KEY => ScriptedResponse::new("200 OK", &[], &told),
        _ => ScriptedResponse::new("404 Not Found", &[], ""),
    })
    .await?;
    let verifier = Verifier::fetch_with_issuer(&server.client()?, delivery.server.issuer);
    let body = axum::body::Bytes::from(delivery.body.clone());
    let pairs = delivery.headers.iter().map(|(name, value)| (name, value));
    let received = verifier.receive(pairs, body).await?;
    assert_eq!(received.webhook_type.to_string(), delivery.webhook_type());
    Ok(())
}

#[tokio::test]
async fn the_issuer_is_where_the_client_calls_unless_told_otherwise() -> Outcome {
    let server = Scripted::always(telling(Signer::FIRST)).await?;
    let inside = server
        .builder()
        .base_url(format!("{}/api/v1/", server.origin()))
        .build()?;
    let verifier = Verifier::fetch(&inside);
    assert_eq!(
        deliver(&verifier, Signer::FIRST, &server.origin()).await,
        Ok(())
    );
    let outside = "https://lago.example.com";
    assert_eq!(
        deliver(&verifier, Signer::FIRST, outside).await,
        Err(Check::Issuer)
    );
    let verifier = Verifier::fetch_with_issuer(&inside, outside);
    assert_eq!(deliver(&verifier, Signer::FIRST, outside).await, Ok(()));
    assert_eq!(
        deliver(&verifier, Signer::FIRST, &server.origin()).await,
        Err(Check::Issuer)
    );
    // Neither was a reason to ask again.
    assert_eq!(server.targets().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_new_key_is_fetched_once_for_all_deliveries_that_it_signed() -> Outcome {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let server = Scripted::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => telling(Signer::FIRST),
        _ => telling(Signer::SECOND),
    })
    .await?;
    let verifier = Verifier::fetch(&server.client()?);
    let origin = server.origin();
    let first = join_all((0..40).map(|_| deliver(&verifier, Signer::FIRST, &origin))).await;
    assert!(first.iter().all(Result::is_ok), "{first:?}");
    assert_eq!(told.load(Ordering::SeqCst), 1);

    pass(Duration::from_secs(5)).await;
    let second = join_all((0..40).map(|_| deliver(&verifier, Signer::SECOND, &origin))).await;
    assert!(second.iter().all(Result::is_ok), "{second:?}");
    assert_eq!(told.load(Ordering::SeqCst), 2);

    // The old key is worth nothing now, and forgeries cost the server nothing.
    let forged = join_all((0..40).map(|_| deliver(&verifier, Signer::FIRST, &origin))).await;
    assert!(
        forged
            .iter()
            .all(|outcome| *outcome == Err(Check::Signature)),
        "{forged:?}"
    );
    assert_eq!(told.load(Ordering::SeqCst), 2);
    Ok(())
}

#[tokio::test]
async fn after_a_change_lagos_third_attempt_is_taken_whatever_was_forged() -> Outcome {
    let changed = Arc::new(AtomicBool::new(false));
    let is_changed = Arc::clone(&changed);
    let server = Scripted::start(move |_| match is_changed.load(Ordering::SeqCst) {
        false => telling(Signer::FIRST),
        true => telling(Signer::SECOND),
    })
    .await?;
    let verifier = Verifier::fetch(&server.client()?);
    let origin = server.origin();
    assert_eq!(deliver(&verifier, Signer::FIRST, &origin).await, Ok(()));
    // Signed once: time is real while signatures are made and checked, and the pauses count on it being short.
    let token = Signer::FORGER.deliver(BODY, &origin);
    let forge = async || {
        let forged = join_all((0..100).map(|_| verifier.receive(headers(&token), BODY)));
        forged.await.iter().all(Result::is_err)
    };
    assert!(forge().await);
    changed.store(true, Ordering::SeqCst);
    let mut outcomes = Vec::new();
    for pause in [0, 3, 18].map(Duration::from_secs) {
        pass(pause).await;
        assert!(forge().await);
        outcomes.push(deliver(&verifier, Signer::SECOND, &origin).await);
    }
    assert_eq!(
        outcomes,
        [Err(Check::Signature), Err(Check::Signature), Ok(())]
    );
    // The first, and the one that was owed to those that were refused.
    assert_eq!(server.targets().len(), 2);
    Ok(())
}

#[tokio::test]
async fn while_a_server_is_silent_few_deliveries_wait_and_the_rest_is_told_to_come_again() -> Outcome
{
    const ALL: usize = 16;
    let mut server = Prompted::start().await?;
    let verifier = Verifier::fetch_with_issuer(&server.client()?, "issuer");
    let tea = "x".repeat(1_500_000);
    let body = format!(r#"{{"webhook_type":"tea.ready","object_type":"tea","tea":"{tea}"}}"#);
    let token: Arc<str> = Signer::FIRST.deliver(&body, "issuer").into();
    let most = (16 << 20) / (body.len() + token.len());
    let body = Bytes::from(body);
    let mut deliveries = tokio::task::JoinSet::new();
    for _ in 0..ALL {
        let (verifier, token, body) = (verifier.clone(), Arc::clone(&token), body.clone());
        deliveries.spawn(async move { verifier.receive(headers(&token), body).await });
    }
    let asked = server.next().await.ok_or("the server was not asked")?;
    for _ in 0..ALL - most {
        let refused = deliveries.join_next().await.ok_or("all are gone")??;
        let error = refused.err().ok_or("trusted")?;
        assert_eq!((error.check(), error.status().as_u16()), (Check::Key, 503));
        assert!(error.to_string().contains("deliver it again"), "{error}");
    }
    asked.respond(telling(Signer::FIRST));
    let taken = deliveries.join_all().await;
    assert_eq!(taken.len(), most);
    assert!(taken.iter().all(Result::is_ok));
    Ok(())
}

#[tokio::test]
async fn deliveries_wait_for_a_key_that_is_on_its_way() -> Outcome {
    let mut server = Prompted::start().await?;
    let verifier = Verifier::fetch_with_issuer(&server.client()?, "issuer");
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let verifier = verifier.clone();
            tokio::spawn(async move { deliver(&verifier, Signer::FIRST, "issuer").await })
        })
        .collect();
    let asked = server.next().await.ok_or("the server was not asked")?;
    // What is no token is refused meanwhile: no key would change that.
    let refused = verifier.receive(headers("secret"), BODY).await;
    assert_eq!(
        refused.map_err(|error| error.check()),
        Err(Check::Algorithm)
    );
    asked.respond(telling(Signer::FIRST));
    for delivery in waiting {
        assert_eq!(delivery.await?, Ok(()));
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_cannot_be_had_is_nobodys_fault_who_delivers() -> Outcome {
    for response in [
        ScriptedResponse::json(
            "401 Unauthorized",
            json!({"status": 401, "error": "Unauthorized"}),
        ),
        ScriptedResponse::new("502 Bad Gateway", &[], "<html>"),
        ScriptedResponse::json(
            "200 OK",
            json!({"webhook": {"public_key": "key-that-is-secret"}}),
        ),
        ScriptedResponse::json("200 OK", json!({"webhook": {}})),
        ScriptedResponse::json("200 OK", json!({"webhook": "jane@secret.example"})),
        ScriptedResponse::json("200 OK", json!({"webhook": {"public_key": ["secret"]}})),
    ] {
        let server = Scripted::always(response).await?;
        let verifier = Verifier::fetch(&server.client()?);
        let token = Signer::FIRST.deliver(BODY, &server.origin());
        let error = verifier
            .receive(headers(&token), BODY)
            .await
            .err()
            .ok_or("trusted")?;
        assert_eq!((error.check(), error.status().as_u16()), (Check::Key, 503));
        let source = error.source().ok_or("no cause")?;
        let printed = format!("{error} {error:?} {error:#?} {source} {source:?} {source:#?}");
        assert!(!printed.contains("secret"), "{printed}");
        // The start of a service says the same.
        let error = verifier.warm_up().await.err().ok_or("warm")?;
        assert_eq!(error.check(), Check::Key);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_once_in_a_pause_whatever_is_forged() -> Outcome {
    for trouble in [
        ScriptedResponse::new("503 Service Unavailable", &[], "busy"),
        ScriptedResponse::new("401 Unauthorized", &[], "<html>"),
        ScriptedResponse::new("429 Too Many Requests", &[("retry-after", "0")], ""),
        ScriptedResponse::raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").closing(),
    ] {
        let server = Scripted::always(trouble).await?;
        let verifier = Verifier::fetch(&server.client()?);
        for asked in 1..=3 {
            let forged = join_all((0..20).map(|_| deliver(&verifier, Signer::FORGER, "issuer")));
            assert!(
                forged
                    .await
                    .iter()
                    .all(|outcome| *outcome == Err(Check::Key))
            );
            assert_eq!(server.targets().len(), asked);
            pass(Duration::from_secs(5)).await;
        }
    }
    Ok(())
}

#[test]
fn a_fetch_in_a_runtime_that_nobody_drives_holds_nobody_up() -> Outcome {
    let servers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let alone = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build()
    };
    let (idle, other) = (alone()?, alone()?);
    let mut server = servers.block_on(Prompted::start())?;
    let verifier = Verifier::fetch_with_issuer(&server.client()?, "issuer");
    // The start of a service that goes on without the response.
    let unanswered = idle.block_on(async {
        tokio::select! {
            _ = verifier.warm_up() => None,
            asked = server.next() => asked,
        }
    });
    let unanswered = unanswered.ok_or("the server was not asked")?;
    other.block_on(async {
        let delivery = || deliver(&verifier, Signer::FIRST, "issuer");
        let (refused, ()) = tokio::join!(delivery(), pass(Duration::from_secs(10)));
        assert_eq!(refused, Err(Check::Key));
        let (taken, ()) = tokio::join!(delivery(), async {
            if let Some(asked) = server.next().await {
                asked.respond(telling(Signer::FIRST));
            }
        });
        assert_eq!(taken, Ok(()));
    });
    drop(unanswered);
    Ok(())
}

#[tokio::test]
async fn a_warm_verifier_needs_no_server() -> Outcome {
    let server = Scripted::always(telling(Signer::FIRST)).await?;
    let verifier = Verifier::fetch(&server.client()?);
    let token = Signer::FIRST.deliver(BODY, &server.origin());
    let cold = verifier.verify(headers(&token), BODY.as_bytes());
    assert_eq!(cold.err().map(|error| error.check()), Some(Check::Key));
    verifier.warm_up().await?;
    verifier.warm_up().await?;
    assert!(verifier.verify(headers(&token), BODY.as_bytes()).is_ok());
    assert_eq!(server.targets().len(), 1);
    assert!(!format!("{verifier:?}").contains("secret"), "{verifier:?}");
    Ok(())
}
