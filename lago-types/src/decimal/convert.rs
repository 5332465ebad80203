//! Decimals beside integers, text and floats.

use std::{cmp::Ordering, str::FromStr};

use serde_json::Value;

use super::{Decimal, Form, ParseDecimalError};
use crate::Patch;

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        Self::parse(text)
    }
}

/// Text becomes a decimal, or says why it is none.
macro_rules! try_from_text {
    ($($text:ty)+) => {$(
        impl TryFrom<$text> for Decimal {
            type Error = ParseDecimalError;

            fn try_from(text: $text) -> Result<Self, ParseDecimalError> {
                Self::checked(text, Form::String)
            }
        }

        impl TryFrom<$text> for Patch<Decimal> {
            type Error = ParseDecimalError;

            fn try_from(text: $text) -> Result<Self, ParseDecimalError> {
                Decimal::try_from(text).map(Self::Value)
            }
        }
    )+};
}

try_from_text!(&str String);

/// A copy, for where either will do.
impl From<&Decimal> for Decimal {
    fn from(decimal: &Decimal) -> Self {
        decimal.clone()
    }
}

/// Integers become decimals and compare with them.
macro_rules! integers {
    ($($integer:ty)+) => {$(
        impl From<$integer> for Decimal {
            fn from(value: $integer) -> Self {
                Self::unchecked(value, Form::String)
            }
        }

        impl From<$integer> for Patch<Decimal> {
            fn from(value: $integer) -> Self {
                Self::Value(value.into())
            }
        }

        impl PartialEq<$integer> for Decimal {
            fn eq(&self, other: &$integer) -> bool {
                self.cmp(&Self::from(*other)).is_eq()
            }
        }

        impl PartialOrd<$integer> for Decimal {
            fn partial_cmp(&self, other: &$integer) -> Option<Ordering> {
                self.partial_cmp(&Self::from(*other))
            }
        }

        impl PartialEq<Decimal> for $integer {
            fn eq(&self, other: &Decimal) -> bool {
                other == self
            }
        }

        impl PartialOrd<Decimal> for $integer {
            fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
                other.partial_cmp(self).map(Ordering::reverse)
            }
        }
    )+};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl From<Decimal> for Value {
    /// A string: a number of a [`Value`] has no more than the 17 digits of an `f64`.
    fn from(decimal: Decimal) -> Self {
        Self::String(decimal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::decimal;

    #[test]
    fn text_becomes_a_decimal_or_says_why_not() {
        assert_eq!(Decimal::try_from("10.50").unwrap().as_str(), "10.50");
        assert_eq!(Decimal::try_from(String::from("1e3")).unwrap(), 1000);
        assert_eq!(Patch::try_from("10.5"), Ok(Patch::Value(decimal!("10.5"))));
        let error = Patch::<Decimal>::try_from("10,5").unwrap_err();
        assert_eq!(Decimal::try_from("10,5"), Err(error));
        assert_eq!(Value::from(decimal!("10.50")), json!("10.50"));
    }

    #[test]
    fn constants_are_decimals() {
        const LONGEST: Decimal = decimal!("-9223372036854775.808");
        assert_eq!(LONGEST, Decimal::parse("-9223372036854775.808").unwrap());
        assert_eq!(decimal!("1e-3").as_str(), "1e-3");
    }

    proptest! {
        #[test]
        fn integers_compare_as_decimals(a in any::<i64>(), b in any::<i64>(), c in any::<i8>()) {
            let decimal = Decimal::from(a);
            prop_assert_eq!(decimal.partial_cmp(&b), a.partial_cmp(&b));
            prop_assert_eq!(b.partial_cmp(&decimal), b.partial_cmp(&a));
            prop_assert_eq!(decimal == b, a == b);
            prop_assert!(decimal == a);
            prop_assert!(a == decimal);
            prop_assert_eq!(Decimal::from(c) < a, i64::from(c) < a);
        }
    }
}
