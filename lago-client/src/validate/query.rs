//! A query against the parameters of its operation.

use jsonschema::JsonType;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

use super::body::of_type;
use super::finding::{Finding, Place, Problem};
use super::schemas::Parameter;

/// Everything in which a query is not as described.
pub(crate) fn findings(described: &[Parameter], sent: &[(String, String)]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, value) in sent {
        let problem = match meant(described, name) {
            None => Some(Problem::Unknown),
            Some(parameter) => form(parameter, name).or_else(|| wrong(parameter, value)),
        };
        found.extend(problem.map(|problem| at(name, problem, json!(value))));
    }
    for parameter in described.iter().filter(|parameter| parameter.required) {
        let is_sent = |(name, _): &(String, String)| base(name) == parameter.base();
        if !sent.iter().any(is_sent) {
            found.push(at(&parameter.name, Problem::Missing, Value::Null));
        }
    }
    found
}

fn at(name: &str, problem: Problem, value: Value) -> Finding {
    Finding {
        place: Place::Query(name.to_owned()),
        problem,
        value,
    }
}

/// A name without what stands in brackets behind it.
pub(crate) fn base(name: &str) -> &str {
    name.split_once('[').map_or(name, |(base, _)| base)
}

/// The parameter that a name means: the one of that name, or of that name but for the brackets.
fn meant<'p>(described: &'p [Parameter], name: &str) -> Option<&'p Parameter> {
    let exact = described.iter().find(|parameter| parameter.name == name);
    let similar = || {
        described
            .iter()
            .find(|parameter| parameter.base() == base(name))
    };
    exact.or_else(similar)
}

/// What is wrong with how a name is written.
fn form(parameter: &Parameter, name: &str) -> Option<Problem> {
    let brackets = name.strip_prefix(parameter.base()).unwrap_or_default();
    let words = match (parameter.is_list(), parameter.is_object(), brackets) {
        (true, _, "[]") | (false, false, "") => return None,
        (_, true, key) if key.len() > 2 => return None,
        (true, ..) => format!(
            "a list is written `{}[]=`, once for each element",
            parameter.base()
        ),
        (_, true, _) => format!("an object is written `{}[key]=`", parameter.base()),
        (false, false, _) => format!("it is one value, written `{}=`", parameter.base()),
    };
    Some(Problem::Other(words))
}

/// What is wrong with a value.
fn wrong(parameter: &Parameter, text: &str) -> Option<Problem> {
    let parts = parameter.parts();
    if parameter.is_object() {
        return None;
    }
    let number = |text: &str| serde_json::from_str(text).ok().filter(Value::is_number);
    let value = match text {
        text if parts.is_a("integer") || parts.is_a("number") => number(text),
        "true" | "false" if parts.is_a("boolean") => Some(json!(text == "true")),
        _ => None,
    };
    // Everything in a query is text.
    let value = value.unwrap_or_else(|| json!(text));
    let errors = parameter.validator()?.iter_errors(&value);
    let problems = errors.map(|error| match error.kind() {
        ValidationErrorKind::Type { .. } => of_type(&types(&parts), &value),
        ValidationErrorKind::Enum { .. } => Problem::Value,
        ValidationErrorKind::Format { format } => Problem::Format(format.clone()),
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            Problem::Value
        }
        _ => Problem::Other(error.to_string()),
    });
    problems.collect::<Vec<_>>().into_iter().next()
}

fn types(parts: &super::schemas::Parts<'_>) -> Vec<JsonType> {
    let all = [
        JsonType::Boolean,
        JsonType::Integer,
        JsonType::Number,
        JsonType::String,
    ];
    let names = ["boolean", "integer", "number", "string"];
    let known = all
        .into_iter()
        .zip(names)
        .filter(|(_, name)| parts.is_a(name));
    known.map(|(ty, _)| ty).collect()
}
