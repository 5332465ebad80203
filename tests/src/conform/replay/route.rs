//! Which operation a recorded request was for.

use std::collections::BTreeMap;

use lago_client::{OPERATIONS, Operation};

/// The operation of a request and the values in its path.
pub fn route(method: &str, target: &str) -> Option<(&'static Operation, BTreeMap<String, String>)> {
    let path = target.split('?').next().unwrap_or_default();
    OPERATIONS
        .iter()
        .filter(|operation| operation.method.as_str() == method)
        .filter_map(|operation| {
            let below = path.strip_prefix(operation.base_path)?;
            let segments: Vec<&str> = below.split('/').collect();
            Some((operation, values(operation.path, &segments)?))
        })
        // `/invoices/preview` is no invoice of that id.
        .min_by_key(|(_, values)| values.len())
}

fn values(template: &str, segments: &[&str]) -> Option<BTreeMap<String, String>> {
    let parts: Vec<&str> = template.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut values = BTreeMap::new();
    for (part, segment) in parts.into_iter().zip(segments) {
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => {
                values.insert(name.to_owned(), decoded(segment)?);
            }
            None if part == *segment => {}
            None => return None,
        }
    }
    Some(values)
}

/// A path segment without its percent signs.
pub(super) fn decoded(segment: &str) -> Option<String> {
    // A form is decoded like a path, but for `+`.
    let form = format!("http://lago.test/?x={}", segment.replace('+', "%2B"));
    let url = reqwest::Url::parse(&form).ok()?;
    let (_, value) = url.query_pairs().next()?;
    (!value.is_empty()).then(|| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_segment_wins_and_values_are_decoded() {
        let found = |method, target| {
            route(method, target)
                .map(|(operation, values)| (operation.resource, values.into_values().collect()))
        };
        let none: Vec<String> = Vec::new();
        assert_eq!(
            found("POST", "/api/v1/invoices/preview?x=1"),
            Some(("invoices.preview", none))
        );
        assert_eq!(
            found("GET", "/api/v1/plans/a%2Fb/charges/c+%C3%A9"),
            Some(("plans.charges.get", vec!["c+é".into(), "a/b".into()]))
        );
        assert_eq!(found("PATCH", "/api/v1/plans"), None);
        assert_eq!(found("GET", "/api/v2/plans"), None);
        assert_eq!(found("GET", "/api/v1/plans/"), None);
    }
}
