//! What logs and errors may hold of what a server said or a caller gave: words of the API, the beginnings of
//! texts, and nothing that may be a secret.
//!
//! A server, or whoever responds in its place, can say megabytes, and control characters that a terminal obeys.
//! Whatever is printed of it goes through here, so that all of it has a bound.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

#[cfg(feature = "drift")]
use lago_types::words::is_code;
use reqwest::Url;

/// Characters of a text; request ids of Lago's have 36.
const SHORT: usize = 100;

/// Characters of a path, and of what a parser or a library says.
const LONG: usize = 300;

/// In bytes, of the name of a host.
const LONGEST_HOST: usize = 253;

/// What stands for something that may be a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// A key, if it is a word of the API.
#[cfg(feature = "drift")]
pub(crate) fn word(key: &str) -> &str {
    if is_code(key) { key } else { "?" }
}

/// A value as enums have them; anything else may be data that stands in the wrong place.
#[cfg(any(feature = "drift", feature = "webhooks"))]
pub(crate) fn value(value: &str) -> &str {
    let is_of_enums = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./+:".contains(&byte);
    let is_printable = value.len() <= 60 && value.bytes().all(is_of_enums);
    if is_printable { value } else { "?" }
}

/// A media type, if that is what the text is.
pub(crate) fn media_type(text: &str) -> Option<&str> {
    let media_type = text.split(';').next().unwrap_or_default().trim();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte);
    (media_type.len() <= 60 && media_type.bytes().all(is_plain)).then_some(media_type)
}

/// Scheme and host of a URL; its path may hold ids of customers.
pub(crate) fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let origin = url.origin();
    let is_host = url
        .host_str()
        .is_some_and(|host| host.len() <= LONGEST_HOST);
    (origin.is_tuple() && is_host).then(|| origin.ascii_serialization())
}

/// A text that should be the address of a server, if that is what it is by its looks.
#[cfg(feature = "webhooks")]
pub(crate) fn address(text: &str) -> &str {
    let is_address = |url: &Url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && is_plausible(url)
    };
    match Url::parse(text).is_ok_and(|url| url.password().is_none() && is_address(&url)) {
        true => text,
        false => REDACTED,
    }
}

/// Whether the host is one, by its looks: `https://KEY` has a key for a host. Names without a dot
/// are common in private networks, where a port stands after them.
pub(crate) fn is_plausible(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_name = || {
        let mut labels = host.trim_end_matches('.').split('.');
        labels.all(|label| (1..=63).contains(&label.len()))
    };
    let has_mark = host.trim_end_matches('.').contains('.') || url.port().is_some();
    host.starts_with('[') || host == "localhost" || (has_mark && is_name())
}

/// The beginning of a text.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    match text.len() <= SHORT && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(Cut(text, SHORT).to_string()),
    }
}

/// The beginning of something longer.
pub(crate) fn long<T: fmt::Display>(said: T) -> Cut<T> {
    Cut(said, LONG)
}

/// What is printed up to a number of characters, and with `?` for those that are none to see.
#[derive(Clone, Copy)]
pub(crate) struct Cut<T>(T, usize);

impl<T: fmt::Display> fmt::Display for Cut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = Room {
            to: f,
            left: self.1,
            is_full: false,
        };
        let printed = write!(room, "{}", self.0);
        match room.is_full {
            true => f.write_char('…'),
            false => printed,
        }
    }
}

struct Room<'r, 'f> {
    to: &'r mut fmt::Formatter<'f>,
    left: usize,
    is_full: bool,
}

impl fmt::Write for Room<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let Some(left) = self.left.checked_sub(1) else {
                self.is_full = true;
                return Err(fmt::Error);
            };
            self.left = left;
            let is_seen = !character.is_control() && !turns(character);
            self.to.write_char(if is_seen { character } else { '?' })?;
        }
        Ok(())
    }
}

/// Whether a character makes the ones around it read otherwise.
fn turns(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An error whose text may quote what a server said.
pub(crate) struct Quoting<E>(pub(crate) E);

impl<E: fmt::Display> fmt::Display for Quoting<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        long(&self.0).fmt(f)
    }
}

impl<E: fmt::Display> fmt::Debug for Quoting<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<E: fmt::Display> std::error::Error for Quoting<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_has_nothing_that_a_terminal_obeys() {
        assert!(matches!(short("req-1"), Cow::Borrowed("req-1")));
        assert_eq!(short("a\u{1b}[2J\nb\u{202e}c"), "a?[2J?b?c");
        let whole = "x".repeat(SHORT);
        assert_eq!(short(&whole), whole);
        let (cut, wide) = (format!("{whole}x"), "ü".repeat(SHORT + 1));
        assert_eq!(short(&cut), format!("{whole}…"));
        assert_eq!(short(&wide), format!("{}…", "ü".repeat(SHORT)));
        let said = Quoting("y".repeat(1 << 20));
        assert_eq!(said.to_string().chars().count(), LONG + 1);
        assert_eq!(format!("{said:?}"), said.to_string());
    }

    #[cfg(feature = "drift")]
    #[test]
    fn words_of_the_api_are_printed_and_nothing_else() {
        assert_eq!([word("fees"), word("jane@example.com")], ["fees", "?"]);
    }

    #[cfg(any(feature = "drift", feature = "webhooks"))]
    #[test]
    fn values_as_enums_have_them_are_printed_and_no_others() {
        assert_eq!(
            [value("invoice.created"), value("Jane Doe")],
            ["invoice.created", "?"]
        );
        assert_eq!(value(&"a".repeat(61)), "?");
    }

    #[cfg(feature = "webhooks")]
    #[test]
    fn an_address_is_printed_if_that_is_what_it_is() {
        for (given, shown) in [
            ("https://lago.example.com", "https://lago.example.com"),
            ("http://lago-api:3000", "http://lago-api:3000"),
            ("https://SECRET", REDACTED),
            ("SECRET", REDACTED),
            ("https://SECRET@x.example", REDACTED),
            ("https://:SECRET@x.example", REDACTED),
        ] {
            assert_eq!(address(given), shown);
        }
    }
}
