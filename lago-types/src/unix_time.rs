//! Moments as events have them: seconds since 1970.

use std::{error, fmt, time::SystemTime};

use chrono::{DateTime, TimeZone, Utc};
use serde::{Serializer, ser};

use crate::{Decimal, ParseDecimalError, decimal::DecimalField, decimal::as_number};

/// A moment as the API takes it in events: seconds since 1970, with decimal places.
///
/// `TryFrom` takes a [`DateTime`] of any time zone, a [`SystemTime`], and seconds as an integer, a [`Decimal`] or text;
/// setters take all of them. The server would take milliseconds for seconds, and bill the event in some later year: so
/// a hundred billion seconds and more, which is the year 5138, are refused.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use lago_types::{EventInput, UnixTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at: DateTime<Utc> = "2022-04-29T13:59:51.123Z".parse()?;
/// assert_eq!(UnixTime::try_from(at)?.seconds().to_string(), "1651240791.123");
/// assert!(UnixTime::try_from(at.timestamp_millis()).is_err());
///
/// let event = EventInput::new("api_calls", "sub_1").timestamp(at);
/// assert_eq!(event, event.clone().timestamp("1651240791.123"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(Decimal);

impl UnixTime {
    /// The seconds.
    #[must_use]
    pub fn seconds(&self) -> &Decimal {
        &self.0
    }
}

impl From<UnixTime> for Decimal {
    fn from(time: UnixTime) -> Self {
        time.0
    }
}

/// What is no time in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixTimeError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    NoNumber(ParseDecimalError),
    TooFar,
}

impl UnixTimeError {
    /// The reason without the value.
    pub(crate) fn reason(&self) -> &dyn fmt::Display {
        match &self.0 {
            Reason::NoNumber(error) => error.reason(),
            Reason::TooFar => {
                &"seconds since 1970 are expected, these may be milliseconds or less: divide them, or give a `DateTime`"
            }
        }
    }
}

impl fmt::Display for UnixTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::NoNumber(error) => error.fmt(f),
            Reason::TooFar => self.reason().fmt(f),
        }
    }
}

impl error::Error for UnixTimeError {}

impl From<ParseDecimalError> for UnixTimeError {
    fn from(error: ParseDecimalError) -> Self {
        Self(Reason::NoNumber(error))
    }
}

fn check(seconds: &Decimal) -> Result<(), UnixTimeError> {
    /// A hundred billion.
    const LIMIT: u8 = 11;
    match seconds.is_below(LIMIT) {
        true => Ok(()),
        false => Err(UnixTimeError(Reason::TooFar)),
    }
}

/// Writes the times of a field as JSON numbers: `#[serde(serialize_with = "crate::unix_time::serialize")]`.
///
/// # Errors
/// When it cannot be seconds: a field can be set past its setter, and come from a queue.
pub(crate) fn serialize<T: DecimalField, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match field.try_each(&check) {
        Ok(()) => as_number(field, serializer),
        Err(error) => Err(ser::Error::custom(error)),
    }
}

impl TryFrom<Decimal> for UnixTime {
    type Error = UnixTimeError;

    fn try_from(seconds: Decimal) -> Result<Self, UnixTimeError> {
        check(&seconds).map(|()| Self(seconds))
    }
}

impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for UnixTime {
    type Error = UnixTimeError;

    fn try_from(time: DateTime<Tz>) -> Result<Self, UnixTimeError> {
        const NANOSECONDS: i128 = 1_000_000_000;
        let nanoseconds =
            i128::from(time.timestamp()) * NANOSECONDS + i128::from(time.timestamp_subsec_nanos());
        Self::try_from(Decimal::with_places(nanoseconds, 9))
    }
}

impl TryFrom<SystemTime> for UnixTime {
    type Error = UnixTimeError;

    fn try_from(time: SystemTime) -> Result<Self, UnixTimeError> {
        Self::try_from(DateTime::<Utc>::from(time))
    }
}

macro_rules! try_from {
    ($($seconds:ty)+) => {$(
        impl TryFrom<$seconds> for UnixTime {
            type Error = UnixTimeError;

            fn try_from(seconds: $seconds) -> Result<Self, UnixTimeError> {
                Decimal::try_from(seconds).map_err(into)?.try_into()
            }
        }
    )+};
}

/// Integers always become decimals, text does not.
fn into(error: impl Into<UnixTimeError>) -> UnixTimeError {
    error.into()
}

impl From<std::convert::Infallible> for UnixTimeError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

try_from!(i32 i64 u32 u64 &str String);

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;
    use proptest::prelude::*;

    use super::*;

    fn seconds<T: TryInto<UnixTime, Error = UnixTimeError>>(time: T) -> String {
        time.try_into().unwrap().seconds().to_string()
    }

    #[test]
    fn every_way_to_say_a_time() {
        let utc = DateTime::from_timestamp(1_651_240_791, 123_000_000).unwrap();
        let east = utc.with_timezone(&FixedOffset::east_opt(7200).unwrap());
        assert_eq!(seconds(utc), "1651240791.123");
        assert_eq!(seconds(east), "1651240791.123");
        assert_eq!(seconds(SystemTime::from(utc)), "1651240791.123");
        assert_eq!(seconds("1651240791.1230"), "1651240791.1230");
        assert_eq!(seconds(1_651_240_791_i64), "1651240791");
        assert_eq!(seconds(1_651_240_791), "1651240791");
        assert_eq!(
            seconds(DateTime::from_timestamp(-1, 1).unwrap()),
            "-0.999999999"
        );
        assert_eq!(seconds(DateTime::from_timestamp(7, 0).unwrap()), "7");
    }

    #[test]
    fn what_cannot_be_seconds_is_refused() {
        let too_far = |time: Result<UnixTime, UnixTimeError>| {
            assert_eq!(time, Err(UnixTimeError(Reason::TooFar)));
        };
        // Milliseconds, microseconds and nanoseconds of any time since 1973.
        for unit in [1_000, 1_000_000, 1_000_000_000] {
            too_far(UnixTime::try_from(100_000_000_i64 * unit));
            too_far(UnixTime::try_from(-100_000_000_i64 * unit));
        }
        too_far(UnixTime::try_from("1e11"));
        too_far(UnixTime::try_from("1e999999999"));
        too_far(UnixTime::try_from(DateTime::<Utc>::MAX_UTC));
        too_far(UnixTime::try_from("-100000000000.0"));
        assert_eq!(seconds(99_999_999_999_i64), "99999999999");
        assert!(UnixTime::try_from("-99999999999.9999").is_ok());
        assert!(UnixTime::try_from("2022-04-29T08:59:51Z").is_err());
    }

    #[test]
    fn a_field_is_checked_when_it_is_written() {
        let mut event = crate::EventInput::new("api_calls", "sub_1");
        event.timestamp = Some(Decimal::from(1_651_240_791_123_i64));
        let error = serde_json::to_string(&event).unwrap_err().to_string();
        assert!(error.contains("may be milliseconds"), "{error}");
        event.timestamp = Some(Decimal::parse("1651240791.1234567890123456789").unwrap());
        let json = serde_json::to_string(&event).unwrap();
        assert!(
            json.contains(r#""timestamp":1651240791.1234567890123456789"#),
            "{json}"
        );
    }

    proptest! {
        #[test]
        fn every_nanosecond_is_kept(nanoseconds in any::<i64>()) {
            let time = DateTime::from_timestamp_nanos(nanoseconds);
            let seconds = UnixTime::try_from(time).unwrap().0;
            prop_assert_eq!(seconds * 1_000_000_000, nanoseconds);
        }
    }
}
