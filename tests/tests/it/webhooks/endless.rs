//! Keys in responses of which only the end of the connection marks the end.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lago_client::webhooks::{Check, Verifier};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;

use super::fetching::{JSON_KEY, TEXT_KEY, deliver, pass};
use super::signer::Signer;

type Outcome = Result<(), Box<dyn Error>>;

fn endless(body: &str) -> ScriptedResponse {
    ScriptedResponse::raw(format!("HTTP/1.0 200 OK\r\n\r\n{body}")).closing()
}

#[tokio::test]
async fn a_key_that_is_cut_off_is_none_and_is_asked_for_again() -> Outcome {
    let (text, json) = (
        Signer::FIRST.told(),
        json!({"webhook": {"public_key": Signer::FIRST.told()}}).to_string(),
    );
    for (path, whole, cuts) in [
        (TEXT_KEY, &text, [0, 5, 56, text.trim_end().len() - 8]),
        (JSON_KEY, &json, [0, 5, 56, json.len() - 1]),
    ] {
        for cut in cuts {
            let responses = [
                endless(&whole[..cut]),
                ScriptedResponse::new("200 OK", &[], whole),
            ];
            let count = AtomicUsize::new(0);
            let server = Scripted::start(move |request| match request.target == path {
                true => responses[count.fetch_add(1, Ordering::SeqCst).min(1)].clone(),
                false => ScriptedResponse::new("404 Not Found", &[], ""),
            })
            .await?;
            let verifier = Verifier::fetch_with_issuer(&server.client()?, "issuer");
            let torn = deliver(&verifier, Signer::FIRST, "issuer").await;
            assert_eq!(torn, Err(Check::Key), "{path} {cut}");
            pass(Duration::from_secs(5)).await;
            let again = deliver(&verifier, Signer::FIRST, "issuer").await;
            assert_eq!(again, Ok(()), "{path} {cut}");
        }
    }
    Ok(())
}

/// A key has an end of its own, so that it is asked for once, as always.
#[tokio::test]
async fn a_key_that_is_whole_is_known_the_first_time() -> Outcome {
    let text = Signer::FIRST.told();
    let json = json!({"webhook": {"public_key": text}}).to_string();
    for (path, whole, asked) in [(TEXT_KEY, &text, 2), (JSON_KEY, &json, 1)] {
        let response = endless(whole);
        let server = Scripted::start(move |request| match request.target == path {
            true => response.clone(),
            false => ScriptedResponse::new("404 Not Found", &[], ""),
        })
        .await?;
        let verifier = Verifier::fetch_with_issuer(&server.client()?, "issuer");
        assert_eq!(deliver(&verifier, Signer::FIRST, "issuer").await, Ok(()));
        assert_eq!(server.targets().len(), asked, "{path}");
    }
    Ok(())
}
