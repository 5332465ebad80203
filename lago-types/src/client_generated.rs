//! What a request carries so that every attempt to send it is the same one.

use chrono::Utc;
use uuid::Uuid;

use crate::Decimal;

/// A new id, unique and ordered by time (UUID version 7): kind to the indexes of the server.
pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

/// The time in seconds since 1970 with milliseconds, as the API takes it.
pub(crate) fn now() -> Decimal {
    Decimal::with_places(Utc::now().timestamp_millis().into(), 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        let places = now() * 1000;
        assert_eq!(places.to_i64().map(Decimal::from), Some(places));
        assert!(now() > 1_700_000_000);
    }

    #[test]
    fn ids_differ_and_are_ordered() {
        let ids: Vec<String> = (0..100).map(|_| id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
