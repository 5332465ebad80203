//! Bodies and queries as they are judged.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::mock::response::operation;
use crate::route::Route;

/// What comes of a request.
fn checked(mode: Mode, method: &str, target: &str, body: Option<Value>) -> Checked {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("/api/v1{target}"));
    let request = request.header("content-type", "application/json");
    let (head, ()) = request.body(()).unwrap().into_parts();
    let route = Route::of(&head.method, head.uri.path());
    let bytes = body.as_ref().map(|body| Bytes::from(body.to_string()));
    let request = ReceivedRequest::new(head, bytes.unwrap_or_default(), &route);
    let judges = (mode, EventStore::default());
    check(judges, request.operation.unwrap(), &request, body.as_ref())
}

fn notes(checked: &Checked) -> Vec<(String, Effect)> {
    let notes = checked.notes.iter();
    notes
        .map(|note| (note.place.clone(), note.effect))
        .collect()
}

#[test]
fn faithful_notes_and_strict_refuses() {
    let body = json!({ "customer": {
        "external_id": 12, "nickname": "a", "finalize_zero_amount_invoice": "inherit",
        "net_payment_term": "30", "metadata": [{ "key": "k", "value": "v", "shown": true }],
    }});
    let expected = [
        "/customer/external_id",
        "/customer/net_payment_term",
        "/customer/nickname",
        "/customer/metadata/0/shown",
    ];
    for (mode, effect) in [
        (Mode::Faithful, Effect::Noted),
        (Mode::Strict, Effect::RefusedByStrict),
    ] {
        let checked = checked(mode, "POST", "/customers", Some(body.clone()));
        let mut found = notes(&checked);
        let mut expected = expected.map(|place| (place.to_owned(), effect)).to_vec();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, expected);
        assert_eq!(checked.refusal.is_some(), mode == Mode::Strict);
    }
    assert!(operation("customers.create").is_ok());
}

#[test]
fn as_lago_refuses_so_do_both() {
    for mode in [Mode::Faithful, Mode::Strict] {
        for (body, place, refusal) in [
            (json!({}), "/customer", MockResponse::new(400).json(json!({
                "status": 400,
                "error": "BadRequest: param is missing or the value is empty or invalid: customer",
            }))),
            (json!({ "customer": {} }), "/customer", MockResponse::new(400).json(json!({
                "status": 400,
                "error": "BadRequest: param is missing or the value is empty or invalid: customer",
            }))),
            (
                json!({ "customer": { "name": "A" } }),
                "/customer/external_id",
                MockResponse::validation_errors(json!({ "external_id": ["value_is_mandatory"] })),
            ),
            (
                json!({ "customer": { "external_id": null } }),
                "/customer/external_id",
                MockResponse::validation_errors(json!({ "external_id": ["value_is_mandatory"] })),
            ),
            (
                json!({ "customer": { "external_id": "a", "country": "XX" } }),
                "/customer/country",
                MockResponse::validation_errors(json!({ "country": ["not_a_valid_country_code"] })),
            ),
        ] {
            let checked = checked(mode, "POST", "/customers", Some(body));
            assert_eq!(notes(&checked), [(place.to_owned(), Effect::Refused)]);
            assert_eq!(checked.refusal, Some(refusal));
        }
        let none = checked(mode, "POST", "/customers", None);
        assert!(none.refusal.is_some());
    }
}

#[test]
fn a_query_is_looked_into() {
    for (target, expected) in [
        (
            "/invoices?page=2&per_page=10&statuses[]=draft&statuses[]=voided",
            vec![],
        ),
        ("/invoices?staus[]=draft", vec![("?staus[]", Effect::Noted)]),
        ("/invoices?page=abc", vec![("?page", Effect::Noted)]),
        ("/invoices?per_page=0", vec![("?per_page", Effect::Refused)]),
        (
            "/invoices?statuses=draft",
            vec![("?statuses", Effect::Noted)],
        ),
        (
            "/invoices?currency[]=EUR",
            vec![("?currency[]", Effect::Noted)],
        ),
        (
            "/invoices?statuses[]=draft&statuses[]=closed",
            vec![("?statuses[]", Effect::Refused)],
        ),
        (
            "/invoices?issuing_date_from=tomorrow",
            vec![("?issuing_date_from", Effect::Noted)],
        ),
        (
            "/customers/a/current_usage",
            vec![("?external_subscription_id", Effect::Noted)],
        ),
    ] {
        let checked = checked(Mode::Faithful, "GET", target, None);
        let expected = expected
            .into_iter()
            .map(|(place, effect)| (place.to_owned(), effect));
        assert_eq!(notes(&checked), expected.collect::<Vec<_>>(), "{target}");
        if target.ends_with("closed") {
            let words = "must be one of: draft, finalized, voided, failed, pending";
            let details = json!({ "status": { "1": [words] } });
            assert_eq!(
                checked.refusal,
                Some(MockResponse::validation_errors(details))
            );
        }
    }
}

#[test]
fn a_list_of_wrong_values_is_one_code() {
    let body = json!({ "webhook_endpoint": { "webhook_url": "https://a.example", "event_types": ["moon.full", "moon.new"] } });
    let checked = checked(Mode::Faithful, "POST", "/webhook_endpoints", Some(body));
    let code = r#"contains invalid types: ["moon.full", "moon.new"]"#;
    let details = json!({ "event_types": [code] });
    assert_eq!(
        checked.refusal,
        Some(MockResponse::validation_errors(details))
    );
}

#[test]
fn any_json_is_judged_without_harm() {
    for body in [
        json!(null),
        json!([]),
        json!(1),
        json!("x"),
        json!({"customer": 1}),
        json!({"customer": [[]]}),
    ] {
        for (method, target) in [
            ("POST", "/customers"),
            ("POST", "/events/batch"),
            ("POST", "/subscriptions/a/alerts"),
            ("GET", "/plans"),
        ] {
            for mode in [Mode::Faithful, Mode::Strict] {
                let checked = checked(mode, method, target, Some(body.clone()));
                assert!(!checked.notes.is_empty(), "{method} {target} {body}");
            }
        }
    }
}
