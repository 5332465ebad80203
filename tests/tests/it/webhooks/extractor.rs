//! The extractor of axum, spoken to byte by byte.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRequest;
use axum::http::StatusCode;
use axum::routing::post;
use futures::FutureExt;
use lago_client::webhooks::{Delivery, SIGNATURE_HEADER, Verifier, sign_hmac};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::recorded::{self, HMAC_KEY};

type Outcome = Result<(), Box<dyn Error>>;

const BODY: &str = r#"{"webhook_type":"tea.ready","object_type":"tea","tea":{}}"#;

/// A service whose handler hands on what it is given.
struct Service {
    address: String,
    received: mpsc::UnboundedReceiver<Delivery>,
}

impl Service {
    async fn start(verifier: Verifier) -> Result<Self, Box<dyn Error>> {
        let (hand_on, received) = mpsc::unbounded_channel();
        let handler = async move |delivery: Delivery| {
            hand_on
                .send(delivery)
                .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            Ok::<_, StatusCode>(StatusCode::NO_CONTENT)
        };
        let router = Router::new()
            .route("/lago", post(handler))
            .with_state(verifier);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, received })
    }

    /// Sends bytes, and returns status and body of the response.
    async fn say(&self, bytes: &[u8]) -> Result<(u16, String), Box<dyn Error>> {
        let response = self.respond(bytes).await?;
        let (head, body) = response.split_once("\r\n\r\n").ok_or("no response")?;
        let status = head.split(' ').nth(1).ok_or("no status")?;
        Ok((status.parse()?, body.to_owned()))
    }

    /// Sends bytes, and returns the response.
    async fn respond(&self, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(bytes).await?;
        let mut response = Vec::new();
        let answered = stream.read_to_end(&mut response);
        // So that a test that would hang fails.
        tokio::time::timeout(Duration::from_secs(60), answered).await??;
        Ok(String::from_utf8(response)?)
    }

    /// The deliveries that reached the handler.
    fn received(&mut self) -> Vec<Delivery> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }
}

/// A request with these headers, and with the body after them.
fn request(headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = "POST /lago HTTP/1.1\r\nhost: x\r\nconnection: close\r\n".to_owned();
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}

#[tokio::test]
async fn a_genuine_delivery_reaches_the_handler() -> Outcome {
    for hmac in [true, false] {
        let recorded = recorded::smallest(hmac);
        let mut service = Service::start(recorded.verifier()).await?;
        let length = recorded.body.len().to_string();
        let mut headers = vec![("content-length", length.as_str())];
        headers.extend(
            recorded
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let body = std::str::from_utf8(&recorded.body)?;
        assert_eq!(
            service.say(&request(&headers, body)).await?,
            (204, String::new())
        );
        let received = service.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].body, recorded.body);
        assert_eq!(
            received[0].webhook_type.to_string(),
            recorded.webhook_type()
        );
    }
    Ok(())
}

#[tokio::test]
async fn everything_else_is_answered_before() -> Outcome {
    let mut service = Service::start(Verifier::hmac(HMAC_KEY).max_body_bytes(1_000)).await?;
    let signature = sign_hmac(HMAC_KEY, BODY.as_bytes());
    let forged = sign_hmac("another key", BODY.as_bytes());
    let no_webhook = sign_hmac(HMAC_KEY, b"[]");
    let length = BODY.len().to_string();
    let (signed, key) = (
        (SIGNATURE_HEADER, signature.as_str()),
        ("x-lago-unique-key", "1"),
    );
    let whole = ("content-length", length.as_str());
    for (what, bytes, expected) in [
        (
            "no signature",
            request(&[whole, key], BODY),
            (400, "x-lago-signature is missing"),
        ),
        (
            "no unique key",
            request(&[whole, signed], BODY),
            (400, "x-lago-unique-key is missing"),
        ),
        (
            "two signatures",
            request(&[whole, signed, signed, key], BODY),
            (400, "more than once"),
        ),
        (
            "another key",
            request(&[whole, (SIGNATURE_HEADER, &forged), key], BODY),
            (401, "does not match"),
        ),
        (
            "another algorithm",
            request(
                &[whole, signed, key, ("x-lago-signature-algorithm", "jwt")],
                BODY,
            ),
            (401, "none of kind hmac"),
        ),
        (
            "no webhook",
            request(
                &[
                    ("content-length", "2"),
                    (SIGNATURE_HEADER, &no_webhook),
                    key,
                ],
                "[]",
            ),
            (400, "no webhook"),
        ),
        (
            // The body is never sent.
            "50 MB that are announced",
            request(&[("content-length", "50000000"), signed, key], ""),
            (413, "more than 1000 bytes"),
        ),
        (
            "too much that is not announced",
            request(
                &[("transfer-encoding", "chunked"), signed, key],
                &format!("3e9\r\n{}\r\n", " ".repeat(1_001)),
            ),
            (413, "more than 1000 bytes"),
        ),
        (
            // Whoever is refused for the headers need not send a body.
            "no headers and no body",
            request(&[("content-length", "900")], ""),
            (400, "is missing"),
        ),
        (
            "chunks that are none",
            request(&[("transfer-encoding", "chunked"), signed, key], "zz\r\n"),
            (400, "incomplete"),
        ),
    ] {
        let (status, text) = service
            .say(&bytes)
            .await
            .map_err(|error| format!("{what}: {error}"))?;
        assert_eq!(status, expected.0, "{what}: {text}");
        assert!(text.contains(expected.1), "{what}: {text}");
    }
    assert_eq!(service.received(), []);
    // The service is as good as new, also for a body in chunks.
    let chunks = format!(
        "10\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        &BODY[..16],
        BODY.len() - 16,
        &BODY[16..]
    );
    let bytes = request(&[("transfer-encoding", "chunked"), signed, key], &chunks);
    assert_eq!(service.say(&bytes).await?.0, 204);
    assert_eq!(service.received()[0].body, BODY);
    Ok(())
}

