//! Ways in which an exchange goes wrong.

use std::error::Error as StdError;
use std::time::Duration;

use lago_tests::faulty::{Act, Reads, Then};
use serde_json::json;

use super::good_body;

/// A fault, and what tests must know of it.
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) act: Act,
    /// For faults that are silence.
    pub(super) timeout: Option<Duration>,
    /// The server, or what is before it, refuses the request without acting on it, so that it may
    /// arrive as often as one likes.
    pub(super) is_refused_unseen: bool,
}

/// Long enough for an answer on the loopback while all other tests run.
const SHORT: Duration = Duration::from_secs(2);

/// A whole answer of known length.
pub(super) fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for header in headers {
        head += &format!("{header}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An error in Lago's words.
fn refusal(status: &str, code: &str) -> Vec<u8> {
    let number: u16 = status[..3].parse().unwrap_or_default();
    let body = json!({"status": number, "error": &status[4..], "code": code});
    answer(
        status,
        &["content-type: application/json"],
        body.to_string(),
    )
}

/// All of them.
pub(super) fn faults() -> Result<Vec<Fault>, Box<dyn StdError>> {
    let good = good_body()?;
    let ok = |headers: &[&str], body: &[u8]| answer("200 OK", headers, body);
    let html = "<html><body>Bad Gateway</body></html>";
    let as_html: &[&str] = &["content-type: text/html"];
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let torn = |bytes: &[u8]| bytes[..bytes.len() - 5].to_vec();
    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".as_slice();
    let says = |bytes: Vec<u8>| (Act::says(bytes), None, false);
    let refused = |bytes: Vec<u8>| (Act::says(bytes), None, true);
    let silent = |reads, then| (Act::silent(reads, then), None, false);
    let hangs = |bytes: Vec<u8>| (Act::says(bytes).then(Then::Hang), Some(SHORT), false);
    let faults = vec![
        ("accepted and closed", silent(Reads::Nothing, Then::Close)),
        (
            "reset before the request is read",
            silent(Reads::Nothing, Then::Reset),
        ),
        (
            "reset while the request is read",
            silent(Reads::Begin, Then::Reset),
        ),
        (
            "closed after the request",
            silent(Reads::Whole, Then::Close),
        ),
        ("reset after the request", silent(Reads::Whole, Then::Reset)),
        ("no answer", hangs(vec![])),
        (
            "the head of the answer stalls",
            hangs(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        ),
        (
            "the head of the answer is cut off",
            says(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        ),
        ("the body stalls", hangs(half(&ok(&[], &good)))),
        ("the body is cut off", says(half(&ok(&[], &good)))),
        (
            "the body is reset",
            (
                Act::says(half(&ok(&[], &good))).then(Then::Reset),
                None,
                false,
            ),
        ),
        (
            "the body of a 422 is cut off",
            refused(torn(&refusal(
                "422 Unprocessable Entity",
                "validation_errors",
            ))),
        ),
        (
            "the body of a 500 is cut off",
            says(half(&answer(
                "500 Internal Server Error",
                &[],
                vec![b'x'; 400],
            ))),
        ),
        (
            "the last chunk is missing",
            says([chunked, &chunk(&good)].concat()),
        ),
        (
            "the length of a chunk is garbage",
            says([chunked, b"zz\r\n", &good].concat()),
        ),
        (
            "the length is less than the body",
            says({
                let text = String::from_utf8_lossy(&ok(&[], &good)).into_owned();
                text.replace(
                    &format!("content-length: {}", good.len()),
                    "content-length: 20",
                )
                .into()
            }),
        ),
        (
            "the length is a word",
            says(
                [
                    b"HTTP/1.1 200 OK\r\ncontent-length: long\r\n\r\n".as_slice(),
                    &good,
                ]
                .concat(),
            ),
        ),
        ("not HTTP at all", says(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
        (
            "100 Continue, then the answer",
            says([b"HTTP/1.1 100 Continue\r\n\r\n".as_slice(), &ok(&[], &good)].concat()),
        ),
        (
            "HTTP/1.0, the body ends with the connection",
            says([b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), &good].concat()),
        ),
        (
            "HTTP/1.0, cut off",
            says(half(
                &[b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), &good].concat(),
            )),
        ),
        ("201 for 200", says(answer("201 Created", &[], &good))),
        (
            "204 for 200",
            says(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()),
        ),
        ("200 without a body", says(ok(&[], b""))),
        ("200 with half of the JSON", says(ok(&[], &half(&good)))),
        (
            "200 with bytes that are no UTF-8",
            says(ok(&[], b"{\"customer\": \"\xff\xfe\"}")),
        ),
        ("200 in HTML", says(ok(as_html, b"<html>Sign in</html>"))),
        (
            "302 to itself",
            refused(answer("302 Found", &["location: /api/v1/customers"], "")),
        ),
        (
            "302 to another host",
            refused(answer(
                "302 Found",
                &["location: https://lago.example.com/api"],
                "",
            )),
        ),
        (
            "400",
            refused(answer(
                "400 Bad Request",
                &[],
                r#"{"status":400,"error":"BadRequest: x"}"#,
            )),
        ),
        (
            "401",
            refused(answer(
                "401 Unauthorized",
                &[],
                r#"{"status":401,"error":"Unauthorized"}"#,
            )),
        ),
        (
            "404",
            refused(refusal("404 Not Found", "customer_not_found")),
        ),
        (
            "408 of a gateway",
            says(answer("408 Request Timeout", &[], "")),
        ),
        (
            "409",
            refused(answer(
                "409 Conflict",
                &[],
                r#"{"status":409,"error":"Conflict"}"#,
            )),
        ),
        (
            "413 of a gateway",
            refused(answer("413 Payload Too Large", as_html, html)),
        ),
        (
            "422",
            refused(refusal("422 Unprocessable Entity", "validation_errors")),
        ),
        (
            "422 of 2 MiB",
            refused(answer(
                "422 Unprocessable Entity",
                &[],
                format!(
                    r#"{{"code":"validation_errors","x":"{}"}}"#,
                    "x".repeat(2 << 20)
                ),
            )),
        ),
        (
            "422 of a lock",
            refused(refusal(
                "422 Unprocessable Entity",
                "lock_acquisition_failed",
            )),
        ),
        (
            "429 of a gateway, empty",
            refused(answer("429 Too Many Requests", &[], "")),
        ),
        (
            "429 of a gateway, retry-after: 0",
            refused(answer("429 Too Many Requests", &["retry-after: 0"], html)),
        ),
        (
            "429 of a gateway, retry-after: 3600",
            refused(answer("429 Too Many Requests", &["retry-after: 3600"], "")),
        ),
        (
            "429 of a gateway, x-ratelimit-reset: 1790000000",
            refused(answer(
                "429 Too Many Requests",
                &["x-ratelimit-reset: 1790000000"],
                "",
            )),
        ),
        (
            "429 of a payment provider",
            says(refusal(
                "429 Too Many Requests",
                "too_many_provider_requests",
            )),
        ),
        (
            "500",
            says(answer(
                "500 Internal Server Error",
                &[],
                r#"{"status":500,"error":"Internal Server Error"}"#,
            )),
        ),
        ("501", refused(answer("501 Not Implemented", &[], ""))),
        (
            "502 in HTML",
            says(answer("502 Bad Gateway", as_html, html)),
        ),
        ("503", says(answer("503 Service Unavailable", &[], ""))),
        (
            "503, retry-after: 3600",
            says(answer(
                "503 Service Unavailable",
                &["retry-after: 3600"],
                "",
            )),
        ),
        (
            "504 in HTML",
            says(answer("504 Gateway Timeout", as_html, html)),
        ),
        (
            "520 of a gateway",
            says(answer("520 Unknown", as_html, html)),
        ),
    ];
    let faults = faults
        .into_iter()
        .map(|(name, (act, timeout, is_refused_unseen))| Fault {
            name,
            act,
            timeout,
            is_refused_unseen,
        });
    Ok(faults.collect())
}
