//! Invoices from draft to overdue, what is paid for them, and which credits were taken from which.

use chrono::{DateTime, Days};
use lago_client::Client;
use lago_client::mock::MockServer;
use lago_client::types::*;
use serde_json::{Value, json};

use super::super::Caller;
use super::{Outcome, remembering, said};

const DRAFT: &str = "10000000-0000-4000-8000-000000000001";
const FAILED: &str = "10000000-0000-4000-8000-000000000002";
const FEE: &str = "10000000-0000-4000-8000-000000000003";

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Outcome<T> {
    Ok(serde_json::from_str(&value.to_string())?)
}

/// An invoice of 50 euros of a customer who has 30 days for it.
async fn invoiced(lago: &Client) -> Outcome<Invoice> {
    let customer = json!({ "external_id": "acme", "currency": "EUR", "net_payment_term": 30, "email": "pay@acme.test" });
    lago.customers()
        .create(typed::<CustomerInput>(customer)?)
        .await?;
    let add_on = json!({ "name": "Setup", "code": "setup", "amount_cents": 5_000, "amount_currency": "EUR" });
    lago.add_ons().create(typed::<AddOnInput>(add_on)?).await?;
    let fees = [OneOffInvoiceFeeInput::new("setup")];
    Ok(lago
        .invoices()
        .create(OneOffInvoiceInput::new("acme", fees))
        .await?)
}

