//! Values in paths.
//!
//! How they are encoded follows the router of the server, not the grammar of URLs. To the grammar a
//! dot is like a letter; a Rails route ends with `(.:format)`, so that `/customers/acme.io` is the
//! customer `acme` in the format `io`, and a deletion deletes `acme`. The router looks for `/` and
//! `.` before it decodes, so what is encoded stays in its segment.

use std::fmt::Write as _;

use super::invalid::InvalidRequest;

/// A value as one segment of a path. Everything but letters, digits, `-`, `_` and `~` is encoded, so
/// that no value ends its segment, begins a format, parameters or a query.
///
/// Refused are values that no encoding keeps as they are. An empty value, `.` and `..` are steps to a
/// URL parser, encoded or not, and a delete with an empty key would reach the operation that deletes
/// everything. At a NUL a gateway may cut the path off, and no text column of the server's database
/// can hold one.
pub(crate) fn segment(name: &str, value: &str) -> Result<String, InvalidRequest> {
    if matches!(value, "" | "." | "..") {
        return Err(InvalidRequest::new(format!(
            "`{name}` is {value:?}: it would address another resource"
        )));
    }
    if value.contains('\0') {
        return Err(InvalidRequest::new(format!(
            "`{name}` has a NUL in it, at which the path may be cut off"
        )));
    }
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    Ok(encoded)
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
        assert_eq!(segment("code", "A-z0_9~").unwrap(), "A-z0_9~");
        assert_eq!(
            segment("code", r"a\b;c=d&e+f:g@h").unwrap(),
            "a%5Cb%3Bc%3Dd%26e%2Bf%3Ag%40h"
        );
        assert_eq!(segment("code", " a\t").unwrap(), "%20a%09");
    }

    #[test]
    fn a_dot_is_encoded_because_the_router_ends_a_value_there() {
        assert_eq!(segment("code", "acme.io").unwrap(), "acme%2Eio");
        assert_eq!(segment("code", "...").unwrap(), "%2E%2E%2E");
    }

    #[test]
    fn steps_are_refused_by_name() {
        for value in ["", ".", ".."] {
            let error = segment("code", value).unwrap_err().to_string();
            assert!(error.contains(&format!("`code` is {value:?}")), "{error}");
        }
    }

    #[test]
    fn a_nul_is_refused_without_the_value() {
        let error = segment("code", "jane\0").unwrap_err().to_string();
        assert!(error.contains("`code` has a NUL"), "{error}");
        assert!(!error.contains("jane"), "{error}");
    }

    proptest! {
        #[test]
        fn any_value_is_exactly_one_segment(value in ".{1,40}|[./\\\\%?#;:@ ]{1,6}") {
            prop_assume!(!matches!(value.as_str(), "." | "..") && !value.contains('\0'));
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