#[tokio::test]
async fn two_mebibytes_are_read_unless_more_may_come() -> Outcome {
    const LIMIT: usize = 2 << 20;
    let at_limit = format!("{BODY}{}", " ".repeat(LIMIT - BODY.len()));
    let over = format!("{at_limit} ");
    let chunks = format!("{:x}\r\n{over}\r\n0\r\n\r\n", over.len());
    let generous = || Verifier::hmac(HMAC_KEY).max_body_bytes(LIMIT + 1);
    for (verifier, body, expected) in [
        (Verifier::hmac(HMAC_KEY), &at_limit, 204),
        (Verifier::hmac(HMAC_KEY), &over, 413),
        (generous(), &over, 204),
    ] {
        let mut service = Service::start(verifier).await?;
        let (length, signature) = (body.len().to_string(), sign_hmac(HMAC_KEY, body.as_bytes()));
        let headers = [
            ("content-length", length.as_str()),
            (SIGNATURE_HEADER, &signature),
            ("x-lago-unique-key", "1"),
        ];
        // What is refused for its announced length need not come.
        let sent = if expected == 413 { "" } else { body };
        assert_eq!(service.say(&request(&headers, sent)).await?.0, expected);
        assert_eq!(service.received().len(), usize::from(expected == 204));
    }
    let service = Service::start(Verifier::hmac(HMAC_KEY)).await?;
    let signature = sign_hmac(HMAC_KEY, over.as_bytes());
    let headers = [
        ("transfer-encoding", "chunked"),
        (SIGNATURE_HEADER, &signature),
        ("x-lago-unique-key", "1"),
    ];
    // One byte too many, which is noticed before the end is there.
    let chunks = &chunks[..chunks.len() - 7];
    assert_eq!(service.say(&request(&headers, chunks)).await?.0, 413);
    Ok(())
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() -> Outcome {
    let verifier = Verifier::hmac(HMAC_KEY).read_timeout(Duration::from_millis(20));
    let mut service = Service::start(verifier).await?;
    let signature = sign_hmac(HMAC_KEY, BODY.as_bytes());
    let (signed, key) = (
        (SIGNATURE_HEADER, signature.as_str()),
        ("x-lago-unique-key", "1"),
    );
    let length = BODY.len().to_string();
    for bytes in [
        request(&[("content-length", &length), signed, key], ""),
        request(
            &[("content-length", &length), signed, key],
            &BODY[..BODY.len() - 1],
        ),
        request(&[("transfer-encoding", "chunked"), signed, key], "5\r\n"),
    ] {
        let (status, text) = service.say(&bytes).await?;
        assert_eq!(
            (status, text.as_str()),
            (408, "the body was not complete after 20ms")
        );
    }
    assert_eq!(service.received(), []);
    Ok(())
}

#[tokio::test]
async fn a_key_that_cannot_be_fetched_is_503() -> Outcome {
    let nobody = TcpListener::bind("127.0.0.1:0").await?;
    let address = nobody.local_addr()?.to_string();
    drop(nobody);
    let lago = lago_tests::support::clients::client_for(&address).build()?;
    let mut service = Service::start(Verifier::fetch(&lago)).await?;
    let token = super::signer::Signer::FIRST.deliver(BODY, &format!("http://{address}"));
    let length = BODY.len().to_string();
    let headers = [
        ("content-length", length.as_str()),
        (SIGNATURE_HEADER, &token),
        ("x-lago-unique-key", "1"),
    ];
    let response = service.respond(&request(&headers, BODY)).await?;
    assert!(response.starts_with("HTTP/1.1 503 "), "{response}");
    assert!(response.contains("\r\nretry-after: 5\r\n"), "{response}");
    assert!(
        response.ends_with("\r\n\r\nthe public key cannot be fetched"),
        "{response}"
    );
    assert_eq!(service.received(), []);
    Ok(())
}

#[test]
fn a_body_is_read_in_a_runtime() -> Outcome {
    let request = axum::extract::Request::builder()
        .header(SIGNATURE_HEADER, sign_hmac(HMAC_KEY, BODY.as_bytes()))
        .header("x-lago-unique-key", "id-1")
        .body(axum::body::Body::from(BODY))?;
    let delivered = Delivery::from_request(request, &Verifier::hmac(HMAC_KEY)).now_or_never();
    let error = delivered.and_then(Result::err).ok_or("no error")?;
    assert_eq!(error.status(), 400);
    assert!(format!("{error:?}").contains("tokio runtime"), "{error:?}");
    Ok(())
}
