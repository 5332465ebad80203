//! Exact decimal numbers.

mod arithmetic;
mod convert;
#[cfg(feature = "rust_decimal")]
mod interop;
mod number;
mod print;
mod raw;
mod spelling;
mod wire;

#[cfg(test)]
mod formats;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, error, fmt, hash};

#[cfg(feature = "rust_decimal")]
pub use self::interop::InexactDecimalError;
use self::number::{Invalid, Number, Parts};
use self::spelling::{Form, Spelling};
pub(crate) use self::wire::{DecimalField, as_number, as_string};

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
/// From JSON text every digit is read, and to JSON text every digit is written, in both forms. A `serde_json::Value`,
/// the buffers of `#[serde(flatten)]` and of untagged enums, and other formats hold the numbers of serde: integers of 64
/// bits are exact there, any other number is the `f64` that it comes to, which has 15 digits for certain. Strings are
/// exact everywhere. Numbers can only be read from formats that describe themselves, as JSON and CBOR do.
///
/// # Arithmetic
///
/// `+`, `-`, `*`, their assigning forms and `sum()` are exact and keep the decimal places; integers can stand on the
/// right, and compare with decimals. [`round`](Decimal::round) is the one way to lose digits: there is no division,
/// whose rounding is yours to choose.
///
/// ```
/// use lago_types::{Decimal, decimal};
///
/// let fees = [decimal!("10.50"), decimal!("0.1"), decimal!("0.2")];
/// let total: Decimal = fees.iter().sum();
/// assert_eq!(total.to_string(), "10.80");
/// assert_eq!((&total * 3 - 2).to_string(), "30.40");
/// assert!(total > 10);
/// ```
///
/// So that no text can make a program write out a billion digits, a result has no more than the first thousand of its
/// digits (`1e5000 + 1` is `1e5000`). Its exponent stays an `i64`: below, a product is zero; above, it stays there.
///
/// # Conversions
///
/// `From` takes integers, `TryFrom` and [`str::parse`] take text, and [`decimal!`](crate::decimal!) makes constants.
/// Setters of requests take all of them. A float is taken by name, [`Decimal::from_f64`]: what was computed with floats
/// is seldom the price that was meant.
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
        match Parts::parse(text.as_ref()) {
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

    /// `integer × 10^-places`, without zeros at the end.
    pub(crate) fn with_places(integer: i128, places: u32) -> Self {
        let (mut digits, mut width) = (integer.unsigned_abs(), places as usize);
        while width > 0 && digits % 10 == 0 {
            (digits, width) = (digits / 10, width - 1);
        }
        let sign = if integer < 0 { "-" } else { "" };
        let unit = 10_u128.pow(width as u32);
        let (whole, fraction) = (digits / unit, digits % unit);
        match width {
            0 => Self::unchecked(format_args!("{sign}{whole}"), Form::String),
            _ => Self::unchecked(
                format_args!("{sign}{whole}.{fraction:0width$}"),
                Form::String,
            ),
        }
    }

    /// What [`decimal!`](crate::decimal!) stands for.
    ///
    /// # Panics
    /// When the text is no number, or longer than 21 bytes: the macro has this found out by the compiler.
    #[doc(hidden)]
    #[must_use]
    pub const fn literal(text: &str) -> Self {
        assert!(
            Parts::parse(text).is_ok(),
            "not a decimal such as \"12.50\""
        );
        Self {
            spelling: Spelling::literal(text, Form::String),
        }
    }

    /// The shortest decimal that stands for this float: `0.1` gives `0.1`, and `0.1 + 0.2` gives
    /// `0.30000000000000004`.
    ///
    /// ```
    /// use lago_types::{Decimal, decimal};
    ///
    /// assert_eq!(Decimal::from_f64(0.1), Ok(decimal!("0.1")));
    /// assert!(Decimal::from_f64(f64::NAN).is_err());
    /// ```
    ///
    /// # Errors
    /// For `NaN` and infinities.
    pub fn from_f64(value: f64) -> Result<Self, ParseDecimalError> {
        Self::float(value, Form::String)
    }

    /// The shortest text that reads as this float again, such as `52.0` or `1e-7`.
    fn float(value: f64, form: Form) -> Result<Self, ParseDecimalError> {
        match value.is_finite() {
            true => Ok(Self::unchecked(format_args!("{value:?}"), form)),
            false => Self::checked(format!("{value:?}"), form),
        }
    }

    /// Whether its absolute value is less than this power of ten. A comparison would write the power as text first.
    pub(crate) fn is_below(&self, power_of_ten: u8) -> bool {
        self.number().is_below(power_of_ten)
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

    /// The value as an integer, if it is one of at most 38 digits. Nothing is rounded.
    #[must_use]
    pub fn to_i128(&self) -> Option<i128> {
        self.number().to_i128()
    }
}

/// A [`Decimal`] that is checked when it is compiled, of up to 21 characters; also for constants.
///
/// ```
/// use lago_types::{Decimal, decimal};
///
/// const PRICE: Decimal = decimal!("0.02");
/// assert_eq!(PRICE.to_string(), "0.02");
/// ```
///
/// ```compile_fail
/// let price = lago_types::decimal!("0,02");
/// ```
#[macro_export]
macro_rules! decimal {
    ($text:expr) => {
        const { $crate::Decimal::literal($text) }
    };
}

/// The integer that `text` spells, if it spells one: `52` for `52.0`.
pub(crate) fn integral(text: &str) -> Option<i64> {
    Number::parse(text).ok()?.to_i64()
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

impl ParseDecimalError {
    /// What is wrong, without the text.
    pub(crate) fn reason(&self) -> &dyn fmt::Display {
        &self.reason
    }
}

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
