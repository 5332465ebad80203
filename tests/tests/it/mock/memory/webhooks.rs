//! Webhooks of what changes, as a receiver gets them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use lago_client::mock::{MockServer, remembers};
use lago_client::types::*;
use lago_client::webhooks::Verifier;
use lago_tests::support::document::Document;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

use super::{Outcome, plan};

const RULES: &str = include_str!("../../../../../lago-client/src/mock/memory/rules.md");

#[tokio::test]
async fn changes_are_delivered_in_order_and_signed() -> Outcome {
    let (outbox, mut inbox) = unbounded_channel();
    let receive = move |headers: HeaderMap, body: Bytes| async move {
        match outbox.send((headers, body)) {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::GONE,
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/lago", listener.local_addr()?);
    let receiver = axum::serve(listener, Router::new().route("/lago", post(receive)));
    let receiving = tokio::spawn(async move { receiver.await });
    let server = MockServer::builder()
        .webhooks_to(url, "secret")
        .start()
        .await?;
    let lago = server.client()?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    lago.plans().create(plan("pro", 100)).await?;
    lago.subscriptions()
        .create(SubscriptionInput::new("acme", "pro", "sub"))
        .await?;
    lago.subscriptions().delete("sub").await?;
    let verifier = Verifier::hmac("secret");
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (headers, body) = inbox.recv().await.ok_or("nothing was delivered")?;
        let delivery = verifier.verify(&headers, &body)?;
        if let WebhookEvent::SubscriptionTerminated(subscription) = &delivery.event {
            assert_eq!(subscription.external_id, "sub");
        }
        assert_eq!(delivery.malformed, None);
        seen.push(delivery.webhook_type.to_string());
    }
    assert_eq!(
        seen,
        [
            "customer.created",
            "plan.created",
            "subscription.started",
            "subscription.terminated"
        ]
    );
    receiving.abort();
    Ok(())
}

/// Deliveries come one after the other, so that what came before the third has been counted when that is there.
#[tokio::test]
async fn deliveries_that_are_refused_are_counted() -> Outcome {
    let (outbox, mut inbox) = unbounded_channel();
    let receive = move || async move {
        let _ = outbox.send(());
        match COUNT.fetch_add(1, Ordering::Relaxed) {
            0 => StatusCode::INTERNAL_SERVER_ERROR,
            1 => StatusCode::NO_CONTENT,
            _ => std::future::pending().await,
        }
    };
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/lago", listener.local_addr()?);
    let receiver = axum::serve(listener, Router::new().route("/lago", post(receive)));
    let receiving = tokio::spawn(async move { receiver.await });
    let server = MockServer::builder()
        .webhooks_to(url, "secret")
        .start()
        .await?;
    assert_eq!(server.webhooks_delivered(), (0, 0));
    let lago = server.client()?;
    for id in ["one", "two", "three"] {
        lago.customers().create(CustomerInput::new(id)).await?;
    }
    for _ in 0..3 {
        inbox.recv().await.ok_or("nothing was delivered")?;
    }
    assert_eq!(server.webhooks_delivered(), (1, 1));
    receiving.abort();
    Ok(())
}

#[tokio::test]
async fn a_receiver_has_a_url() -> Outcome {
    let server = MockServer::builder()
        .webhooks_to("nowhere", "secret")
        .start()
        .await;
    let error = server.err().ok_or("that is no URL")?.to_string();
    assert!(error.contains("`nowhere`"), "{error}");
    Ok(())
}

#[test]
fn what_is_not_remembered_is_documented() -> Outcome {
    let listed = RULES
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`'));
    let count = listed.clone().count();
    let listed: BTreeSet<&str> = listed.collect();
    assert_eq!(listed.len(), count, "each once");
    let mut missing = BTreeSet::new();
    let published: Vec<String> = Document::read()?
        .operations()
        .into_iter()
        .map(|one| one.id)
        .collect();
    for operation in lago_client::OPERATIONS {
        let is_published =
            published.contains(&operation.id.to_owned()) && operation.since.is_some();
        if is_published && !remembers(operation.resource)? {
            missing.insert(operation.resource);
        }
    }
    assert_eq!(listed, missing);
    assert!(remembers("plans.found").is_err());
    Ok(())
}
