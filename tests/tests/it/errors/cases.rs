//! Every way in which a call of `GET /taxes/{code}` may end. What contains `secret` must not be
//! printed by an error. Bodies are texts, their keys in an order that no JSON library changes.

use std::time::Duration;

use lago_client::ClientBuilder;
use lago_tests::support::bodies::tax;
use lago_tests::support::server::ScriptedResponse;
use serde_json::json;

use super::CUSTOMER;

/// What the server answers, and with what settings it is called.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// None: nobody listens.
    pub(crate) response: Option<ScriptedResponse>,
    pub(crate) settings: fn(ClientBuilder) -> ClientBuilder,
}

pub(crate) fn cases() -> Vec<Case> {
    let rooms = [
        said_by_lago(),
        invalid_by_lago(),
        said_by_others(),
        successes(),
        broken(),
    ];
    rooms.into_iter().flatten().collect()
}

fn case(name: &'static str, response: ScriptedResponse) -> Case {
    Case {
        name,
        response: Some(response),
        settings: |builder| builder,
    }
}

fn short(name: &'static str, response: ScriptedResponse) -> Case {
    Case {
        settings: |builder| builder.timeout(Duration::from_millis(50)),
        ..case(name, response)
    }
}

fn small(name: &'static str, response: ScriptedResponse) -> Case {
    Case {
        settings: |builder| builder.max_response_bytes(64),
        ..case(name, response)
    }
}

