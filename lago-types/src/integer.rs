//! Whole numbers however the server writes them.
//!
//! Amounts in cents are integers in the published document, but the server computes some of them with floats or with
//! Ruby's `BigDecimal`. So the same kind of field arrives as `68880`, as `68880.0` or as `"52.0"`. The functions
//! here read all three for `#[serde(deserialize_with = "crate::integer::deserialize")]` and refuse everything that is
//! not a whole number in the range of `i64`, rather than rounding money. For the same reason a float from 2^52 on is
//! refused: there `serde_json` may read `68880.0` as the float beside, which is the integer beside.
//!
//! With `deserialize_with` a missing field is an error even for `Option`; where it may be missing, add
//! `#[serde(default)]`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

use crate::{
    Patch,
    decimal::{Excerpt, integral},
};

/// Reads an `i64`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Lenient::deserialize(deserializer).map(Lenient::get)
}

/// Reads an `Option<i64>`; `null` is `None`.
pub(crate) fn deserialize_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(Lenient::get))
}

/// Reads a `Patch<i64>`; `null` is [`Patch::Null`].
pub(crate) fn deserialize_patch<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Patch<i64>, D::Error> {
    Ok(Patch::deserialize(deserializer)?.map(Lenient::get))
}

/// An integer that was written in one of the three ways.
pub(crate) struct Lenient(i64);

impl Lenient {
    fn get(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor)
    }
}

struct LenientVisitor;

