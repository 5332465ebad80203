//! Exact decimal numbers.

#[cfg(feature = "rust_decimal")]
mod interop;
mod number;
mod spelling;
mod wire;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, error, fmt, hash, str::FromStr};

#[cfg(feature = "rust_decimal")]
pub use self::interop::InexactDecimalError;
use self::number::{Invalid, Number};
use self::spelling::{Form, Spelling};
pub(crate) use self::wire::{as_number, as_string};

/// A decimal number with every digit that the API sent.
///
/// Lago writes amounts and quantities as strings (`"10.50"`) or as JSON numbers (`52.0`). A `Decimal` keeps the text:
/// [`Display`](fmt::Display) and [`as_str`](Decimal::as_str) give `10.50`, not `10.5`. Equality, order and hash go by
/// the value, whatever the spelling.
///
/// ```
/// use lago_types::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let price = Decimal::parse("10.50")?;
/// assert_eq!(price.to_string(), "10.50");
/// assert_eq!(price, Decimal::parse("1.05e1")?);
/// assert!(price > Decimal::from(10));
/// # Ok(())
/// # }
/// ```
///
/// # JSON
///
/// Both forms are read, and a value is written in the form in which it was read; one made in Rust is written as
/// a string. Where the API asks for a certain form, the fields of this crate's types write that one.
///
/// ```
/// use lago_types::Decimal;
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let values: Vec<Decimal> = serde_json::from_str(r#"["10.50", 52.0, 7]"#)?;
/// assert_eq!(serde_json::to_string(&values)?, r#"["10.50",52.0,7]"#);
/// # Ok(())
/// # }
/// ```
///
/// A string is read exactly. A JSON number is exact as an integer of 64 bits; any other is read as the `f64` that it
/// comes to, which holds 15 digits for certain.
///
/// # Arithmetic
///
/// There is none: rounding rules are yours to choose. Give [`as_str`](Decimal::as_str), which has all the digits, to
/// a decimal library. [`to_f64`](Decimal::to_f64) loses digits and is for display.
///
/// With the feature `rust_decimal`, `From` and `TryFrom` convert from and to that crate's type, exactly or not at all.
#[derive(Clone)]
pub struct Decimal {
    /// Always a text that [`Number::parse`] accepts, and the form for where the field does not say which.
    spelling: Spelling,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::from_i64(0);

    /// An integer. `From` takes all kinds of integers; this also works in constants.
    ///
    /// ```
    /// use lago_types::Decimal;
    ///
    /// const MINIMUM: Decimal = Decimal::from_i64(25);
    /// assert_eq!(MINIMUM, Decimal::from(25));
    /// ```
    #[must_use]
    pub const fn from_i64(value: i64) -> Self {
        Self::integer(value, Form::String)
    }

    const fn integer(value: i64, form: Form) -> Self {
        Self {
            spelling: Spelling::integer(value, form),
        }
    }

    /// Reads a number: an optional sign, digits with at most one point among or around them, and an optional exponent.
    /// So `12.50`, `-3`, `+.5`, `5.` and `1e-3` are numbers. The same as [`str::parse`], for places where the
    /// compiler cannot tell what to parse into.
    ///
    /// ```
    /// use lago_types::Decimal;
    ///
    /// assert!(Decimal::parse("1e-3").is_ok());
    /// assert_eq!(
    ///     Decimal::parse("12,50").map_err(|e| e.to_string()),
    ///     Err(r#"invalid decimal "12,50": expected a number such as "12.50""#.to_string()),
    /// );
    /// ```
    ///
    /// # Errors
    /// When the text is anything else, also blanks around the number, `NaN` and infinities, and when the exponent
    /// does not fit an `i64`.
    pub fn parse(text: &str) -> Result<Self, ParseDecimalError> {
        Self::checked(text, Form::String)
    }

    fn checked(
        text: impl AsRef<str> + Into<Box<str>>,
        form: Form,
    ) -> Result<Self, ParseDecimalError> {
        match Number::parse(text.as_ref()) {
            Ok(_) => Ok(Self {
                spelling: Spelling::new(text, form),
            }),
            Err(reason) => Err(ParseDecimalError {
                excerpt: Excerpt::new(text.as_ref()),
                reason,
            }),
        }
    }

    /// For what Rust itself wrote as a finite number.
    fn unchecked(value: impl fmt::Display, form: Form) -> Self {
        Self {
            spelling: Spelling::of(value, form),
        }
    }

    /// The shortest text that reads as this float again, such as `52.0` or `1e-7`.
    fn from_f64(value: f64, form: Form) -> Result<Self, ParseDecimalError> {
        match value.is_finite() {
            true => Ok(Self::unchecked(format_args!("{value:?}"), form)),
            false => Self::checked(format!("{value:?}"), form),
        }
    }

    fn number(&self) -> Number<'_> {
        Number::parse(self.as_str()).unwrap_or_default()
    }

    /// The number as it was written, with all its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.spelling.as_str()
    }

    /// Whether the value is zero, however it is spelled: `0`, `0.00`, `-0`, `0e5`.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.number().is_zero()
    }

    /// Whether the value is below zero. `-0` is not.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.number().is_negative()
    }

    /// The nearest `f64`. An `f64` cannot hold most decimal fractions and no more than 17 digits, so this is for
    /// display and charts, not for money. Values beyond its range become infinite or zero.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Every text that a `Decimal` holds is one that `f64` can read.
        self.as_str().parse().unwrap_or(f64::NAN)
    }

    /// The value as an integer, if it is one and fits. Nothing is rounded.
    ///
    /// ```
    /// use lago_types::Decimal;
    ///
    /// # fn main() -> Result<(), lago_types::ParseDecimalError> {
    /// assert_eq!(Decimal::parse("52.00")?.to_i64(), Some(52));
    /// assert_eq!(Decimal::parse("52.01")?.to_i64(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.number().to_i64()
    }
}

/// The integer that `text` spells, if it spells one: `52` for `52.0`.
pub(crate) fn integral(text: &str) -> Option<i64> {
    Number::parse(text).ok()?.to_i64()
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spelling.form() {
            Form::String => write!(f, "Decimal({:?})", self.as_str()),
            Form::Number => write!(f, "Decimal({})", self.as_str()),
        }
    }
}

impl Default for Decimal {
    /// Zero.
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl hash::Hash for Decimal {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.number().hash(state);
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        Self::parse(text)
    }
}

impl TryFrom<f64> for Decimal {
    type Error = ParseDecimalError;

    /// The shortest decimal that stands for this float: `0.1` gives `0.1`. Fails for `NaN` and infinities.
    fn try_from(value: f64) -> Result<Self, ParseDecimalError> {
        Self::from_f64(value, Form::String)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Decimal {
            fn from(value: $integer) -> Self {
                Self::unchecked(value, Form::String)
            }
        }
    )*};
}

from_integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

/// A text that is no decimal number. The message quotes the beginning of the text and says what is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct ParseDecimalError {
    excerpt: Excerpt,
    reason: Invalid,
}

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { excerpt, reason } = self;
        write!(f, "invalid decimal {:?}: {reason}", excerpt.as_str())
    }
}

/// What `main` prints: the message, and with `{:#?}` its parts.
impl fmt::Debug for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f
                .debug_struct("ParseDecimalError")
                .field("text", &self.excerpt.as_str())
                .field("reason", &self.reason)
                .finish(),
            false => write!(f, "{self}"),
        }
    }
}

impl error::Error for ParseDecimalError {}

/// The first forty characters of a text that may be long, for an error message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt(String);

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        Self(match text.char_indices().nth(40) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
