//! Responses that say no, of Lago, of gateways, and of whatever else there is between.

use super::{Fault, refusal, response};
use crate::support::server::Act;

const PROVIDER_LIMIT: &str =
    r#"{"status":429,"error":"Too Many Provider Requests","code":"too_many_provider_requests"}"#;

/// All of them.
pub(super) fn faults() -> impl Iterator<Item = Fault> {
    let html = "<html><body>Bad Gateway</body></html>";
    let as_html: &[&str] = &["content-type: text/html"];
    let says = |bytes: Vec<u8>| Act::says(bytes);
    let limited = |body: &[u8]| says(response("429 Too Many Requests", &[], body));
    let faults = vec![
        (
            "101",
            says(
                b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"
                    .to_vec(),
            ),
        ),
        (
            "302 to itself",
            says(response("302 Found", &["location: /api/v1/customers"], "")),
        ),
        (
            "302 to another host",
            says(response(
                "302 Found",
                &["location: https://lago.example.com/api"],
                "",
            )),
        ),
        (
            "303 to itself",
            says(response(
                "303 See Other",
                &["location: /api/v1/customers"],
                "",
            )),
        ),
        (
            "400",
            says(response(
                "400 Bad Request",
                &[],
                r#"{"status":400,"error":"BadRequest: x"}"#,
            )),
        ),
        (
            "401",
            says(response(
                "401 Unauthorized",
                &[],
                r#"{"status":401,"error":"Unauthorized"}"#,
            )),
        ),
        (
            "401 of a payment provider",
            says(response(
                "401 Unauthorized",
                &[],
                r#"{"status":401,"error":"Stripe authentication failed."}"#,
            )),
        ),
        ("403", says(refusal("403 Forbidden", "feature_unavailable"))),
        (
            "403 of a gateway",
            says(response("403 Forbidden", as_html, html)),
        ),
        ("404", says(refusal("404 Not Found", "customer_not_found"))),
        (
            "404 of a gateway",
            says(response("404 Not Found", as_html, html)),
        ),
        (
            "404 in the words of a 422",
            says(response(
                "404 Not Found",
                &[],
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors"}"#,
            )),
        ),
        (
            "405",
            says(refusal("405 Method Not Allowed", "invalid_status")),
        ),
        (
            "408 of a gateway",
            says(response("408 Request Timeout", &[], "")),
        ),
        (
            "409",
            says(response(
                "409 Conflict",
                &[],
                r#"{"status":409,"error":"Conflict"}"#,
            )),
        ),
        (
            "413 of a gateway",
            says(response("413 Payload Too Large", as_html, html)),
        ),
        (
            "422",
            says(refusal("422 Unprocessable Entity", "validation_errors")),
        ),
        (
            "422 of 2 MiB",
            says(response(
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
            says(refusal(
                "422 Unprocessable Entity",
                "lock_acquisition_failed",
            )),
        ),
        (
            "422 of a payment provider",
            says(refusal("422 Unprocessable Entity", "provider_error")),
        ),
        (
            "422 of a third party",
            says(refusal("422 Unprocessable Entity", "third_party_error")),
        ),
        (
            "422 after the customer was saved",
            says(response(
                "422 Unprocessable Entity",
                &[],
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"base":["payment_provider_not_found"]}}"#,
            )),
        ),
        (
            "429 of a gateway, empty",
            says(response("429 Too Many Requests", &[], "")),
        ),
        (
            "429 of a gateway, retry-after: 0",
            says(response("429 Too Many Requests", &["retry-after: 0"], html)),
        ),
        (
            "429 of a gateway, retry-after: 3600",
            says(response(
                "429 Too Many Requests",
                &["retry-after: 3600"],
                "",
            )),
        ),
        (
            "429 of a gateway, x-ratelimit-reset: 1790000000",
            says(response(
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
        ("429 in HTML", limited(html.as_bytes())),
        (
            "429 behind a byte order mark",
            limited(format!("\u{feff}{PROVIDER_LIMIT}").as_bytes()),
        ),
        (
            "429 with a byte that is no UTF-8",
            limited(&[PROVIDER_LIMIT.as_bytes(), b"\xff"].concat()),
        ),
        (
            "429 whose code is a number",
            limited(br#"{"status": 429, "error": "e", "code": 429}"#),
        ),
        (
            "429, nested too deeply",
            limited("[".repeat(200).as_bytes()),
        ),
        (
            "500",
            says(response(
                "500 Internal Server Error",
                &[],
                r#"{"status":500,"error":"Internal Server Error"}"#,
            )),
        ),
        ("501", says(response("501 Not Implemented", &[], ""))),
        (
            "502 in HTML",
            says(response("502 Bad Gateway", as_html, html)),
        ),
        ("503", says(response("503 Service Unavailable", &[], ""))),
        (
            "503, retry-after: 3600",
            says(response(
                "503 Service Unavailable",
                &["retry-after: 3600"],
                "",
            )),
        ),
        (
            "504 in HTML",
            says(response("504 Gateway Timeout", as_html, html)),
        ),
        (
            "520 of a gateway",
            says(response("520 Unknown", as_html, html)),
        ),
        ("600", says(response("600 Unknown", &[], ""))),
    ];
    faults.into_iter().map(|(name, act)| Fault {
        name,
        act,
        timeout: None,
        max_response_bytes: None,
    })
}
