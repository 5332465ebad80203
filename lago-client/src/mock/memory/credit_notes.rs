//! Credit notes: part of an invoice that is given back.

use serde_json::{Value, json};

use super::ask::{Ask, example_of};
use super::crud::{made, position, touch};
use super::invoices::{FEES, NAME as INVOICES, integer, set};
use super::object::{decimal, fresh};
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

const NAME: &str = "credit_notes";

/// Creates a credit note of what its items say. Taxes are not computed: its total is what was sent.
pub(super) fn create(store: &mut Store, ask: &Ask) -> Outcome {
    let mut sent = ask.object();
    let invoice = store.find(INVOICES, "lago_id", text(&sent, "invoice_id"));
    let invoice = invoice
        .ok_or_else(|| Refusal::missing("invoice"))?
        .fields
        .clone();
    if text(&invoice, "status") != "finalized" {
        return Err(Refusal::NotAllowed("invalid_type_or_status"));
    }
    let items = match sent.remove("items") {
        Some(Value::Array(items)) => items,
        // This code is a guess.
        _ => return Err(Refusal::field("items", "value_is_mandatory")),
    };
    let mut kept = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        kept.push(self::item(store, item)?);
    }
    let mut note = made(store, ask, "credit_note", &sent)?;
    let sum = kept.iter().filter_map(|item| item["amount_cents"].as_i64());
    let sum = sum.fold(0, i64::saturating_add);
    let [credit, refund, offset] = [
        "credit_amount_cents",
        "refund_amount_cents",
        "offset_amount_cents",
    ]
    .map(|name| integer(&note, name));
    let total = credit.saturating_add(refund).saturating_add(offset);
    set(
        &mut note,
        &[
            ("total_amount_cents", total),
            ("sub_total_excluding_taxes_amount_cents", sum),
            ("taxes_amount_cents", total.saturating_sub(sum).max(0)),
            ("balance_amount_cents", credit),
        ],
    );
    let number = i64::try_from(store.all(NAME).len()).unwrap_or_default() + 1;
    for (name, value) in [
        (
            "precise_total_amount_cents",
            json!(decimal(&total.to_string())),
        ),
        ("sequential_id", json!(number)),
        (
            "number",
            json!(format!("{}-CN{number:03}", text(&invoice, "number"))),
        ),
        ("lago_invoice_id", invoice["lago_id"].clone()),
        ("invoice_number", invoice["number"].clone()),
        ("issuing_date", json!(store.today())),
        ("currency", invoice["currency"].clone()),
        ("refund_status", json!((refund > 0).then_some("pending"))),
        ("customer", invoice["customer"].clone()),
        ("items", kept.into()),
    ] {
        note.insert(name.into(), value);
    }
    store.push(NAME, note.clone());
    store.tell("credit_note.created", &note);
    Ok(ask.shown(&note))
}

/// One item, which is of a fee that has so much left.
fn item(store: &mut Store, sent: &Fields) -> Result<Value, Refusal> {
    let id = text(sent, "fee_id");
    let fee = store
        .find(FEES, "lago_id", id)
        .map(|entry| entry.fields.clone());
    let fee = fee.ok_or_else(|| Refusal::missing("fee"))?;
    let amount = integer(sent, "amount_cents");
    let notes = store
        .all(NAME)
        .iter()
        .filter(|note| note.text("credit_status") != "voided");
    let items = notes.flat_map(|note| note.fields["items"].as_array().into_iter().flatten());
    let credited = items
        .filter(|item| item["fee"]["lago_id"] == id)
        .filter_map(|item| item["amount_cents"].as_i64())
        .fold(0, i64::saturating_add);
    if amount > integer(&fee, "amount_cents").saturating_sub(credited) {
        return Err(Refusal::field(
            "amount_cents",
            "higher_than_remaining_fee_amount",
        ));
    }
    let example = example_of("credit_notes.get");
    let model = example["items"][0].as_object().cloned().unwrap_or_default();
    let mut item = fresh("credit_note_item", &model, store);
    for (name, value) in [
        ("amount_cents", json!(amount)),
        ("precise_amount_cents", json!(decimal(&amount.to_string()))),
        ("amount_currency", fee["amount_currency"].clone()),
        ("fee", Value::Object(fee)),
    ] {
        item.insert(name.into(), value);
    }
    Ok(Value::Object(item))
}

/// Takes away what is left of a credit note.
pub(super) fn void(store: &mut Store, ask: &Ask) -> Outcome {
    let index = position(store, ask, NAME, "credit_note")?;
    let mut note = store.all(NAME)[index].fields.clone();
    if integer(&note, "balance_amount_cents") == 0 {
        // This code is a guess.
        return Err(Refusal::NotAllowed("no_voidable_amount"));
    }
    note.insert("credit_status".into(), json!("voided"));
    set(&mut note, &[("balance_amount_cents", 0)]);
    touch(&mut note, store);
    store.all_mut(NAME)[index].fields.clone_from(&note);
    Ok(ask.shown(&note))
}
