//! Where a storage sends one on to: a decision from addresses alone.

use reqwest::header::HeaderValue;
use reqwest::{StatusCode, Url};

use crate::error::InvalidFileUrl;

/// How many redirects are followed: Lago's own to the storage, and some of that.
const MOST: u32 = 5;

/// The URL that the API names.
pub(super) fn address(text: &str) -> Result<Url, InvalidFileUrl> {
    let url = Url::parse(text.trim()).map_err(|_| InvalidFileUrl::NoAddress)?;
    is_web(&url).then_some(url).ok_or(InvalidFileUrl::NoAddress)
}

/// Whether a status sends one on to where its `location` says.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The next URL after so many redirects, this one included.
pub(super) fn next(
    from: &Url,
    location: Option<&HeaderValue>,
    count: u32,
) -> Result<Url, InvalidFileUrl> {
    let location = location.and_then(|value| value.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    let to = to.filter(is_web).ok_or(InvalidFileUrl::NoTarget)?;
    check(from, &to)?;
    if count > MOST {
        return Err(InvalidFileUrl::TooMany(MOST));
    }
    Ok(to)
}

/// Refuses the way from one URL to another that gives up encryption.
pub(super) fn check(from: &Url, to: &Url) -> Result<(), InvalidFileUrl> {
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err(InvalidFileUrl::Insecure),
        _ => Ok(()),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(count: u32, from: &str, location: &str) -> Result<String, InvalidFileUrl> {
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
        let refused = Err(InvalidFileUrl::Insecure);
        assert_eq!(after(1, "https://a/x", "http://a/x"), refused);
        assert_eq!(after(1, "https://a/x", "HTTP://b/x"), refused);
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for location in ["ftp://a/x", "file:///etc/hosts", "data:,x", "http://"] {
            let refused = after(1, "http://a/x", location);
            assert_eq!(refused, Err(InvalidFileUrl::NoTarget), "{location}");
        }
        let from = address("http://a/x").unwrap();
        assert_eq!(next(&from, None, 1), Err(InvalidFileUrl::NoTarget));
        for text in ["", "x.pdf", "/x.pdf", "file:///x.pdf", "mailto:a@b"] {
            assert_eq!(address(text), Err(InvalidFileUrl::NoAddress), "{text}");
        }
    }

    #[test]
    fn five_are_followed_and_no_sixth() {
        assert!(after(5, "http://a/x", "/x").is_ok());
        assert_eq!(
            after(6, "http://a/x", "/x"),
            Err(InvalidFileUrl::TooMany(MOST))
        );
    }
}
