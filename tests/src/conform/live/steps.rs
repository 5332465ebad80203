//! What a check with `--write` makes, changes and takes away, as a table. `{p}` is the prefix, `{now}` the
//! time in seconds, and `{plan.lago_id}` is of what was made under that root key.

use serde_json::{Value, json};

/// A call that makes or changes something.
#[derive(Clone, Debug)]
pub(super) struct Make {
    /// The operation id.
    pub(super) operation: &'static str,
    pub(super) path: &'static [(&'static str, &'static str)],
    pub(super) query: &'static [(&'static str, &'static str)],
    pub(super) body: Value,
    /// How to take it away again, the first that can be said; empty when it makes nothing.
    pub(super) undo: Vec<Undo>,
    /// What stays, whatever is done.
    pub(super) stays: &'static str,
}

/// A call that takes something away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Undo {
    /// The operation id.
    pub(super) operation: &'static str,
    pub(super) path: &'static [(&'static str, &'static str)],
    pub(super) query: &'static [(&'static str, &'static str)],
    /// What it takes away, for people.
    pub(super) what: &'static str,
}

type Pairs = &'static [(&'static str, &'static str)];

const fn undo(operation: &'static str, path: Pairs, what: &'static str) -> Undo {
    Undo {
        operation,
        path,
        query: &[],
        what,
    }
}

/// Makes something that can be taken away.
fn make<const N: usize>(operation: &'static str, body: Value, undo: [Undo; N]) -> Make {
    Make {
        operation,
        path: &[],
        query: &[],
        body,
        undo: undo.into(),
        stays: "",
    }
}

/// Changes or reads something.
fn then(operation: &'static str, path: Pairs, body: Value) -> Make {
    Make {
        operation,
        path,
        query: &[],
        body,
        undo: Vec::new(),
        stays: "",
    }
}

/// Everything, in its order.
pub(super) fn steps() -> Vec<Make> {
    let mut steps = made();
    steps.extend(used());
    steps.extend(changed());
    steps
}

/// The catalogue, a customer and a subscription.
fn made() -> Vec<Make> {
    let charge = json!({
        "billable_metric_id": "{billable_metric.lago_id}", "charge_model": "standard", "properties": { "amount": "0.01" },
    });
    vec![
        make(
            "createTax",
            json!({ "tax": { "name": "{p}tax", "code": "{p}tax", "rate": "20.0", "applied_to_organization": false } }),
            [undo("destroyTax", &[("code", "{p}tax")], "tax {p}tax")],
        ),
        make(
            "createBillableMetric",
            json!({ "billable_metric": {
                "name": "{p}metric", "code": "{p}metric", "aggregation_type": "sum_agg", "field_name": "units",
                "recurring": false,
            } }),
            [undo(
                "destroyBillableMetric",
                &[("code", "{p}metric")],
                "billable metric {p}metric",
            )],
        ),
        make(
            "createAddOn",
            json!({ "add_on": {
                "name": "{p}add-on", "code": "{p}add-on", "amount_cents": 5000, "amount_currency": "EUR",
                "tax_codes": ["{p}tax"],
            } }),
            [undo(
                "destroyAddOn",
                &[("code", "{p}add-on")],
                "add-on {p}add-on",
            )],
        ),
        make(
            "createCoupon",
            json!({ "coupon": {
                "name": "{p}coupon", "code": "{p}coupon", "coupon_type": "fixed_amount", "amount_cents": 500,
                "amount_currency": "EUR", "reusable": true, "frequency": "once", "expiration": "no_expiration",
            } }),
            [undo(
                "destroyCoupon",
                &[("code", "{p}coupon")],
                "coupon {p}coupon",
            )],
        ),
        make(
            "createPlan",
            json!({ "plan": {
                "name": "{p}plan", "code": "{p}plan", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
                "pay_in_advance": false, "charges": [charge],
            } }),
            [undo("destroyPlan", &[("code", "{p}plan")], "plan {p}plan")],
        ),
        make(
            "createCustomer",
            json!({ "customer": { "external_id": "{p}customer", "name": "{p}customer", "currency": "EUR" } }),
            [undo(
                "destroyCustomer",
                &[("external_customer_id", "{p}customer")],
                "customer {p}customer",
            )],
        ),
        make(
            "createSubscription",
            json!({ "subscription": {
                "external_customer_id": "{p}customer", "plan_code": "{p}plan", "external_id": "{p}subscription",
            } }),
            [Undo {
                operation: "destroySubscription",
                path: &[("external_id", "{p}subscription")],
                query: &[("on_termination_invoice", "skip")],
                what: "subscription {p}subscription",
            }],
        ),
    ]
}

