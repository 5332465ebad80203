//! Where the API is, and what of that may be printed: people swap the variables of address and key.

use std::borrow::Cow;
use std::fmt;

use reqwest::Url;

use crate::operation::Operation;
use crate::redact::{REDACTED, is_plausible};

/// What is added to an address that ends with no version of the API.
const VERSIONED_PATH: &str = "/api/v1";

/// The versions that may stand at the end of an address. Whichever does, calls go to that of their operation.
const VERSIONS: [&str; 2] = [VERSIONED_PATH, "/api/v2"];

/// The URL that paths of the first version are appended to: with `/api/v1`, without a slash at the end, without user,
/// query and fragment. `Display` and `Debug` show it without a host that may be none.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    has_plausible_host: bool,
}

impl BaseUrl {
    /// Reads what was given, or says what is wrong with it, in words that follow the name of the setting. Only what is
    /// an address is quoted.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write `https://lago.example.com`; what was given is not shown, as it \
                               may be a key";
        let url = Url::parse(text.trim()).map_err(|_| format!("is no URL: {EXAMPLE}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("is no address of a web server: {EXAMPLE}"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user or a password; the API key is all it takes".to_owned());
        }
        let mut plain = url.clone();
        plain.set_query(None);
        plain.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let root = VERSIONS
            .iter()
            .find_map(|version| path.strip_suffix(version));
        plain.set_path(&format!("{}{VERSIONED_PATH}", root.unwrap_or(path)));
        let has_plausible_host = is_plausible(&plain);
        let base = Self {
            url: plain,
            has_plausible_host,
        };
        if url.query().is_some() || url.fragment().is_some() {
            let why = "has a query or a fragment; write only scheme, host and path";
            return Err(format!("{base} {why}"));
        }
        Ok(base)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL that the path of an operation is appended to.
    pub(crate) fn of(&self, operation: &Operation) -> Cow<'_, str> {
        match operation.base_path {
            VERSIONED_PATH => Cow::Borrowed(self.as_str()),
            base_path => Cow::Owned(in_version(self.as_str(), base_path)),
        }
    }

    /// The same as a trace may hold it.
    #[cfg(feature = "tracing")]
    pub(crate) fn printable(&self, operation: &Operation) -> String {
        in_version(&self.to_string(), operation.base_path)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The host as a trace may hold it.
    #[cfg(feature = "tracing")]
    pub(crate) fn printable_host(&self) -> &str {
        match self.has_plausible_host {
            true => self.url.host_str().unwrap_or_default(),
            false => REDACTED,
        }
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }
}

/// An address of the first version of the API as one of another.
fn in_version(url: &str, base_path: &str) -> String {
    let root = url.strip_suffix(VERSIONED_PATH).unwrap_or(url);
    format!("{root}{base_path}")
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.has_plausible_host {
            true => f.write_str(self.as_str()),
            false => write!(f, "{}://{REDACTED}{}", self.url.scheme(), self.url.path()),
        }
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_added_to_the_path_when_it_is_missing() {
        for (given, used) in [
            (
                "https://lago.example.com",
                "https://lago.example.com/api/v1",
            ),
            (
                "https://lago.example.com/",
                "https://lago.example.com/api/v1",
            ),
            (
                "http://localhost:3000/api/v1/",
                "http://localhost:3000/api/v1",
            ),
            (
                " https://example.com/lago ",
                "https://example.com/lago/api/v1",
            ),
            (
                "https://example.com/lago/api/v2/",
                "https://example.com/lago/api/v1",
            ),
        ] {
            let base = BaseUrl::parse(given).unwrap();
            assert_eq!((base.as_str(), base.to_string().as_str()), (used, used));
        }
    }

    #[test]
    fn an_operation_has_the_address_of_its_version() {
        let first = crate::generated::operations::OPERATIONS[0];
        let second = Operation {
            base_path: "/api/v2",
            ..first
        };
        for given in ["http://x.test/api/v1", "http://x.test/api/v2"] {
            let base = BaseUrl::parse(given).unwrap();
            assert_eq!(base.of(&first), "http://x.test/api/v1");
            assert_eq!(base.of(&second), "http://x.test/api/v2");
        }
        // What stands before is no version, and a host is no path.
        let base = BaseUrl::parse("http://api/v1/api/v1").unwrap();
        assert_eq!(base.of(&second), "http://api/v1/api/v2");
        #[cfg(feature = "tracing")]
        {
            let base = BaseUrl::parse("https://SECRET/lago").unwrap();
            let shown = base.printable(&second);
            assert_eq!(shown, "https://[redacted]/lago/api/v2");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_quoted() {
        let key = "1f2e3d4c-secret-key";
        for (given, why) in [
            (key.to_owned(), "is no URL"),
            (format!("{key}.example.com/api/v1"), "is no URL"),
            (format!("https:// {key}"), "is no URL"),
            (format!("https://x:{key}"), "is no URL"),
            (format!("{key}:3000"), "is no"),
            (format!("secret:{key}"), "web server"),
            (format!("ftp://{key}"), "web server"),
            (format!("file:///{key}"), "web server"),
            (format!("https://user:{key}@x.example"), "a password"),
            (format!("https://{key}@x.example"), "a user"),
            (format!("https://user:{key}%40x.example@x"), "a password"),
            (format!("https://x.example/?key={key}"), "query"),
            (format!("https://x.example/#{key}"), "fragment"),
            (format!("https://{key}/?a=1"), "query"),
        ] {
            let refusal = BaseUrl::parse(&given).unwrap_err();
            assert!(refusal.contains(why), "{given}: {refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn a_host_that_may_be_a_key_is_used_and_not_printed() {
        for (given, shown) in [
            ("https://SECRET", "https://[redacted]/api/v1"),
            ("https://SECRET./lago", "https://[redacted]/lago/api/v1"),
            ("http://lago-api:3000", "http://lago-api:3000/api/v1"),
            ("http://localhost", "http://localhost/api/v1"),
            ("http://10.0.0.7", "http://10.0.0.7/api/v1"),
            ("http://[::1]", "http://[::1]/api/v1"),
        ] {
            let base = BaseUrl::parse(given).unwrap();
            assert_eq!(base.to_string(), shown);
            assert_eq!(format!("{base:?}"), format!("\"{shown}\""));
        }
        let token = format!("https://{}.b.c", "a".repeat(64));
        let base = BaseUrl::parse(&token).unwrap();
        assert_eq!(base.to_string(), "https://[redacted]/api/v1");
        assert_eq!(base.as_str(), token + "/api/v1");
    }
}
