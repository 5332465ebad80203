//! To and from the decimals of the crate `rust_decimal`.

use std::{error, fmt};

use super::{Decimal, Excerpt};
use crate::Patch;

/// A number that a `rust_decimal::Decimal` cannot hold exactly: it has 96 bits for the digits, which are 28 for
/// certain, and up to 28 decimal places.
#[derive(Clone, PartialEq, Eq)]
pub struct InexactDecimalError {
    excerpt: Excerpt,
}

impl fmt::Display for InexactDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.excerpt.as_str();
        write!(f, "a `rust_decimal::Decimal` cannot hold {number} exactly")
    }
}

/// What `main` prints: the message, and with `{:#?}` its parts.
impl fmt::Debug for InexactDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f
                .debug_struct("InexactDecimalError")
                .field("number", &self.excerpt.as_str())
                .finish(),
            false => write!(f, "{self}"),
        }
    }
}

impl error::Error for InexactDecimalError {}

impl From<rust_decimal::Decimal> for Decimal {
    /// The same number with the same decimal places.
    fn from(value: rust_decimal::Decimal) -> Self {
        Self::unchecked(value, super::Form::String)
    }
}

impl From<rust_decimal::Decimal> for Patch<Decimal> {
    fn from(value: rust_decimal::Decimal) -> Self {
        Self::Value(value.into())
    }
}

impl TryFrom<&Decimal> for rust_decimal::Decimal {
    type Error = InexactDecimalError;

    /// The same number, and as many of its decimal places as there is room for.
    ///
    /// Fails rather than rounding.
    fn try_from(value: &Decimal) -> Result<Self, InexactDecimalError> {
        let scaled = value.number().to_scaled();
        let exact =
            scaled.and_then(|(integer, scale)| Self::try_from_i128_with_scale(integer, scale).ok());
        let Some(mut exact) = exact else {
            let excerpt = Excerpt::new(value.as_str());
            return Err(InexactDecimalError { excerpt });
        };
        let places = places(value.as_str());
        if places > exact.scale() {
            exact.rescale(places);
        }
        Ok(exact)
    }
}

impl TryFrom<Decimal> for rust_decimal::Decimal {
    type Error = InexactDecimalError;

    /// The same number, and as many of its decimal places as there is room for.
    ///
    /// Fails rather than rounding.
    fn try_from(value: Decimal) -> Result<Self, InexactDecimalError> {
        Self::try_from(&value)
    }
}

/// How many decimal places a number is written with, up to as many as can be kept.
fn places(text: &str) -> u32 {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let fraction = mantissa
        .split_once('.')
        .map_or("", |(_, fraction)| fraction);
    let exponent: i64 = exponent.parse().unwrap_or_default();
    let places = i64::try_from(fraction.len())
        .unwrap_or(i64::MAX)
        .saturating_sub(exponent);
    places.clamp(0, rust_decimal::Decimal::MAX_SCALE.into()) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal as Theirs;

    use super::*;

    fn ours(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn digits_and_places_are_kept() {
        for (text, theirs) in [
            ("10.50", "10.50"),
            ("-0.001", "-0.001"),
            ("0.00", "0.00"),
            ("+.5", "0.5"),
            ("5.", "5"),
            ("1.50e1", "15.0"),
            ("5e2", "500"),
            ("1E-28", "0.0000000000000000000000000001"),
            (
                "1.0000000000000000000000000000000000",
                "1.0000000000000000000000000000",
            ),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
            (
                "7.9228162514264337593543950335",
                "7.9228162514264337593543950335",
            ),
            (
                "79228162514264337593543950335.0",
                "79228162514264337593543950335",
            ),
        ] {
            let converted = Theirs::try_from(ours(text)).unwrap();
            assert_eq!(converted.to_string(), theirs, "{text}");
            assert_eq!(Decimal::from(converted), ours(text));
        }
        assert_eq!(Decimal::from(Theirs::new(1050, 2)).as_str(), "10.50");
        let json = serde_json::to_string(&Decimal::from(Theirs::new(-1050, 2))).unwrap();
        assert_eq!(json, r#""-10.50""#);
        assert_eq!(Patch::from(Theirs::TEN), Patch::Value(Decimal::from(10)));
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        for text in [
            "1e-29",
            "0.00000000000000000000000000001",
            "79228162514264337593543950336",
            "7.92281625142643375935439503351",
            "1e29",
            "1e9223372036854775807",
            "1e-9223372036854775807",
            "123456789012345678901234567890123456789012345678901234567890",
        ] {
            let error = Theirs::try_from(ours(text)).unwrap_err();
            assert_eq!(format!("{error:?}"), error.to_string());
            let error = error.to_string();
            assert!(
                error.starts_with("a `rust_decimal::Decimal` cannot hold "),
                "{error}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_number_of_theirs_survives(integer in -(1_i128 << 95)..(1_i128 << 95), scale in 0_u32..=28) {
            let theirs = Theirs::from_i128_with_scale(integer, scale);
            let back = Theirs::try_from(Decimal::from(theirs)).unwrap();
            prop_assert_eq!(back, theirs);
            prop_assert_eq!(back.scale(), theirs.scale());
        }

        #[test]
        fn ours_is_the_same_number_or_refused(text in "-?[0-9]{1,32}(\\.[0-9]{0,32})?(e-?[0-9]{1,2})?") {
            let ours = ours(&text);
            if let Ok(theirs) = Theirs::try_from(&ours) {
                prop_assert_eq!(Decimal::from(theirs), ours);
            }
        }
    }
}