#[tokio::test]
async fn what_can_be_done_to_an_invoice_depends_on_its_status() -> Outcome {
    let seed = json!({
        "invoices": [{ "lago_id": DRAFT, "status": "draft" }, { "lago_id": FAILED, "status": "failed" }],
        "fees": [{ "lago_id": FEE }],
    });
    let server = MockServer::builder().seed(seed).start().await?;
    let lago = server.client()?;
    let invoices = lago.invoices();
    let update = |id: &'static str, change: Value| {
        let change: Outcome<InvoiceUpdate> = typed(change);
        change.map(|change| lago.invoices().update(id, change))
    };
    let metadata = json!({ "metadata": [{ "key": "k", "value": "v" }] });
    for (change, code) in [
        (metadata.clone(), "metadata_on_draft_invoice"),
        (
            json!({ "payment_status": "succeeded" }),
            "payment_status_update_on_draft_invoice",
        ),
    ] {
        let refused = said(update(DRAFT, change)?.await)?;
        assert_eq!((refused.0, refused.1.as_str()), (405, code));
    }
    assert_eq!(
        invoices
            .list()
            .statuses([InvoiceStatus::Draft])
            .await?
            .len(),
        1
    );
    let final_one = invoices.finalize(DRAFT).await?;
    assert_eq!(final_one.status, InvoiceStatus::Finalized);
    assert_eq!(
        invoices
            .list()
            .statuses([InvoiceStatus::Draft])
            .await?
            .len(),
        0
    );
    // It is no draft any more.
    let again = said(invoices.finalize(DRAFT).await)?;
    assert_eq!((again.0, again.1.as_str()), (404, "invoice_not_found"));
    update(DRAFT, metadata.clone())?.await?;
    let refused = said(invoices.retry(DRAFT).await)?;
    assert_eq!((refused.0, refused.1.as_str()), (405, "invalid_status"));
    assert_eq!(invoices.retry(FAILED).await?.status, InvoiceStatus::Pending);
    let lost = invoices.lose_dispute(DRAFT).await?;
    assert!(lost.payment_dispute_lost_at.is_some());
    invoices.void(DRAFT).await?;
    let refused = said(update(DRAFT, metadata)?.await)?;
    assert_eq!(refused.1, "update_on_voided_invoice");

    // A fee that is on an invoice stays as it is.
    let paid = || typed::<FeeUpdate>(json!({ "payment_status": "succeeded" }));
    assert_eq!(
        lago.fees().update(FEE, paid()?).await?.payment_status,
        FeePaymentStatus::Succeeded
    );
    invoiced(&lago).await?;
    let fees = lago.fees().list().external_customer_id("acme").await?;
    let id = fees[0].lago_id.ok_or("no id")?;
    for refused in [
        said(lago.fees().update(id, paid()?).await)?,
        said(lago.fees().delete(id).await)?,
    ] {
        assert_eq!((refused.0, refused.1.as_str()), (405, "invoiced_fee"));
    }
    lago.fees().delete(FEE).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_overdue_can_be_asked_for_and_what_is_paid_has_a_receipt() -> Outcome {
    let (server, lago) = remembering().await?;
    let invoice = invoiced(&lago).await?;
    let id = invoice.lago_id;
    let ask = || {
        let request = json!({ "external_customer_id": "acme", "lago_invoice_ids": [id] });
        let request: Outcome<PaymentRequestInput> = typed(request);
        request.map(|request| lago.payment_requests().create(request))
    };
    let refused = said(ask()?.await)?;
    assert_eq!(
        (refused.0, refused.1.as_str()),
        (405, "invoices_not_overdue")
    );
    let start = DateTime::from_timestamp(1_767_225_600, 0).ok_or("no time")?;
    server.set_time(start + Days::new(30));
    let overdue = || lago.invoices().list().payment_overdue(true);
    assert_eq!(overdue().await?.len(), 0, "the last day is still one");
    server.set_time(start + Days::new(31));
    assert_eq!(overdue().await?[0].lago_id, id);

    let request = ask()?.await?;
    assert_eq!(
        (request.amount_cents, request.email.as_deref()),
        (5_000, Some("pay@acme.test"))
    );
    // Asking twice makes two.
    ask()?.await?;
    assert_eq!(lago.payment_requests().list().await?.len(), 2);
    assert_eq!(
        lago.customers()
            .payment_requests()
            .list("acme")
            .await?
            .len(),
        2
    );
    let got = lago.payment_requests().get(request.lago_id).await?;
    assert_eq!(got, request);

    lago.payments()
        .create(PaymentInput::new(id, 2_000, "wire"))
        .await?;
    assert_eq!(overdue().await?.len(), 1);
    lago.payments()
        .create(PaymentInput::new(id, 3_000, "wire"))
        .await?;
    assert_eq!(overdue().await?.len(), 0);
    let receipts = lago.payment_receipts().list().invoice_id(id).await?;
    assert_eq!(receipts.len(), 2);
    let receipt = lago.payment_receipts().get(receipts[0].lago_id).await?;
    assert_eq!(receipt.payment.amount_cents, 3_000);
    let other = lago
        .payment_receipts()
        .list()
        .invoice_id(FEE.parse::<uuid::Uuid>()?);
    assert_eq!(other.await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn voided_credits_are_taken_from_the_oldest() -> Outcome {
    let (_server, lago) = remembering().await?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    let wallet = WalletInput::new("2", Currency::Eur, "acme").granted_credits("10");
    let wallet = lago.wallets().create(wallet).await?.lago_id;
    let transactions = lago.wallet_transactions();
    let first = lago.wallets().wallet_transactions().list(wallet).await?[0].lago_id;
    let second = WalletTransactionInput::new(wallet).granted_credits("3");
    let second = transactions.create(second).await?[0].lago_id;
    let voided = WalletTransactionInput::new(wallet).voided_credits("11");
    let voided = transactions.create(voided).await?[0].lago_id;

    let taken = |credits: &str, cents: i64| (credits.to_owned(), cents);
    let fundings = transactions.fundings().list(voided).await?;
    let mut from: Vec<_> = fundings
        .iter()
        .map(|one| (one.credit_amount.to_string(), one.amount_cents))
        .collect();
    from.reverse();
    assert_eq!(from, [taken("10.0", 2_000), taken("1.0", 200)]);
    let consumed = transactions.consumptions().list(second).await?;
    assert_eq!(consumed[0].amount_cents, 200);
    assert_eq!(consumed[0].wallet_transaction.lago_id, voided);
    let left = transactions.get(second).await?;
    assert_eq!(
        left.remaining_credit_amount.map(|left| left.to_string()),
        Some("2.0".into())
    );
    assert_eq!(
        transactions.get(first).await?.remaining_amount_cents,
        Some(0)
    );

    let wrong = [
        said(transactions.fundings().list(first).await)?,
        said(transactions.consumptions().list(voided).await)?,
    ];
    for refused in wrong {
        assert_eq!(
            refused.2,
            json!({ "transaction_type": ["invalid_transaction_type"] })
        );
    }
    assert_eq!(
        said(transactions.fundings().list(FEE).await)?.1,
        "wallet_transaction_not_found"
    );
    Ok(())
}

#[tokio::test]
async fn what_a_request_names_has_to_be_there() -> Outcome {
    let (server, lago) = remembering().await?;
    invoiced(&lago).await?;
    let caller = Caller::of(server)?;
    let coupon = |applies: Value| {
        json!({ "coupon": {
            "name": "C", "code": "c", "coupon_type": "fixed_amount", "amount_cents": 1, "amount_currency": "EUR",
            "frequency": "once", "expiration": "no_expiration", "applies_to": applies,
        } })
    };
    for (method, path, body, expected) in [
        (
            "POST",
            "/customers",
            json!({ "customer": { "external_id": "x", "billing_entity_code": "nowhere" } }),
            (404, "billing_entity_not_found"),
        ),
        (
            "POST",
            "/coupons",
            coupon(json!({ "plan_codes": ["pro"] })),
            (404, "plans_not_found"),
        ),
        (
            "POST",
            "/coupons",
            coupon(json!({ "billable_metric_codes": ["calls"] })),
            (404, "billable_metrics_not_found"),
        ),
        (
            "POST",
            "/coupons",
            coupon(json!({ "plan_codes": ["pro"], "billable_metric_codes": ["calls"] })),
            (405, "only_one_limitation_type_per_coupon_allowed"),
        ),
        (
            "POST",
            "/invoices",
            json!({ "invoice": { "external_customer_id": "acme", "fees": [] } }),
            (404, "fees_not_found"),
        ),
        (
            "GET",
            "/invoices?billing_entity_codes[]=nowhere",
            Value::Null,
            (404, "billing_entity_not_found"),
        ),
        (
            "GET",
            "/wallets?external_customer_id=nobody",
            Value::Null,
            (404, "customer_not_found"),
        ),
    ] {
        let mut request = caller.request(method, path)?;
        if !body.is_null() {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let (status, said) = super::super::read(request).await?;
        let code = said["code"].as_str().unwrap_or_default();
        assert_eq!((status, code), expected, "{path}: {said}");
    }
    // The default is always there, and an unknown customer is no error of other lists.
    for path in [
        "/customers?billing_entity_codes[]=default",
        "/invoices?external_customer_id=nobody",
    ] {
        assert_eq!(caller.get(path).await?.0, 200, "{path}");
    }
    Ok(())
}
