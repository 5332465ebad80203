//! Invoices of one occasion: their fees, files, and what becomes of them.

use chrono::{Days, NaiveDate};
use lago_types::Decimal;
use serde_json::{Value, json};

use super::ask::{Ask, example_of, view};
use super::collection;
use super::crud::{self, made, position, touch};
use super::customers;
use super::object::{decimal, fresh, lay};
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

pub(super) const NAME: &str = "invoices";
pub(super) const FEES: &str = "fees";

/// From percent, and from cents.
const HUNDREDTH: Decimal = Decimal::literal("0.01");

pub(super) fn integer(fields: &Fields, name: &str) -> i64 {
    fields.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// Sets integers.
pub(super) fn set(fields: &mut Fields, values: &[(&str, i64)]) {
    for (name, value) in values {
        fields.insert((*name).to_owned(), json!(value));
    }
}

/// Creates an invoice for add-ons, which is finalized at once.
pub(super) fn create(store: &mut Store, ask: &Ask) -> Outcome {
    let mut sent = ask.object();
    let customer = customers::known(store, text(&sent, "external_customer_id"))?;
    let items = match sent.remove("fees") {
        Some(Value::Array(items)) if !items.is_empty() => items,
        _ => return Err(Refusal::missing("fees")),
    };
    let mut invoice = made(store, ask, "invoice", &sent)?;
    let currency = [sent.get("currency"), customer.get("currency")];
    let currency = currency
        .into_iter()
        .flatten()
        .find(|value| value.is_string());
    let currency = currency.cloned().unwrap_or_else(|| json!("EUR"));
    let mut fees = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        fees.push(fee(store, item, &invoice, &customer, &currency)?);
    }
    let sum = |name| {
        fees.iter()
            .map(|fee| integer(fee, name))
            .fold(0, i64::saturating_add)
    };
    let (net, taxes) = (sum("amount_cents"), sum("taxes_amount_cents"));
    let total = net.saturating_add(taxes);
    set(
        &mut invoice,
        &[
            ("fees_amount_cents", net),
            ("sub_total_excluding_taxes_amount_cents", net),
            ("taxes_amount_cents", taxes),
            ("sub_total_including_taxes_amount_cents", total),
            ("total_amount_cents", total),
            ("total_due_amount_cents", total),
        ],
    );
    let term = customer.get("net_payment_term").and_then(Value::as_u64);
    let term = term.unwrap_or_default();
    let due = store.now().date_naive().checked_add_days(Days::new(term));
    let number = i64::try_from(store.all(NAME).len()).unwrap_or_default() + 1;
    let shown = example_of("invoices.get");
    let model = shown
        .get("customer")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (name, value) in [
        ("sequential_id", json!(number)),
        ("number", json!(format!("LAG-MOCK-{number:03}"))),
        ("issuing_date", json!(store.today())),
        ("payment_due_date", json!(due)),
        ("net_payment_term", json!(term)),
        ("currency", currency),
        ("customer", view(&model, &customer)),
        ("fees", fees.iter().cloned().map(Value::Object).collect()),
    ] {
        invoice.insert(name.into(), value);
    }
    for fee in fees {
        store.push(FEES, fee);
    }
    store.push(NAME, invoice.clone());
    store.tell("invoice.one_off_created", &invoice);
    Ok(ask.shown(&invoice))
}