/// Usage, credits and an invoice.
fn used() -> Vec<Make> {
    let event = |number: u8| {
        json!({
            "transaction_id": format!("{{p}}event-{number}"), "external_subscription_id": "{p}subscription",
            "code": "{p}metric", "timestamp": "{now}", "properties": { "units": number },
        })
    };
    vec![
        Make {
            stays: "the events of {p}subscription: Lago deletes none",
            ..then("createEvent", &[], json!({ "event": event(1) }))
        },
        then(
            "createBatchEvents",
            &[],
            json!({ "events": [event(2), event(3)] }),
        ),
        Make {
            query: &[("external_subscription_id", "{p}subscription")],
            ..then(
                "findCustomerCurrentUsage",
                &[("external_customer_id", "{p}customer")],
                Value::Null,
            )
        },
        make(
            "createWallet",
            json!({ "wallet": {
                "external_customer_id": "{p}customer", "name": "{p}wallet", "code": "{p}wallet", "rate_amount": "1",
                "currency": "EUR", "granted_credits": "10",
            } }),
            [
                undo(
                    "destroyWallet",
                    &[("lago_id", "{wallet.lago_id}")],
                    "wallet {p}wallet",
                ),
                undo(
                    "destroyCustomerWallet",
                    &[
                        ("external_customer_id", "{p}customer"),
                        ("code", "{p}wallet"),
                    ],
                    "wallet {p}wallet",
                ),
            ],
        ),
        then(
            "createWalletTransaction",
            &[],
            json!({ "wallet_transaction": { "wallet_id": "{wallet.lago_id}", "granted_credits": "5" } }),
        ),
        make(
            "applyCoupon",
            json!({ "applied_coupon": { "external_customer_id": "{p}customer", "coupon_code": "{p}coupon" } }),
            [undo(
                "deleteAppliedCoupon",
                &[
                    ("external_customer_id", "{p}customer"),
                    ("applied_coupon_id", "{applied_coupon.lago_id}"),
                ],
                "coupon of {p}customer",
            )],
        ),
        Make {
            stays: "the invoice of {p}customer, voided: Lago deletes none that is final",
            ..make(
                "createInvoice",
                json!({ "invoice": {
                    "external_customer_id": "{p}customer", "currency": "EUR", "fees": [{ "add_on_code": "{p}add-on" }],
                } }),
                [undo(
                    "voidInvoice",
                    &[("lago_id", "{invoice.lago_id}")],
                    "invoice of {p}customer",
                )],
            )
        },
    ]
}

/// Every kind of object read and changed once.
fn changed() -> Vec<Make> {
    vec![
        then("findTax", &[("code", "{p}tax")], Value::Null),
        then(
            "updateTax",
            &[("code", "{p}tax")],
            json!({ "tax": { "name": "{p}tax changed" } }),
        ),
        then(
            "updateBillableMetric",
            &[("code", "{p}metric")],
            json!({ "billable_metric": { "name": "{p}metric changed" } }),
        ),
        then(
            "updateAddOn",
            &[("code", "{p}add-on")],
            json!({ "add_on": { "name": "{p}add-on changed" } }),
        ),
        then(
            "updateCoupon",
            &[("code", "{p}coupon")],
            json!({ "coupon": { "name": "{p}coupon changed" } }),
        ),
        then(
            "updatePlan",
            &[("code", "{p}plan")],
            json!({ "plan": { "name": "{p}plan changed" } }),
        ),
        then(
            "createCustomer",
            &[],
            json!({ "customer": { "external_id": "{p}customer", "name": "{p}customer changed" } }),
        ),
        then(
            "updateSubscription",
            &[("external_id", "{p}subscription")],
            json!({ "subscription": { "name": "{p}subscription changed" } }),
        ),
        then(
            "updateWallet",
            &[("lago_id", "{wallet.lago_id}")],
            json!({ "wallet": { "name": "{p}wallet changed" } }),
        ),
        then(
            "findEvent",
            &[("transaction_id", "{p}event-1")],
            Value::Null,
        ),
        then(
            "findInvoice",
            &[("lago_id", "{invoice.lago_id}")],
            Value::Null,
        ),
    ]
}
