//! JSON of any shape in responses and deliveries: how much of it is read.

use std::error::Error;

use lago_client::types::{Webhook, WebhookEvent};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

const MIB: usize = 1 << 20;

/// An object whose JSON has this many bytes, nearly all of them small objects.
fn objects(bytes: usize) -> String {
    const ONE: &str = "{\"a\":1},";
    let (begin, end) = ("{\"x\":[", "0]}");
    let room = bytes - begin.len() - end.len();
    let (full, rest) = (ONE.repeat(room / ONE.len()), " ".repeat(room % ONE.len()));
    format!("{begin}{full}{rest}{end}")
}

/// An event with this text as its properties.
fn event(properties: &str) -> String {
    format!(
        r#"{{"transaction_id":"t","code":"c","properties":{properties},"timestamp":"2026-01-01T00:00:00Z"}}"#
    )
}

async fn get(properties: &str) -> Result<Result<Value, lago_client::Error>, Box<dyn Error>> {
    let body = format!("{{\"event\":{}}}", event(properties));
    let server = Scripted::always(ScriptedResponse::json("200 OK", body)).await?;
    let read = server.client()?.events().get("t").await;
    Ok(read.map(|event| event.properties.unwrap_or_default().into()))
}

#[tokio::test]
async fn a_field_is_read_up_to_its_limit() -> Outcome {
    let most = objects(MIB);
    assert_eq!(get(&most).await??, serde_json::from_str::<Value>(&most)?);
    for bytes in [MIB + 1, 22 * MIB] {
        let error = get(&objects(bytes)).await?.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert!(error.to_string().contains("event.properties"), "{error}");
        // What came is all there.
        assert!(error.body().len() > bytes);
    }
    Ok(())
}

#[tokio::test]
async fn the_fields_of_a_response_have_a_limit_together() -> Outcome {
    let full = event(&format!("{{\"x\":\"{}\"}}", "x".repeat(MIB - 8)));
    let page = |events: &[String]| {
        let meta = r#"{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":9}"#;
        let body = format!("{{\"events\":[{}],\"meta\":{meta}}}", events.join(","));
        Scripted::always(ScriptedResponse::json("200 OK", body))
    };
    let mut events = vec![full; 8];
    let lago = page(&events).await?.client()?;
    // What one response had is nothing to the next.
    for _ in 0..2 {
        assert_eq!(lago.events().list().await?.items.len(), 8);
    }
    events.push(event("{}"));
    let lago = page(&events).await?.client()?;
    let error = lago.events().list().await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(
        error.to_string().contains("events[8].properties"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_delivery_with_more_arrives_as_text() -> Outcome {
    let delivery = |properties: &str| {
        let error = format!(
            r#"{{"status":422,"error":"e","message":"{{}}","event":{}}}"#,
            event(properties)
        );
        let body = format!(
            r#"{{"webhook_type":"event.error","object_type":"event_error","event_error":{error}}}"#
        );
        Webhook::from_slice(body.as_bytes()).map(|webhook| (webhook, error))
    };
    let (webhook, _) = delivery(&objects(MIB))?;
    assert!(matches!(webhook.event, WebhookEvent::EventError(_)));
    let (webhook, error) = delivery(&objects(MIB + 1))?;
    let malformed = webhook.malformed.ok_or("read")?;
    assert_eq!(malformed.path, "event_error.event.properties");
    assert!(
        malformed.reason.contains("1048577 bytes"),
        "{}",
        malformed.reason
    );
    let WebhookEvent::Unknown { payload, .. } = webhook.event else {
        return Err("typed".into());
    };
    assert!(payload.as_str() == error);
    Ok(())
}
