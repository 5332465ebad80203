//! Wallets, coupons, invoices and credit notes.

use lago_client::Client;
use lago_client::mock::MockServer;
use lago_client::types::*;
use serde_json::json;

use super::{Outcome, remembering, said};

async fn customer_and_add_on(lago: &Client) -> Outcome {
    lago.customers()
        .create(CustomerInput::new("acme").currency(Currency::Eur))
        .await?;
    lago.taxes()
        .create(TaxInput::new("VAT", "vat", "20"))
        .await?;
    let add_on = AddOnInput::new(AddOnInputRequired {
        name: "Setup".into(),
        code: "setup".into(),
        amount_cents: 5_000,
        amount_currency: Currency::Eur,
    });
    lago.add_ons().create(add_on.tax_codes(["vat"])).await?;
    Ok(())
}

#[tokio::test]
async fn a_wallet_has_the_credits_that_are_settled() -> Outcome {
    let (server, lago) = remembering().await?;
    let input = || {
        WalletInput::new("2.5", Currency::Eur, "acme")
            .paid_credits("10")
            .granted_credits("4")
    };
    let refused = said(lago.wallets().create(input()).await)?;
    assert_eq!(refused.2, json!({ "customer": ["customer_not_found"] }));
    lago.customers().create(CustomerInput::new("acme")).await?;
    let wallet = lago.wallets().create(input()).await?;
    assert_eq!(wallet.credits_balance.to_string(), "4.0");
    assert_eq!(wallet.balance_cents, 1_000);
    let taken = said(lago.wallets().create(input()).await)?;
    assert_eq!(taken.2, json!({ "code": ["value_already_exist"] }));

    let id = wallet.lago_id;
    let all = lago.wallets().wallet_transactions().list(id).await?;
    let pending = all
        .iter()
        .find(|one| one.status == WalletTransactionStatus::Pending);
    let pending = pending.ok_or("what is paid waits")?.lago_id;
    assert_eq!(all.len(), 2);
    assert!(server.settle_wallet_transaction(pending));
    assert!(!server.settle_wallet_transaction(pending));
    assert_eq!(lago.wallets().get(id).await?.balance_cents, 3_500);

    let void = |credits: &str| WalletTransactionInput::new(id).voided_credits(credits);
    let voided = lago.wallet_transactions().create(void("5")).await?;
    assert_eq!(voided.len(), 1);
    assert_eq!(
        lago.wallets().get(id).await?.credits_balance.to_string(),
        "9.0"
    );
    let refused = said(lago.wallet_transactions().create(void("50")).await)?;
    assert_eq!(
        refused.2,
        json!({ "voided_credits": ["insufficient_credits"] })
    );

    let code = wallet.code.ok_or("a wallet has a code")?;
    let gone = lago.customers().wallets().delete("acme", code).await?;
    assert_eq!(gone.status, WalletStatus::Terminated);
    assert_eq!(server.state().wallets().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_invoice_is_paid_downloaded_credited_and_voided() -> Outcome {
    let (server, lago) = remembering().await?;
    let fee = || [OneOffInvoiceFeeInput::new("setup").units("2")];
    let create = || {
        lago.invoices()
            .create(OneOffInvoiceInput::new("acme", fee()))
    };
    assert_eq!(said(create().await)?.1, "customer_not_found");
    customer_and_add_on(&lago).await?;
    let invoice = create().await?;
    assert_eq!(
        (invoice.fees_amount_cents, invoice.total_amount_cents),
        (10_000, 12_000)
    );
    assert_eq!(invoice.status, InvoiceStatus::Finalized);
    let id = invoice.lago_id;
    assert_eq!(lago.invoices().get(id).await?.number, invoice.number);
    assert_eq!(
        lago.fees().list().external_customer_id("acme").await?.len(),
        1
    );

    // The file takes a moment: the first response is empty.
    let none = serde_json::to_value(lago.invoices().download(id).await?)?;
    assert!(none.is_null(), "{none}");
    assert!(lago.invoices().fetch_pdf(id).await?.starts_with(b"%PDF-"));

    lago.payments()
        .create(PaymentInput::new(id, 2_000, "wire"))
        .await?;
    assert_eq!(
        lago.invoices().get(id).await?.total_due_amount_cents,
        Some(10_000)
    );

    let fees = lago.fees().list().await?;
    let item = |cents: i64| CreditNoteItemInput::new(fees[0].lago_id.unwrap_or_default(), cents);
    let note = |cents: i64| CreditNoteInput::new(id, [item(cents)]).credit_amount_cents(cents);
    let refused = said(lago.credit_notes().create(note(10_001)).await)?;
    assert_eq!(
        refused.2,
        json!({ "amount_cents": ["higher_than_remaining_fee_amount"] })
    );
    let made = lago.credit_notes().create(note(100)).await?;
    assert_eq!(made.balance_amount_cents, 100);
    let voided = lago.credit_notes().void(made.lago_id).await?;
    assert_eq!(voided.balance_amount_cents, 0);
    let again = said(lago.credit_notes().void(made.lago_id).await)?;
    assert_eq!((again.0, again.1.as_str()), (405, "no_voidable_amount"));

    let voided = lago.invoices().void(id).await?;
    assert_eq!(voided.status, InvoiceStatus::Voided);
    assert_eq!(said(lago.invoices().void(id).await)?.1, "not_voidable");
    let voided = lago
        .customers()
        .invoices()
        .list("acme")
        .status(InvoiceStatus::Voided);
    assert_eq!(voided.await?.len(), 1);
    assert_eq!(server.state().invoices().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_coupon_is_applied_and_taken_away() -> Outcome {
    let (_server, lago) = remembering().await?;
    customer_and_add_on(&lago).await?;
    let apply = || {
        lago.applied_coupons()
            .create(AppliedCouponInput::new("acme", "ten"))
    };
    assert_eq!(said(apply().await)?.1, "coupon_not_found");
    let coupon = json!({
        "name": "Ten", "code": "ten", "coupon_type": "fixed_amount", "amount_cents": 1_000,
        "amount_currency": "EUR", "frequency": "once", "expiration": "no_expiration",
    });
    let coupon: CouponInput = serde_json::from_value(coupon)?;
    lago.coupons().create(coupon).await?;
    let applied = apply().await?;
    assert_eq!(applied.amount_cents_remaining, Some(1_000));
    let all = lago.customers().applied_coupons();
    assert_eq!(all.list("acme").await?.len(), 1);
    let gone = all.delete("acme", applied.lago_id).await?;
    assert_eq!(gone.status, AppliedCouponStatus::Terminated);
    Ok(())
}

#[tokio::test]
async fn a_seed_is_there_from_the_start() -> Outcome {
    let seed = json!({ "customers": [{ "external_id": "acme", "name": "Acme" }], "plans": [{ "code": "pro" }] });
    let server = MockServer::builder().seed(seed).start().await?;
    let lago = server.client()?;
    assert_eq!(
        lago.customers().get("acme").await?.name.as_deref(),
        Some("Acme")
    );
    lago.subscriptions()
        .create(SubscriptionInput::new("acme", "pro", "sub"))
        .await?;
    let state = server.state();
    assert_eq!((state.customers().len(), state.plans().len()), (1, 1));
    assert_eq!(state.subscriptions()[0].plan_code, "pro");
    assert_eq!(state.objects("plans")[0]["charges"], json!([]));
    server.reset();
    assert!(server.state().subscriptions().is_empty());
    assert_eq!(server.state().customers().len(), 1);
    let wrong = MockServer::builder()
        .seed(json!({ "plan": [] }))
        .start()
        .await;
    let error = wrong.err().ok_or("that is no collection")?.to_string();
    assert!(
        error.contains("`plan`") && error.contains("plans"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn the_same_requests_give_the_same_responses() -> Outcome {
    let mut ids = Vec::new();
    for seed in [7, 7, 8] {
        let server = MockServer::builder().id_seed(seed).start().await?;
        let made = server
            .client()?
            .customers()
            .create(CustomerInput::new("acme"))
            .await?;
        ids.push((made.lago_id, made.created_at));
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0].0, ids[2].0);
    Ok(())
}
