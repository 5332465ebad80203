//! The one thing in JSON that is not YAML.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// `text` with the characters that JSON escapes as two UTF-16 halves (`\ud83d\ude00`) escaped as
/// one, which is the YAML way. Text that is not JSON is left alone.
pub(super) fn join_surrogates(text: &str) -> Cow<'_, str> {
    let is_json = || serde_json::from_str::<IgnoredAny>(text).is_ok();
    if !text.contains("\\u") || !is_json() {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        joined.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(character) = surrogate_pair(rest) {
            joined.push_str(&format!("\\U{:08x}", u32::from(character)));
            rest = &rest[12..];
        } else {
            // An escape is at least two bytes, of ASCII in valid JSON.
            joined.push_str(&rest[..2]);
            rest = &rest[2..];
        }
    }
    joined.push_str(rest);
    Cow::Owned(joined)
}

/// The character that the escapes at the start of `text` are the halves of.
fn surrogate_pair(text: &str) -> Option<char> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let high = unit(0).filter(|unit| (0xd800..0xdc00).contains(unit))?;
    char::decode_utf16([high, unit(6)?]).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_a_character_become_one() {
        let text = r#"{"a": "x \ud83d\ude00 \u00e9 \\ud83d\\ude00"}"#;
        let joined = r#"{"a": "x \U0001f600 \u00e9 \\ud83d\\ude00"}"#;
        assert_eq!(join_surrogates(text), joined);
        for other in [
            r"{a: '\ud83d\ude00'}",
            r"a: \ud83d\ude00",
            "{\"a\": \"\\",
            "",
        ] {
            assert_eq!(join_surrogates(other), other);
        }
    }
}
