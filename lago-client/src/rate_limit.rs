//! How much a server takes: what it says about that.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How many requests are left.
///
/// Lago Cloud limits requests and says so with every response; the open-source server does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many a window allows.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// How long until the next window, counted from the response.
    pub reset: Duration,
}

impl RateLimit {
    /// Reads `x-ratelimit-limit`, `-remaining` and `-reset` (seconds).
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let number = |name| text(headers, name)?.parse().ok();
        Some(Self {
            limit: number("x-ratelimit-limit")?,
            remaining: number("x-ratelimit-remaining")?,
            reset: reset(headers)?,
        })
    }
}

/// How long a response asks to wait: `Retry-After` in seconds or as a date, and where that is
/// missing after a 429, the rest of the window.
///
/// `now` is asked when the response has a date to wait for and does not tell its own.
pub(crate) fn retry_after(
    status: StatusCode,
    headers: &HeaderMap,
    now: impl FnOnce() -> DateTime<Utc>,
) -> Option<Duration> {
    let asked = text(headers, RETRY_AFTER.as_str()).and_then(|value| {
        seconds(value).or_else(|| {
            let until = date(value)?;
            // The clocks of server and client differ; the server's dates share one.
            let since = text(headers, DATE.as_str()).and_then(date);
            let wait = until - since.unwrap_or_else(now);
            // A date in the past is no reason to wait.
            Some(wait.to_std().unwrap_or_default())
        })
    });
    let is_refused = status == StatusCode::TOO_MANY_REQUESTS;
    asked.or_else(|| reset(headers).filter(|_| is_refused))
}

fn reset(headers: &HeaderMap) -> Option<Duration> {
    seconds(text(headers, "x-ratelimit-reset")?)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// Seconds, also with a fraction. More than a duration can hold is the longest there is.
fn seconds(value: &str) -> Option<Duration> {
    let is_number = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds: f64 = value.parse().ok().filter(|_| is_number)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(value: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc2822(value).ok()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = reqwest::header::HeaderName::from_static(name);
            (name, reqwest::header::HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        let now = || {
            DateTime::parse_from_rfc3339("1994-11-06T08:49:00Z")
                .unwrap()
                .to_utc()
        };
        let wait = |pairs: &[(&'static str, &'static str)]| {
            retry_after(StatusCode::SERVICE_UNAVAILABLE, &headers(pairs), now)
        };
        let secs = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait(&[("retry-after", "7")]), secs(7));
        assert_eq!(
            wait(&[("retry-after", " 1.5 ")]),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(wait(&[("retry-after", "0")]), secs(0));
        assert_eq!(
            wait(&[("retry-after", "99999999999999999999999999")]),
            Some(Duration::MAX)
        );
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(&[("retry-after", date)]), secs(37));
        let then = "Sun, 06 Nov 1994 08:49:30 GMT";
        assert_eq!(wait(&[("retry-after", date), ("date", then)]), secs(7));
        assert_eq!(wait(&[("retry-after", then), ("date", date)]), secs(0));
        for nonsense in ["", "soon", "-1", "inf", "nan", "1e9", "0x10", "1.2.3", "."] {
            let headers = headers(&[("retry-after", nonsense)]);
            assert_eq!(
                retry_after(StatusCode::OK, &headers, now),
                None,
                "{nonsense}"
            );
        }
    }

    #[test]
    fn the_rest_of_the_window_counts_after_a_429_alone() {
        let limit = headers(&[("x-ratelimit-reset", "42")]);
        let wait = |status| retry_after(status, &limit, Utc::now);
        assert_eq!(
            wait(StatusCode::TOO_MANY_REQUESTS),
            Some(Duration::from_secs(42))
        );
        assert_eq!(wait(StatusCode::BAD_GATEWAY), None);
    }
}
