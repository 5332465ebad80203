//! What a path template may look like: an address of one place on the server, and a string from
//! which code is made.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::pointer::join;
use crate::yaml::read::Document;

/// Characters that stand in a path as they are, RFC 3986's `pchar` without the letters and digits.
const PLAIN: &str = "-._~!$&'()*+,;=:@%/";

/// Checks one template.
pub(super) fn check(document: &Document, path: &str, found: &mut Vec<Diagnostic>) {
    let Some((message, advice)) = fault(path) else {
        return;
    };
    found.push(document.diagnostic(&join("/paths", path), message, advice));
}

fn fault(path: &str) -> Option<(String, &'static str)> {
    if !path.starts_with('/') {
        return Some((
            "a path begins with a slash".to_owned(),
            "write one before it",
        ));
    }
    let mut outside = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        outside.push_str(before);
        let name = after.split_once('}');
        match name {
            Some((name, behind)) if !name.is_empty() && !name.contains(['{', '/']) => {
                // A parameter is at least something.
                outside.push('x');
                rest = behind;
            }
            _ => {
                return Some((
                    "a brace in the path does not enclose a name".to_owned(),
                    "write parameters as `{name}`",
                ));
            }
        }
    }
    outside.push_str(rest);
    let strange = |char: &char| !(char.is_ascii_alphanumeric() || PLAIN.contains(*char));
    if let Some(char) = outside.chars().find(strange) {
        return Some((
            format!("{char:?} cannot stand in a path"),
            "percent-encode it, or remove what is no part of the path",
        ));
    }
    let inner = outside[1..].trim_end_matches('/');
    if outside.len() > 1 && (inner.is_empty() || inner.split('/').any(str::is_empty)) {
        return Some((
            "the path has an empty segment".to_owned(),
            "write one slash between segments",
        ));
    }
    if inner
        .split('/')
        .any(|segment| matches!(segment, "." | ".."))
    {
        return Some((
            "the path has a segment `.` or `..`, which leads to another path".to_owned(),
            "write the path that is meant",
        ));
    }
    let names = parameters(path);
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return Some((
            "the path has two parameters of one name".to_owned(),
            "give each a name of its own",
        ));
    }
    None
}

/// The names of the parameters in a template, which may stand in a segment with other text.
pub(crate) fn parameters(path: &str) -> Vec<&str> {
    let behind_braces = path.split('{').skip(1);
    behind_braces
        .filter_map(|text| Some(text.split_once('}')?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_lead_elsewhere_are_refused() {
        for path in [
            "/",
            "/plans",
            "/plans/{code}/",
            "/secrets/{secret}:addVersion",
            "/files/{name}.{ending}",
        ] {
            assert_eq!(fault(path), None, "{path}");
        }
        for (path, expected) in [
            ("plans", "begins with a slash"),
            ("/../../etc/passwd", "a segment `.` or `..`"),
            ("/a/./b", "a segment `.` or `..`"),
            ("/a//b", "an empty segment"),
            ("//", "an empty segment"),
            ("/a?b", "'?' cannot stand"),
            ("/a\"b", "'\"' cannot stand"),
            ("/a\nb", "'\\n' cannot stand"),
            ("/a/{id", "does not enclose"),
            ("/a/{}", "does not enclose"),
            ("/a/id}", "'}' cannot stand"),
            ("/{id}/{id}", "two parameters"),
        ] {
            let (message, _) = fault(path).unwrap_or_default();
            assert!(message.contains(expected), "{path}: {message}");
        }
        assert_eq!(parameters("/a/{b}:c/{d e}.{f}"), ["b", "d e", "f"]);
    }
}
