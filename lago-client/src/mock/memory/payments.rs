//! Payments of invoices, their receipts, and requests to pay several invoices.

use serde_json::{Value, json};

use super::ask::{Ask, example_of, view};
use super::crud::made;
use super::customers;
use super::invoices::{NAME as INVOICES, integer, set};
use super::object::fresh;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

const RECEIPTS: &str = "payment_receipts";

/// Records a payment that was made elsewhere, and makes a receipt of it.
pub(super) fn pay(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let id = text(&sent, "invoice_id");
    let invoice = store
        .find(INVOICES, "lago_id", id)
        .map(|entry| entry.fields.clone());
    let mut invoice = invoice.ok_or_else(|| Refusal::missing("invoice"))?;
    let amount = integer(&sent, "amount_cents");
    if amount > integer(&invoice, "total_due_amount_cents") {
        // This code is a guess.
        return Err(Refusal::field(
            "amount_cents",
            "greater_than_remaining_invoice_amount",
        ));
    }
    let mut fields = made(store, ask, "payment", &sent)?;
    for (name, value) in [
        ("invoice_ids", json!([id])),
        ("invoice_numbers", json!([invoice["number"]])),
        ("lago_payable_id", json!(id)),
        ("lago_customer_id", invoice["customer"]["lago_id"].clone()),
        (
            "external_customer_id",
            invoice["customer"]["external_id"].clone(),
        ),
        ("amount_currency", invoice["currency"].clone()),
    ] {
        fields.insert(name.into(), value);
    }
    let due = integer(&invoice, "total_due_amount_cents") - amount;
    let paid = integer(&invoice, "total_paid_amount_cents").saturating_add(amount);
    set(
        &mut invoice,
        &[
            ("total_due_amount_cents", due),
            ("total_paid_amount_cents", paid),
        ],
    );
    if due == 0 {
        invoice.insert("payment_status".into(), json!("succeeded"));
        invoice.insert("payment_overdue".into(), json!(false));
        store.tell("invoice.payment_status_updated", &invoice);
    }
    if let Some(entry) = store.find_mut(INVOICES, "lago_id", id) {
        entry.fields = invoice;
    }
    store.push("payments", fields.clone());
    receipt(store, &fields);
    Ok(ask.shown(&fields))
}

fn receipt(store: &mut Store, payment: &Fields) {
    let example = example_of("payment_receipts.get");
    let model = example.get("payment").and_then(Value::as_object);
    let shown = view(&model.cloned().unwrap_or_default(), payment);
    let mut receipt = fresh("payment_receipt", &example, store);
    let number = store.all(RECEIPTS).len() + 1;
    let number = json!(format!("LAG-MOCK-RCPT-{number:06}"));
    receipt.insert("number".into(), number);
    receipt.insert("payment".into(), shown);
    store.push(RECEIPTS, receipt);
}

/// Asks a customer to pay invoices that are overdue. Asking twice makes two.
pub(super) fn request(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let customer = customers::known(store, text(&sent, "external_customer_id"))?;
    let ids = sent.get("lago_invoice_ids").and_then(Value::as_array);
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    let invoices = ids.map(|id| {
        let found = store.find(INVOICES, "lago_id", id);
        let found = found.filter(|one| one.fields["customer"]["lago_id"] == customer["lago_id"]);
        found.map(|found| found.fields.clone())
    });
    let invoices: Option<Vec<Fields>> = invoices.collect();
    let invoices = invoices
        .filter(|invoices| !invoices.is_empty())
        .ok_or_else(|| Refusal::missing("invoice"))?;
    if invoices.iter().any(|one| one["payment_overdue"] != true) {
        return Err(Refusal::NotAllowed("invoices_not_overdue"));
    }
    let example = example_of("payment_requests.get");
    let model = |place: &str| {
        let model = Value::Object(example.clone());
        let model = model.pointer(place).and_then(Value::as_object).cloned();
        model.unwrap_or_default()
    };
    let due = invoices
        .iter()
        .map(|one| integer(one, "total_due_amount_cents"));
    let due = due.fold(0, i64::saturating_add);
    let email = sent.get("email").filter(|email| email.is_string());
    let email = email.or(customer.get("email")).cloned();
    // An invoice is shown without what belongs to it.
    let mut invoice = model("/invoices/0");
    invoice.retain(|_, value| !value.is_array() && !value.is_object());
    let shown = invoices.iter().map(|one| view(&invoice, one));
    let shown: Value = shown.collect();
    let mut fields = made(store, ask, "payment_request", &Fields::new())?;
    for (name, value) in [
        ("email", email.unwrap_or_default()),
        ("amount_cents", json!(due)),
        ("amount_currency", invoices[0]["currency"].clone()),
        ("customer", view(&model("/customer"), &customer)),
        ("invoices", shown),
    ] {
        fields.insert(name.into(), value);
    }
    store.push("payment_requests", fields.clone());
    store.tell("payment_request.created", &fields);
    Ok(ask.shown(&fields))
}
