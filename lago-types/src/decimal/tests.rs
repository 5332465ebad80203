use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::Patch;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn read(json: &str) -> Decimal {
    serde_json::from_str(json).unwrap()
}

#[test]
fn texts_that_are_numbers() {
    for text in [
        "0", "10.50", "-3", "+1", ".5", "5.", "1e-3", "1E+3", "007", "-.0e-0", "0.1e2",
    ] {
        let value = decimal(text);
        assert_eq!(value.as_str(), text);
        assert_eq!(value.to_string(), text);
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(read(&json).as_str(), text);
    }
}

#[test]
fn texts_that_are_not() {
    for text in [
        "", " ", " 1", "1 ", ".", "+", "-", "e5", ".e5", "1e", "1e+", "1e1.5", "1e5e5", "1.2.3",
        "--1", "+-1", "1_000", "1,5", "NaN", "Infinity", "-inf", "0x10", "١", "1\0", "abc",
    ] {
        let error = Decimal::parse(text).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(r#"invalid decimal {text:?}: expected a number such as "12.50""#)
        );
        assert!(serde_json::from_value::<Decimal>(json!(text)).is_err());
    }
}

#[test]
fn errors_are_short() {
    let error = Decimal::parse(&"ä".repeat(100_000))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&format!("\"{}…\"", "ä".repeat(40))),
        "{error}"
    );
    let error = serde_json::from_str::<Decimal>(r#""abc""#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(r#"invalid decimal "abc": expected a number such as "12.50""#),
        "{error}"
    );
    for json in ["null", "true", "[]", "{}", r#"{"a":1}"#] {
        let error = serde_json::from_str::<Decimal>(json)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("expected a decimal number"),
            "{json}: {error}"
        );
    }
}

