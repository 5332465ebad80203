//! What the two stores of events demand of an event.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Where a server keeps events, which decides what it demands of an event, and what it says of one that it has already.
///
/// Both know an event by its `transaction_id` and the subscription. What differs is told at the variants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventStore {
    /// An event has a `transaction_id` and a `code`. One that is there already is refused, and a batch with one as a
    /// whole: 422 with the index of each.
    #[default]
    Postgres,
    /// Every event is taken, but in a batch it needs a `transaction_id`. One with the same code and time as well takes
    /// the place of the one before, and a response has neither `lago_id` nor `created_at`.
    ClickHouse,
}

impl EventStore {
    /// The fields that an event has to have.
    pub(super) fn mandatory(self, is_batch: bool) -> &'static [&'static str] {
        match (self, is_batch) {
            (Self::Postgres, _) => &["transaction_id", "code"],
            (Self::ClickHouse, true) => &["transaction_id"],
            (Self::ClickHouse, false) => &[],
        }
    }
}

/// The code of an event whose time is none.
pub(super) const INVALID_TIME: &str = "invalid_format";

/// How many events a batch may have. A server of one's own may be set up for more.
const LARGEST_BATCH: usize = 100;

/// The code of a batch of so many events that it is refused.
pub(super) fn wrong_count(count: usize) -> Option<&'static str> {
    match count {
        0 => Some("no_events"),
        1..=LARGEST_BATCH => None,
        _ => Some("too_many_events"),
    }
}

/// The time of an event: seconds, with a fraction or without, as a number or as text. A date is none.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let millis = (seconds? * 1000.0).round();
    // Beyond this no float is exact, and no date is meant.
    let is_a_time = millis.is_finite() && millis.abs() < 9e15;
    is_a_time.then(|| DateTime::from_timestamp_millis(millis as i64))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_seconds_in_any_form() {
        let expected = DateTime::from_timestamp_millis(1_651_240_791_123);
        for value in [json!(1_651_240_791.123), json!("1651240791.123")] {
            assert_eq!(time(&value), expected, "{value}");
        }
        for value in [
            json!("soon"),
            json!("2022-04-29T13:59:51.123Z"),
            json!(1e300),
            json!("NaN"),
            json!(null),
            json!([1]),
        ] {
            assert_eq!(time(&value), None, "{value}");
        }
    }
}
