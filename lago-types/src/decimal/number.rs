//! The number that a text spells: what is compared, hashed and converted.
//!
//! Nothing here allocates, and an exponent is never expanded, so every operation is linear in the length of the text.

use std::{cmp::Ordering, fmt, hash};

/// A number, normalised: zeros that do not count are gone from both ends of its digits.
///
/// The value is `±d.ddd × 10^magnitude`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Number<'a> {
    negative: bool,
    /// The digits, before and after where the point stood. None at all is zero.
    digits: (&'a [u8], &'a [u8]),
    /// The power of ten of the first digit. Not an `i64`, since the place of the first digit is added to an exponent
    /// that may be the largest.
    magnitude: i128,
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invalid {
    Syntax,
    Exponent,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => r#"expected a number such as "12.50""#,
            Self::Exponent => "the exponent is out of range",
        })
    }
}

/// A number as it is written: the value is `±whole.fraction × 10^exponent`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    pub(super) whole: &'a [u8],
    pub(super) fraction: &'a [u8],
    pub(super) exponent: i64,
}

impl<'a> Parts<'a> {
    /// One pass over the bytes, and `const`, so that constants are checked when they are compiled.
    pub(super) const fn parse(text: &'a str) -> Result<Self, Invalid> {
        let (negative, rest) = signed(text.as_bytes());
        let (whole, rest) = split_digits(rest);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest),
            rest => (&[] as &[u8], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(Invalid::Syntax);
        }
        let exponent = match rest {
            [] => Ok(0),
            [b'e' | b'E', rest @ ..] => parse_exponent(rest),
            _ => Err(Invalid::Syntax),
        };
        match exponent {
            Ok(exponent) => Ok(Self {
                negative,
                whole,
                fraction,
                exponent,
            }),
            Err(reason) => Err(reason),
        }
    }
}

impl<'a> Number<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Invalid> {
        let parts = Parts::parse(text)?;
        Ok(Self::new(
            parts.negative,
            parts.whole,
            parts.fraction,
            parts.exponent,
        ))
    }

    fn new(negative: bool, whole: &'a [u8], fraction: &'a [u8], exponent: i64) -> Self {
        let whole = without_leading_zeros(whole);
        let fraction = without_trailing_zeros(fraction);
        // How many places the first digit stands left of the point; negative when zeros follow the point.
        let (whole, fraction, places) = if whole.is_empty() {
            let digits = without_leading_zeros(fraction);
            (whole, digits, -to_i128(fraction.len() - digits.len()))
        } else if fraction.is_empty() {
            (
                without_trailing_zeros(whole),
                fraction,
                to_i128(whole.len()),
            )
        } else {
            (whole, fraction, to_i128(whole.len()))
        };
        if whole.is_empty() && fraction.is_empty() {
            return Self::default();
        }
        Self {
            negative,
            digits: (whole, fraction),
            magnitude: i128::from(exponent) + places - 1,
        }
    }

    fn digits(&self) -> impl Iterator<Item = u8> + 'a {
        let (before, after) = self.digits;
        before.iter().chain(after).copied()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.0.is_empty() && self.digits.1.is_empty()
    }

    /// Whether it is nearer to zero than this power of ten.
    pub(super) fn is_below(&self, power_of_ten: u8) -> bool {
        self.is_zero() || self.magnitude < i128::from(power_of_ten)
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// The value, if it is an integer of at most 38 digits.
    pub(super) fn to_i128(self) -> Option<i128> {
        match self.to_scaled()? {
            (integer, 0) => Some(integer),
            _ => None,
        }
    }

    /// The value, if it is an integer that fits.
    pub(super) fn to_i64(self) -> Option<i64> {
        i64::try_from(self.to_i128()?).ok()
    }

    /// The value as an integer and the fewest decimal places that make it up: 10.5 is 105 with one place. None when
    /// the integer has more than 38 digits, which is what an `i128` holds for certain.
    pub(super) fn to_scaled(self) -> Option<(i128, u32)> {
        if self.is_zero() {
            return Some((0, 0));
        }
        let count = self.digits.0.len() + self.digits.1.len();
        let power_of_last = self.magnitude - to_i128(count) + 1;
        let scale = u32::try_from(-power_of_last.min(0)).ok()?;
        let zeros = usize::try_from(power_of_last.max(0)).ok()?;
        let places = count.checked_add(zeros).filter(|places| *places <= 38)?;
        let padded = self.digits().chain(std::iter::repeat(b'0')).take(places);
        let value = padded.fold(0, |value: i128, digit| {
            value * 10 + i128::from(digit - b'0')
        });
        Some((if self.negative { -value } else { value }, scale))
    }

    fn cmp_absolute(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (false, false) => {}
            (self_is_zero, other_is_zero) => return other_is_zero.cmp(&self_is_zero),
        }
        // Without trailing zeros, the one that ends first is the smaller one.
        self.magnitude
            .cmp(&other.magnitude)
            .then_with(|| self.digits().cmp(other.digits()))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_absolute(other),
            (true, true) => other.cmp_absolute(self),
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number<'_> {}

impl hash::Hash for Number<'_> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.negative.hash(state);
        self.magnitude.hash(state);
        // One by one: where the point stood must not show.
        for digit in self.digits() {
            state.write_u8(digit);
        }
        state.write_u8(0xff);
    }
}

const fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

/// The digits at the beginning, and what follows.
const fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    while end < text.len() && text[end].is_ascii_digit() {
        end += 1;
    }
    text.split_at(end)
}

const fn parse_exponent(text: &[u8]) -> Result<i64, Invalid> {
    let (negative, digits) = signed(text);
    if digits.is_empty() || !split_digits(digits).1.is_empty() {
        return Err(Invalid::Syntax);
    }
    // Below zero, where there is room for one more.
    let mut exponent: i64 = 0;
    let mut index = 0;
    while index < digits.len() {
        let digit = (digits[index] - b'0') as i64;
        exponent = match exponent.checked_mul(10) {
            Some(tens) => match tens.checked_sub(digit) {
                Some(exponent) => exponent,
                None => return Err(Invalid::Exponent),
            },
            None => return Err(Invalid::Exponent),
        };
        index += 1;
    }
    if negative {
        return Ok(exponent);
    }
    match exponent.checked_neg() {
        Some(exponent) => Ok(exponent),
        None => Err(Invalid::Exponent),
    }
}

pub(super) fn without_leading_zeros(digits: &[u8]) -> &[u8] {
    let start = digits
        .iter()
        .position(|digit| *digit != b'0')
        .unwrap_or(digits.len());
    &digits[start..]
}

fn without_trailing_zeros(digits: &[u8]) -> &[u8] {
    let end = digits
        .iter()
        .rposition(|digit| *digit != b'0')
        .map_or(0, |last| last + 1);
    &digits[..end]
}

/// The length of a slice, which fits: it is at most `isize::MAX`.
fn to_i128(length: usize) -> i128 {
    length as i128
}
