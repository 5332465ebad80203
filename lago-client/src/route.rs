//! From method and path to an operation, for whoever receives requests: the stand-in and the gateway.

use http::Method;

use crate::generated::operations::OPERATIONS;
use crate::operation::Operation;

/// Where the paths of each version begin, and whether a dot ends a value there.
#[cfg(feature = "mock")]
const VERSIONS: [(&str, bool); 2] = [("/api/v1", true), ("/api/v2", false)];

/// Where a request leads.
#[derive(Debug, Default)]
pub(crate) struct Route {
    /// Nothing for a path that is none, or not with this method.
    pub(crate) operation: Option<&'static Operation>,
    /// The values in the path.
    pub(crate) parameters: Vec<(&'static str, String)>,
}

impl Route {
    /// The operation of a request, as the router of the server finds it: a dot ends a value, and what
    /// follows it at the end of the path is a format; percent signs are decoded after that. No route of the first
    /// version is taken to allow more, though newer servers allow dots in some places; those of the second do.
    #[cfg(feature = "mock")]
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let version = VERSIONS.iter().find_map(|(base, dot_ends)| {
            let below = path.strip_prefix(base)?.strip_prefix('/')?;
            Some((*base, segments(below, *dot_ends)?))
        });
        let Some((base, segments)) = version else {
            return Self::default();
        };
        Self::among(base, method, &segments)
    }

    /// The operation below such a base path that these segments lead to, still encoded. One that is spelt out wins over one
    /// that is a parameter, from left to right.
    pub(crate) fn among(base: &str, method: &Method, segments: &[&str]) -> Self {
        OPERATIONS
            .iter()
            .filter(|operation| operation.base_path == base)
            .filter(|operation| operation.method.as_str() == method.as_str())
            .filter_map(|operation| Some((operation, matched(operation.path, segments)?)))
            .max_by_key(|(operation, _)| {
                let spelt_out = template(operation.path).map(|part| parameter(part).is_none());
                spelt_out.collect::<Vec<_>>()
            })
            .map(|(operation, parameters)| Self {
                operation: Some(operation),
                parameters,
            })
            .unwrap_or_default()
    }
}

/// The segments of a path, still encoded and without the format, if a dot ends a value; none when no route can match.
/// Slashes that stand together are one, and one at the end is none.
#[cfg(feature = "mock")]
fn segments(path: &str, dot_ends: bool) -> Option<Vec<&str>> {
    let mut segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if !dot_ends {
        return Some(segments);
    }
    if let Some(last) = segments.last_mut()
        && let Some((value, format)) = last.split_once('.')
        && !format.is_empty()
        && !format.contains('.')
    {
        *last = value;
    }
    let is_plain = |segment: &&str| !segment.is_empty() && !segment.contains('.');
    segments.iter().all(is_plain).then_some(segments)
}

fn template(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.trim_start_matches('/').split('/')
}

