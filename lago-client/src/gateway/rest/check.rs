//! Requests against the API's description, where somebody wants to know before Lago says so.

use bytes::Bytes;
use clap::ValueEnum;
use http::StatusCode;
use http::header::HeaderValue;
use serde_json::{Map, Value, json};

use crate::gateway::lost::repeated;
use crate::gateway::refusal::Refusal;
use crate::operation::Operation;
use crate::route::form;
use crate::validate::{self, Finding, Place, keys};

/// Says where a request is not as described.
pub(super) const FINDINGS: &str = "lago-validation";

/// How many characters the header has at most.
const LONGEST: usize = 1000;

/// What becomes of requests that are not as the API's description has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum)]
#[non_exhaustive]
pub enum Validation {
    /// They are passed on: Lago itself knows best, and a newer one knows more than this version of the gateway.
    #[default]
    Off,
    /// They are passed on, and the response says in the header `lago-validation` where they differ.
    Warn,
    /// They are refused with 422, before Lago is asked.
    Reject,
}

/// Where a request differs from the description. No body is an empty one.
pub(super) fn findings(operation: &Operation, query: &str, body: &Bytes) -> Vec<Finding> {
    let Some(facts) = validate::facts(operation.id) else {
        return Vec::new();
    };
    let sent = match body.as_ref() {
        [] => Ok(None),
        body => serde_json::from_slice::<Value>(body).map(Some),
    };
    let of_body = match sent {
        Ok(sent) => validate::of_body(facts, sent.as_ref()),
        Err(error) => vec![Finding {
            place: Place::Body(String::new()),
            problem: validate::Problem::Other(format!("the body is no JSON: {error}")),
            value: Value::Null,
        }],
    };
    // No description has one name twice, and the check above sees the last value alone, where another reader may take the
    // first. Without a check the body goes on as it came, so that the caller and Lago have to agree on it, and nobody else.
    let repeated = std::str::from_utf8(body).map(repeated).unwrap_or_default();
    let repeated = repeated.into_iter().map(|pointer| Finding {
        place: Place::Body(pointer),
        problem: validate::Problem::Other(
            "it is given more than once: readers differ in which value they take".to_owned(),
        ),
        value: Value::Null,
    });
    let of_query = validate::of_query(facts, &form(query));
    of_query
        .into_iter()
        .chain(of_body)
        .chain(repeated)
        .collect()
}

/// The refusal that lists them.
pub(super) fn refusal(found: &[Finding]) -> Refusal {
    let mut details = Map::new();
    for finding in found {
        let reason = json!(finding.problem.reason(&finding.place, &finding.value));
        let path = match &finding.place {
            Place::Body(pointer) => keys(pointer).join("."),
            Place::Query(name) => name.clone(),
            Place::Header(name) => (*name).to_owned(),
        };
        let reasons = details.entry(path).or_insert_with(|| json!([]));
        reasons
            .as_array_mut()
            .into_iter()
            .for_each(|reasons| reasons.push(reason.clone()));
    }
    let message = "the request is not as the API's description has it, and this gateway was started with \
                   `--validate reject`; Lago was not asked";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "gateway_validation", message).with_details(details)
}

/// The places, without what stands there: `2: /customer/nickname ?per_pag`.
pub(super) fn in_header(found: &[Finding]) -> HeaderValue {
    let places = found.iter().map(|finding| match &finding.place {
        Place::Body(pointer) => format!(" {}", if pointer.is_empty() { "body" } else { pointer }),
        Place::Query(name) => format!(" ?{name}"),
        Place::Header(name) => format!(" {name}"),
    });
    let text = format!("{}:{}", found.len(), places.collect::<String>());
    let text: String = text.escape_default().take(LONGEST).collect();
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from(found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations::OPERATIONS;

    fn of(resource: &str, query: &str, body: &'static str) -> Vec<Finding> {
        let mut all = OPERATIONS.iter();
        let operation = all.find(|known| known.resource == resource).unwrap();
        findings(operation, query, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn what_differs_is_named_by_place() {
        let body = r#"{"customer": {"external_id": "a", "nick\u00e9": 1}}"#;
        let found = of("customers.create", "", body);
        let header = in_header(&found);
        assert_eq!(header, "1: /customer/nick\\u{e9}");
        let body = refusal(&found).details();
        assert!(
            body["nick\u{e9}"][0]
                .as_str()
                .unwrap()
                .contains("no such field")
        );
        assert_eq!(
            in_header(&of("plans.list", "per_pag=1&page=1", "")),
            "1: ?per_pag"
        );
        assert_eq!(in_header(&of("plans.create", "", "{")), "1: body");
        assert!(of("plans.get", "", "").is_empty());
        let twice = r#"{"plan": {"code": "a", "name": "b", "interval": "monthly", "amount_cents": 1, "amount_currency": "EUR",
            "pay_in_advance": false, "tax_codes": [], "c\u006fde": "c"}}"#;
        assert_eq!(in_header(&of("plans.create", "", twice)), "1: /plan/code");
    }

    #[test]
    fn a_header_has_a_length() {
        let fields: String = (0..500).map(|n| format!("\"f{n}\":1,")).collect();
        let body = format!("{{\"customer\":{{{fields}\"external_id\":\"a\"}}}}");
        let header = in_header(&of("customers.create", "", body.leak()));
        assert_eq!(header.len(), LONGEST);
    }
}
