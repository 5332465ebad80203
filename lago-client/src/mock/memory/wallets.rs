//! Wallets: credits that are granted, bought and voided.

use lago_types::Decimal;
use serde_json::{Value, json};

use super::ask::{Ask, example_of};
use super::credits::{self, TRANSACTIONS, cents, number, written};
use super::crud::{is_named, made};
use super::customers;
use super::list::{self, Filter};
use super::object::{fresh, lay};
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

const NAME: &str = "wallets";

fn is_positive(credits: &Decimal) -> bool {
    !credits.is_zero() && !credits.is_negative()
}

pub(super) fn create(store: &mut Store, ask: &Ask) -> Outcome {
    let mut sent = ask.object();
    if let Some(customer) = ask.parameter("external_customer_id") {
        sent.insert("external_customer_id".into(), json!(customer));
    }
    let customer = customers::known(store, text(&sent, "external_customer_id"))
        .map_err(|_| Refusal::field("customer", "customer_not_found"))?;
    if !is_positive(&number(&sent, "rate_amount")) {
        return Err(Refusal::field("rate_amount", "value_is_out_of_range"));
    }
    if text(&sent, "code").is_empty() {
        sent.insert("code".into(), json!("default"));
    }
    let is_taken = store.all(NAME).iter().any(|other| {
        ["external_customer_id", "code"]
            .iter()
            .all(|name| other.text(name) == text(&sent, name))
            && other.text("status") == "active"
    });
    if is_taken {
        // This code is a guess.
        return Err(Refusal::taken("code"));
    }
    let mut wallet = made(store, ask, "wallet", &sent)?;
    wallet.insert("lago_customer_id".into(), customer["lago_id"].clone());
    let id = text(&wallet, "lago_id").to_owned();
    store.push(NAME, wallet.clone());
    store.tell("wallet.created", &wallet);
    topped_up(store, &id, &sent)?;
    let wallet = store
        .find(NAME, "lago_id", &id)
        .map(|entry| entry.fields.clone());
    Ok(ask.shown(&wallet.unwrap_or_default()))
}

/// Adds the credits that were sent: those that are granted at once, those that are paid when their invoice is.
fn topped_up(store: &mut Store, id: &str, sent: &Fields) -> Result<Vec<Fields>, Refusal> {
    let wallet = store
        .find(NAME, "lago_id", id)
        .map(|entry| entry.fields.clone());
    let wallet = wallet.ok_or_else(|| Refusal::missing("wallet"))?;
    let voided = number(sent, "voided_credits");
    if is_positive(&voided) && voided > number(&wallet, "credits_balance") {
        // This code is a guess.
        return Err(Refusal::field("voided_credits", "insufficient_credits"));
    }
    let mut made = Vec::new();
    for (name, transaction_status, transaction_type, status) in [
        ("paid_credits", "purchased", "inbound", "pending"),
        ("granted_credits", "granted", "inbound", "settled"),
        ("voided_credits", "voided", "outbound", "settled"),
    ] {
        let credits = number(sent, name);
        if !is_positive(&credits) {
            continue;
        }
        let mut fields = fresh(
            "wallet_transaction",
            &example_of("wallet_transactions.get"),
            store,
        );
        let amount = credits.clone() * number(&wallet, "rate_amount");
        let is_settled = status == "settled";
        let remains = is_settled && transaction_type == "inbound";
        for (name, value) in [
            ("lago_wallet_id", json!(id)),
            ("status", json!(status)),
            ("transaction_status", json!(transaction_status)),
            ("transaction_type", json!(transaction_type)),
            ("credit_amount", written(&credits)),
            ("amount", written(&amount)),
            (
                "remaining_credit_amount",
                json!(remains.then(|| written(&credits))),
            ),
            (
                "remaining_amount_cents",
                json!(remains.then(|| cents(&amount))),
            ),
            ("settled_at", json!(is_settled.then(|| store.stamp()))),
        ] {
            fields.insert(name.into(), value);
        }
        let also: Fields = [
            "name",
            "metadata",
            "priority",
            "invoice_requires_successful_payment",
        ]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), sent.get(*name)?.clone())))
        .collect();
        let example = example_of("wallet_transactions.get");
        lay(&mut fields, &example, "wallet_transaction", &also, store)?;
        store.push(TRANSACTIONS, fields.clone());
        store.tell("wallet_transaction.created", &fields);
        if is_settled {
            let signed = if transaction_type == "inbound" {
                credits
            } else {
                -credits
            };
            moved(store, id, &signed);
        }
        if transaction_type == "outbound" {
            credits::consume(store, &fields, &number(&wallet, "rate_amount"));
        }
        made.push(fields);
    }
    Ok(made)
}

/// Adds credits to a balance, or takes them away.
fn moved(store: &mut Store, id: &str, credits: &Decimal) {
    let now = store.stamp();
    let Some(wallet) = store.find_mut(NAME, "lago_id", id) else {
        return;
    };
    let fields = &mut wallet.fields;
    let balance = number(fields, "credits_balance") + credits.clone();
    let amount = cents(&(balance.clone() * number(fields, "rate_amount")));
    for (name, value) in [
        ("credits_balance", written(&balance)),
        ("credits_ongoing_balance", written(&balance)),
        ("balance_cents", json!(amount)),
        ("ongoing_balance_cents", json!(amount)),
        ("last_balance_sync_at", json!(now)),
    ] {
        fields.insert(name.into(), value);
    }
}

/// Settles what was paid: the credits are there from now on. Whether there was such a transaction that still waited.
pub(super) fn settle(store: &mut Store, transaction: &str) -> bool {
    let now = store.stamp();
    let Some(entry) = store.find_mut(TRANSACTIONS, "lago_id", transaction) else {
        return false;
    };
    if entry.text("status") != "pending" {
        return false;
    }
    let fields = &mut entry.fields;
    let credits = number(fields, "credit_amount");
    let amount = cents(&number(fields, "amount"));
    let remaining = fields.get("credit_amount").cloned().unwrap_or_default();
    for (name, value) in [
        ("status", json!("settled")),
        ("settled_at", json!(now)),
        ("remaining_credit_amount", remaining),
        ("remaining_amount_cents", json!(amount)),
    ] {
        fields.insert(name.into(), value);
    }
    let (fields, wallet) = (fields.clone(), entry.text("lago_wallet_id").to_owned());
    moved(store, &wallet, &credits);
    store.tell("wallet_transaction.updated", &fields);
    true
}

pub(super) fn top_up(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask
        .sent
        .and_then(|sent| sent.get("wallet_transaction")?.as_object());
    let sent = sent.cloned().unwrap_or_default();
    let wallet = store.find(NAME, "lago_id", text(&sent, "wallet_id"));
    let wallet = wallet.filter(|wallet| wallet.text("status") == "active");
    // This code is a guess.
    let wallet = wallet.ok_or_else(|| Refusal::field("wallet_id", "wallet_not_found"))?;
    let id = wallet.text("lago_id").to_owned();
    let made = topped_up(store, &id, &sent)?;
    let example = ask.example();
    let shown = made.iter().map(|fields| super::ask::view(&example, fields));
    let shown: Vec<Value> = shown.collect();
    Ok(ask.said(shown.into()))
}

/// The transactions of a wallet.
pub(super) fn transactions(store: &mut Store, ask: &Ask) -> Outcome {
    let filter = Filter::of(store, ask, None)?;
    let found = store
        .all(TRANSACTIONS)
        .iter()
        .filter(|entry| is_named(ask, entry) && filter.takes(&entry.fields));
    Ok(list::page(ask, found))
}
