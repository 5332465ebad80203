//! Whose key a call has: tenants never mix.

use lago_client::mock::MockServer;
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Prompted, ScriptedResponse};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Adapter, Outcome, client, code};

#[tokio::test]
async fn a_fixed_key_is_for_all_and_nobody_elses_is_used() -> Outcome {
    let server = MockServer::builder().api_key(API_KEY).start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    assert_eq!(adapter.get("/plans").await?.status(), 200);
    let official = adapter.request(Method::GET, "/plans").bearer_auth("any");
    assert_eq!(official.send().await?.status(), 200);
    let other = adapter
        .request(Method::GET, "/plans")
        .header("X-LAGO-API-KEY", "other");
    let response = other.send().await?;
    assert_eq!(response.status(), 403);
    assert_eq!(code(response).await?, "gateway_fixed_key");
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn with_a_key_per_request_there_is_no_other() -> Outcome {
    let server = MockServer::start().await?;
    let adapter = Adapter::start(&server.url(), &["--key-mode", "per-request"]).await?;
    let plain = || adapter.request(Method::GET, "/plans");
    for (request, expected) in [
        (plain().header("X-LAGO-API-KEY", "one"), Some("one")),
        (plain().bearer_auth("two"), Some("two")),
        (
            plain().bearer_auth("two").header("x-lago-api-key", "three"),
            Some("three"),
        ),
        (plain(), None),
        (plain().basic_auth("one", Some("two")), None),
        (
            plain()
                .header("x-lago-api-key", "one")
                .header("x-lago-api-key", "two"),
            None,
        ),
        (
            plain().bearer_auth("two").header("x-lago-api-key", ""),
            None,
        ),
    ] {
        server.clear();
        let response = request.send().await?;
        let sent = server.requests();
        let keys: Vec<&str> = sent
            .iter()
            .filter_map(|request| request.header("authorization"))
            .collect();
        match expected {
            Some(key) => assert_eq!(
                (response.status().as_u16(), keys),
                (200, vec![&*format!("Bearer {key}")])
            ),
            None => {
                assert_eq!((response.status().as_u16(), keys.len()), (401, 0));
                assert!(response.headers().contains_key("www-authenticate"));
                assert_eq!(code(response).await?, "gateway_no_api_key");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_bearer_of_its_own_stands_before_all() -> Outcome {
    let secret = "a-secret-of-the-gateway";
    let server = MockServer::start().await?;
    let builder = || client().api_key(API_KEY);
    let adapter = Adapter::with(builder(), &server.url(), &[], Some(secret)).await?;
    let get = || adapter.request(Method::GET, "/plans");
    for request in [
        get(),
        get().bearer_auth("other"),
        get().bearer_auth(API_KEY),
    ] {
        let response = request.send().await?;
        assert_eq!(response.status(), 401);
        assert_eq!(code(response).await?, "gateway_bearer");
    }
    assert!(server.requests().is_empty());
    assert_eq!(get().bearer_auth(secret).send().await?.status(), 200);

    // Beside it a tenant's key has a header of its own.
    let more = ["--key-mode", "per-request"];
    let adapter = Adapter::with(client(), &server.url(), &more, Some(secret)).await?;
    let request = adapter.request(Method::GET, "/plans").bearer_auth(secret);
    assert_eq!(
        request
            .header("x-lago-api-key", "one")
            .send()
            .await?
            .status(),
        200
    );
    let sent = server.requests();
    let last = sent
        .last()
        .and_then(|request| request.header("authorization"));
    assert_eq!(last, Some("Bearer one"));

    // It is never taken for a key of Lago's.
    let request = adapter.request(Method::GET, "/plans").bearer_auth(secret);
    assert_eq!(code(request.send().await?).await?, "gateway_no_api_key");
    Ok(())
}

/// Requests of several tenants that are all under way, and the order in which the server responds.
fn schedules() -> impl Strategy<Value = (Vec<u8>, Vec<prop::sample::Index>)> {
    let tenants = prop::collection::vec(0_u8..4, 1..12);
    let order = prop::collection::vec(any::<prop::sample::Index>(), 12);
    (tenants, order)
}

/// Each caller gets the response to the request that had its key, in whatever order they come.
async fn each_gets_its_own(tenants: &[u8], order: &[prop::sample::Index]) -> Outcome {
    let mut server = Prompted::start().await?;
    let url = format!("http://{}", server.address());
    let adapter = Adapter::start(&url, &["--key-mode", "per-request"]).await?;
    let callers: Vec<_> = tenants
        .iter()
        .map(|tenant| {
            let key = format!("key-of-{tenant}");
            let request = adapter.request(Method::GET, "/organizations");
            tokio::spawn(async move {
                let response = request.header("x-lago-api-key", &key).send().await?;
                Ok::<_, reqwest::Error>((key, response.bytes().await?))
            })
        })
        .collect();
    let mut waiting = Vec::new();
    for _ in tenants {
        waiting.push(server.next().await.ok_or("a request did not arrive")?);
    }
    for index in order {
        if waiting.is_empty() {
            break;
        }
        let next = waiting.swap_remove(index.index(waiting.len()));
        let key = next.request.header("authorization");
        next.respond(ScriptedResponse::json("200 OK", json!({ "key": key })));
    }
    for caller in callers {
        let (key, body) = caller.await??;
        let body: Value = serde_json::from_slice(&body)?;
        assert_eq!(body["key"], format!("Bearer {key}"));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn tenants_never_mix((tenants, order) in schedules()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let outcome = runtime.block_on(each_gets_its_own(&tenants, &order));
        prop_assert!(outcome.is_ok(), "{outcome:?}");
    }
}