/// One fee of an invoice, for an add-on.
fn fee(
    store: &mut Store,
    sent: &Fields,
    invoice: &Fields,
    customer: &Fields,
    currency: &Value,
) -> Result<Fields, Refusal> {
    let add_on = store.find("add_ons", "code", text(sent, "add_on_code"));
    let add_on = add_on
        .ok_or_else(|| Refusal::missing("add_on"))?
        .fields
        .clone();
    let mut rates = Decimal::default();
    for code in sent
        .get("tax_codes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let tax = store.find("taxes", "code", code.as_str().unwrap_or_default());
        rates += rate(&tax.ok_or_else(|| Refusal::missing("tax"))?.fields);
    }
    if !sent.contains_key("tax_codes") {
        let taxes = add_on.get("taxes").and_then(Value::as_array);
        let taxes = taxes.into_iter().flatten().filter_map(Value::as_object);
        rates = taxes.map(rate).sum();
    }
    let unit = match sent.get("unit_amount_cents").and_then(Value::as_i64) {
        Some(cents) => cents,
        None => integer(&add_on, "amount_cents"),
    };
    let units = match sent.get("units") {
        Some(Value::String(text)) => Decimal::parse(text).ok(),
        Some(Value::Number(number)) => Decimal::parse(&number.to_string()).ok(),
        _ => None,
    };
    let units = units.unwrap_or_else(|| Decimal::from_i64(1));
    let precise = units.clone() * Decimal::from_i64(unit);
    let cents = precise.round(0).to_i64().unwrap_or_default();
    let tax = rates.clone() * Decimal::from_i64(cents) * HUNDREDTH;
    let taxes = tax.round(0).to_i64().unwrap_or_default();
    let example = example_of("fees.get");
    let mut fee = fresh("fee", &example, store);
    set(
        &mut fee,
        &[
            ("amount_cents", cents),
            ("sub_total_excluding_taxes_amount_cents", cents),
            ("taxes_amount_cents", taxes),
            ("total_amount_cents", cents.saturating_add(taxes)),
        ],
    );
    let written = |value: &Decimal| json!(decimal(&value.to_string()));
    let item = json!({
        "type": "add_on",
        "code": add_on.get("code"),
        "name": add_on.get("name"),
        "description": add_on.get("description"),
        "invoice_display_name": add_on.get("invoice_display_name"),
        "lago_item_id": add_on.get("lago_id"),
        "item_type": "AddOn",
    });
    let model = example
        .get("item")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let item = view(&model, item.as_object().unwrap_or(&Fields::new()));
    for (name, value) in [
        ("lago_invoice_id", invoice["lago_id"].clone()),
        ("lago_customer_id", customer["lago_id"].clone()),
        ("external_customer_id", customer["external_id"].clone()),
        ("amount_currency", currency.clone()),
        ("total_amount_currency", currency.clone()),
        ("units", written(&units)),
        (
            "precise_unit_amount",
            written(&(Decimal::from_i64(unit) * HUNDREDTH)),
        ),
        ("taxes_rate", json!(rates.to_f64())),
        ("invoiceable", json!(true)),
        ("item", item),
    ] {
        fee.insert(name.into(), value);
    }
    let also: Fields = ["description", "invoice_display_name"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), sent.get(*name)?.clone())))
        .collect();
    lay(&mut fee, &example, "fee", &also, store)?;
    Ok(fee)
}

/// The rate of a tax, in percent.
fn rate(tax: &Fields) -> Decimal {
    let rate = tax.get("rate").map(ToString::to_string).unwrap_or_default();
    Decimal::parse(rate.trim_matches('"')).unwrap_or_default()
}

/// Changes an invoice and says so.
pub(super) fn changed(
    store: &mut Store,
    ask: &Ask,
    change: impl FnOnce(&mut Fields, &str) -> Result<(), Refusal>,
) -> Result<Fields, Refusal> {
    let index = position(store, ask, NAME, "invoice")?;
    let mut fields = store.all(NAME)[index].fields.clone();
    change(&mut fields, &store.stamp())?;
    touch(&mut fields, store);
    store.all_mut(NAME)[index].fields.clone_from(&fields);
    Ok(fields)
}

/// Why an invoice of this status is not changed: at all, or in this property.
const UPDATES: [(&str, Option<&str>, &str); 3] = [
    ("voided", None, "update_on_voided_invoice"),
    ("draft", Some("metadata"), "metadata_on_draft_invoice"),
    (
        "draft",
        Some("payment_status"),
        "payment_status_update_on_draft_invoice",
    ),
];

pub(super) fn update(store: &mut Store, ask: &Ask) -> Outcome {
    let index = position(store, ask, NAME, "invoice")?;
    let (status, sent) = (store.all(NAME)[index].text("status"), ask.object());
    let mut rows = UPDATES.iter();
    let refused =
        rows.find(|(of, name, _)| *of == status && name.is_none_or(|name| sent.contains_key(name)));
    match refused {
        Some((.., code)) => Err(Refusal::NotAllowed(code)),
        None => crud::update(store, ask, collection::of(NAME)?),
    }
}

