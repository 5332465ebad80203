//! Decimals where no JSON text is at hand: buffers, values, other formats, serde_json with `arbitrary_precision`.

use std::collections::BTreeMap;

use serde::de::value::{Error, F64Deserializer, I64Deserializer, MapDeserializer, StrDeserializer};
use serde::{Deserialize, Serialize, de::IntoDeserializer};
use serde_json::{Value, json};

use super::*;

/// More digits than an `f64` has, and the `f64` nearest to it.
const LONG: &str = "9007199254740993.125";
const NEAREST: f64 = 9_007_199_254_740_993.125;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Charge {
    units: Decimal,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    List(Vec<Decimal>),
    One(Decimal),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model")]
enum Model {
    Standard { amount: Decimal },
    Package(Charge),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    #[serde(flatten)]
    charge: Charge,
    #[serde(flatten)]
    others: BTreeMap<String, Decimal>,
}

/// A decimal that was read out of a buffer: the nearest `f64`, or all of it when serde_json keeps numbers as text.
#[track_caller]
fn assert_near(decimal: &Decimal) {
    let value: Value = serde_json::from_str(LONG).unwrap();
    match value.to_string().as_str() {
        LONG => assert_eq!(decimal.as_str(), LONG),
        _ => assert_eq!(decimal.to_f64(), NEAREST),
    }
    // A JSON number, whichever.
    assert!(!format!("{decimal:?}").contains('"'), "{decimal:?}");
}

#[test]
fn text_is_read_and_written_whole_also_in_lists_maps_options_and_from_a_reader() {
    let json = format!(r#"{{"units":{LONG}}}"#);
    let charge: Charge = serde_json::from_str(&json).unwrap();
    assert_eq!(charge.units.as_str(), LONG);
    assert_eq!(serde_json::to_string(&charge).unwrap(), json);
    assert_eq!(
        serde_json::from_slice::<Charge>(json.as_bytes()).unwrap(),
        charge
    );
    assert_eq!(
        serde_json::from_reader::<_, Charge>(json.as_bytes()).unwrap(),
        charge
    );
    let json = format!("[ {LONG} , null,\"{LONG}\",\"1\\u0030\\u002e5\"]");
    let list: Vec<Option<Decimal>> = serde_json::from_str(&json).unwrap();
    let text: Vec<&str> = list.iter().flatten().map(Decimal::as_str).collect();
    assert_eq!(text, [LONG, LONG, "10.5"]);
    let pretty = serde_json::to_string_pretty(&charge).unwrap();
    assert_eq!(pretty, format!("{{\n  \"units\": {LONG}\n}}"));
}

#[test]
fn wrappers_around_serde_json_keep_every_digit() {
    let json = format!(r#"{{"units":{LONG}}}"#);
    let mut track = serde_path_to_error::Track::new();
    let mut inner = serde_json::Deserializer::from_str(&json);
    let tracked = serde_path_to_error::Deserializer::new(&mut inner, &mut track);
    assert_eq!(Charge::deserialize(tracked).unwrap().units.as_str(), LONG);
}

#[test]
fn buffers_of_untagged_enums_tags_and_flattened_fields() {
    let one: Either = serde_json::from_str(LONG).unwrap();
    assert!(
        matches!(&one, Either::One(decimal) if { assert_near(decimal); true }),
        "{one:?}"
    );
    let list: Either = serde_json::from_str(&format!("[{LONG}, \"{LONG}\"]")).unwrap();
    let Either::List(list) = &list else {
        panic!("{list:?}")
    };
    assert_near(&list[0]);
    assert_eq!(list[1].as_str(), LONG);
    let json = format!(r#"{{"amount":{LONG},"model":"Standard"}}"#);
    let model: Model = serde_json::from_str(&json).unwrap();
    let Model::Standard { amount } = &model else {
        panic!("{model:?}")
    };
    assert_near(amount);
    let json = format!(r#"{{"a":{LONG},"units":{LONG},"b":7,"c":"{LONG}"}}"#);
    let flat: Flat = serde_json::from_str(&json).unwrap();
    assert_near(&flat.charge.units);
    assert_near(&flat.others["a"]);
    assert_eq!(
        (flat.others["b"].as_str(), flat.others["c"].as_str()),
        ("7", LONG)
    );
}

#[test]
fn buffers_are_written_whole() {
    let units: Decimal = serde_json::from_str(LONG).unwrap();
    let charge = |units: &Decimal| Charge {
        units: units.clone(),
    };
    let flat = Flat {
        charge: charge(&units),
        others: BTreeMap::from([("a".to_owned(), units.clone())]),
    };
    let json = serde_json::to_string(&flat).unwrap();
    assert_eq!(json, format!(r#"{{"units":{LONG},"a":{LONG}}}"#));
    let json = serde_json::to_string(&Model::Package(charge(&units))).unwrap();
    assert_eq!(json, format!(r#"{{"model":"Package","units":{LONG}}}"#));
    let json = serde_json::to_string(&Either::One(units)).unwrap();
    assert_eq!(json, LONG);
}

#[test]
fn values_hold_what_a_value_holds() {
    let value: Value = serde_json::from_str(LONG).unwrap();
    assert_near(&serde_json::from_value(value.clone()).unwrap());
    assert_near(&Decimal::deserialize(&value).unwrap());
    let decimal: Decimal = serde_json::from_str(LONG).unwrap();
    assert_eq!(serde_json::to_value(&decimal).unwrap(), value);
    for (json, value) in [
        ("7", json!(7)),
        ("-2.5", json!(-2.5)),
        (r#""2.50""#, json!("2.50")),
    ] {
        let decimal: Decimal = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_value(&decimal).unwrap(), value);
        assert_eq!(serde_json::from_value::<Decimal>(value).unwrap(), decimal);
    }
    assert_eq!(Value::from(decimal), json!(LONG));
}

#[test]
fn keys_of_maps_are_text() {
    let numbers: Vec<Decimal> =
        serde_json::from_str("[1.50, 7, 30864197253086429912.125]").unwrap();
    let map: BTreeMap<Decimal, u8> = numbers.into_iter().zip(1..).collect();
    let json = serde_json::to_string(&map).unwrap();
    assert_eq!(json, r#"{"1.50":1,"7":2,"30864197253086429912.125":3}"#);
    assert_eq!(
        serde_json::from_str::<BTreeMap<Decimal, u8>>(&json).unwrap(),
        map
    );
}

/// serde's own deserializers stand for any format that is not JSON.
#[test]
fn other_formats_give_integers_floats_and_text() {
    let integer: I64Deserializer<Error> = 7_i64.into_deserializer();
    assert_eq!(Decimal::deserialize(integer).unwrap().as_str(), "7");
    let float: F64Deserializer<Error> = 2.5_f64.into_deserializer();
    assert_eq!(Decimal::deserialize(float).unwrap().as_str(), "2.5");
    let text: StrDeserializer<'_, Error> = LONG.into_deserializer();
    assert_eq!(Decimal::deserialize(text).unwrap().as_str(), LONG);
    let map = MapDeserializer::<_, Error>::new([("units", 2.5)].into_iter());
    assert_eq!(Charge::deserialize(map).unwrap().units.as_str(), "2.5");
}

/// `fmt::Formatter` is a serializer of serde that is not JSON: it takes scalars and refuses structs.
#[test]
fn other_formats_take_integers_and_floats() {
    struct Shown<'a>(&'a Decimal);

    impl fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }

    for (json, shown) in [
        ("7", "7"),
        ("18446744073709551615", "18446744073709551615"),
        ("2.50", "2.5"),
        (LONG, "9007199254740994"),
        (r#""2.50""#, "2.50"),
    ] {
        let decimal: Decimal = serde_json::from_str(json).unwrap();
        assert_eq!(Shown(&decimal).to_string(), shown);
    }
}

/// The map in which serde_json hands numbers over when `arbitrary_precision` is on, whether it is on here or not.
#[test]
fn numbers_of_arbitrary_precision() {
    let map = |key: &'static str| MapDeserializer::<_, Error>::new([(key, LONG)].into_iter());
    let decimal = Decimal::deserialize(map("$serde_json::private::Number")).unwrap();
    assert_eq!(format!("{decimal:?}"), format!("Decimal({LONG})"));
    for other in ["units", "", "$serde_json::private::RawNumber"] {
        let error = Decimal::deserialize(map(other)).unwrap_err().to_string();
        assert!(
            error.starts_with("invalid type: map, expected a decimal"),
            "{error}"
        );
    }
}

#[test]
fn numbers_are_written_in_the_grammar_of_json() {
    for (text, json) in [
        ("+5", "5"),
        (".5", "0.5"),
        ("-.50", "-0.50"),
        ("5.", "5"),
        ("007", "7"),
        ("-00.10e+03", "-0.10e3"),
        ("5.e2", "5e2"),
        ("1E+2", "1E+2"),
        ("000", "0"),
        ("1e400", "1e400"),
        ("0e-9223372036854775808", "0e-9223372036854775808"),
    ] {
        let decimal = Decimal::parse(text).unwrap();
        let mut written = Vec::new();
        as_number(&decimal, &mut serde_json::Serializer::new(&mut written)).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), json, "{text}");
        assert_eq!(
            serde_json::from_str::<Decimal>(json).unwrap(),
            decimal,
            "{text}"
        );
    }
}

#[test]
fn what_does_not_fit_a_float_is_refused_where_one_is_needed() {
    // With serde_json's `arbitrary_precision` a value holds any number.
    let floats_only = serde_json::from_str::<serde_json::Number>("1e400").is_err();
    for text in ["1e400", "-1e400", "1e-400"]
        .into_iter()
        .filter(|_| floats_only)
    {
        let number = Number(Decimal::parse(text).unwrap());
        let error = serde_json::to_value(&number).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("the decimal {text:?} does not fit a 64-bit float")
        );
    }

    #[derive(Serialize)]
    struct Number(#[serde(serialize_with = "as_number")] Decimal);
}
