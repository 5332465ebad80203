//! The text of a decimal, and how it is written in JSON.
//!
//! A page of invoices holds hundreds of decimals and nearly all are short, so these are kept without an allocation.

use std::fmt::{self, Write};

/// How a decimal stands in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    String,
    Number,
}

/// The longest text that is kept in place: every integer of 64 bits fits, and a decimal stays at three words.
const SHORT: usize = 21;

/// A text, which is ASCII, with its form.
#[derive(Clone)]
pub(super) enum Spelling {
    Short { form: Form, text: Short },
    Long { form: Form, text: Box<str> },
}

#[derive(Clone, Copy)]
pub(super) struct Short {
    len: u8,
    bytes: [u8; SHORT],
}

impl Spelling {
    pub(super) fn new(text: impl AsRef<str> + Into<Box<str>>, form: Form) -> Self {
        match Short::copy(text.as_ref()) {
            Some(text) => Self::Short { form, text },
            None => {
                let text = text.into();
                Self::Long { form, text }
            }
        }
    }

    pub(super) fn of(value: impl fmt::Display, form: Form) -> Self {
        match Short::of(&value) {
            Some(text) => Self::Short { form, text },
            None => {
                let text = value.to_string().into();
                Self::Long { form, text }
            }
        }
    }

    pub(super) const fn integer(value: i64, form: Form) -> Self {
        let text = Short::integer(value);
        Self::Short { form, text }
    }

    /// A text in a constant, where nothing can be allocated.
    ///
    /// # Panics
    /// When it is longer than 21 bytes.
    pub(super) const fn literal(text: &str, form: Form) -> Self {
        let text = Short::literal(text.as_bytes());
        Self::Short { form, text }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Short { text, .. } => text.as_str(),
            Self::Long { text, .. } => text,
        }
    }

    pub(super) fn form(&self) -> Form {
        match self {
            Self::Short { form, .. } | Self::Long { form, .. } => *form,
        }
    }
}

impl Short {
    const EMPTY: Self = Self {
        len: 0,
        bytes: [0; SHORT],
    };

    /// The text, unless it is too long.
    fn copy(text: &str) -> Option<Self> {
        let mut copy = Self::EMPTY;
        copy.write_str(text).ok().map(|()| copy)
    }

    /// What the value prints, unless it is too long.
    fn of(value: impl fmt::Display) -> Option<Self> {
        let mut text = Self::EMPTY;
        write!(text, "{value}").ok().map(|()| text)
    }

    const fn literal(text: &[u8]) -> Self {
        assert!(text.len() <= SHORT, "a constant has up to 21 characters");
        let mut copy = Self::EMPTY;
        copy.len = text.len() as u8;
        let mut place = 0;
        while place < text.len() {
            copy.bytes[place] = text[place];
            place += 1;
        }
        copy
    }

    const fn integer(value: i64) -> Self {
        let mut text = Self::EMPTY;
        let mut rest = value.unsigned_abs();
        let mut place = digits(rest);
        if value < 0 {
            text.bytes[0] = b'-';
            place += 1;
        }
        text.len = place as u8;
        loop {
            place -= 1;
            text.bytes[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return text;
            }
        }
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len.into()).unwrap_or_default();
        // What was written was text, and all of it.
        str::from_utf8(bytes).unwrap_or_default()
    }
}

impl Write for Short {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let start = usize::from(self.len);
        let end = start + more.len();
        let free = self.bytes.get_mut(start..end).ok_or(fmt::Error)?;
        free.copy_from_slice(more.as_bytes());
        // At most `SHORT`.
        self.len = end as u8;
        Ok(())
    }
}

const fn digits(value: u64) -> usize {
    match value.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_takes_three_words() {
        assert_eq!(size_of::<Spelling>(), 24);
        assert_eq!(size_of::<Option<Spelling>>(), 24);
    }

    #[test]
    fn the_longest_short_text_and_the_next() {
        for (length, is_short) in [(0, true), (SHORT, true), (SHORT + 1, false), (300, false)] {
            let text = "7".repeat(length);
            let spelling = Spelling::new(text.as_str(), Form::Number);
            assert_eq!(matches!(spelling, Spelling::Short { .. }), is_short);
            assert_eq!(spelling.as_str(), text);
            assert_eq!(spelling.form(), Form::Number);
            assert_eq!(Spelling::of(&text, Form::String).as_str(), text);
        }
    }

    #[test]
    fn the_ends_of_the_range_fit() {
        for value in [i64::MIN, -10, -9, -1, 0, 1, 9, 10, 99, 100, i64::MAX] {
            let spelling = Spelling::integer(value, Form::String);
            assert_eq!(spelling.as_str(), value.to_string());
        }
        let largest = Spelling::of(u64::MAX, Form::Number);
        assert!(matches!(largest, Spelling::Short { .. }));
    }

    proptest! {
        #[test]
        fn every_integer_is_spelled_as_rust_spells_it(value in any::<i64>()) {
            let spelling = Spelling::integer(value, Form::String);
            prop_assert_eq!(spelling.as_str(), value.to_string());
        }
    }
}
