//! Where a storage sends one on to: a decision from addresses alone.

use std::fmt;

use reqwest::header::HeaderValue;
use reqwest::{StatusCode, Url};

/// How many redirects are followed: Lago's own to the storage, and some of that.
const MOST: u32 = 5;

/// Why there is no way to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoWay {
    /// What the API names is no address of a web server.
    NoAddress,
    /// A redirect leads nowhere.
    NoTarget,
    /// Redirects do not end.
    TooMany,
    /// A redirect leads from https to http, where everyone can read along.
    Insecure,
    /// The API is called over https, and its file over http.
    Plain,
    /// The file is in a private network.
    Private,
}

impl fmt::Display for NoWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("the URL in the answer is no address of a web server"),
            Self::NoTarget => f.write_str("a redirect names no address of a web server"),
            Self::TooMany => write!(f, "more than {MOST} redirects"),
            Self::Insecure => f.write_str("a redirect from https to http, which is not followed"),
            Self::Plain => f.write_str("an http URL, though the API is called over https"),
            Self::Private => f.write_str(
                "a host in a private network, which `allow_private_file_hosts` of the client's \
                 builder would allow",
            ),
        }
    }
}

/// The URL that the API names.
pub(super) fn address(text: &str) -> Result<Url, NoWay> {
    let url = Url::parse(text.trim()).map_err(|_| NoWay::NoAddress)?;
    is_web(&url).then_some(url).ok_or(NoWay::NoAddress)
}

/// Whether a status sends one on to where its `location` says.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The next URL after so many redirects, this one included.
pub(super) fn next(from: &Url, location: Option<&HeaderValue>, count: u32) -> Result<Url, NoWay> {
    let location = location.and_then(|value| value.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    let to = to.filter(is_web).ok_or(NoWay::NoTarget)?;
    check(from, &to)?;
    if count > MOST {
        return Err(NoWay::TooMany);
    }
    Ok(to)
}

/// Refuses the way from one URL to another that gives up encryption.
pub(super) fn check(from: &Url, to: &Url) -> Result<(), NoWay> {
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err(NoWay::Insecure),
        _ => Ok(()),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(count: u32, from: &str, location: &str) -> Result<String, NoWay> {
        let location = HeaderValue::from_str(location).unwrap();
        next(&address(from).unwrap(), Some(&location), count).map(String::from)
    }

    #[test]
    fn redirects_lead_to_other_hosts_and_other_paths() {
        let follow = |from, location| after(1, from, location).unwrap();
        assert_eq!(
            follow("https://a/x?y", "https://b/z?sig=1"),
            "https://b/z?sig=1"
        );
        assert_eq!(follow("https://a/x/y", "/z"), "https://a/z");
        assert_eq!(follow("https://a/x/y", "z"), "https://a/x/z");
        assert_eq!(follow("http://a/x", "https://b/"), "https://b/");
        assert_eq!(follow("http://a/x", "http://b/"), "http://b/");
        assert_eq!(follow("https://a/x", "//b/y"), "https://b/y");
    }

    #[test]
    fn encryption_is_never_given_up() {
        let refused = Err(NoWay::Insecure);
        assert_eq!(after(1, "https://a/x", "http://a/x"), refused);
        assert_eq!(after(1, "https://a/x", "HTTP://b/x"), refused);
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for location in ["ftp://a/x", "file:///etc/hosts", "data:,x", "http://"] {
            let refused = after(1, "http://a/x", location);
            assert_eq!(refused, Err(NoWay::NoTarget), "{location}");
        }
        let from = address("http://a/x").unwrap();
        assert_eq!(next(&from, None, 1), Err(NoWay::NoTarget));
        for text in ["", "x.pdf", "/x.pdf", "file:///x.pdf", "mailto:a@b"] {
            assert_eq!(address(text), Err(NoWay::NoAddress), "{text}");
        }
    }

    #[test]
    fn five_are_followed_and_no_sixth() {
        assert!(after(5, "http://a/x", "/x").is_ok());
        assert_eq!(after(6, "http://a/x", "/x"), Err(NoWay::TooMany));
    }
}