/// The name of a parameter: of `{code}` it is `code`.
fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// The values of the parameters, when the segments fit the template.
fn matched(path: &'static str, segments: &[&str]) -> Option<Vec<(&'static str, String)>> {
    let mut segments = segments.iter();
    let mut parameters = Vec::new();
    for part in template(path) {
        let segment = segments.next()?;
        match parameter(part) {
            Some(name) => parameters.push((name, decode(segment))),
            None if part == *segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

/// Decodes percent signs; one that encodes nothing stands for itself.
pub(crate) fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let encoded = part.split_at_checked(2).and_then(|(code, rest)| {
            let is_code = code.bytes().all(|digit| digit.is_ascii_hexdigit());
            Some((u8::from_str_radix(code, 16).ok().filter(|_| is_code)?, rest))
        });
        let (byte, rest) = encoded.unwrap_or((b'%', part));
        bytes.push(byte);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pairs of a form.
pub(crate) fn form(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| decode(&text.replace('+', " "));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

#[cfg(all(test, feature = "mock"))]
mod tests {
    use super::*;

    fn route(method: &Method, path: &str) -> (Option<&'static str>, Vec<String>) {
        let route = Route::of(method, path);
        let values = route.parameters.into_iter().map(|(_, value)| value);
        (
            route.operation.map(|found| found.resource),
            values.collect(),
        )
    }

    #[test]
    fn what_is_spelt_out_wins_over_a_parameter() {
        for (method, path, expected) in [
            (
                Method::POST,
                "/api/v1/events/batch",
                ("events.create_batch", vec![]),
            ),
            (
                Method::GET,
                "/api/v1/events/batch",
                ("events.get", vec!["batch"]),
            ),
            (
                Method::POST,
                "/api/v1/invoices/preview",
                ("invoices.preview", vec![]),
            ),
            (
                Method::GET,
                "/api/v1/plans/a%2Fb/charges/%C3%A9%20+",
                ("plans.charges.get", vec!["a/b", "é +"]),
            ),
        ] {
            let (operation, values) = route(&method, path);
            assert_eq!(
                (operation, values),
                (
                    Some(expected.0),
                    expected.1.iter().map(|&value| value.into()).collect()
                )
            );
        }
    }

    #[test]
    fn what_is_no_operation_leads_nowhere() {
        for path in [
            "",
            "/",
            "/api/v1",
            "/api/v1/",
            "/api/v2/plans",
            "/api/v1/plans/a/b",
            "/api/v1/%70lans",
            "/api/v1/plans/a.b.c",
            "/api/v1/plans/a.",
            "/api/v1/plans/.json",
            "/api/v1/customers/acme.com/current_usage",
        ] {
            assert_eq!(route(&Method::GET, path), (None, vec![]), "{path}");
        }
        assert_eq!(route(&Method::PATCH, "/api/v1/plans"), (None, vec![]));
    }

    #[test]
    fn a_dot_ends_a_value_and_slashes_are_squeezed() {
        for (path, expected) in [
            ("/api/v1/customers/acme.io", ("customers.get", vec!["acme"])),
            (
                "/api/v1/customers/acme%2Eio",
                ("customers.get", vec!["acme.io"]),
            ),
            ("/api/v1/customers.json", ("customers.list", vec![])),
            ("/api/v1/customers/", ("customers.list", vec![])),
            (
                "/api/v1//plans/a/charges//b/",
                ("plans.charges.get", vec!["a", "b"]),
            ),
        ] {
            let (operation, values) = route(&Method::GET, path);
            assert_eq!(operation, Some(expected.0), "{path}");
            assert_eq!(values, expected.1, "{path}");
        }
    }

    #[cfg(feature = "unpublished")]
    #[test]
    fn a_dot_is_part_of_a_value_in_the_second_version() {
        for (path, expected) in [
            ("/api/v2/products", ("products.list", vec![])),
            ("/api/v2/products/sup.v1", ("products.get", vec!["sup.v1"])),
            (
                "/api/v2/products/a%2Fb/filters/c%2Ed",
                ("products.filters.get", vec!["a/b", "c.d"]),
            ),
            (
                "/api/v2/plans/a.b/applied_rate_cards",
                ("plans.applied_rate_cards.list", vec!["a.b"]),
            ),
        ] {
            let (operation, values) = route(&Method::GET, path);
            assert_eq!(operation, Some(expected.0), "{path}");
            assert_eq!(values, expected.1, "{path}");
        }
        for path in ["/api/v1/products", "/api/v2/taxes", "/api/v2"] {
            assert_eq!(route(&Method::GET, path), (None, vec![]), "{path}");
        }
    }

    #[test]
    fn a_query_is_a_form() {
        let expected = [
            ("a b", "c+d&"),
            ("status[]", "x=y"),
            ("flag", ""),
            ("", "z"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(form("a+b=c%2Bd%26&&status%5B%5D=x=y&flag&=z"), expected);
    }

    #[test]
    fn a_percent_sign_that_encodes_nothing_stands_for_itself() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%+f%4"), "%zz%+f%4");
        assert_eq!(decode("%25%C3%A9é%ff"), "%éé\u{fffd}");
    }
}