#[test]
fn json_numbers_stay_numbers() {
    for (json, text) in [
        ("52.0", "52.0"),
        ("52", "52"),
        ("-7", "-7"),
        ("0.1", "0.1"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1e-7", "1e-7"),
        ("-0.0", "-0.0"),
        ("-0", "-0"),
        ("10.50", "10.50"),
        ("1E+2", "1E+2"),
        ("1e400", "1e400"),
        ("9007199254740993.0", "9007199254740993.0"),
        ("18446744073709551616", "18446744073709551616"),
        ("30864197253086429912", "30864197253086429912"),
        (
            "0.1000000000000000055511151231257827",
            "0.1000000000000000055511151231257827",
        ),
    ] {
        assert_eq!(read(json).as_str(), text);
        assert_eq!(serde_json::to_string(&read(json)).unwrap(), json);
    }
    assert_eq!(
        format!("{:?} {:?}", read("52.0"), read(r#""52.0""#)),
        r#"Decimal(52.0) Decimal("52.0")"#
    );
}

#[test]
fn it_is_printed_as_numbers_are() {
    let decimal = |text| Decimal::parse(text).unwrap();
    for (printed, expected) in [
        (format!("{:.2}", decimal("12.50")), "12.50"),
        (format!("{:.2}", decimal("3.14159")), "3.14"),
        (format!("{:.2}", decimal("0.005")), "0.01"),
        (format!("{:.0}", decimal("-2.5")), "-3"),
        (format!("{:.2}", decimal("7")), "7.00"),
        (format!("{:+}", decimal("7.5")), "+7.5"),
        (format!("{:+.1}", decimal("-7.25")), "-7.3"),
        (format!("{:>8.2}|", decimal("1.5")), "    1.50|"),
        (format!("{:8}|", decimal("1.5")), "     1.5|"),
        (format!("{:<8}|", decimal("1.5")), "1.5     |"),
        (format!("{:08.2}", decimal("-1.5")), "-0001.50"),
        (format!("{}", decimal("+1.50e3")), "+1.50e3"),
    ] {
        assert_eq!(printed, expected);
    }
}

#[test]
fn made_in_rust_is_a_string() {
    for (value, text) in [
        (Decimal::from(7), "7"),
        (
            Decimal::from(i128::MIN),
            "-170141183460469231731687303715884105728",
        ),
        (Decimal::from_f64(0.1).unwrap(), "0.1"),
        (Decimal::from_f64(52.0).unwrap(), "52.0"),
        (Decimal::default(), "0"),
        ("1.50".parse().unwrap(), "1.50"),
    ] {
        assert_eq!(serde_json::to_value(value).unwrap(), json!(text));
    }
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(Decimal::from_f64(float).is_err());
    }
}

#[test]
fn spellings_of_one_value_are_equal() {
    let state = RandomState::new();
    for spellings in [
        &["1", "1.0", "1.00", "+1", "10e-1", "0.01e2", "001.", "1e0"][..],
        &["0", "-0", "0.000", ".0", "0e999999999999", "-0e-5"],
        &[
            "-1234.5",
            "-1234.50",
            "-1.2345e3",
            "-12345e-1",
            "-0001234.5",
        ],
        &["0.001", "1e-3", ".00100", "100e-5"],
        &["100", "1e2", "0.1e3", "100.0"],
    ] {
        for (a, b) in spellings
            .iter()
            .flat_map(|a| spellings.iter().map(move |b| (a, b)))
        {
            assert_eq!(decimal(a), decimal(b));
            assert_eq!(
                state.hash_one(decimal(a)),
                state.hash_one(decimal(b)),
                "{a} {b}"
            );
        }
    }
    assert!(decimal("-0").is_zero() && !decimal("-0").is_negative());
    assert!(decimal("-0.001").is_negative() && !decimal("-0.001").is_zero());
}

#[test]
fn order_is_numeric() {
    let ascending = [
        "-1e9223372036854775807",
        "-1e400",
        "-10",
        "-9.99",
        "-9.9",
        "-1",
        "-1e-400",
        "0",
        "1e-9223372036854775808",
        "1e-400",
        "0.9",
        "0.99",
        "1",
        "1.000000000000000000000000000000001",
        "9",
        "10",
        "1e400",
        "1e999999999999",
        "9.9e9223372036854775807",
        "10e9223372036854775807",
    ];
    for (i, a) in ascending.iter().enumerate() {
        for (j, b) in ascending.iter().enumerate() {
            assert_eq!(decimal(a).cmp(&decimal(b)), i.cmp(&j), "{a} {b}");
        }
    }
}

#[test]
fn huge_exponents_cost_nothing() {
    let huge = decimal("1e999999999999");
    assert_eq!(huge.to_string(), "1e999999999999");
    assert_eq!(huge.to_i64(), None);
    assert_eq!(huge.to_f64(), f64::INFINITY);
    assert_eq!(decimal("1e-999999999999").to_f64(), 0.0);
    assert_eq!(huge, decimal("0.1e1000000000000"));
    assert_eq!(
        decimal("1e000000000000000000000000000001"),
        Decimal::from(10)
    );
    for text in [
        "1e9223372036854775808",
        "1e-9223372036854775809",
        "0e99999999999999999999",
    ] {
        let error = Decimal::parse(text).unwrap_err().to_string();
        assert!(error.ends_with("the exponent is out of range"), "{error}");
    }
}

#[test]
fn to_i64_is_exact() {
    for (text, expected) in [
        ("52.0", Some(52)),
        ("-5e2", Some(-500)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808.000", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("9999999999999999999", None),
        ("1e19", None),
        ("0.5", None),
        ("1e-1", None),
        ("1e-9223372036854775808", None),
        ("0e-5", Some(0)),
    ] {
        assert_eq!(decimal(text).to_i64(), expected, "{text}");
    }
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Strings {
    #[serde(serialize_with = "crate::decimal::as_string")]
    plain: Decimal,
    #[serde(serialize_with = "crate::decimal::as_string")]
    option: Option<Decimal>,
    #[serde(
        default,
        serialize_with = "crate::decimal::as_string",
        skip_serializing_if = "Patch::is_absent"
    )]
    patch: Patch<Decimal>,
    #[serde(serialize_with = "crate::decimal::as_string")]
    list: Vec<Decimal>,
    #[serde(serialize_with = "crate::decimal::as_string")]
    option_list: Option<Vec<Decimal>>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Numbers {
    #[serde(serialize_with = "crate::decimal::as_number")]
    plain: Decimal,
    #[serde(serialize_with = "crate::decimal::as_number")]
    option: Option<Decimal>,
    #[serde(
        default,
        serialize_with = "crate::decimal::as_number",
        skip_serializing_if = "Patch::is_absent"
    )]
    patch: Patch<Decimal>,
    #[serde(serialize_with = "crate::decimal::as_number")]
    list: Vec<Decimal>,
    #[serde(serialize_with = "crate::decimal::as_number")]
    option_list: Option<Vec<Decimal>>,
}

#[test]
fn fields_send_the_form_of_their_schema() {
    let mixed = r#"{"plain":52.0,"option":"10.50","patch":7,"list":["1e3","18446744073709551615"],"option_list":["+5"]}"#;
    let strings: Strings = serde_json::from_str(mixed).unwrap();
    assert_eq!(
        serde_json::to_string(&strings).unwrap(),
        r#"{"plain":"52.0","option":"10.50","patch":"7","list":["1e3","18446744073709551615"],"option_list":["+5"]}"#
    );
    let numbers: Numbers = serde_json::from_str(mixed).unwrap();
    assert_eq!(
        serde_json::to_string(&numbers).unwrap(),
        r#"{"plain":52.0,"option":10.50,"patch":7,"list":[1e3,18446744073709551615],"option_list":[5]}"#
    );
    assert_eq!(
        serde_json::to_string(&Numbers::default()).unwrap(),
        r#"{"plain":0,"option":null,"list":[],"option_list":null}"#
    );
    let cleared = Strings {
        patch: Patch::Null,
        ..Strings::default()
    };
    assert_eq!(
        serde_json::to_string(&cleared).unwrap(),
        r#"{"plain":"0","option":null,"patch":null,"list":[],"option_list":null}"#
    );
}
