use lago_types::Patch;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ingest::outcome::RejectionCode;

fn encoder() -> Encoder {
    Encoder::new(Uuid::from_u128(0x1a901a90_1a90_1a90_1a90_1a901a901a90))
}

fn event() -> EventInput {
    EventInput::new("storage", "sub_1234567890")
        .transaction_id("transaction_1234567890")
        .timestamp("1651240791.123")
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_741_007_010_456).unwrap()
}

fn encode(event: &EventInput) -> Result<Message, EncodeError> {
    encoder().encode(event, at())
}

fn value(event: &EventInput) -> Value {
    serde_json::from_slice(&encode(event).unwrap().value).unwrap()
}

/// As the API of October 2026 writes it, but for `external_customer_id` and the source.
#[test]
fn a_message_is_these_bytes() {
    let full = event()
        .precise_total_amount_cents("1234.56")
        .properties(json!({"region": "eu", "gb": 12.5, "tags": ["a", null], "id": u64::MAX}));
    let message = encode(&full).unwrap();
    assert_eq!(
        message.key,
        "1a901a90-1a90-1a90-1a90-1a901a901a90-sub_1234567890"
    );
    let expected = concat!(
        r#"{"organization_id":"1a901a90-1a90-1a90-1a90-1a901a901a90","#,
        r#""external_subscription_id":"sub_1234567890","transaction_id":"transaction_1234567890","#,
        r#""timestamp":"1651240791.123","code":"storage","precise_total_amount_cents":"1234.56","#,
        r#""properties":PROPERTIES,"ingested_at":"2025-03-03T13:03:30.456","#,
        r#""source":"lago_client_rust","source_metadata":{"api_post_processed":false}}"#,
    );
    // serde_json keeps the order of keys or sorts them, as a feature of it says that other crates switch on.
    let properties = full.properties.as_value().unwrap();
    let expected = expected.replace("PROPERTIES", &serde_json::to_string(properties).unwrap());
    assert_eq!(String::from_utf8(message.value).unwrap(), expected);
    assert!(expected.contains(r#""gb":12.5"#) && expected.contains(r#""id":18446744073709551615"#));

    let bare = encoder().source("meter-7").encode(&event(), at()).unwrap();
    let expected = concat!(
        r#"{"organization_id":"1a901a90-1a90-1a90-1a90-1a901a901a90","#,
        r#""external_subscription_id":"sub_1234567890","transaction_id":"transaction_1234567890","#,
        r#""timestamp":"1651240791.123","code":"storage","precise_total_amount_cents":"0.0","#,
        r#""properties":{},"ingested_at":"2025-03-03T13:03:30.456","#,
        r#""source":"meter-7","source_metadata":{"api_post_processed":false}}"#,
    );
    assert_eq!(String::from_utf8(bare.value).unwrap(), expected);
}

#[test]
fn times_are_plain_seconds_cut_to_the_millisecond() {
    for (time, expected) in [
        ("1651240791.123", "1651240791.123"),
        ("1651240791", "1651240791.0"),
        ("1651240791.500", "1651240791.5"),
        ("1651240791.9999", "1651240791.999"),
        ("1651240791.99999999", "1651240791.999"),
        ("1.651240791123e9", "1651240791.123"),
        ("+01651240791.", "1651240791.0"),
        ("10000", "10000.0"),
        ("10413791999.999", "10413791999.999"),
    ] {
        assert_eq!(
            value(&event().timestamp(time))["timestamp"],
            expected,
            "{time}"
        );
    }
}

#[test]
fn amounts_are_plain_and_as_long_as_the_column() {
    let most = format!("{}.{}", "9".repeat(25), "9".repeat(15));
    for (amount, expected) in [
        ("0", "0.0"),
        ("1e2", "100.0"),
        ("-12.340", "-12.34"),
        ("0.0000000000000014", "0.000000000000001"),
        (most.as_str(), most.as_str()),
    ] {
        let event = event().precise_total_amount_cents(amount);
        assert_eq!(
            value(&event)["precise_total_amount_cents"],
            expected,
            "{amount}"
        );
    }
}

#[test]
fn what_stands_for_nothing_is_written_as_the_api_writes_it() {
    let mut event = event();
    event.properties = Patch::Null;
    event.precise_total_amount_cents = Patch::Null;
    let value = value(&event);
    assert_eq!(value["properties"], json!({}));
    assert_eq!(value["precise_total_amount_cents"], "0.0");
}

#[test]
fn what_the_consumers_could_not_read_is_refused_by_the_name_of_its_field() {
    let mut timeless = event();
    timeless.timestamp = None;
    for (event, field) in [
        (event().transaction_id(" "), "transaction_id"),
        (event().code(""), "code"),
        (
            event().external_subscription_id(""),
            "external_subscription_id",
        ),
        (timeless, "timestamp"),
        (event().timestamp(10_413_792_000_i64), "timestamp"),
        (event().timestamp(9_999), "timestamp"),
        (event().timestamp(-1_651_240_791), "timestamp"),
        (
            event().precise_total_amount_cents("1e25"),
            "precise_total_amount_cents",
        ),
        (
            event().precise_total_amount_cents("-1e999999"),
            "precise_total_amount_cents",
        ),
    ] {
        let error = encode(&event).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
        assert!(
            error.to_string().starts_with(&format!("`{field}` ")),
            "{error}"
        );
    }
    // A setter that refuses its value leaves the field as it was: that is no message either.
    let error = encode(&event().precise_total_amount_cents("1,5")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`precise_total_amount_cents`: expected a number"),
        "{error}"
    );
    let as_the_api = encoder()
        .source("http_ruby")
        .encode(&event(), at())
        .unwrap_err();
    assert_eq!(as_the_api.field(), "source");
}

#[test]
fn a_batch_is_all_messages_or_names_the_events_at_fault() {
    let json = |event: &EventInput| serde_json::to_vec(event).unwrap();
    let (one, other) = (
        event(),
        event().transaction_id("t2").property("requests", 3),
    );
    let too_much = event().precise_total_amount_cents("1e30");
    let batch = |events: &[Vec<u8>]| EventBatch::new(events.iter().map(Vec::as_slice));

    let messages = encoder()
        .encode_batch(&batch(&[json(&one), json(&other)]), at())
        .unwrap();
    assert_eq!(messages, [encode(&one).unwrap(), encode(&other).unwrap()]);

    let mixed = batch(&[json(&one), json(&too_much), b"[1]".to_vec()]);
    let outcome = encoder().encode_batch(&mixed, at()).unwrap_err();
    let BatchOutcome::Refused(faults) = outcome else {
        panic!("{outcome:?}");
    };
    let [(1, Fault::Invalid(amount)), (2, Fault::Invalid(unreadable))] = &faults[..] else {
        panic!("{faults:?}");
    };
    assert_eq!(
        amount.to_string(),
        "precise_total_amount_cents: cannot_be_encoded"
    );
    assert!(amount.has("precise_total_amount_cents", "cannot_be_encoded"));
    let [
        RejectionCode {
            field,
            message: Some(message),
            ..
        },
    ] = &unreadable.codes[..]
    else {
        panic!("{unreadable:?}");
    };
    assert!(field.is_empty() && message.contains("JSON"), "{message}");
}

proptest! {
    /// Whatever is encoded, both consumers read: the types of every field, times and amounts in plain digits.
    #[test]
    fn whatever_is_encoded_can_be_read(
        subscription in "\\PC{1,20}",
        seconds in -20_000_000_000_i64..20_000_000_000,
        fraction in 0..1_000_000_u32,
        amount in proptest::option::of("-?[0-9]{1,30}(\\.[0-9]{0,20})?(e-?[0-9]{1,3})?"),
        milliseconds in 0..4_000_000_000_000_i64,
    ) {
        let time = format!("{seconds}.{fraction:06}");
        let mut event = event().external_subscription_id(subscription.as_str()).timestamp(time.as_str());
        if let Some(amount) = &amount {
            event = event.precise_total_amount_cents(amount.as_str());
        }
        let at = DateTime::from_timestamp_millis(milliseconds).unwrap();
        let Ok(message) = encoder().encode(&event, at) else {
            let is_time = !(10_000..10_413_792_000).contains(&seconds);
            prop_assert!(is_time || amount.is_some() || subscription.trim().is_empty());
            return Ok(());
        };
        let value: Value = serde_json::from_slice(&message.value).unwrap();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        prop_assert_eq!(text("timestamp"), {
            let places = format!("{:03}", fraction / 1000);
            let places = places.trim_end_matches('0');
            format!("{seconds}.{}", if places.is_empty() { "0" } else { places })
        });
        prop_assert_eq!(text("external_subscription_id"), subscription.as_str());
        let ingested = text("ingested_at") + "Z";
        prop_assert_eq!(ingested.parse::<DateTime<Utc>>().unwrap(), at);
        let cents = text("precise_total_amount_cents");
        let (whole, places) = cents.trim_start_matches('-').split_once('.').unwrap();
        prop_assert!(whole.len() <= 25 && (1..=15).contains(&places.len()), "{}", cents);
        prop_assert!(whole.bytes().chain(places.bytes()).all(|digit| digit.is_ascii_digit()), "{}", cents);
        let given = amount.map_or(Decimal::ZERO, |amount| Decimal::parse(&amount).unwrap());
        prop_assert_eq!(Decimal::parse(&cents).unwrap(), given.round(15));
    }
}
