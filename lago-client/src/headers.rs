//! Headers that callers add: which they may.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Why a header is not for callers to set.
#[derive(Clone, Copy)]
enum Reason {
    /// It holds the key.
    Key,
    /// It says where a request ends and how the connection goes on. Another value than the right one
    /// cuts the body off, makes the rest of it the next request, or lets both sides wait.
    Framing,
    /// It says which server, method or path is meant: the request would be another one.
    Routing,
    /// It says what is in the body, or what may be in the response.
    Content,
}

/// The headers that are refused, in lower case; one that ends with `*` stands for all that begin so.
const REFUSED: [(&str, Reason); 29] = [
    ("authorization", Reason::Key),
    ("connection", Reason::Framing),
    ("content-length", Reason::Framing),
    ("expect", Reason::Framing),
    ("http2-settings", Reason::Framing),
    ("keep-alive", Reason::Framing),
    ("proxy-*", Reason::Framing),
    ("te", Reason::Framing),
    ("trailer", Reason::Framing),
    ("transfer-encoding", Reason::Framing),
    ("upgrade", Reason::Framing),
    ("forwarded", Reason::Routing),
    ("host", Reason::Routing),
    ("x-forwarded-host", Reason::Routing),
    ("x-forwarded-prefix", Reason::Routing),
    ("x-http-method", Reason::Routing),
    ("x-http-method-override", Reason::Routing),
    ("x-method-override", Reason::Routing),
    ("x-original-uri", Reason::Routing),
    ("x-original-url", Reason::Routing),
    ("x-rewrite-url", Reason::Routing),
    ("x-script-name", Reason::Routing),
    ("accept", Reason::Content),
    ("accept-charset", Reason::Content),
    ("accept-encoding", Reason::Content),
    ("content-encoding", Reason::Content),
    ("content-range", Reason::Content),
    ("content-type", Reason::Content),
    ("range", Reason::Content),
];

/// How many headers a caller may add in one place. Servers take about a hundred, and a map that is full panics.
const MOST: usize = 1000;

/// Adds a header from text in place of one of the same name, or says what is wrong with it.
pub(crate) fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let (name, value) = header(name, value)?;
    if headers.len() >= MOST && !headers.contains_key(&name) {
        return Err(format!("there are more than {MOST} headers"));
    }
    headers.insert(name, value);
    Ok(())
}

/// A header from text, or what is wrong with it.
fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed =
        HeaderName::try_from(name).map_err(|_| "a header has a name that none can have")?;
    // The value may be secret, and so may what stands where the name should.
    let value = HeaderValue::try_from(value)
        .map_err(|_| format!("the header `{name}` has a value that no header can hold"))?;
    let is_refused = |known: &str| match known.strip_suffix('*') {
        Some(start) => parsed.as_str().starts_with(start),
        None => parsed == known,
    };
    match REFUSED.iter().find(|(known, _)| is_refused(known)) {
        Some((_, reason)) => Err(match reason {
            Reason::Key => "the API key is set with `api_key`, not as a header".to_owned(),
            Reason::Framing => {
                format!("the header `{parsed}` is HTTP's own: it is set where requests are sent")
            }
            Reason::Routing => {
                format!("the header `{parsed}` would make another request of this one")
            }
            Reason::Content => {
                format!(
                    "the header `{parsed}` is set by the client: what it sends and reads is JSON"
                )
            }
        }),
        None => Ok((parsed, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_for_callers_is_refused_by_name() {
        for (name, _) in REFUSED {
            let name = name.replace('*', "connection");
            for name in [name.to_uppercase(), name] {
                let problem = header(&name, "5").unwrap_err();
                let expected = match name.eq_ignore_ascii_case("authorization") {
                    true => "api_key",
                    false => &name.to_lowercase(),
                };
                assert!(problem.contains(expected), "{name}: {problem}");
            }
        }
        assert!(
            header("proxy-authorization", "secret").is_err_and(|said| !said.contains("secret"))
        );
    }

    #[test]
    fn more_headers_than_a_request_can_have_are_refused() {
        let mut headers = HeaderMap::new();
        for number in 0..MOST {
            add(&mut headers, &format!("x-{number}"), "a").unwrap();
        }
        add(&mut headers, "x-0", "b").unwrap();
        let problem = add(&mut headers, "x-tenant", "b").unwrap_err();
        assert_eq!(problem, "there are more than 1000 headers");
        assert_eq!(
            (headers.len(), &headers["x-0"]),
            (MOST, &"b".parse().unwrap())
        );
    }

    #[test]
    fn others_may_be_set() {
        for name in [
            "X-Tenant",
            "user-agent",
            "x-request-id",
            "traceparent",
            "teapot",
        ] {
            let (parsed, value) = header(name, "a").unwrap();
            assert!(parsed.as_str().eq_ignore_ascii_case(name));
            assert_eq!(value, "a");
        }
    }
}
