use serde_json::{Value, json};

use super::*;

fn error(body: Value) -> ApiError {
    ApiError::from(body)
}

fn of_details(details: Value) -> ApiError {
    error(
        json!({"status": 422, "error": "e", "code": "validation_errors", "error_details": details}),
    )
}

/// `index path: code`, a line each.
fn problems(error: &ApiError) -> Vec<String> {
    let line = |problem: Problem<'_>| {
        let index = problem.index.map(|index| format!("{index} "));
        format!(
            "{}{}: {}",
            index.unwrap_or_default(),
            problem.path,
            problem.code
        )
    };
    error.problems().into_iter().map(line).collect()
}

/// As the server of today sent them.
#[test]
fn recorded_bodies() {
    for (body, status, sentence, code, said) in [
        (
            r#"{"status":400,"error":"Bad Request"}"#,
            400,
            "Bad Request",
            None,
            vec![],
        ),
        (
            r#"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: plan"}"#,
            400,
            "BadRequest: param is missing or the value is empty or invalid: plan",
            None,
            vec![],
        ),
        (
            r#"{"status":401,"error":"Unauthorized"}"#,
            401,
            "Unauthorized",
            None,
            vec![],
        ),
        (
            r#"{"status":403,"error":"Forbidden","code":"endpoint_not_available"}"#,
            403,
            "Forbidden",
            Some("endpoint_not_available"),
            vec![],
        ),
        (
            r#"{"status":404,"error":"Not Found","code":"customer_not_found"}"#,
            404,
            "Not Found",
            Some("customer_not_found"),
            vec![],
        ),
        (
            r#"{"status":405,"error":"Method Not Allowed","code":"invoices_not_overdue"}"#,
            405,
            "Method Not Allowed",
            Some("invoices_not_overdue"),
            vec![],
        ),
        (
            r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"1":{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]}}}"#,
            422,
            "Unprocessable Entity",
            Some("validation_errors"),
            vec![
                "1 code: value_is_mandatory",
                "1 transaction_id: value_is_mandatory",
            ],
        ),
        (
            r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"base":["no_linked_payment_provider"]}}"#,
            422,
            "Unprocessable Entity",
            Some("validation_errors"),
            vec!["base: no_linked_payment_provider"],
        ),
    ] {
        let error: ApiError = serde_json::from_str(body).unwrap();
        assert_eq!(error.status(), Some(status), "{body}");
        assert_eq!(error.error(), Some(sentence));
        assert_eq!(error.code(), code);
        // Whether serde_json keeps the order of keys is up to its features.
        let mut problems = problems(&error);
        problems.sort();
        assert_eq!(problems, said, "{body}");
        assert_eq!(
            serde_json::to_value(&error).unwrap(),
            serde_json::from_str::<Value>(body).unwrap()
        );
    }
}

