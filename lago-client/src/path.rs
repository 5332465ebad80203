//! Values in paths.

use std::fmt::Write as _;

use progenitor_client::Error;

/// A value as one segment of a path. Everything but unreserved characters is encoded, so that no
/// value ends its segment or begins a query.
///
/// An empty value, `.` and `..` are refused: no encoding keeps a URL parser from taking them as
/// steps, and a delete with an empty key would reach the operation that deletes everything.
pub(crate) fn segment(name: &str, value: &str) -> Result<String, NoSegment> {
    if matches!(value, "" | "." | "..") {
        return Err(NoSegment(format!(
            "`{name}` is {value:?}: it would address another resource"
        )));
    }
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    Ok(encoded)
}

/// A value that no path can hold, and why.
#[derive(Debug)]
pub(crate) struct NoSegment(String);

impl From<NoSegment> for Error {
    fn from(NoSegment(why): NoSegment) -> Self {
        Self::InvalidRequest(why)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(segment: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = segment.as_bytes();
        while let [first, tail @ ..] = rest {
            rest = tail;
            if *first == b'%' {
                let (digits, tail) = tail.split_at(2);
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
                rest = tail;
            } else {
                bytes.push(*first);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn reserved_characters_are_encoded() {
        assert_eq!(
            segment("code", "a b/c%?é").unwrap(),
            "a%20b%2Fc%25%3F%C3%A9"
        );
        assert_eq!(segment("code", "A-z.0_9~").unwrap(), "A-z.0_9~");
        assert_eq!(
            segment("code", r"a\b;c=d&e+f:g@h").unwrap(),
            "a%5Cb%3Bc%3Dd%26e%2Bf%3Ag%40h"
        );
        assert_eq!(segment("code", "...").unwrap(), "...");
    }

    #[test]
    fn steps_are_refused_by_name() {
        for value in ["", ".", ".."] {
            let error = Error::from(segment("code", value).unwrap_err()).to_string();
            assert!(error.contains(&format!("`code` is {value:?}")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_exactly_one_segment(value in ".{1,40}|[./\\\\%?#;:@ ]{1,6}") {
            prop_assume!(!matches!(value.as_str(), "." | ".."));
            let encoded = segment("code", &value).unwrap();
            prop_assert_eq!(&decoded(&encoded), &value);
            let url = format!("https://lago.test/api/v1/plans/{encoded}/charges/x");
            let url = reqwest::Url::parse(&url).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments, ["api", "v1", "plans", encoded.as_str(), "charges", "x"]);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }
}
