//! The collections that are remembered, as data.

use super::refusal::Refusal;

/// A collection, as operations reach it.
pub(super) struct Collection {
    /// What stands before the verb in the name of an operation: `customers.wallets` of `customers.wallets.get`.
    pub(super) prefix: &'static str,
    /// Where its objects are kept; several prefixes may lead to one collection.
    pub(super) name: &'static str,
    /// What one of its objects is called.
    pub(super) noun: &'static str,
    /// Of which property no two objects have the same value.
    pub(super) unique: Option<&'static str>,
    /// What a deletion leaves behind.
    pub(super) deleted: Deleted,
    /// The status of the objects that are meant where none is asked for.
    pub(super) usual_status: Option<&'static str>,
    /// A property that, when an object has it, forbids changes and deletion, and the code that says so.
    pub(super) locked: Option<(&'static str, &'static str)>,
    /// A delivery that tells of each change: created, updated and deleted.
    pub(super) told: [Option<&'static str>; 3],
}

/// What a deletion leaves behind.
pub(super) enum Deleted {
    Nothing,
    /// The object, with this status.
    Status(&'static str),
}

/// An object that a path belongs to: it has to be there.
pub(super) struct Owner {
    /// Their names begin so.
    pub(super) prefix: &'static str,
    pub(super) parameter: &'static str,
    pub(super) collection: &'static str,
    pub(super) property: &'static str,
    pub(super) noun: &'static str,
}

const fn collection(
    prefix: &'static str,
    name: &'static str,
    noun: &'static str,
    unique: Option<&'static str>,
) -> Collection {
    Collection {
        prefix,
        name,
        noun,
        unique,
        deleted: Deleted::Nothing,
        usual_status: None,
        locked: None,
        told: [None; 3],
    }
}

pub(super) static COLLECTIONS: [Collection; 29] = [
    collection("add_ons", "add_ons", "add_on", Some("code")),
    Collection {
        usual_status: None,
        deleted: Deleted::Status("terminated"),
        ..collection("applied_coupons", "applied_coupons", "applied_coupon", None)
    },
    collection(
        "billable_metrics",
        "billable_metrics",
        "billable_metric",
        Some("code"),
    ),
    collection(
        "billing_entities",
        "billing_entities",
        "billing_entity",
        Some("code"),
    ),
    collection("coupons", "coupons", "coupon", Some("code")),
    collection("credit_notes", "credit_notes", "credit_note", None),
    collection("customers", "customers", "customer", None),
    Collection {
        deleted: Deleted::Status("terminated"),
        ..collection(
            "customers.applied_coupons",
            "applied_coupons",
            "applied_coupon",
            None,
        )
    },
    collection(
        "customers.credit_notes",
        "credit_notes",
        "credit_note",
        None,
    ),
    collection("customers.invoices", "invoices", "invoice", None),
    collection(
        "customers.payment_requests",
        "payment_requests",
        "payment_request",
        None,
    ),
    collection("customers.payments", "payments", "payment", None),
    Collection {
        usual_status: Some("active"),
        ..collection(
            "customers.subscriptions",
            "subscriptions",
            "subscription",
            None,
        )
    },
    Collection {
        deleted: Deleted::Status("terminated"),
        told: WALLET,
        ..collection("customers.wallets", "wallets", "wallet", None)
    },
    collection("customers.wallets.alerts", "alerts", "alert", Some("code")),
    collection("events", "events", "event", None),
    Collection {
        told: [
            Some("feature.created"),
            Some("feature.updated"),
            Some("feature.deleted"),
        ],
        ..collection("features", "features", "feature", Some("code"))
    },
    Collection {
        // Seen of a change, and a guess for a deletion.
        locked: Some(("lago_invoice_id", "invoiced_fee")),
        ..collection("fees", "fees", "fee", None)
    },
    collection("invoices", "invoices", "invoice", None),
    collection(
        "payment_receipts",
        "payment_receipts",
        "payment_receipt",
        None,
    ),
    collection(
        "payment_requests",
        "payment_requests",
        "payment_request",
        None,
    ),
    collection("payments", "payments", "payment", None),
    Collection {
        told: [
            Some("plan.created"),
            Some("plan.updated"),
            Some("plan.deleted"),
        ],
        ..collection("plans", "plans", "plan", Some("code"))
    },
    Collection {
        usual_status: Some("active"),
        ..collection("subscriptions", "subscriptions", "subscription", None)
    },
    collection("subscriptions.alerts", "alerts", "alert", Some("code")),
    collection("taxes", "taxes", "tax", Some("code")),
    Collection {
        deleted: Deleted::Status("terminated"),
        told: WALLET,
        ..collection("wallets", "wallets", "wallet", None)
    },
    collection(
        "wallet_transactions",
        "wallet_transactions",
        "wallet_transaction",
        None,
    ),
    collection(
        "webhook_endpoints",
        "webhook_endpoints",
        "webhook_endpoint",
        Some("webhook_url"),
    ),
];

/// The collection that operations of this prefix reach.
pub(super) fn of(prefix: &str) -> Result<&'static Collection, Refusal> {
    let found = COLLECTIONS.iter().find(|row| row.prefix == prefix);
    found.ok_or_else(|| Refusal::missing("resource"))
}

const WALLET: [Option<&str>; 3] = [None, Some("wallet.updated"), Some("wallet.terminated")];

const fn owner(
    prefix: &'static str,
    parameter: &'static str,
    collection: &'static str,
    property: &'static str,
    noun: &'static str,
) -> Owner {
    Owner {
        prefix,
        parameter,
        collection,
        property,
        noun,
    }
}

pub(super) static OWNERS: [Owner; 7] = [
    owner(
        "customers.",
        "external_customer_id",
        "customers",
        "external_id",
        "customer",
    ),
    owner(
        "customers.wallets.",
        "wallet_code",
        "wallets",
        "code",
        "wallet",
    ),
    owner(
        "subscriptions.",
        "external_id",
        "subscriptions",
        "external_id",
        "subscription",
    ),
    owner("features.", "code", "features", "code", "feature"),
    owner("plans.", "code", "plans", "code", "plan"),
    owner("invoices.", "lago_id", "invoices", "lago_id", "invoice"),
    owner("wallets.", "lago_id", "wallets", "lago_id", "wallet"),
];