/// A refusal of the server, with more beside `status` and `error`.
fn lago(name: &'static str, status: &str, more: &str) -> Case {
    let (number, reason) = status.split_once(' ').unwrap_or_default();
    let body = format!(r#"{{"status":{number},"error":"{reason}"{more}}}"#);
    case(name, ScriptedResponse::json(status, body))
}

fn html(status: &str, text: &str) -> ScriptedResponse {
    let body = format!("<html><body>{text}</body></html>");
    ScriptedResponse::new(status, &[("content-type", "text/html")], body)
}

fn said_by_lago() -> Vec<Case> {
    vec![
        case(
            "400 without a code",
            ScriptedResponse::json(
                "400 Bad Request",
                r#"{"status":400,"error":"BadRequest: param is missing: jane@secret.example"}"#,
            ),
        ),
        case(
            "400 of the invoice preview",
            ScriptedResponse::json(
                "400 Bad Request",
                r#"{"status":400,"error":"coupons_must_be_an_array"}"#,
            ),
        ),
        lago("401", "401 Unauthorized", ""),
        lago(
            "403 with a code",
            "403 Forbidden",
            r#","code":"feature_unavailable""#,
        ),
        lago(
            "403 with a message beside the code",
            "403 Forbidden",
            r#","code":"forbidden","message":"of jane@secret.example""#,
        ),
        lago(
            "404 with a code",
            "404 Not Found",
            r#","code":"tax_not_found""#,
        ),
        lago(
            "405",
            "405 Method Not Allowed",
            r#","code":"write_action_not_allowed_for_customer""#,
        ),
        lago("409, somebody else was faster", "409 Conflict", ""),
        lago(
            "429 of a payment provider",
            "429 Too Many Requests",
            r#","code":"too_many_provider_requests","error_details":{"message":"busy with jane@secret.example","provider_name":"Stripe"}"#,
        ),
        lago("500", "500 Internal Server Error", ""),
    ]
}

/// 422 in all its shapes: a name, the code, what stands under `error_details`.
const INVALID: [(&str, &str, &str); 13] = [
    (
        "422 by field",
        "validation_errors",
        r#"{"code":["value_already_exist"],"rate":["value_is_mandatory","value_is_invalid"]}"#,
    ),
    (
        "422 by index and field",
        "validation_errors",
        r#"{"0":{"transaction_id":["value_already_exist"]},"7":{"code":["value_is_mandatory"]}}"#,
    ),
    (
        "422 by index",
        "validation_errors",
        r#"{"0":"jane@secret.example is unknown"}"#,
    ),
    (
        "422 by index, in a text beside what was sent",
        "validation_errors",
        r#"{"0":{"errors":"Validation errors: {\"alert_type\":[\"invalid_type\"]}","params":{"alert_type":"mood","code":"secret_1"}}}"#,
    ),
    (
        "422 by index, a sentence after a code",
        "validation_errors",
        r#"{"2":"expression_evaluation_failed: Variable: secret not found"}"#,
    ),
    (
        "422 of an expression",
        "validation_errors",
        r#""cannot evaluate: jane@secret.example""#,
    ),
    (
        "422, nested",
        "validation_errors",
        r#"{"charges":{"0":{"properties":{"amount":["invalid_amount"]}}}}"#,
    ),
    (
        "422 by fields that a customer named",
        "validation_errors",
        r#"{"jane@secret.example":["value_is_invalid"],"metadata":["a secret"]}"#,
    ),
    (
        "422 by more fields than a line holds",
        "validation_errors",
        r#"{"a":["x"],"b":["x"],"c":["x"],"d":["x"],"e":["x"]}"#,
    ),
    (
        "422 of a payment provider, with a sentence",
        "provider_error",
        r#"{"message":"card of jane@secret.example"}"#,
    ),
    (
        "422 of a payment provider, with everything",
        "provider_error",
        r#"{"code":"card_declined","http_body":"{\"email\":\"jane@secret.example\"}","http_status":402,"message":"card of jane@secret.example","request_id":"req_stripe"}"#,
    ),
    (
        "422 of a third party",
        "third_party_error",
        r#"{"third_party":"netsuite","thirdparty_error":"no customer jane@secret.example"}"#,
    ),
    (
        "422 with a code that is no word",
        "jane@secret.example",
        "null",
    ),
];

fn invalid_by_lago() -> Vec<Case> {
    let lock = lago(
        "422 of a lock, without details",
        "422 Unprocessable Entity",
        r#","code":"lock_acquisition_failed""#,
    );
    let others = INVALID.into_iter().map(|(name, code, details)| {
        let provider = match code {
            "provider_error" => r#","provider":{"code":"stripe_eu"}"#,
            _ => "",
        };
        let more = format!(r#","code":"{code}"{provider},"error_details":{details}"#);
        lago(name, "422 Unprocessable Entity", &more)
    });
    others.chain([lock]).collect()
}

fn said_by_others() -> Vec<Case> {
    let limits = [
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "12"),
    ];
    let elsewhere = [("location", "http://127.0.0.1:9/secret")];
    vec![
        case(
            "429 of a gateway, empty",
            ScriptedResponse::new("429 Too Many Requests", &limits, ""),
        ),
        case(
            "502 of a gateway, in HTML",
            html("502 Bad Gateway", "jane@secret.example"),
        ),
        case(
            "503 of a gateway, empty",
            ScriptedResponse::new("503 Service Unavailable", &[], ""),
        ),
        case(
            "504 of a gateway, in JSON of its own",
            ScriptedResponse::json("504 Gateway Timeout", r#"{"detail":"a secret"}"#),
        ),
        case(
            "404 of something else",
            html("404 Not Found", "no such secret"),
        ),
        case(
            "302 to elsewhere",
            ScriptedResponse::new("302 Found", &elsewhere, ""),
        ),
        case(
            "a refusal that is no UTF-8",
            ScriptedResponse::new("500 Internal Server Error", &[], b"\xff\xfe secret"),
        ),
    ]
}

fn successes() -> Vec<Case> {
    let good = json!({"tax": tax(CUSTOMER)}).to_string();
    let torn = &good[..good.len() / 2];
    let wrong = good.replace("2023-07-06T14:35:58Z", "jane@secret.example");
    vec![
        case("201 for 200", ScriptedResponse::json("201 Created", &good)),
        case(
            "JSON that calls itself something else",
            ScriptedResponse::new("200 OK", &[("content-type", "text/html")], &good),
        ),
        case(
            "JSON in chunks",
            ScriptedResponse::chunked(&[&good[..10], &good[10..]]),
        ),
        case("204", ScriptedResponse::new("204 No Content", &[], "")),
        case(
            "200 with an empty body",
            ScriptedResponse::json("200 OK", ""),
        ),
        case(
            "200 with JSON that ends in the middle",
            ScriptedResponse::json("200 OK", torn),
        ),
        case(
            "200 with something behind the JSON",
            ScriptedResponse::json("200 OK", format!("{good} secret")),
        ),
        case(
            "200 with another root",
            ScriptedResponse::json("200 OK", r#"{"secret":{}}"#),
        ),
        case(
            "200 with a value that does not fit",
            ScriptedResponse::json("200 OK", wrong),
        ),
        case(
            "200 with bytes that are no UTF-8",
            ScriptedResponse::new("200 OK", &[], b"{\"tax\":{\"name\":\"\xff secret\"}}"),
        ),
        case(
            "200 with another tax",
            ScriptedResponse::json("200 OK", json!({"tax": tax("secret")})),
        ),
        case("200 with HTML", html("200 OK", "a secret")),
    ]
}

fn broken() -> Vec<Case> {
    let large = "secret ".repeat(100);
    let torn = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"tax\": secret";
    let chunk = format!("{:x}\r\n{large}\r\n", large.len());
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
    vec![
        small(
            "too large, and says so",
            ScriptedResponse::new("200 OK", &[], &large),
        ),
        small(
            "too large, in chunks",
            ScriptedResponse::chunked(&[&large, &large]),
        ),
        small(
            "too large, and never ends",
            ScriptedResponse::raw(format!("{endless}{chunk}")).hanging(),
        ),
        small(
            "too large in one chunk, and no more comes",
            ScriptedResponse::raw(endless.clone()).hanging(),
        ),
        small("too large, and a refusal", html("502 Bad Gateway", &large)),
        Case {
            response: None,
            ..case("nobody listens", ScriptedResponse::silence())
        },
        case(
            "closed before the response",
            ScriptedResponse::raw([]).closing(),
        ),
        case(
            "closed within the headers",
            ScriptedResponse::raw("HTTP/1.1 200 OK\r\ncontent-").closing(),
        ),
        case(
            "closed within the body",
            ScriptedResponse::raw(torn).closing(),
        ),
        case(
            "closed between chunks",
            ScriptedResponse::raw(endless).closing(),
        ),
        case(
            "another protocol",
            ScriptedResponse::raw("220 secret.example ESMTP\r\n").closing(),
        ),
        short("no response", ScriptedResponse::silence()),
        short(
            "no end of the headers",
            ScriptedResponse::raw("HTTP/1.1 200 OK\r\n").hanging(),
        ),
        short("no end of the body", ScriptedResponse::raw(torn).hanging()),
    ]
}
