//! Credits of wallets, and which were taken from which: those that go out consume those that came in.

use lago_types::Decimal;
use serde_json::{Value, json};

use super::ask::{Ask, example_of, view};
use super::list;
use super::object::{decimal, fresh};
use super::refusal::{Outcome, Refusal};
use super::store::{Entry, Fields, Store, text};

pub(super) const TRANSACTIONS: &str = "wallet_transactions";

/// One row for each transaction that came in and the one that took from it.
const CONSUMED: &str = "wallet_consumptions";

/// What the list of a transaction shows.
struct Side {
    /// The kind of transaction that has such a list.
    of: &'static str,
    /// Where a row names that transaction, and the one that is shown.
    own: &'static str,
    shown: &'static str,
}

const CONSUMPTIONS: Side = Side {
    of: "inbound",
    own: "inbound_id",
    shown: "outbound_id",
};

const FUNDINGS: Side = Side {
    of: "outbound",
    own: "outbound_id",
    shown: "inbound_id",
};

/// A number that was sent or kept, as a number or as text.
pub(super) fn number(fields: &Fields, name: &str) -> Decimal {
    let parsed = match fields.get(name) {
        Some(Value::Number(number)) => Decimal::parse(&number.to_string()).ok(),
        Some(Value::String(text)) => Decimal::parse(text).ok(),
        _ => None,
    };
    parsed.unwrap_or_default()
}

/// A decimal as responses write it.
pub(super) fn written(value: &Decimal) -> Value {
    json!(decimal(&value.to_string()))
}

pub(super) fn cents(amount: &Decimal) -> i64 {
    let cents = amount.clone() * Decimal::from_i64(100);
    cents.round(0).to_i64().unwrap_or_default()
}

/// Takes the credits of a transaction from those that came in, the oldest first.
pub(super) fn consume(store: &mut Store, outbound: &Fields, rate: &Decimal) {
    let mut wanted = number(outbound, "credit_amount");
    let wallet = text(outbound, "lago_wallet_id").to_owned();
    let example = example_of("wallet_transactions.consumptions.list");
    for index in 0..store.all(TRANSACTIONS).len() {
        let fields = &store.all(TRANSACTIONS)[index].fields;
        let left = number(fields, "remaining_credit_amount");
        let is_source = text(fields, "lago_wallet_id") == wallet
            && text(fields, "transaction_type") == CONSUMPTIONS.of;
        if !is_source || left.is_zero() || wanted.is_zero() {
            continue;
        }
        let taken = left.clone().min(wanted.clone());
        let inbound = fields["lago_id"].clone();
        let left = left - taken.clone();
        wanted -= taken.clone();
        let fields = &mut store.all_mut(TRANSACTIONS)[index].fields;
        let amount = cents(&(left.clone() * rate.clone()));
        fields.insert("remaining_credit_amount".into(), written(&left));
        fields.insert("remaining_amount_cents".into(), json!(amount));
        let mut row = fresh("wallet_consumption", &example, store);
        for (name, value) in [
            (CONSUMPTIONS.own, inbound),
            (FUNDINGS.own, outbound["lago_id"].clone()),
            ("credit_amount", written(&taken)),
            ("amount_cents", json!(cents(&(taken * rate.clone())))),
        ] {
            row.insert(name.into(), value);
        }
        store.push(CONSUMED, row);
    }
}

pub(super) fn consumptions(store: &mut Store, ask: &Ask) -> Outcome {
    rows(store, ask, &CONSUMPTIONS)
}

pub(super) fn fundings(store: &mut Store, ask: &Ask) -> Outcome {
    rows(store, ask, &FUNDINGS)
}

fn rows(store: &mut Store, ask: &Ask, side: &Side) -> Outcome {
    let id = ask.parameter("lago_id").unwrap_or_default();
    let transaction = store.find(TRANSACTIONS, "lago_id", id);
    let transaction = transaction.ok_or_else(|| Refusal::missing("wallet_transaction"))?;
    if transaction.text("transaction_type") != side.of {
        return Err(Refusal::field(
            "transaction_type",
            "invalid_transaction_type",
        ));
    }
    let example = ask.example();
    let model = example.get("wallet_transaction").and_then(Value::as_object);
    let model = model.cloned().unwrap_or_default();
    let own = store.all(CONSUMED).iter();
    let own = own.filter(|row| row.text(side.own) == id);
    let rows: Vec<Entry> = own
        .map(|row| {
            let mut fields = row.fields.clone();
            let other = store.find(TRANSACTIONS, "lago_id", row.text(side.shown));
            let shown = other.map(|other| view(&model, &other.fields));
            fields.insert("wallet_transaction".into(), shown.unwrap_or_default());
            Entry {
                fields,
                ..Entry::default()
            }
        })
        .collect();
    Ok(list::page(ask, rows.iter()))
}
