//! Answers of which only the end of the connection marks the end: HTTP/1.0, or `connection: close` without
//! a length. A connection that breaks looks the same, so that only the JSON can tell whether it is whole.

use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{StatusCode, Version};
use serde::de::IgnoredAny;

/// Whether an answer with this head says itself where its body ends.
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
pub(crate) fn is_begun_json(body: &[u8]) -> bool {
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
    fn an_answer_tells_its_end_by_length_by_chunks_or_by_frames() {
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
