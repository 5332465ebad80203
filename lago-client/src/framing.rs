//! Responses of which only the end of the connection marks the end: HTTP/1.0, or `connection: close` without
//! a length. A connection that breaks looks the same, so that only what came can tell whether it is whole.
//!
//! JSON can: an object that is cut off is none. Of anything else that a call takes nobody knows: of text, and of
//! nothing where the server has nothing to say yet. The rule for all of them: **it is believed once two attempts
//! of a call have brought the same bytes; until then it is a response that was cut off.** So a call that is not
//! idempotent, which has one attempt, does not believe it: the server acted, and what it said may be lost. Where
//! a call has no value its status is all that counts, and that came.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{StatusCode, Version};
use serde::de::IgnoredAny;

/// Whether a body whose end nobody marks is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tear {
    No,
    Perhaps,
    Yes,
}

/// What a call takes for a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Whatever comes: the status says it all.
    Nothing,
    Text,
    /// An object.
    Json,
}

/// Judges a body, given whether the call can read it.
pub(crate) fn tear(body: &[u8], expected: Expected, can_read: bool) -> Tear {
    let is_whole_json = || expected == Expected::Json && body.trim_ascii_end().ends_with(b"}");
    match can_read {
        _ if expected == Expected::Nothing => Tear::No,
        true if is_whole_json() => Tear::No,
        true => Tear::Perhaps,
        false if is_begun_json(body) => Tear::Yes,
        false => Tear::No,
    }
}

/// What a call has received that is cut off perhaps.
#[derive(Debug, Default)]
pub(crate) struct Doubts(Mutex<Option<Bytes>>);

impl Doubts {
    /// Whether a body is to be taken for one that is cut off; it counts for the next one.
    pub(crate) fn is_torn(&self, tear: Tear, body: &Bytes) -> bool {
        let before = || {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            last.replace(body.clone())
        };
        match tear {
            Tear::No => false,
            Tear::Perhaps => before().as_ref() != Some(body),
            Tear::Yes => true,
        }
    }
}

/// Whether a response with this head says itself where its body ends.
pub(crate) fn tells_its_end(version: Version, status: StatusCode, headers: &HeaderMap) -> bool {
    let is_chunked = || {
        let codings = headers.get_all(TRANSFER_ENCODING).iter().next_back();
        let codings = codings.and_then(|codings| codings.to_str().ok());
        let last = codings.and_then(|codings| codings.rsplit(',').next());
        last.is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
    };
    version >= Version::HTTP_2
        || headers.contains_key(CONTENT_LENGTH)
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || is_chunked()
}

/// Whether a body is the beginning of JSON, or nothing.
fn is_begun_json(body: &[u8]) -> bool {
    let lacks_its_end = |body: &[u8]| {
        let whole: Result<IgnoredAny, _> = serde_json::from_slice(body);
        whole.is_err_and(|error| error.is_eof())
    };
    // To the parser half a number is a wrong one, wherever it stands.
    let is_in_a_number = || matches!(body.last(), Some(b'-' | b'+' | b'.' | b'e' | b'E'));
    lacks_its_end(body) || is_in_a_number() && lacks_its_end(&[body, b"0"].concat())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_response_tells_its_end_by_length_by_chunks_or_by_frames() {
        let of = |version, status, headers: &[(_, &'static str)]| {
            let headers = headers.iter().cloned();
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            tells_its_end(version, status, &headers.collect())
        };
        let (old, new) = (Version::HTTP_10, Version::HTTP_11);
        assert!(of(old, StatusCode::OK, &[(CONTENT_LENGTH, "2")]));
        assert!(of(
            new,
            StatusCode::OK,
            &[(TRANSFER_ENCODING, "gzip, Chunked")]
        ));
        assert!(of(new, StatusCode::NO_CONTENT, &[]));
        assert!(of(Version::HTTP_2, StatusCode::OK, &[]));
        assert!(!of(old, StatusCode::OK, &[]));
        assert!(!of(new, StatusCode::OK, &[]));
        assert!(!of(
            new,
            StatusCode::OK,
            &[(TRANSFER_ENCODING, "chunked, gzip")]
        ));
    }

    #[test]
    fn what_may_be_cut_off_is_believed_the_second_time() {
        let (one, other) = (Bytes::from_static(b"LS0t"), Bytes::from_static(b"LS0tLS1C"));
        let doubts = Doubts::default();
        let perhaps = [&one, &other, &other, &other, &one];
        let torn = perhaps.map(|body| doubts.is_torn(Tear::Perhaps, body));
        assert_eq!(torn, [true, true, false, false, true]);
        assert!(doubts.is_torn(Tear::Yes, &one) && !doubts.is_torn(Tear::No, &other));
    }

    #[test]
    fn every_beginning_of_json_is_one() {
        let whole = br#" {"plan":{"amount":-1.5e-7,"tags":["a",null,true],"name":"\u00e9"}}"#;
        for length in 0..whole.len() {
            assert!(is_begun_json(&whole[..length]), "{length}");
        }
        for other in [whole.as_slice(), b"<html>", b"{} x", b"[1]", b"LS0tLS1"] {
            assert!(!is_begun_json(other));
        }
    }
}