impl<'de> Visitor<'de> for LenientVisitor {
    type Value = Lenient;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Lenient, E> {
        Ok(Lenient(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Lenient, E> {
        i64::try_from(value)
            .map(Lenient)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Lenient, E> {
        // 2^52. Below, the float beside an integer is none, and refused.
        const EXACT: f64 = 4_503_599_627_370_496.0;
        if value.fract() == 0.0 && value.abs() < EXACT {
            Ok(Lenient(value as i64))
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Lenient, E> {
        integral(text)
            .map(Lenient)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(Excerpt::new(text).as_str()), &self))
    }

    // How numbers arrive when some crate in the build enables serde_json's `arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Lenient, A::Error> {
        match serde_json::Number::deserialize(MapAccessDeserializer::new(map)) {
            Ok(number) => self.visit_str(&number.to_string()),
            Err(_) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Fields {
        #[serde(deserialize_with = "crate::integer::deserialize")]
        cents: i64,
        #[serde(default, deserialize_with = "crate::integer::deserialize_option")]
        option: Option<i64>,
        #[serde(
            default,
            deserialize_with = "crate::integer::deserialize_patch",
            skip_serializing_if = "Patch::is_absent"
        )]
        patch: Patch<i64>,
    }

    fn read(json: &str) -> Result<i64, serde_json::Error> {
        deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn every_kind_of_field() {
        let fields: Fields =
            serde_json::from_value(json!({"cents": 68880.0, "option": "52.0", "patch": "7"}))
                .unwrap();
        let expected = Fields {
            cents: 68880,
            option: Some(52),
            patch: Patch::Value(7),
        };
        assert_eq!(fields, expected);

        let fields: Fields =
            serde_json::from_value(json!({"cents": 1, "option": null, "patch": null})).unwrap();
        let expected = Fields {
            cents: 1,
            patch: Patch::Null,
            ..Fields::default()
        };
        assert_eq!(fields, expected);

        let fields: Fields = serde_json::from_value(json!({"cents": "68880"})).unwrap();
        assert_eq!(
            fields,
            Fields {
                cents: 68880,
                ..Fields::default()
            }
        );
    }

    #[test]
    fn the_edges_of_the_range() {
        for (json, expected) in [
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            (r#""9223372036854775807.000""#, i64::MAX),
            (r#""-9223372036854775808""#, i64::MIN),
            ("4503599627370495.0", (1 << 52) - 1),
            ("-4.503599627370495e15", 1 - (1 << 52)),
            ("-0.0", 0),
            (r#""1.5e1""#, 15),
            (r#""0e999999999""#, 0),
        ] {
            assert_eq!(read(json).unwrap(), expected, "{json}");
        }
        for json in [
            "9223372036854775808",
            "-9223372036854775809",
            "1e300",
            "0.5",
            r#""9223372036854775808""#,
            r#""52.5""#,
            r#""1e-1""#,
            r#""1e999999999999""#,
            r#""""#,
            r#"" 1""#,
            r#""NaN""#,
            "null",
            "true",
            "{}",
            "[]",
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains("expected an integer"), "{json}: {error}");
        }
    }

    #[test]
    fn beyond_exact_floats_only_text_is_read() {
        // With serde_json's `arbitrary_precision` it comes as text.
        let read = read("9007199254740994.0").ok();
        assert!(
            matches!(read, None | Some(9_007_199_254_740_994)),
            "{read:?}"
        );
    }

    #[test]
    fn errors_say_what_came() {
        let error = |json| read(json).unwrap_err().to_string();
        let fraction = error("52.5");
        assert!(fraction.contains("52.5") && fraction.contains("expected an integer"));
        assert!(
            error(r#""52.5""#).starts_with(r#"invalid value: string "52.5", expected an integer"#)
        );
        assert!(error("{}").starts_with("invalid type: map, expected an integer"));
        let long = error(&format!("\"{}\"", "x".repeat(1000)));
        assert!(long.len() < 120, "{long}");
    }

    proptest! {
        #[test]
        fn every_integer_in_every_way(value in any::<i64>()) {
            prop_assert_eq!(read(&value.to_string()).unwrap(), value);
            prop_assert_eq!(read(&format!("\"{value}\"")).unwrap(), value);
            prop_assert_eq!(read(&format!("\"{value}.00\"")).unwrap(), value);
        }

        // Not through text: without its feature `float_roundtrip`, serde_json reads a number of 16 digits and more as
        // a neighbour of the nearest float.
        #[test]
        fn every_integral_float(value in 1 - (1_i64 << 52)..(1_i64 << 52)) {
            prop_assert_eq!(deserialize(json!(value as f64)).unwrap(), value);
        }

        #[test]
        fn every_integral_float_of_fifteen_digits_as_text(value in -99_999_999_999_999_i64..=99_999_999_999_999) {
            prop_assert_eq!(read(&format!("{value}.0")).unwrap(), value);
        }

        #[test]
        fn a_float_as_text_is_read_exactly_or_not_at_all(value in (1_i64 << 48)..(1_i64 << 56), sign in prop_oneof![Just(1), Just(-1)]) {
            let value = sign * value;
            let read = read(&format!("{value}.0")).ok();
            prop_assert!(read.is_none() || read == Some(value), "{value}: {read:?}");
        }

        #[test]
        fn no_fraction(whole in -(1_i64 << 40)..(1_i64 << 40), thousandths in 1..1000) {
            let text = format!("{whole}.{thousandths:03}");
            prop_assert!(read(&text).is_err());
            let quoted = format!("\"{text}\"");
            prop_assert!(read(&quoted).is_err());
        }

        #[test]
        fn floats_are_read_exactly_or_not_at_all(
            value in prop_oneof![any::<f64>(), any::<i64>().prop_map(|value| value as f64), -1e17..1e17],
        ) {
            let read: Result<Lenient, serde::de::value::Error> = LenientVisitor.visit_f64(value);
            let exact = value.fract() == 0.0 && value.abs() < (1_i64 << 52) as f64;
            prop_assert_eq!(read.ok().map(Lenient::get), exact.then_some(value as i64));
        }

        #[test]
        fn garbage_does_not_panic(text in any::<String>()) {
            let _ = read(&text);
            let _ = read(&json!(text).to_string());
        }
    }
}
