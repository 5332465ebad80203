//! What setters take, and what becomes of what they do not take.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, Utc};
use lago_client::types::{
    ChargePropertiesInput, CouponUpdate, Decimal, EvaluateExpressionEventInput,
    EventEstimateFeesInput, EventInput, GraduatedRangeInput, GraduatedRangeInputRequired, Patch,
    TaxInput, WalletTransactionInput, decimal,
};
use serde_json::{Map, Value, json};

fn sent(request: &impl serde::Serialize) -> Value {
    serde_json::to_value(request).unwrap()
}

fn why(request: &impl serde::Serialize) -> String {
    serde_json::to_string(request).unwrap_err().to_string()
}

#[test]
fn a_decimal_is_text_an_integer_or_a_decimal() {
    let price = || ChargePropertiesInput::new();
    for (request, amount) in [
        (price().amount("10.50"), "10.50"),
        (price().amount(String::from("10.50")), "10.50"),
        (price().amount(7), "7"),
        (price().amount(7_i64), "7"),
        (price().amount(u64::MAX), "18446744073709551615"),
        (price().amount(decimal!("0.02")), "0.02"),
        (price().amount(Decimal::from_f64(0.1).unwrap()), "0.1"),
    ] {
        assert_eq!(sent(&request), json!({ "amount": amount }));
    }
    assert_eq!(sent(&TaxInput::new("VAT", "vat", "20.5"))["rate"], "20.5");
    let clear = CouponUpdate::new().percentage_rate(Patch::Null);
    assert_eq!(sent(&clear), json!({ "percentage_rate": null }));
    assert_eq!(
        sent(&clear.percentage_rate("5.5")),
        json!({ "percentage_rate": "5.5" })
    );
}

#[test]
fn a_time_is_any_date_and_time_or_seconds() {
    let utc: DateTime<Utc> = "2022-04-29T13:59:51.123Z".parse().unwrap();
    let east = utc.with_timezone(&FixedOffset::east_opt(7200).unwrap());
    let system = SystemTime::UNIX_EPOCH + Duration::from_millis(1_651_240_791_123);
    let event = || EventInput::new("api_calls", "sub_1");
    for event in [
        event().timestamp(utc),
        event().timestamp(east),
        event().timestamp(system),
        event().timestamp("1651240791.123"),
        event().timestamp(decimal!("1651240791.123")),
    ] {
        assert_eq!(sent(&event)["timestamp"], 1651240791.123);
    }
    assert_eq!(
        sent(&event().timestamp(1_651_240_791))["timestamp"],
        1_651_240_791
    );
    let evaluated = EvaluateExpressionEventInput::new().timestamp(utc);
    assert_eq!(sent(&evaluated)["timestamp"], 1651240791.123);
}

#[test]
fn an_object_is_json_a_map_or_pairs() {
    let pairs = [("x", 1), ("y", 2)];
    let json = json!({ "x": 1, "y": 2 });
    let map: Map<String, Value> = json.as_object().cloned().unwrap();
    let event = || EventInput::new("api_calls", "sub_1");
    for event in [
        event().properties(json.clone()),
        event().properties(map.clone()),
        event().properties(pairs),
        event().properties(Vec::from(pairs)),
        event().properties(BTreeMap::from(pairs)),
        event().properties(HashMap::from(pairs)),
    ] {
        assert_eq!(sent(&event)["properties"], json);
    }
    let event = || EventEstimateFeesInput::new("api_calls", "sub_1");
    for event in [
        event().properties(json.clone()),
        event().properties(map),
        event().properties(pairs),
        event().properties(pairs.into_iter().rev()),
    ] {
        assert_eq!(sent(&event)["properties"], json);
    }
}

#[test]
fn what_is_refused_names_its_field_and_quotes_nothing() {
    let number = r#"expected a number such as "12.50""#;
    let credits = WalletTransactionInput::new(uuid::Uuid::nil()).paid_credits("jane@example.com");
    assert_eq!(why(&credits), format!("`paid_credits`: {number}"));
    assert_eq!(
        why(&TaxInput::new("VAT", "vat", "20,5")),
        format!("`rate`: {number}")
    );
    let range = GraduatedRangeInput::new(GraduatedRangeInputRequired {
        from_value: 0.into(),
        to_value: None,
        flat_amount: 0.into(),
        per_unit_amount: decimal!("0.5"),
    });
    let range = range
        .from_value("zero")
        .flat_amount("x")
        .per_unit_amount("1");
    assert_eq!(
        why(&range),
        format!("`from_value`: {number}; `flat_amount`: {number}")
    );
    let event = EventInput::new("api_calls", "sub_1");
    let milliseconds = event.clone().timestamp(1_651_240_791_123_i64);
    assert!(why(&milliseconds).starts_with("`timestamp`: seconds since 1970 are expected"));
    for json in [json!([]), json!("x"), json!(1)] {
        let event = event.clone().properties(json);
        assert!(why(&event).starts_with("`properties`: expected a JSON object"));
    }
    // The last value counts.
    let event = milliseconds.timestamp(1_651_240_791);
    assert_eq!(sent(&event)["timestamp"], 1_651_240_791);
}
