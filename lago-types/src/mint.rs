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
    // A clock that stands before 1970 is wrong anyway.
    seconds(u64::try_from(Utc::now().timestamp_millis()).unwrap_or_default())
}

fn seconds(milliseconds: u64) -> Decimal {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    Decimal::parse(&format!("{whole}.{rest:03}")).unwrap_or_else(|_| Decimal::from(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(seconds(1_651_240_791_007).as_str(), "1651240791.007");
        assert!(now() > Decimal::from(1_700_000_000));
    }

    #[test]
    fn ids_differ_and_are_ordered() {
        let ids: Vec<String> = (0..100).map(|_| id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
