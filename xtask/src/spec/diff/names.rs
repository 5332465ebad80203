//! What a person calls a place: its address, and the noun of the API that it belongs to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::flat::resolved;
use crate::pointer::{join, parse};
use crate::regen::{singular, snake};

/// The noun of what belongs to none.
pub(super) const NO_NOUN: &str = "document";

/// The place of a pointer in words, like an address: `PlanObject.charges[]`, `GET /plans?page`, `POST /plans
/// request.plan`.
pub(super) fn place(root: &Value, pointer: &str) -> String {
    let segments = parse(pointer);
    let words: Vec<&str> = segments.iter().map(String::as_str).collect();
    // A required name may have no property of its own.
    if let [.., "required", _] = words[..]
        && let Some(name) = root.pointer(pointer).and_then(Value::as_str)
    {
        let holder = pointer
            .trim_end_matches(|c: char| c != '/')
            .trim_end_matches("/required/");
        return format!("{}.{name}", place(root, holder));
    }
    match words[..] {
        [] => "the document".to_owned(),
        ["components", "schemas", name, ref rest @ ..] => format!("{name}{}", steps(rest)),
        ["components", section, name, ref rest @ ..] => format!("{section}.{name}{}", steps(rest)),
        ["paths", path, "parameters", ref rest @ ..] => {
            let list = join(&join("/paths", path), "parameters");
            parameter(root, &format!("PATH {path}"), &list, rest)
        }
        ["paths", path, method, ref rest @ ..] => {
            let user = format!("{} {path}", method.to_uppercase());
            let operation = join(&join("/paths", path), method);
            message(root, &user, &operation, rest)
        }
        ["webhooks", key, method, ref rest @ ..] => {
            let operation = join(&join("/webhooks", key), method);
            message(root, &format!("webhook {key}"), &operation, rest)
        }
        ["paths", path] => path.to_owned(),
        ["servers", index] => {
            let url = root["servers"][index.parse().unwrap_or(0usize)]["url"].as_str();
            url.unwrap_or("server").to_owned()
        }
        _ => words.join("."),
    }
}

fn message(root: &Value, user: &str, operation: &str, rest: &[&str]) -> String {
    match rest {
        ["parameters", rest @ ..] => parameter(root, user, &join(operation, "parameters"), rest),
        ["requestBody", rest @ ..] if user.starts_with("webhook ") => {
            format!("{user}{}", steps(rest))
        }
        ["requestBody", rest @ ..] => format!("{user} request{}", steps(rest)),
        ["responses", status, rest @ ..] => format!("{user} {status}{}", steps(rest)),
        _ => user.to_owned(),
    }
}

fn parameter(root: &Value, user: &str, list: &str, rest: &[&str]) -> String {
    match rest {
        [index, rest @ ..] => {
            let node = resolved(root, &join(list, index)).1;
            format!(
                "{user}?{}{}",
                node["name"].as_str().unwrap_or("…"),
                steps(rest)
            )
        }
        [] => user.to_owned(),
    }
}

/// Whether two pointers lie in different components, operations or webhooks.
pub(super) fn are_apart(old: &Option<String>, new: &Option<String>) -> bool {
    let begin = |pointer: &Option<String>| {
        let segments = parse(pointer.as_deref().unwrap_or_default());
        segments.into_iter().take(3).collect::<Vec<_>>()
    };
    begin(old) != begin(new)
}

/// Steps into a schema; keywords leave no trace.
fn steps(segments: &[&str]) -> String {
    let mut said = String::new();
    let mut rest = segments;
    while let [key, after @ ..] = rest {
        rest = after;
        match (*key, after) {
            ("properties" | "headers" | "patternProperties" | "$defs", [name, after @ ..]) => {
                said += &format!(".{name}");
                rest = after;
            }
            ("content", [_, after @ ..]) | ("allOf", [_, after @ ..]) => rest = after,
            ("oneOf" | "anyOf" | "prefixItems", [index, after @ ..]) => {
                said += &format!("|{index}");
                rest = after;
            }
            ("items", _) => said += "[]",
            ("additionalProperties", [_, ..]) => said += "{}",
            _ => {}
        }
    }
    said
}

/// The nouns of two documents: what paths begin with.
pub(super) fn nouns(documents: [&Value; 2]) -> BTreeSet<String> {
    let paths = documents
        .into_iter()
        .flat_map(|root| root["paths"].as_object().into_iter().flatten());
    paths.filter_map(|(path, _)| noun_of_path(path)).collect()
}

fn noun_of_path(path: &str) -> Option<String> {
    let mut literals = path
        .split('/')
        .filter(|part| !part.is_empty() && !part.contains('{'));
    literals.next().map(|part| snake(&singular(part)))
}

/// The noun that a place belongs to.
pub(super) fn noun(pointer: &str, nouns: &BTreeSet<String>) -> String {
    let segments = parse(pointer);
    let words: Vec<&str> = segments.iter().map(String::as_str).collect();
    let by_name = |name: &str| {
        let name = format!("{}_", snake(name));
        let known = nouns
            .iter()
            .filter(|noun| name.starts_with(&format!("{noun}_")));
        known.max_by_key(|noun| noun.len()).cloned()
    };
    let found = match words[..] {
        ["paths", path, ..] => noun_of_path(path),
        ["components", _, name, ..] | ["webhooks", name, ..] => by_name(name),
        _ => None,
    };
    found.unwrap_or_else(|| NO_NOUN.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_read_like_addresses() {
        let root = json!({
            "servers": [{"url": "https://a.example"}],
            "paths": {"/plans": {"get": {"parameters": [{"$ref": "#/components/parameters/page"}]}}},
            "components": {"parameters": {"page": {"name": "page", "in": "query"}}},
        });
        for (pointer, said) in [
            ("", "the document"),
            ("/servers/0", "https://a.example"),
            (
                "/components/schemas/Plan/allOf/1/properties/charges/items/type",
                "Plan.charges[]",
            ),
            (
                "/components/schemas/Plan/oneOf/1/additionalProperties/enum",
                "Plan|1{}",
            ),
            ("/components/parameters/page/schema/type", "parameters.page"),
            ("/paths/~1plans/get", "GET /plans"),
            ("/paths/~1plans/get/parameters/0", "GET /plans?page"),
            (
                "/paths/~1plans/post/requestBody/content/application~1json/schema/properties/plan",
                "POST /plans request.plan",
            ),
            ("/paths/~1plans/get/responses/200", "GET /plans 200"),
            (
                "/webhooks/plan_created/post/requestBody/content/a/schema/properties/plan",
                "webhook plan_created.plan",
            ),
        ] {
            assert_eq!(place(&root, pointer), said, "{pointer}");
        }
    }

    #[test]
    fn a_noun_is_the_longest_that_a_name_begins_with() {
        let root =
            json!({"paths": {"/wallets": {}, "/wallet_transactions/{id}": {}, "/taxes": {}}});
        let nouns = nouns([&root, &json!({})]);
        for (pointer, expected) in [
            (
                "/components/schemas/WalletTransactionObject/type",
                "wallet_transaction",
            ),
            ("/components/schemas/WalletObject", "wallet"),
            ("/components/schemas/Taxable", "document"),
            ("/webhooks/wallet_created", "wallet"),
            ("/paths/~1taxes~1{code}/get", "tax"),
            ("/security", "document"),
        ] {
            assert_eq!(noun(pointer, &nouns), expected, "{pointer}");
        }
    }
}
