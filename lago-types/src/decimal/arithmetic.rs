//! Sums, differences and products, digit by digit.

use std::{
    iter::{Sum, repeat_n},
    ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign},
};

use super::number::{Parts, without_leading_zeros};
use super::{Decimal, Form, Spelling};

/// How many digits a result has at most. A text of thirty bytes can name a number of a billion digits, and no response
/// of a server shall make this crate write them out.
const MOST_DIGITS: usize = 1000;

/// The longest number that is written without an exponent.
const MOST_PLAIN: usize = 64;

/// `±digits × 10^exponent`. Zeros at the end count: they are the decimal places that a result keeps.
struct Exact {
    negative: bool,
    /// From 0 to 9, the most significant first, which is not 0. None at all is zero.
    digits: Vec<u8>,
    /// Not an `i64`: the places of two numbers are added.
    exponent: i128,
}

impl Exact {
    fn of(decimal: &Decimal) -> Self {
        // What a decimal holds is a number.
        let Ok(parts) = Parts::parse(decimal.as_str()) else {
            return Self::new(false, Vec::new(), 0);
        };
        let digits = [parts.whole, parts.fraction].concat();
        let digits = without_leading_zeros(&digits);
        Self {
            negative: parts.negative,
            digits: digits.iter().map(|digit| digit - b'0').collect(),
            exponent: i128::from(parts.exponent) - parts.fraction.len() as i128,
        }
    }

    fn new(negative: bool, mut digits: Vec<u8>, exponent: i128) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        Self {
            negative,
            digits,
            exponent,
        }
    }

    /// The power of ten above the first digit; none for zero, which has no first digit.
    fn top(&self) -> Option<i128> {
        (!self.digits.is_empty()).then(|| self.exponent + self.digits.len() as i128)
    }

    /// The same number with its last digit at this power of ten. Digits below are dropped.
    fn down_to(mut self, exponent: i128) -> Self {
        if self.digits.is_empty() {
            self.exponent = exponent;
            return self;
        }
        let shift = usize::try_from((self.exponent - exponent).unsigned_abs());
        let shift = shift.unwrap_or(usize::MAX);
        match self.exponent < exponent {
            true => self
                .digits
                .truncate(self.digits.len().saturating_sub(shift)),
            false => self.digits.extend(repeat_n(0, shift)),
        }
        self.exponent = exponent;
        self
    }

    /// The number with no more than the digits that a result may have.
    fn bounded(self) -> Self {
        let lowest = self.top().unwrap_or_default() - MOST_DIGITS as i128;
        let exponent = self.exponent.max(lowest);
        self.down_to(exponent)
    }

    fn plus(self, other: Self) -> Self {
        let top = self.top().max(other.top()).unwrap_or_default();
        let last = self.exponent.min(other.exponent);
        let exponent = last.clamp(top - MOST_DIGITS as i128, top);
        let (one, other) = (self.down_to(exponent), other.down_to(exponent));
        let negative = one.negative;
        if one.negative == other.negative {
            return Self::new(negative, add(&one.digits, &other.digits), exponent);
        }
        let (one, other) = (one.digits, other.digits);
        match (one.len(), &one).cmp(&(other.len(), &other)) {
            std::cmp::Ordering::Less => Self::new(!negative, subtract(&other, &one), exponent),
            _ => Self::new(negative, subtract(&one, &other), exponent),
        }
    }

    fn minus(self, other: Self) -> Self {
        self.plus(-other)
    }

    fn times(self, other: Self) -> Self {
        let (one, other) = (self.bounded(), other.bounded());
        let exponent = one.exponent + other.exponent;
        let negative = one.negative != other.negative;
        Self::new(negative, multiply(&one.digits, &other.digits), exponent).bounded()
    }

    /// With this many decimal places. The last digit is rounded, a half away from zero.
    fn rounded(self, places: u32) -> Self {
        let exponent = -i128::from(places);
        if self.exponent >= exponent {
            let room = self
                .top()
                .is_none_or(|top| top - exponent <= MOST_DIGITS as i128);
            return if room { self.down_to(exponent) } else { self };
        }
        let dropped = usize::try_from(exponent - self.exponent).unwrap_or(usize::MAX);
        let first_dropped = self.digits.len().checked_sub(dropped);
        let up = first_dropped.and_then(|index| self.digits.get(index)) >= Some(&5);
        let (negative, digits) = (self.negative, self.down_to(exponent).digits);
        let digits = if up { add(&digits, &[1]) } else { digits };
        Self::new(negative, digits, exponent)
    }
}

impl Neg for Exact {
    type Output = Self;

    fn neg(mut self) -> Self {
        self.negative = !self.negative;
        self
    }
}

