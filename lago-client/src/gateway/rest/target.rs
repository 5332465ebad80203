//! Where a request leads, decided from its method and path.
//!
//! A path names what it says: unlike in the router of the server, a dot is part of a value here, and not the beginning of
//! a format, so that `DELETE /customers/acme.io` does not delete `acme`. For the same reason an empty segment is refused,
//! where the router would take `/customers/acme/metadata/` for the deletion of all metadata. What leaves the gateway is
//! encoded anew from the decoded values.

use http::{Method, StatusCode};

use crate::gateway::refusal::Refusal;
use crate::operation::{self, Operation};
use crate::route::{Route, decode};
use crate::wire::segment as encoded;

/// Where paths of the API begin, as on the server. One that begins with none of them is of the first.
const VERSIONS: [&str; 2] = ["/api/v1", "/api/v2"];

/// Paths of no operation, by their number of segments: all of them are values, so that no log and no trace shows any.
const UNKNOWN: [[&str; 8]; 2] = [
    [
        "/api/v1/{1}",
        "/api/v1/{1}/{2}",
        "/api/v1/{1}/{2}/{3}",
        "/api/v1/{1}/{2}/{3}/{4}",
        "/api/v1/{1}/{2}/{3}/{4}/{5}",
        "/api/v1/{1}/{2}/{3}/{4}/{5}/{6}",
        "/api/v1/{1}/{2}/{3}/{4}/{5}/{6}/{7}",
        "/api/v1/{1}/{2}/{3}/{4}/{5}/{6}/{7}/{8}",
    ],
    [
        "/api/v2/{1}",
        "/api/v2/{1}/{2}",
        "/api/v2/{1}/{2}/{3}",
        "/api/v2/{1}/{2}/{3}/{4}",
        "/api/v2/{1}/{2}/{3}/{4}/{5}",
        "/api/v2/{1}/{2}/{3}/{4}/{5}/{6}",
        "/api/v2/{1}/{2}/{3}/{4}/{5}/{6}/{7}",
        "/api/v2/{1}/{2}/{3}/{4}/{5}/{6}/{7}/{8}",
    ],
];

/// Where a request leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub(super) call: Call,
    /// The decoded values in the path.
    pub(super) parameters: Vec<(String, String)>,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Call {
    Known(&'static Operation),
    /// What a newer server may have.
    Unknown {
        method: operation::Method,
        path: &'static str,
    },
}

impl Target {
    /// Finds it. `HEAD` is `GET` without the body of the response.
    pub(super) fn of(method: &Method, path: &str) -> Result<Self, Refusal> {
        let method = match method {
            &Method::HEAD => &Method::GET,
            method => method,
        };
        let (version, segments) = split(path)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let route = Route::among(VERSIONS[version], method, &segments);
        if let Some(operation) = route.operation {
            let parameters = route.parameters.into_iter();
            return Ok(Self {
                call: Call::Known(operation),
                parameters: parameters
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
            });
        }
        let template = segments
            .len()
            .checked_sub(1)
            .and_then(|last| UNKNOWN[version].get(last));
        match (in_table(method), template) {
            (Some(method), Some(path)) => Ok(Self {
                call: Call::Unknown { method, path },
                parameters: (1..)
                    .zip(&segments)
                    .map(|(number, segment)| (number.to_string(), decode(segment)))
                    .collect(),
            }),
            _ => Err(unknown()),
        }
    }

    /// The methods with which a path is one of the API, as `Allow` lists them.
    pub(super) fn allowed(path: &str) -> Result<String, Refusal> {
        let (version, segments) = split(path)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let is_there = |method: &Method| {
            Route::among(VERSIONS[version], method, &segments)
                .operation
                .is_some()
        };
        let mut allowed: Vec<&str> = Vec::new();
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if is_there(&method) {
                allowed.extend(in_table(&method).map(operation::Method::as_str));
                allowed.extend((method == Method::GET).then_some("HEAD"));
            }
        }
        match allowed.is_empty() {
            true => Err(unknown()),
            false => Ok(format!("{}, OPTIONS", allowed.join(", "))),
        }
    }
}

/// The refusal of what is no operation.
pub(super) fn unknown() -> Refusal {
    let message = "no operation of Lago's API that this gateway knows has this method and path; with `--pass-unknown` it \
                   passes on what a newer Lago may have";
    Refusal::new(StatusCode::NOT_FOUND, "gateway_unknown_operation", message)
}

/// A method that operations may have.
fn in_table(method: &Method) -> Option<operation::Method> {
    match *method {
        Method::GET => Some(operation::Method::Get),
        Method::POST => Some(operation::Method::Post),
        Method::PUT => Some(operation::Method::Put),
        Method::PATCH => Some(operation::Method::Patch),
        Method::DELETE => Some(operation::Method::Delete),
        _ => None,
    }
}

