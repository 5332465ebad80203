//! Subscriptions as paths name them, and the plans that they have: with prices of its own, a subscription has a copy.

use serde_json::{Value, json};

use super::ask::Ask;
use super::refusal::Refusal;
use super::store::{Entry, Fields, Store};

pub(super) const NAME: &str = "subscriptions";

const COPIES: &str = "overridden_plans";

/// By what a copy knows its subscription.
const OF: &str = "lago_subscription_id";

pub(super) fn at(store: &Store, index: usize) -> &Entry {
    &store.all(NAME)[index]
}

pub(super) fn at_mut(store: &mut Store, index: usize) -> &mut Entry {
    &mut store.all_mut(NAME)[index]
}

/// The subscription of a path that states no status: the active one, or else the latest.
pub(super) fn current(store: &Store, ask: &Ask) -> Result<usize, Refusal> {
    let external_id = ask.parameter("external_id").unwrap_or_default();
    let entries = store.all(NAME);
    let find = |status: Option<&str>| {
        entries.iter().rposition(|entry| {
            entry.text("external_id") == external_id
                && status.is_none_or(|status| entry.text("status") == status)
        })
    };
    let found = find(Some("active")).or_else(|| find(None));
    found.ok_or_else(|| Refusal::missing("subscription"))
}

/// The plan that a subscription has: its copy, or else the plan itself.
pub(super) fn plan<'s>(store: &'s Store, subscription: &Entry) -> Option<&'s Entry> {
    let code = subscription.text("plan_code");
    let copy = store.find(COPIES, OF, subscription.text("lago_id"));
    let copy = copy.filter(|copy| copy.text("code") == code);
    copy.or_else(|| store.find("plans", "code", code))
}

/// The plan that a subscription has, to be changed for it alone.
pub(super) fn plan_mut<'s>(store: &'s mut Store, subscription: &Entry) -> Option<&'s mut Fields> {
    let (id, code) = (subscription.text("lago_id"), subscription.text("plan_code"));
    let copy = store.find(COPIES, OF, id);
    if copy.is_none_or(|copy| copy.text("code") != code) {
        let mut fields = store.find("plans", "code", code)?.fields.clone();
        for list in ["charges", "fixed_charges"] {
            let elements = fields.get_mut(list).and_then(Value::as_array_mut);
            for element in elements.into_iter().flatten() {
                element["lago_parent_id"] = element["lago_id"].take();
                element["lago_id"] = json!(store.id());
            }
        }
        fields.insert(OF.into(), json!(id));
        store.push(COPIES, fields);
    }
    store.find_mut(COPIES, OF, id).map(|copy| &mut copy.fields)
}
