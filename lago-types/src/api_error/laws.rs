//! What holds for every body.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Any JSON, more often than chance with the keys that mean something.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z_]{0,12}".prop_map(Value::from),
        "[a-z_]{0,12}: [a-z]{0,3}".prop_map(Value::from),
        Just("Validation errors: {\"code\":[\"too_long\"]}".into()),
        proptest::sample::select(vec![
            "provider_error",
            "third_party_error",
            "too_many_provider_requests"
        ])
        .prop_map(Value::from),
    ];
    let key = prop_oneof![
        proptest::sample::select(vec![
            "status",
            "error",
            "code",
            "error_details",
            "provider",
            "message",
            "http_status",
            "http_body",
            "params",
            "errors",
        ])
        .prop_map(str::to_owned),
        "[0-9]{1,3}",
        any::<String>(),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn refused(details: Value) -> ApiError {
    ApiError::from(json!({"code": "validation_errors", "error_details": details}))
}

fn texts(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(values) => values.iter().map(texts).sum(),
        Value::Object(map) => map.values().map(texts).sum(),
        _ => 0,
    }
}

/// Asks everything that can be asked.
fn ask(details: Details<'_>) {
    let _ = (details.only(), format!("{details:?}"));
    match details {
        Details::Items(items) => items.iter().for_each(|(index, details)| {
            assert_eq!(items.get(index), Some(details));
            ask(details);
        }),
        Details::Fields(fields) => fields.iter().for_each(|(field, codes)| {
            assert_eq!(fields.get(field), Some(codes));
            assert!(codes.iter().all(|code| fields.has(field, code)));
        }),
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_json_can_be_asked_and_is_kept(body in json_value()) {
        let error: ApiError = serde_json::from_value(body.clone()).unwrap();
        prop_assert_eq!(error.raw(), &body);
        prop_assert_eq!(serde_json::to_value(&error).unwrap(), body);
        let _ = (error.status(), error.error(), error.code(), error.message());
        let _ = (error.to_string(), format!("{error:?} {error:#?}"));
        ask(error.details());
        for problem in error.problems() {
            prop_assert!(error.has(&problem.path, problem.code));
        }
    }

    #[test]
    fn every_text_of_validation_details_is_a_problem(details in json_value()) {
        let error = refused(details.clone());
        ask(error.details());
        prop_assert_eq!(error.problems().len(), texts(error.error_details().unwrap_or(&details)));
    }

    #[test]
    fn the_flagged_items_are_exactly_those_of_the_body(
        flagged in prop::collection::btree_map(0_usize..200, any::<bool>(), 1..40),
    ) {
        let entries = flagged.iter().map(|(index, is_duplicate)| {
            let details = match is_duplicate {
                true => json!({"transaction_id": ["value_already_exist"]}),
                false => json!({"code": ["value_is_mandatory"]}),
            };
            (index.to_string(), details)
        });
        let error = refused(Value::Object(entries.collect::<Map<_, _>>()));
        let Details::Items(items) = error.details() else {
            panic!("{:?}", error.details());
        };
        let read = items.iter().map(|(index, details)| {
            (index, details.only() == Some(("transaction_id", "value_already_exist")))
        });
        prop_assert!(read.eq(flagged));
    }
}