impl From<Exact> for Decimal {
    fn from(value: Exact) -> Self {
        let zero = value.digits.is_empty();
        let sign = if value.negative && !zero { "-" } else { "" };
        let digits: String = value
            .digits
            .iter()
            .map(|digit| char::from(digit + b'0'))
            .collect();
        let length = value.digits.len() as i128;
        let text = match value.exponent {
            0 if !zero => format!("{sign}{digits}"),
            exponent if exponent < 0 && (-exponent).max(length) < MOST_PLAIN as i128 => {
                let places = exponent.unsigned_abs() as usize;
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                format!("{sign}{whole}.{fraction}")
            }
            _ if zero => "0".to_owned(),
            exponent if exponent > 0 && exponent + length < MOST_PLAIN as i128 => {
                format!("{sign}{digits}{}", "0".repeat(exponent as usize))
            }
            exponent => match i64::try_from(exponent) {
                Ok(exponent) => format!("{sign}{digits}e{exponent}"),
                Err(_) if exponent < 0 => "0".to_owned(),
                Err(_) => format!("{sign}{digits}e{}", i64::MAX),
            },
        };
        Self {
            spelling: Spelling::new(text, Form::String),
        }
    }
}

fn add(one: &[u8], other: &[u8]) -> Vec<u8> {
    let (long, short) = if one.len() < other.len() {
        (other, one)
    } else {
        (one, other)
    };
    let mut sum = vec![0];
    sum.extend(long);
    let mut carry = 0;
    let mut short = short.iter().rev();
    for digit in sum.iter_mut().rev() {
        let digits = *digit + short.next().unwrap_or(&0) + carry;
        (*digit, carry) = (digits % 10, digits / 10);
    }
    sum
}

/// Of the larger the smaller.
fn subtract(large: &[u8], small: &[u8]) -> Vec<u8> {
    let mut difference = large.to_vec();
    let mut borrow = 0;
    let mut small = small.iter().rev();
    for digit in difference.iter_mut().rev() {
        let taken = small.next().unwrap_or(&0) + borrow;
        borrow = u8::from(*digit < taken);
        *digit = *digit + 10 * borrow - taken;
    }
    difference
}

fn multiply(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut product = vec![0_u8; one.len() + other.len()];
    for (i, a) in one.iter().enumerate().rev() {
        let mut carry = 0;
        for (j, b) in other.iter().enumerate().rev() {
            let sum = u16::from(product[i + j + 1]) + u16::from(*a) * u16::from(*b) + carry;
            product[i + j + 1] = (sum % 10) as u8;
            carry = sum / 10;
        }
        product[i] = carry as u8;
    }
    product
}

impl Decimal {
    /// The value with this many decimal places; a half is rounded away from zero. The digits of numbers that would get
    /// more than a thousand of them stay as they are.
    ///
    /// ```
    /// use lago_types::decimal;
    ///
    /// assert_eq!(decimal!("2.345").round(2).to_string(), "2.35");
    /// assert_eq!(decimal!("-0.5").round(0).to_string(), "-1");
    /// assert_eq!(decimal!("7").round(2).to_string(), "7.00");
    /// ```
    #[must_use]
    pub fn round(&self, places: u32) -> Self {
        Exact::of(self).rounded(places).into()
    }
}

/// An operator with a decimal on its left, and on its right anything that is one: a decimal, a reference to one, an
/// integer. One implementation for all of them, since the type of a result follows from that alone.
macro_rules! operators {
    ($($operator:ident $method:ident $assign:ident $assign_method:ident $exact:ident;)+) => {$(
        impl<T: Into<Decimal>> $operator<T> for &Decimal {
            type Output = Decimal;

            fn $method(self, other: T) -> Decimal {
                Exact::of(self).$exact(Exact::of(&other.into())).into()
            }
        }

        impl<T: Into<Decimal>> $operator<T> for Decimal {
            type Output = Decimal;

            fn $method(self, other: T) -> Decimal {
                (&self).$method(other)
            }
        }

        impl<T: Into<Decimal>> $assign<T> for Decimal {
            fn $assign_method(&mut self, other: T) {
                *self = (&*self).$method(other);
            }
        }
    )+};
}

operators! {
    Add add AddAssign add_assign plus;
    Sub sub SubAssign sub_assign minus;
    Mul mul MulAssign mul_assign times;
}

impl Neg for &Decimal {
    type Output = Decimal;

    fn neg(self) -> Decimal {
        (-Exact::of(self)).into()
    }
}

impl Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        -&self
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(decimals: I) -> Self {
        decimals.fold(Self::ZERO, |sum, decimal| sum + decimal)
    }
}

impl<'a> Sum<&'a Decimal> for Decimal {
    fn sum<I: Iterator<Item = &'a Decimal>>(decimals: I) -> Self {
        decimals.fold(Self::ZERO, |sum, decimal| sum + decimal)
    }
}

#[cfg(test)]
mod tests;
