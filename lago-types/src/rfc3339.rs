//! Times as responses have them, read without the general parser of chrono.
//!
//! The server writes nearly all of them as `2022-04-29T08:59:51Z`. chrono's parser knows many more ways to write a time,
//! and was a tenth of what it cost to read a page of invoices. What is written in another way goes to chrono, so that
//! all that it reads is read, and its errors are those that users see.

use std::{fmt, ops::Range};

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, Visitor};

use crate::Patch;

/// Reads a time.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    Time::deserialize(deserializer).map(Time::get)
}

/// Reads an optional time; `null` is `None`.
pub(crate) fn deserialize_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(Time::get))
}

/// Reads a `Patch` of a time; `null` is [`Patch::Null`].
pub(crate) fn deserialize_patch<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Patch<DateTime<Utc>>, D::Error> {
    Ok(Patch::deserialize(deserializer)?.map(Time::get))
}

struct Time(DateTime<Utc>);

impl Time {
    fn get(self) -> DateTime<Utc> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 formatted date and time string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
        match to_the_second(text.as_bytes()) {
            Some(time) => Ok(Time(time)),
            None => DateTime::deserialize(text.into_deserializer()).map(Time),
        }
    }
}

/// A time in UTC with seconds and no fraction of them.
fn to_the_second(text: &[u8]) -> Option<DateTime<Utc>> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let marks = [4, 7, 10, 13, 16, 19].map(|at| text[at]);
    if marks != *b"--T::Z" {
        return None;
    }
    let number = |digits: Range<usize>| {
        text[digits].iter().try_fold(0, |number, digit| {
            let is_digit = digit.is_ascii_digit();
            is_digit.then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(0..4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)?
        .and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?)
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Deserializer as Json, json};

    use super::*;

    /// What both make of a JSON text.
    fn both(json: &str) -> [Result<DateTime<Utc>, String>; 2] {
        [
            deserialize(&mut Json::from_str(json)).map_err(|error| error.to_string()),
            DateTime::deserialize(&mut Json::from_str(json)).map_err(|error| error.to_string()),
        ]
    }

    proptest! {
        #[test]
        fn it_reads_what_chrono_reads(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|\\+02:00)",
            at in 0..30usize,
            change in proptest::option::of(any::<char>()),
        ) {
            let mut text = text;
            if let (Some(change), Some(at)) = (change, text.char_indices().nth(at).map(|(at, _)| at)) {
                text.replace_range(at..=at, &change.to_string());
            }
            let [ours, chronos] = both(&json!(text).to_string());
            prop_assert_eq!(ours, chronos, "{}", text);
        }
    }

    #[test]
    fn the_form_of_the_api_takes_the_short_way() {
        let text = "2024-02-29T23:59:59Z";
        let time = to_the_second(text.as_bytes()).unwrap();
        assert_eq!(time.to_rfc3339(), "2024-02-29T23:59:59+00:00");
        assert_eq!(both(&json!(text).to_string()), [Ok(time), Ok(time)]);
        // A leap second, another zone, a fraction, a day that is none.
        for other in [
            "2016-12-31T23:59:60Z",
            "2024-02-29T23:59:59+00:00",
            "2024-02-29T23:59:59.5Z",
            "2023-02-29T23:59:59Z",
            "+024-02-29T23:59:59Z",
        ] {
            assert_eq!(to_the_second(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_in_the_words_of_chrono() {
        for json in ["null", "1", "{}", "[]", r#""""#, "true"] {
            let [ours, chronos] = both(json);
            assert!(ours.is_err());
            assert_eq!(ours, chronos);
        }
    }

    #[test]
    fn null_is_none_or_a_null_to_send() {
        let mut null = Json::from_str("null");
        assert_eq!(deserialize_option(&mut null).unwrap(), None);
        let mut null = Json::from_str("null");
        assert_eq!(deserialize_patch(&mut null).unwrap(), Patch::Null);
        let mut time = Json::from_str(r#""2024-02-29T23:59:59Z""#);
        let time = deserialize_patch(&mut time).unwrap();
        assert!(matches!(time, Patch::Value(_)));
    }
}
