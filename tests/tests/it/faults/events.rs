//! Events have a key: what is sent again is the same event, and the server may have it already.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use lago_client::types::{Event, EventInput};
use lago_client::{Client, Error, Idempotency, OPERATIONS, Response};
use lago_tests::support::clients::client_for;
use lago_tests::support::faults::response;
use lago_tests::support::server::{Act, Faulty, Reads, Scripted, ScriptedResponse, Then};
use serde_json::{Value, json};

use super::{Outcome, hasty};

/// An event as it lies in a queue.
fn queued(rest: &Value) -> Result<EventInput, serde_json::Error> {
    let mut event = json!({"transaction_id": "t1", "external_subscription_id": "s", "code": "c"});
    if let (Some(event), Some(rest)) = (event.as_object_mut(), rest.as_object()) {
        event.extend(rest.clone());
    }
    serde_json::from_value(event)
}

/// An event as the server answers it.
fn stored(key: &str) -> Value {
    json!({
        "lago_id": "7f10740e-5d16-4b6c-afd7-62019fe37b91",
        "transaction_id": key,
        "lago_customer_id": null,
        "code": "c",
        "timestamp": "2026-11-28T20:44:28.518Z",
        "precise_total_amount_cents": null,
        "properties": {"n": 3},
        "lago_subscription_id": null,
        "external_subscription_id": "s",
        "created_at": "2026-11-28T20:44:28Z",
    })
}

/// The same as it is sent.
fn sent(key: &str) -> Result<EventInput, serde_json::Error> {
    let rest = json!({"transaction_id": key, "timestamp": 1795898668.518, "properties": {"n": 3}});
    queued(&rest)
}

fn refused(details: &Value) -> ScriptedResponse {
    ScriptedResponse::json(
        "422 Unprocessable Entity",
        json!({
            "status": 422,
            "error": "Unprocessable Entity",
            "code": "validation_errors",
            "error_details": details,
        }),
    )
}

fn exists() -> Value {
    json!({"transaction_id": ["value_already_exist"]})
}

#[test]
fn which_operations_have_a_key() {
    let keyed = OPERATIONS.iter().filter_map(|row| match row.idempotency {
        Idempotency::WithKey(key) => Some((row.resource, key.name, key.time)),
        _ => None,
    });
    assert_eq!(
        keyed.collect::<Vec<_>>(),
        [
            ("events.create", "transaction_id", "timestamp"),
            ("events.create_batch", "transaction_id", "timestamp"),
        ]
    );
}

