//! What breaks of connections and of responses, and responses that are not what they should be.

use std::time::Duration;

use super::{Fault, refusal, response};
use crate::support::server::{Act, Reads, Then};

/// More bytes than a good response has.
const LARGE: usize = 50_000;

/// Long enough for a response on the loopback while all other tests run.
const SHORT: Duration = Duration::from_secs(2);

/// All of them, where this is the body of a good response.
pub(super) fn faults(good: &[u8]) -> impl Iterator<Item = Fault> + use<> {
    let ok = |headers: &[&str], body: &[u8]| response("200 OK", headers, body);
    let html = "<html><body>Bad Gateway</body></html>";
    let as_html: &[&str] = &["content-type: text/html"];
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let torn = |bytes: &[u8]| bytes[..bytes.len() - 5].to_vec();
    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".as_slice();
    let says = |bytes: Vec<u8>| (Act::says(bytes), None, None);
    let silent = |reads, then| (Act::silent(reads, then), None, None);
    let hangs = |bytes: Vec<u8>| (Act::says(bytes).then(Then::Hang), Some(SHORT), None);
    let large = |bytes: Vec<u8>| (Act::says(bytes), None, Some(LARGE));
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
        ("no response", hangs(vec![])),
        (
            "the head of the response stalls",
            hangs(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        ),
        (
            "the head of the response is cut off",
            says(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        ),
        ("the body stalls", hangs(half(&ok(&[], good)))),
        ("the body is cut off", says(half(&ok(&[], good)))),
        (
            "the body is reset",
            (
                Act::says(half(&ok(&[], good))).then(Then::Reset),
                None,
                None,
            ),
        ),
        (
            "the body of a 422 is cut off",
            says(torn(&refusal(
                "422 Unprocessable Entity",
                "validation_errors",
            ))),
        ),
        (
            "the body of a 500 is cut off",
            says(half(&response(
                "500 Internal Server Error",
                &[],
                vec![b'x'; 400],
            ))),
        ),
        (
            "the last chunk is missing",
            says([chunked, &chunk(good)].concat()),
        ),
        (
            "the length of a chunk is garbage",
            says([chunked, b"zz\r\n", good].concat()),
        ),
        (
            "the length is less than the body",
            says({
                let text = String::from_utf8_lossy(&ok(&[], good)).into_owned();
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
                    good,
                ]
                .concat(),
            ),
        ),
        ("not HTTP at all", says(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
        (
            "100 Continue, then the response",
            says([b"HTTP/1.1 100 Continue\r\n\r\n".as_slice(), &ok(&[], good)].concat()),
        ),
        (
            "HTTP/1.0, the body ends with the connection",
            says([b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), good].concat()),
        ),
        (
            "HTTP/1.0, cut off",
            says(half(
                &[b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), good].concat(),
            )),
        ),
        (
            "HTTP/1.0, nothing of the body",
            says(b"HTTP/1.0 200 OK\r\n\r\n".to_vec()),
        ),
        (
            "HTTP/1.1 without a length, the body ends with the connection",
            says(
                [
                    b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(),
                    good,
                ]
                .concat(),
            ),
        ),
        (
            "HTTP/1.1 without a length, cut off",
            says(torn(
                &[
                    b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(),
                    good,
                ]
                .concat(),
            )),
        ),
        (
            "a success that is too large",
            large(ok(&[], &[good, &[b' '; LARGE]].concat())),
        ),
        ("201 for 200", says(response("201 Created", &[], good))),
        (
            "204 for 200",
            says(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()),
        ),
        ("200 without a body", says(ok(&[], b""))),
        ("200 with half of the JSON", says(ok(&[], &half(good)))),
        (
            "200 with bytes that are no UTF-8",
            says(ok(&[], b"{\"customer\": \"\xff\xfe\"}")),
        ),
        ("200 in HTML", says(ok(as_html, b"<html>Sign in</html>"))),
        (
            "the body of a 429 is cut off",
            says(torn(&response("429 Too Many Requests", &[], html))),
        ),
        (
            "a 429 that is too large",
            large(response(
                "429 Too Many Requests",
                &[],
                vec![b'x'; LARGE + 1],
            )),
        ),
    ];
    faults
        .into_iter()
        .map(|(name, (act, timeout, max_response_bytes))| Fault {
            name,
            act,
            timeout,
            max_response_bytes,
        })
}
