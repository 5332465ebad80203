//! Which server is checked, and what is made there is called.

use reqwest::Url;

/// Lago's own hosts, and all below them: they bill real customers.
const CLOUD: &str = "getlago.com";

/// How many characters of a prefix are random.
const RANDOM: usize = 8;

/// The address of a server.
///
/// # Errors
///
/// It is none, or has parts that an address of an API does not have.
pub fn url(text: &str) -> Result<Url, String> {
    let advice = "an address looks like https://lago.example.com or http://127.0.0.1:3000";
    // What is no address may be a key that slipped into its place, so it is not repeated.
    let url =
        Url::parse(text).map_err(|error| format!("--url is no address ({error}): {advice}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("--url is no address of HTTP: {advice}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("--url has a user or a password: the key goes into LAGO_API_KEY".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("--url has a query or a fragment: {advice}"));
    }
    Ok(url)
}

/// Whether an address is one of Lago's cloud.
pub fn is_cloud(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let host = host.to_ascii_lowercase();
    host == CLOUD
        || host
            .strip_suffix(CLOUD)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// What the names of everything begin with that a check makes: another one each time.
pub fn prefix() -> String {
    let random: String = (0..RANDOM).map(|_| fastrand::lowercase()).collect();
    format!("lago-conform-{random}-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cloud_is_known_however_it_is_written() {
        let is = |text: &str| is_cloud(&url(text).unwrap());
        assert!(is("https://api.getlago.com") && is("https://API.EU.getlago.com./api/v1"));
        assert!(!is("https://getlago.com.example.org") && !is("https://notgetlago.com"));
        assert!(!is("http://127.0.0.1:3000"));
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        for wrong in [
            "secret",
            "ftp://secret",
            "https://secret@host",
            "https://host?key=secret",
        ] {
            assert!(!url(wrong).unwrap_err().contains("secret"));
        }
        assert!(prefix().starts_with("lago-conform-") && prefix() != prefix());
    }
}
