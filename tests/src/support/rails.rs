//! How the router of a Rails server reads a path: which operations it finds, with which values.
//!
//! A model to test against, written from the rules of that router and apart from the stand-in of
//! lago-client. Each route ends with `(.:format)`. A parameter takes what is up to the next `/`, `.`
//! or `?`, before percent signs are decoded; no route is taken to allow more, because older servers
//! do not. Slashes that stand together are one, and one at the end is none.
//!
//! Routes of the second version allow more: a parameter is whatever stands between two slashes. (They would take
//! slashes as well. Which of two routes gets those is not modelled: nobody should rely on it.)

use lago_client::{OPERATIONS, Operation};

/// The versions of the API whose parameters end at a dot.
const DOT_ENDS: [&str; 1] = ["/api/v1"];

/// What a request reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The operation.
    pub operation: &'static Operation,
    /// The values of the parameters in its path, decoded, in their order.
    pub values: Vec<String>,
    /// The format, which the server takes as a wish.
    pub format: Option<String>,
}

/// Everything that a method and a raw target could reach. A server takes the route that it declares
/// first; where there are several here, nobody should rely on which that is.
pub fn reached(method: &str, target: &str) -> Vec<Reached> {
    let path = normalised(target.split(['?', '#']).next().unwrap_or_default());
    let same = |operation: &&Operation| operation.method.as_str() == method;
    let routes = OPERATIONS.iter().filter(same);
    routes
        .filter_map(|operation| read(operation, path.strip_prefix(operation.base_path)?))
        .collect()
}

fn normalised(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.flat_map(|segment| ["/", segment]).collect()
}

/// The path as the route of an operation takes it.
fn read(operation: &'static Operation, path: &str) -> Option<Reached> {
    let mut rest = path;
    let mut values = Vec::new();
    let ends: &[char] = match DOT_ENDS.contains(&operation.base_path) {
        true => &['.', '/', '?'],
        false => &['/', '?'],
    };
    for part in operation.path.split('/').skip(1) {
        rest = rest.strip_prefix('/')?;
        if part.starts_with('{') {
            let (value, after) = parameter(rest, ends)?;
            values.push(decoded(value));
            rest = after;
        } else {
            rest = rest.strip_prefix(part)?;
        }
    }
    let format = match rest {
        "" => None,
        rest => match parameter(rest.strip_prefix('.')?, &['.', '/', '?'])? {
            (format, "") => Some(decoded(format)),
            _ => return None,
        },
    };
    Some(Reached {
        operation,
        values,
        format,
    })
}

/// What a parameter takes, and what it leaves.
fn parameter<'t>(text: &'t str, ends: &[char]) -> Option<(&'t str, &'t str)> {
    let end = text.find(ends).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, target: &str) -> Vec<(&'static str, Vec<String>, Option<String>)> {
        let reached = reached(method, target);
        let tell = |r: Reached| (r.operation.resource, r.values, r.format);
        reached.into_iter().map(tell).collect()
    }

    fn one(
        resource: &'static str,
        values: &[&str],
        format: Option<&str>,
    ) -> Vec<(&'static str, Vec<String>, Option<String>)> {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        vec![(resource, values, format.map(str::to_owned))]
    }

    /// Each was seen on a real server.
    #[test]
    fn a_raw_dot_ends_a_value() {
        for (method, target, expected) in [
            (
                "DELETE",
                "/api/v1/customers/vica5.x",
                one("customers.delete", &["vica5"], Some("x")),
            ),
            (
                "GET",
                "/api/v1/customers/c/wallets/w.1",
                one("customers.wallets.get", &["c", "w"], Some("1")),
            ),
            (
                "DELETE",
                "/api/v1/plans/p/metadata/a.b",
                one("plans.metadata.delete", &["p", "a"], Some("b")),
            ),
            ("GET", "/api/v1/customers/jane@acme.co.uk", Vec::new()),
            (
                "GET",
                "/api/v1/customers/acme.com/current_usage",
                Vec::new(),
            ),
            (
                "GET",
                "/api/v1/customers/acme%2Ecom/current_usage?a=b.c",
                one("customers.current_usage", &["acme.com"], None),
            ),
        ] {
            assert_eq!(found(method, target), expected, "{method} {target}");
        }
    }

    #[test]
    fn slashes_and_percent_signs_are_read_before_and_after() {
        let expected = one("plans.charges.get", &["a/b", "%2F"], None);
        assert_eq!(
            found("GET", "/api/v1//plans/a%2fb/charges/%252F/"),
            expected
        );
        assert_eq!(found("DELETE", "/api/v1/plans/"), Vec::new());
        assert_eq!(found("GET", "/api/v1/plans/"), one("plans.list", &[], None));
        assert_eq!(found("GET", "/api/v1/%70lans"), Vec::new());
    }
}