pub(super) fn finalize(store: &mut Store, ask: &Ask) -> Outcome {
    let invoice = changed(store, ask, |invoice, _| {
        if text(invoice, "status") != "draft" {
            // This code is a guess.
            return Err(Refusal::missing("invoice"));
        }
        invoice.insert("status".into(), json!("finalized"));
        Ok(())
    })?;
    store.tell("invoice.created", &invoice);
    Ok(ask.shown(&invoice))
}

pub(super) fn void(store: &mut Store, ask: &Ask) -> Outcome {
    let invoice = changed(store, ask, |invoice, now| {
        if text(invoice, "status") != "finalized" {
            return Err(Refusal::NotAllowed("not_voidable"));
        }
        invoice.insert("status".into(), json!("voided"));
        invoice.insert("voided_at".into(), json!(now));
        invoice.insert("payment_overdue".into(), json!(false));
        set(invoice, &[("total_due_amount_cents", 0)]);
        Ok(())
    })?;
    store.tell("invoice.voided", &invoice);
    Ok(ask.shown(&invoice))
}

/// The customer has won: the money does not come.
pub(super) fn lose_dispute(store: &mut Store, ask: &Ask) -> Outcome {
    let invoice = changed(store, ask, |invoice, now| {
        if text(invoice, "status") != "finalized" {
            // This code is a guess.
            return Err(Refusal::NotAllowed("not_disputable"));
        }
        invoice.insert("payment_dispute_lost_at".into(), json!(now));
        Ok(())
    })?;
    Ok(ask.shown(&invoice))
}

/// There is nothing to compute anew.
pub(super) fn refresh(store: &mut Store, ask: &Ask) -> Outcome {
    let invoice = changed(store, ask, |_, _| Ok(()))?;
    Ok(ask.shown(&invoice))
}

/// Tries again to finalize an invoice that failed.
pub(super) fn retry(store: &mut Store, ask: &Ask) -> Outcome {
    let invoice = changed(store, ask, |invoice, _| {
        if text(invoice, "status") != "failed" {
            return Err(Refusal::NotAllowed("invalid_status"));
        }
        invoice.insert("status".into(), json!("pending"));
        Ok(())
    })?;
    Ok(ask.shown(&invoice))
}

/// There is nobody who would take the money.
pub(super) fn retry_payment(store: &mut Store, ask: &Ask) -> Outcome {
    let id = ask.parameter("lago_id").unwrap_or_default();
    let invoice = store.find(NAME, "lago_id", id);
    invoice.ok_or_else(|| Refusal::missing("invoice"))?;
    Ok(Value::Null)
}

/// Invoices whose day has passed are overdue.
pub(super) fn tick(store: &mut Store) {
    let today = store.now().date_naive();
    let mut overdue = Vec::new();
    for entry in store.all_mut(NAME) {
        let day = entry.text("payment_due_date").parse::<NaiveDate>();
        let is_late = entry.text("status") == "finalized"
            && entry.fields.get("payment_overdue") == Some(&json!(false))
            && integer(&entry.fields, "total_due_amount_cents") > 0
            && day.is_ok_and(|day| day < today);
        if is_late {
            entry.fields.insert("payment_overdue".into(), json!(true));
            overdue.push(entry.fields.clone());
        }
    }
    for invoice in overdue {
        store.tell("invoice.payment_overdue", &invoice);
    }
}

/// Orders a file: the response has none the first time. Whoever looks afterwards, or orders it again, gets it.
fn file(
    store: &mut Store,
    ask: &Ask,
    (name, noun): (&'static str, &str),
    (field, extension): (&str, &str),
) -> Outcome {
    let index = position(store, ask, name, noun)?;
    let entry = &mut store.all_mut(name)[index];
    let is_there = std::mem::replace(&mut entry.is_file_ordered, true);
    // Which server it is at is said when the response leaves.
    entry
        .fields
        .insert(field.into(), json!(format!("example{extension}")));
    let fields = entry.fields.clone();
    Ok(match is_there {
        true => ask.shown(&fields),
        false => Value::Null,
    })
}

pub(super) fn download(store: &mut Store, ask: &Ask) -> Outcome {
    file(store, ask, (NAME, "invoice"), ("file_url", ".pdf"))
}

pub(super) fn download_credit_note(store: &mut Store, ask: &Ask) -> Outcome {
    file(
        store,
        ask,
        ("credit_notes", "credit_note"),
        ("file_url", ".pdf"),
    )
}