/// The version, as its place in [`VERSIONS`], and the segments, each encoded in the one way in which it leaves the gateway:
/// a name that is spelt `portal%5Furl` is that of an operation too. Slashes before the first are those of a base URL that
/// ends with one.
fn split(path: &str) -> Result<(usize, Vec<String>), Refusal> {
    let path = path.trim_start_matches('/');
    let mut versions = (0..).zip(VERSIONS);
    let (version, path) = versions
        .find_map(|(number, base)| {
            let rest = path.strip_prefix(base.trim_start_matches('/'))?;
            Some((number, rest.strip_prefix('/')?))
        })
        .unwrap_or((0, path));
    let refused = |why| Refusal::new(StatusCode::BAD_REQUEST, "gateway_bad_path", why);
    let segments = path.split('/').map(|segment| match wrong(segment) {
        Some(why) => Err(refused(why)),
        None => encoded("segment", &decode(segment)).map_err(|_| refused(STEP)),
    });
    Ok((version, segments.collect::<Result<_, _>>()?))
}

const STEP: &str = "a segment of the path is a step to another one";

/// What is wrong with a segment, whatever the path.
fn wrong(segment: &str) -> Option<&'static str> {
    let decoded = decoded(segment);
    match decoded.as_deref() {
        Some(b"") => Some("a segment of the path is empty: an id or a code is missing"),
        Some(b"." | b"..") => Some(STEP),
        Some(value) if value.contains(&0) => Some("a segment of the path has a NUL in it"),
        Some(value) if std::str::from_utf8(value).is_ok() => None,
        _ => Some("a segment of the path is not percent-encoded UTF-8"),
    }
}

/// The bytes of a segment; none where a percent sign encodes nothing.
fn decoded(segment: &str) -> Option<Vec<u8>> {
    let mut parts = segment.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok();
        bytes.push(byte.filter(|_| are_digits)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> Result<(String, Vec<String>), &'static str> {
        let target = Target::of(&method, path).map_err(|refusal| refusal.code())?;
        let values = target.parameters.into_iter().map(|(_, value)| value);
        let name = match target.call {
            Call::Known(operation) => operation.resource.to_owned(),
            Call::Unknown { method, path } => format!("{method} {path}"),
        };
        Ok((name, values.collect()))
    }

    #[test]
    fn a_path_leads_to_the_same_with_and_without_a_prefix() {
        for (method, path, name, values) in [
            (Method::GET, "/plans", "plans.list", &[][..]),
            (Method::HEAD, "/plans/pro", "plans.get", &["pro"]),
            (Method::POST, "/events/batch", "events.create_batch", &[]),
            (
                Method::DELETE,
                "/customers/acme.io",
                "customers.delete",
                &["acme.io"],
            ),
            (
                Method::GET,
                "/customers/a%2Fb%20%C3%A9",
                "customers.get",
                &["a/b é"],
            ),
            (Method::GET, "/plans/x.json", "plans.get", &["x.json"]),
            // Whatever is encoded that need not be.
            (
                Method::GET,
                "/c%75stomers/x/portal%5Furl",
                "customers.portal_url",
                &["x"],
            ),
            (Method::POST, "/%65vents", "events.create", &[]),
        ] {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let expected = Ok((name.to_owned(), values));
            for prefix in ["", "/api/v1", "//api/v1", "/"] {
                let path = format!("{prefix}{path}");
                assert_eq!(found(method.clone(), &path), expected, "{path}");
            }
        }
    }

    #[test]
    fn a_path_that_may_mean_another_is_refused() {
        for path in [
            "/",
            "/api/v1/",
            "/customers/",
            "/customers//metadata",
            "/customers/..",
            "/customers/%2E%2e/x",
            "/customers/.",
            "/customers/a%00",
            "/customers/a%",
            "/customers/a%zz",
            "/customers/a%+f",
            "/customers/a%ff",
        ] {
            assert_eq!(
                found(Method::DELETE, path),
                Err("gateway_bad_path"),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_no_operation_has_a_path_that_shows_nothing() {
        let unknown = found(Method::GET, "/gadgets/a.b/parts");
        let values = ["gadgets", "a.b", "parts"].map(str::to_owned).to_vec();
        assert_eq!(unknown, Ok(("GET /api/v1/{1}/{2}/{3}".to_owned(), values)));
        let long = "/a".repeat(UNKNOWN[0].len() + 1);
        for (method, path) in [(Method::GET, long.as_str()), (Method::TRACE, "/plans")] {
            assert_eq!(found(method, path), Err("gateway_unknown_operation"));
        }
        let known = found(Method::PATCH, "/api/v2/gadgets").map(|(name, _)| name);
        assert_eq!(known, Ok("PATCH /api/v2/{1}".to_owned()));
    }

    #[test]
    fn a_path_says_with_which_methods_it_is_one() {
        let allowed = |path| Target::allowed(path).map_err(|refusal| refusal.code());
        assert_eq!(
            allowed("/plans/pro"),
            Ok("GET, HEAD, PUT, DELETE, OPTIONS".into())
        );
        assert_eq!(allowed("/gadgets"), Err("gateway_unknown_operation"));
    }
}