#[test]
fn fields_have_codes() {
    let error = of_details(
        json!({"code": ["value_already_exist"], "rate": ["a", "b"], "base": "alone", "none": []}),
    );
    let Details::Fields(fields) = error.details() else {
        panic!("{:?}", error.details());
    };
    assert!(fields.has("rate", "b") && !fields.has("rate", "value_already_exist"));
    assert_eq!(
        fields.get("rate").unwrap().iter().collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(fields.get("none").unwrap().iter().count(), 0);
    assert!(fields.get("nope").is_none());
    assert_eq!(fields.iter().count(), 4);
    assert!(error.has("base", "alone") && error.has("code", "value_already_exist"));
    assert!(!error.has("code", "b") && !error.has("", "b"));
    assert_eq!(error.codes("rate").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(error.details().only(), None);
}

#[test]
fn items_are_found_by_index_and_come_in_order() {
    let duplicate = json!({"transaction_id": ["value_already_exist"]});
    let error = of_details(json!({
        "10": duplicate,
        "9": "expression cannot be evaluated",
        "0": {"transaction_id": ["value_already_exist"], "code": ["value_is_mandatory"]},
        "2": {"transaction_id": ["value_already_exist", "value_is_mandatory"]},
        "3": {"properties": {"amount": ["value_is_invalid"]}},
        "4": 7,
        "5": ["too_old"],
        "6": {"0": ["a"], "1": {"b": ["c"]}},
    }));
    let Details::Items(items) = error.details() else {
        panic!("{:?}", error.details());
    };
    let indices: Vec<usize> = items.iter().map(|(index, _)| index).collect();
    assert_eq!(indices, [0, 2, 3, 4, 5, 6, 9, 10]);
    let duplicates = items
        .iter()
        .filter(|(_, details)| details.only() == Some(("transaction_id", "value_already_exist")));
    assert_eq!(duplicates.map(|(index, _)| index).collect::<Vec<_>>(), [10]);
    assert_eq!(
        items.get(9),
        Some(Details::Text("expression cannot be evaluated"))
    );
    assert_eq!(items.get(4), Some(Details::Other(&json!(7))));
    assert!(matches!(items.get(5), Some(Details::Codes(codes)) if codes.contains("too_old")));
    assert_eq!(items.get(1), None);
    assert!(error.has("transaction_id", "value_already_exist"));
    assert_eq!(error.codes("transaction_id").count(), 4);
    assert_eq!(
        problems(&error)[3..],
        [
            "2 transaction_id: value_is_mandatory",
            "3 properties.amount: value_is_invalid",
            "5 : too_old",
            "6 0: a",
            "6 1.b: c",
            "9 : expression cannot be evaluated",
            "10 transaction_id: value_already_exist",
        ]
    );
}

#[test]
fn a_sentence_after_a_code_is_its_message() {
    let text = "expression_evaluation_failed: Variable: b not found";
    for details in [
        json!(text),
        json!({"2": text}),
        json!({"expression": [text]}),
    ] {
        let error = of_details(details);
        let [problem] = &error.problems()[..] else {
            panic!("{:?}", error.problems());
        };
        assert_eq!(
            (problem.code, problem.message),
            (
                "expression_evaluation_failed",
                Some("Variable: b not found")
            )
        );
        assert!(error.has(&problem.path, "expression_evaluation_failed"));
        assert!(problem.to_string().ends_with(text));
    }
    // A field that the details know, asked by the view of them.
    let error = of_details(json!({"expression": [text]}));
    assert!(
        matches!(error.details(), Details::Fields(fields) if fields.has("expression", "expression_evaluation_failed"))
    );
    for sentence in [
        "must be one of: draft",
        "invalid: x",
        "Validation errors: none",
    ] {
        let error = of_details(json!({"status": [sentence]}));
        assert_eq!(problems(&error), [format!("status: {sentence}")]);
    }
}

#[test]
fn what_looks_like_an_index_and_is_none_makes_no_items() {
    for key in ["01", "+1", "-1", "1.0", " 1", "", "99999999999999999999999"] {
        let error = of_details(json!({key: {"code": ["a"]}}));
        assert!(matches!(error.details(), Details::Other(_)), "{key}");
        let error = of_details(json!({key: ["a"]}));
        assert!(matches!(error.details(), Details::Fields(_)), "{key}");
    }
    let error = of_details(json!({"0": {"code": ["a"]}, "base": ["b"]}));
    assert!(matches!(error.details(), Details::Other(_)));
    assert_eq!(problems(&error), ["0.code: a", "base: b"]);
}

#[test]
fn other_shapes() {
    assert_eq!(
        of_details(json!("no such field")).details(),
        Details::Text("no such field")
    );
    assert_eq!(of_details(json!(null)).details(), Details::Absent);
    assert_eq!(
        error(json!({"code": "lock_acquisition_failed"})).details(),
        Details::Absent
    );
    assert!(
        matches!(of_details(json!({})).details(), Details::Fields(fields) if fields.iter().next().is_none())
    );
    assert!(matches!(
        of_details(json!(["a"])).details(),
        Details::Codes(_)
    ));
    assert_eq!(
        of_details(json!(["a", 1])).details(),
        Details::Other(&json!(["a", 1]))
    );
    let nested = of_details(
        json!({"charges": {"0": {"properties": {"amount": ["invalid_amount"]}}}, "x": [{"y": "z"}, "w"]}),
    );
    assert!(matches!(nested.details(), Details::Other(_)));
    assert_eq!(
        problems(&nested),
        [
            "charges.0.properties.amount: invalid_amount",
            "x.0.y: z",
            "x: w"
        ]
    );
    assert!(nested.has("charges.0.properties.amount", "invalid_amount"));
    for body in [json!(null), json!(7), json!("text"), json!([{"status": 1}])] {
        let error = error(body);
        assert_eq!(
            (error.status(), error.error(), error.code(), error.message()),
            (None, None, None, None)
        );
        assert_eq!(error.details(), Details::Absent);
    }
    let odd = error(json!({"status": 70000, "error": 1, "code": ["a"], "message": "more"}));
    assert_eq!(
        (odd.status(), odd.error(), odd.code(), odd.message()),
        (None, None, None, Some("more"))
    );
}

#[test]
fn what_other_parties_said() {
    let provider = error(json!({
        "status": 422, "error": "Unprocessable Entity", "code": "provider_error", "provider": {"code": "stripe_eu"},
        "error_details": {
            "code": "card_declined", "message": "declined", "request_id": "req_1", "http_status": 402,
            "http_body": "{}", "more": 1,
        },
    }));
    let Details::Provider(said) = provider.details() else {
        panic!("{:?}", provider.details());
    };
    assert_eq!(
        (said.provider, said.code, said.message),
        (Some("stripe_eu"), Some("card_declined"), Some("declined"))
    );
    assert_eq!(
        (said.request_id, said.http_status, said.http_body),
        (Some("req_1"), Some(402), Some(&json!("{}")))
    );
    assert_eq!(said.raw["more"], 1);
    assert!(!provider.has("code", "card_declined") && provider.problems().is_empty());

    let short = error(
        json!({"code": "provider_error", "provider": null, "error_details": {"message": "m", "http_status": "402", "http_body": null}}),
    );
    let Details::Provider(said) = short.details() else {
        panic!("{:?}", short.details());
    };
    assert_eq!(
        (
            said.provider,
            said.code,
            said.message,
            said.http_status,
            said.http_body
        ),
        (None, None, Some("m"), Some(402), None)
    );

    let third = error(
        json!({"code": "third_party_error", "error_details": {"third_party": "netsuite", "thirdparty_error": "no"}}),
    );
    assert!(
        matches!(third.details(), Details::ThirdParty(said) if said.third_party == Some("netsuite") && said.message == Some("no"))
    );

    let limit = error(
        json!({"status": 429, "code": "too_many_provider_requests", "error_details": {"provider_name": "Stripe", "message": "slow down"}}),
    );
    assert!(
        matches!(limit.details(), Details::ProviderLimit(said) if said.provider_name == Some("Stripe") && said.message == Some("slow down"))
    );

    for code in [
        "provider_error",
        "third_party_error",
        "too_many_provider_requests",
    ] {
        assert_eq!(
            error(json!({"code": code, "error_details": null})).details(),
            Details::Absent
        );
        let text = error(json!({"code": code, "error_details": "a sentence"}));
        let message = match text.details() {
            Details::Provider(said) => said.message,
            Details::ThirdParty(said) => said.message,
            Details::ProviderLimit(said) => said.message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message, Some("a sentence"));
    }
}
