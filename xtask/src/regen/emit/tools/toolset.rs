//! The groups by which tools are chosen: the first noun of an operation, unless people would look for it elsewhere.

use crate::regen::ir::Operation;

/// What hands out links and tokens with which one acts without a key: it is chosen by itself.
const GRANTING: &str = "links";

/// Operations that are not in the group of their first noun. A name that ends with a dot stands for all below it.
#[rustfmt::skip]
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("usage", &["customers.current_usage", "customers.past_usage", "customers.projected_usage",
        "subscriptions.lifetime_usage."]),
    ("wallets", &["customers.wallets.", "wallet_transactions."]),
    ("events", &["events_enriched."]),
    ("quotes", &["quote_versions."]),
];

/// The toolset of an operation.
pub(super) fn of(operation: &Operation) -> &str {
    if operation.grants {
        return GRANTING;
    }
    let resource = resource(operation);
    let is_meant = |name: &str| match name.ends_with('.') {
        true => resource.starts_with(name),
        false => resource == name,
    };
    let found = ELSEWHERE
        .iter()
        .find(|(_, names)| names.iter().any(|name| is_meant(name)));
    match found {
        Some((toolset, _)) => toolset,
        None => operation.accessors.first().map_or("", String::as_str),
    }
}

/// Where the client has an operation: `plans.charges.list`.
pub(crate) fn resource(operation: &Operation) -> String {
    let names = operation.accessors.iter().chain([&operation.verb]);
    names.map(String::as_str).collect::<Vec<_>>().join(".")
}
