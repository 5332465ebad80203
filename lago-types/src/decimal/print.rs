//! How decimals are printed.

use std::fmt;

use super::{Decimal, Form};

/// Every digit; with a precision (`{:.2}`) that many decimal places, as [`round`](Decimal::round) gives them. Width,
/// fill, `+` and `0` are those of numbers.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f
            .precision()
            .map(|places| u32::try_from(places).unwrap_or(u32::MAX));
        let rounded = places.map(|places| self.round(places));
        let text = rounded.as_ref().unwrap_or(self).as_str();
        // Without any of these it is spelled as it came.
        if f.width().is_none() && !f.sign_plus() {
            return f.write_str(text);
        }
        let digits = text.trim_start_matches(['+', '-']);
        f.pad_integral(!text.starts_with('-'), "", digits)
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
