//! Which step an operation is: most are a verb on a collection.

use super::ask::Ask;
use super::collection::{COLLECTIONS, Collection};
use super::metadata::{self, Change};
use super::nested::{self, NESTED, Nested};
use super::refusal::Outcome;
use super::store::Store;
use super::{
    coupons, credit_notes, credits, crud, customers, entitlements, events, invoices, organization,
    payments, subscriptions, usage, wallets,
};

/// What an operation does to what is remembered.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// A verb that all collections have.
    Plain(Verb, &'static Collection),
    /// The same in a list within an object.
    Nested(Verb, &'static Nested),
    Metadata(Change, &'static Collection),
    /// One that has rules of its own.
    Own(fn(&mut Store, &Ask) -> Outcome),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Get,
    List,
    Update,
    Delete,
    DeleteAll,
}

/// Names of operations in this crate, and the steps that have rules of their own.
type Own = (&'static str, fn(&mut Store, &Ask) -> Outcome);

static OWN: [Own; 46] = [
    ("applied_coupons.create", coupons::apply),
    ("credit_notes.create", credit_notes::create),
    ("credit_notes.download", invoices::download_credit_note),
    ("credit_notes.void", credit_notes::void),
    ("customers.create", customers::upsert),
    ("customers.current_usage", usage::current),
    ("customers.delete", customers::delete),
    ("customers.wallets.create", wallets::create),
    ("events.create", events::create),
    ("events.create_batch", events::create_batch),
    ("events.list", events::all),
    ("features.privileges.delete", nested::delete_privilege),
    ("invoices.create", invoices::create),
    ("invoices.download", invoices::download),
    ("invoices.finalize", invoices::finalize),
    ("invoices.lose_dispute", invoices::lose_dispute),
    ("invoices.refresh", invoices::refresh),
    ("invoices.retry", invoices::retry),
    ("invoices.retry_payment", invoices::retry_payment),
    ("invoices.update", invoices::update),
    ("invoices.void", invoices::void),
    ("organizations.get", organization::get),
    ("organizations.update", organization::update),
    ("payment_requests.create", payments::request),
    ("payments.create", payments::pay),
    ("plans.entitlements.delete", entitlements::plan_delete),
    ("plans.entitlements.get", entitlements::plan_get),
    ("plans.entitlements.list", entitlements::plan_list),
    ("plans.entitlements.merge", entitlements::plan_merge),
    (
        "plans.entitlements.privileges.delete",
        entitlements::plan_delete_privilege,
    ),
    ("plans.entitlements.replace", entitlements::plan_replace),
    ("subscriptions.create", subscriptions::upsert),
    ("subscriptions.delete", subscriptions::delete),
    ("subscriptions.entitlements.delete", entitlements::delete),
    ("subscriptions.entitlements.list", entitlements::list),
    ("subscriptions.entitlements.merge", entitlements::merge),
    (
        "subscriptions.entitlements.privileges.delete",
        entitlements::delete_privilege,
    ),
    ("subscriptions.get", subscriptions::get),
    ("subscriptions.lifetime_usage.get", usage::lifetime),
    ("subscriptions.lifetime_usage.update", usage::lifetime),
    ("subscriptions.update", subscriptions::update),
    (
        "wallet_transactions.consumptions.list",
        credits::consumptions,
    ),
    ("wallet_transactions.create", wallets::top_up),
    ("wallet_transactions.fundings.list", credits::fundings),
    ("wallets.create", wallets::create),
    ("wallets.wallet_transactions.list", wallets::transactions),
];

const VERBS: [(&str, Verb); 7] = [
    ("create", Verb::Create),
    ("create_batch", Verb::Create),
    ("get", Verb::Get),
    ("list", Verb::List),
    ("update", Verb::Update),
    ("delete", Verb::Delete),
    ("delete_all", Verb::DeleteAll),
];

/// The step of an operation; none for one that is not modelled, which responds with its example.
pub(super) fn step(resource: &str) -> Option<Step> {
    if let Some((_, own)) = OWN.iter().find(|(name, _)| *name == resource) {
        return Some(Step::Own(*own));
    }
    let (prefix, verb) = resource.rsplit_once('.')?;
    if let Some(owner) = prefix.strip_suffix(".metadata") {
        let known = metadata::OWNERS.contains(&owner);
        let collection = COLLECTIONS
            .iter()
            .find(|row| known && row.prefix == owner)?;
        return Some(Step::Metadata(metadata::change(verb)?, collection));
    }
    let (_, verb) = VERBS.iter().find(|(name, _)| *name == verb)?;
    if let Some(row) = COLLECTIONS.iter().find(|row| row.prefix == prefix) {
        return Some(Step::Plain(*verb, row));
    }
    let row = NESTED.iter().find(|row| row.prefix == prefix)?;
    (*verb != Verb::DeleteAll).then_some(Step::Nested(*verb, row))
}

/// Takes a step.
pub(super) fn take(step: Step, store: &mut Store, ask: &Ask) -> Outcome {
    match step {
        Step::Own(own) => own(store, ask),
        Step::Metadata(change, row) => metadata::apply(store, ask, row, change),
        Step::Plain(verb, row) => match verb {
            Verb::Create => crud::create(store, ask, row),
            Verb::Get => crud::get(store, ask, row),
            Verb::List => crud::list(store, ask, row),
            Verb::Update => crud::update(store, ask, row),
            Verb::Delete => crud::delete(store, ask, row),
            Verb::DeleteAll => crud::delete_all(store, ask, row),
        },
        Step::Nested(verb, row) => match verb {
            Verb::Create => nested::create(store, ask, row),
            Verb::Get => nested::get(store, ask, row),
            Verb::List | Verb::DeleteAll => nested::all(store, ask, row),
            Verb::Update => nested::update(store, ask, row),
            Verb::Delete => nested::delete(store, ask, row),
        },
    }
}