#[tokio::test]
async fn an_event_without_a_time_is_the_same_in_every_attempt() -> Outcome {
    let one = json!({"event": stored("t1")}).to_string();
    let many = json!({"events": [stored("t1")]}).to_string();
    for (is_batch, body) in [(false, one), (true, many)] {
        for rest in [json!({}), json!({"timestamp": null})] {
            let lost = Act::silent(Reads::Whole, Then::Close);
            let good = Act::says(response("200 OK", &[], &body));
            let server = Faulty::start(vec![lost.clone(), lost, good]).await?;
            let lago = hasty(client_for(server.address())).build()?;
            let event = queued(&rest)?;
            match is_batch {
                false => drop(lago.events().create(event).await?),
                true => drop(lago.events().create_batch([event]).await?),
            }
            let arrived = server.arrived();
            assert_eq!(arrived.len(), 3);
            assert!(arrived.iter().all(|request| *request == arrived[0]));
            let body: Value = serde_json::from_slice(&arrived[0].body)?;
            let event = body.get("event").unwrap_or(&body["events"][0]);
            assert!(event["timestamp"].is_number(), "{body}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_event_without_a_key_is_not_sent() -> Outcome {
    let server = Scripted::always(ScriptedResponse::json(
        "200 OK",
        json!({"event": stored("t1")}),
    ))
    .await?;
    let lago = server.client()?;
    for key in ["", " ", "\u{a0}\n"] {
        let event = || EventInput::new("c", "s").transaction_id(key);
        let one = lago.events().create(event()).await.err();
        let batch = [EventInput::new("c", "s"), event()];
        let many = lago.events().create_batch(batch).await.err();
        for (error, place) in [
            (one, "`event.transaction_id` is empty"),
            (many, "`events[1].transaction_id` is empty"),
        ] {
            let error = error.ok_or("a success")?;
            assert!(error.is_usage() && !error.is_ambiguous(), "{error:?}");
            assert!(error.to_string().contains(place), "{error}");
            assert_eq!(error.attempts(), 0);
        }
    }
    assert!(server.requests().is_empty());
    let queued: Result<EventInput, _> =
        serde_json::from_str(r#"{"external_subscription_id": "s", "code": "c"}"#);
    let why = queued.err().ok_or("an event without a key")?.to_string();
    assert!(why.contains("transaction_id"), "{why}");
    Ok(())
}

/// A server that executes a first `POST` and hangs up, and refuses the second. It answers `GET` by the
/// rule.
async fn forgetful(
    refusal: ScriptedResponse,
    read: impl Fn(&str) -> ScriptedResponse + Send + 'static,
) -> Result<(Scripted, Client), Box<dyn std::error::Error>> {
    let writes = AtomicU32::new(0);
    let server = Scripted::start(move |request| {
        if request.method == "GET" {
            let key = request.target.rsplit('/').next().unwrap_or_default();
            return read(key);
        }
        match writes.fetch_add(1, Ordering::SeqCst) {
            0 => ScriptedResponse::raw([]).closing(),
            _ => refusal.clone(),
        }
    });
    let server = server.await?;
    let lago = hasty(server.builder()).build()?;
    Ok((server, lago))
}

fn known(key: &str) -> ScriptedResponse {
    ScriptedResponse::json("200 OK", json!({"event": stored(key)}))
}

#[tokio::test]
async fn an_event_that_the_server_has_from_this_call_is_a_success() -> Outcome {
    let (server, lago) = forgetful(refused(&exists()), known).await?;
    let response: Response<Event> = lago.events().create(sent("t1")?).response().await?;
    assert_eq!(response.value.transaction_id, "t1");
    assert_eq!((response.attempts, response.status.as_u16()), (2, 200));
    assert_eq!(response.request_id(), Some("req-1"));
    let targets = server.targets();
    assert_eq!(
        targets,
        ["/api/v1/events", "/api/v1/events", "/api/v1/events/t1"]
    );
    Ok(())
}

#[tokio::test]
async fn an_event_that_is_another_or_cannot_be_read_is_none() -> Outcome {
    let mut other = stored("t1");
    other["properties"] = json!({"n": 4});
    let gone = json!({"status": 404, "error": "Not Found", "code": "event_not_found"});
    for read in [
        ScriptedResponse::json("200 OK", json!({"event": other})),
        ScriptedResponse::json("200 OK", json!({"event": stored("t2")})),
        ScriptedResponse::json("404 Not Found", gone),
        ScriptedResponse::new("500 Internal Server Error", &[], ""),
        ScriptedResponse::json("200 OK", json!({})),
    ] {
        let (_, lago) = forgetful(refused(&exists()), move |_| read.clone()).await?;
        let error = lago.events().create(sent("t1")?).await.err();
        let error = error.ok_or("a success")?;
        assert!(
            error.is_already_recorded() && error.is_ambiguous(),
            "{error:?}"
        );
        assert_eq!(error.already_recorded(), [0]);
        assert_eq!(error.attempts(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn an_event_that_was_there_before_the_call_is_known_without_looking() -> Outcome {
    let server = Scripted::always(refused(&exists())).await?;
    let error = server.client()?.events().create(sent("t1")?).await.err();
    let error = error.ok_or("a success")?;
    assert!(
        error.is_already_recorded() && !error.is_ambiguous(),
        "{error:?}"
    );
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_batch_that_the_server_has_from_this_call_is_a_success() -> Outcome {
    let all = json!({"0": exists(), "1": exists()});
    let (server, lago) = forgetful(refused(&all), known).await?;
    let batch = [sent("t1")?, sent("t2")?];
    let response = lago.events().create_batch(batch).response().await?;
    let keys = response
        .value
        .iter()
        .map(|event| event.transaction_id.as_str());
    assert_eq!(keys.collect::<Vec<_>>(), ["t1", "t2"]);
    assert_eq!(response.attempts, 2);
    assert_eq!(
        server.targets()[2..],
        ["/api/v1/events/t1", "/api/v1/events/t2"]
    );
    Ok(())
}

#[tokio::test]
async fn a_batch_is_proven_as_a_whole_or_not_at_all() -> Outcome {
    let all = json!({"0": exists(), "1": exists()});
    let one_is_another = |key: &str| match key {
        "t1" => known(key),
        _ => known("t3"),
    };
    let (server, lago) = forgetful(refused(&all), one_is_another).await?;
    let error = lago.events().create_batch([sent("t1")?, sent("t2")?]).await;
    let error = error.err().ok_or("a success")?;
    assert_eq!(error.already_recorded(), [0, 1]);
    assert!(error.is_ambiguous());
    assert_eq!(server.requests().len(), 4);

    // Only some: nobody has to look.
    let (server, lago) = forgetful(refused(&json!({"1": exists()})), known).await?;
    let error = lago.events().create_batch([sent("t1")?, sent("t2")?]).await;
    let error = error.err().ok_or("a success")?;
    assert!(error.is_already_recorded());
    assert_eq!(error.already_recorded(), [1]);
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn anything_else_that_is_wrong_is_not_recorded_already() -> Outcome {
    for details in [
        json!({"transaction_id": ["value_is_mandatory"]}),
        json!({"transaction_id": ["value_already_exist", "other"]}),
        json!({"transaction_id": ["value_already_exist"], "code": ["value_is_mandatory"]}),
        json!({"external_id": ["value_already_exist"]}),
        json!({"0": exists(), "1": {"code": ["value_is_mandatory"]}}),
        json!({"0": exists(), "1": "a text"}),
        json!({}),
        json!("value_already_exist"),
    ] {
        let server = Scripted::always(refused(&details)).await?;
        let lago = server.client()?;
        let one = lago.events().create(sent("t1")?).await.err();
        let many = lago.events().create_batch([sent("t1")?]).await.err();
        for error in [one, many] {
            let error = error.ok_or("a success")?;
            assert!(!error.is_already_recorded(), "{details}");
        }
    }
    // Of a batch, places that were not sent, or none at all, name no event.
    for details in [
        json!({"7": exists()}),
        json!({"0": exists(), "2": exists()}),
        json!({"18446744073709551615": exists()}),
        exists(),
    ] {
        let server = Scripted::always(refused(&details)).await?;
        let two = [sent("t1")?, sent("t2")?];
        let error = server.client()?.events().create_batch(two).await.err();
        let error = error.ok_or("a success")?;
        assert!(!error.is_already_recorded(), "{details}");
        assert_eq!(error.already_recorded(), Vec::<usize>::new(), "{details}");
    }
    // Nor is what other operations refuse in the same words.
    let server = Scripted::always(refused(&exists())).await?;
    let error = server.client()?.taxes().get("vat").await.err();
    assert!(!error.ok_or("a success")?.is_already_recorded());
    Ok(())
}

/// What a server of August 2026 said.
#[tokio::test]
async fn recorded_refusals_are_understood() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded/live-2/exchanges");
    for (file, expected) in [
        ("0566_ev_dup.json", vec![0]),
        ("0583_batch_dup.json", vec![1]),
        ("0585_batch_self_dup.json", vec![1]),
        ("0586_batch_invalid.json", vec![]),
    ] {
        let recording: Value = serde_json::from_slice(&std::fs::read(folder.join(file))?)?;
        let body = recording["response_body"].to_string();
        let server =
            Scripted::always(ScriptedResponse::json("422 Unprocessable Entity", body)).await?;
        let events = server.client()?.events();
        let batch = recording["request_body"]["events"].as_array().map(Vec::len);
        let error: Option<Error> = match batch {
            None => events.create(sent("t1")?).await.err(),
            Some(length) => {
                let batch = (0..length).map(|number| sent(&format!("t{number}")));
                events
                    .create_batch(batch.collect::<Result<Vec<_>, _>>()?)
                    .await
                    .err()
            }
        };
        let error = error.ok_or("a success")?;
        assert_eq!(error.already_recorded(), expected, "{file}");
        assert!(!error.is_ambiguous(), "{file}: {error:?}");
    }
    Ok(())
}
