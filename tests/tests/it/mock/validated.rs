//! Requests that a server was seen to take and to refuse, as the stand-in judges them.

use std::path::Path;

use lago_client::mock::{Effect, MockServer, Mode, ReceivedRequest};
use lago_tests::conform::recording::{Exchange, Recordings};
use serde_json::{Value, json};

use super::{Caller, Outcome, read};

/// Codes that speak of what the server has, of how fields go together, or of what a value means: no schema knows them.
const BEYOND_SCHEMAS: usize = 64;

/// How many of the recorded refusals the stand-in gives, code by code.
const REFUSED_ALIKE: usize = 31;

fn recorded() -> Outcome<Vec<Exchange>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    Ok(Recordings::read(&folder)?.exchanges)
}

/// Sends a recorded request; tells what was got, and the response.
async fn repeat(caller: &Caller, exchange: &Exchange) -> Outcome<(ReceivedRequest, u16, Value)> {
    let method = reqwest::Method::from_bytes(exchange.method.as_bytes())?;
    let url = format!("{}{}", caller.server.url(), exchange.path);
    let mut request = caller.http.request(method, url).bearer_auth("any");
    // What is no JSON was recorded as text.
    match &exchange.request_body {
        Value::Null => {}
        Value::String(text) => {
            request = request
                .header("content-type", "application/json")
                .body(text.clone());
        }
        body => {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string())
        }
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    let got = caller.server.requests().pop().ok_or("nothing was got")?;
    caller.server.clear();
    Ok((got, status, body))
}

/// Fields and codes, one beside the other.
fn codes(details: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match details {
        Value::Object(fields) => {
            for (name, below) in fields {
                codes(below, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| codes(item, place, found)),
        Value::String(code) => found.push((place.to_owned(), code.clone())),
        _ => {}
    }
}

#[tokio::test]
async fn what_lago_took_is_taken() -> Outcome {
    let caller = Caller::start().await?;
    let (mut taken, mut with_body, mut refused) = (0, 0, Vec::new());
    for exchange in recorded()?.iter().filter(|exchange| exchange.status < 300) {
        let (got, ..) = repeat(&caller, exchange).await?;
        if got.operation.is_none() {
            continue;
        }
        taken += 1;
        with_body += usize::from(!exchange.request_body.is_null());
        if got.notes.iter().any(|note| note.effect != Effect::Noted) {
            refused.push(format!("{}: {:?}", exchange.file, got.notes));
        }
    }
    assert_eq!(refused, Vec::<String>::new(), "of {taken}");
    assert!(
        taken > 700 && with_body > 250,
        "{taken} requests, {with_body} of them with a body"
    );
    Ok(())
}

#[tokio::test]
async fn what_lago_refused_is_refused_in_the_same_words() -> Outcome {
    let caller = Caller::start().await?;
    let (mut alike, mut beyond, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let recorded = recorded()?;
    let refused = recorded
        .iter()
        .filter(|exchange| matches!(exchange.status, 400 | 422));
    for exchange in refused {
        let (got, status, body) = repeat(&caller, exchange).await?;
        if got.operation.is_none() {
            continue;
        }
        let told = &exchange.response_body;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        codes(&body["error_details"], "", &mut ours);
        codes(&told["error_details"], "", &mut theirs);
        let line = format!("{} {told}", exchange.file);
        match status {
            200..300 => beyond.push(line),
            // Without anything in it when the request did not ask for JSON.
            400 if exchange.status == 400 && (told.is_null() || body == *told) => alike.push(line),
            422 if exchange.status == 422 && ours.iter().all(|code| theirs.contains(code)) => {
                alike.push(line);
            }
            _ => wrong.push(format!("{line}\n  but {status} {body}")),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let (alike_count, beyond_count) = (alike.len(), beyond.len());
    assert_eq!(
        (alike_count, beyond_count),
        (REFUSED_ALIKE, BEYOND_SCHEMAS),
        "{alike_count} are refused alike:\n{}\n{beyond_count} are beyond schemas:\n{}",
        alike.join("\n"),
        beyond.join("\n")
    );
    Ok(())
}

#[tokio::test]
async fn strict_mode_says_that_it_is_strict() -> Outcome {
    let server = MockServer::builder().mode(Mode::Strict).start().await?;
    let caller = Caller::of(server)?;
    let body = json!({ "tax": { "name": "VAT", "code": "vat", "rate": "20", "colour": "red" } });
    let request = caller
        .request("POST", "/taxes?dry=1")?
        .body(body.to_string())
        .header("content-type", "application/json");
    let (status, said) = read(request).await?;
    assert_eq!(status, 422);
    let message = said["message"].as_str().ok_or("no message")?;
    assert!(
        message.contains("strict mode") && message.contains("/tax/colour"),
        "{message}"
    );
    let details = said["error_details"].as_object().ok_or("no details")?;
    assert_eq!(details.keys().collect::<Vec<_>>(), ["dry", "colour"]);
    let error = caller.server.client()?.plans().list().send().await;
    assert!(error.is_ok());
    Ok(())
}

#[tokio::test]
async fn an_observer_sees_the_notes() -> Outcome {
    let (tell, told) = std::sync::mpsc::channel();
    let server = MockServer::builder()
        .on_request(move |request| {
            let lines = request.notes.iter().map(ToString::to_string);
            let _ = tell.send((
                request.status.map(|status| status.as_u16()),
                lines.collect::<Vec<_>>(),
            ));
        })
        .start()
        .await?;
    let caller = Caller::of(server)?;
    let text = caller
        .request("POST", "/taxes")?
        .body(r#"{"tax":{"code":"a"}}"#);
    assert_eq!(read(text).await?.0, 422);
    let (status, lines) = told.recv()?;
    assert_eq!(status, Some(422));
    let expected = [
        "noted at content-type: a body is JSON to Lago when the header says `application/json`",
        "refused as Lago does at /tax/name: it is required and missing",
    ];
    for line in expected {
        assert!(lines.iter().any(|known| known == line), "{lines:?}");
    }
    Ok(())
}
