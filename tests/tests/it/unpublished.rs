//! Operations that no published document has, over sockets; and that they stand behind their feature.

use std::error::Error;
use std::fs;
use std::path::Path;

use lago_client::types::{
    AppliedRateCardUpdate, BillingTiming, Currency, Decimal, Patch, ProductInput, ProductType,
    ProductUpdate, RateCardInput, RateCardUpdate, RateInput, RateInputRequired, RateIntervalUnit,
    RateModel, ResendEmailInput,
};
use lago_client::{Client, Idempotency, OPERATIONS};
use lago_tests::conform::recording::Recordings;
use lago_tests::support::server::{Capturing, Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What a server said in a recording of the catalogue.
fn recorded(name: &str) -> Outcome<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let recordings = Recordings::read(&folder)?;
    let file = format!("product-catalog/exchanges/{name}.json");
    let mut exchanges = recordings.exchanges.into_iter();
    let exchange = exchanges.find(|exchange| exchange.file == file);
    Ok(exchange.ok_or(file)?.response_body)
}

async fn says(name: &str) -> Outcome<Scripted> {
    let body = recorded(name)?;
    Ok(Scripted::always(ScriptedResponse::json("200 OK", body)).await?)
}

/// Method and target of the only request, and its body.
fn only(server: &Scripted) -> Outcome<(String, Value)> {
    let [request] = server
        .requests()
        .try_into()
        .map_err(|_| "not one request")?;
    let body = match request.body.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&request.body)?,
    };
    Ok((format!("{} {}", request.method, request.target), body))
}

#[tokio::test]
async fn the_second_version_is_found_beside_the_first() -> Outcome {
    let server = Capturing::start().await?;
    let origin = server.base_url().replace("/api/v1", "");
    for (given, root) in [
        ("", ""),
        ("/api/v1", ""),
        ("/api/v1/", ""),
        ("/api/v2", ""),
        ("/lago", "/lago"),
        ("/lago/api/v1", "/lago"),
    ] {
        let lago = Client::builder()
            .api_key("key")
            .base_url(format!("{origin}{given}"))
            .build()?;
        // The response is empty, which the calls cannot read.
        assert!(lago.products().get("sup.v1").await.is_err());
        assert!(lago.taxes().get("vat").await.is_err());
        let targets: Vec<String> = server.take().into_iter().map(|sent| sent.target).collect();
        let expected = [
            format!("{root}/api/v2/products/sup%2Ev1"),
            format!("{root}/api/v1/taxes/vat"),
        ];
        assert_eq!(targets, expected, "{given}");
    }
    Ok(())
}

#[tokio::test]
async fn a_product_is_read_whole() -> Outcome {
    let server = says("1129_v2_pr_show_dot_enc").await?;
    let product = server.client()?.products().get("sup.v1").await?;
    assert_eq!(
        (product.code.as_str(), product.product_type),
        ("sup.v1", ProductType::Fixed)
    );
    assert_eq!(product.billable_metric_code, None);
    assert_eq!(product.product_category_code.as_deref(), Some("oth"));
    // Another product than the path names is none.
    let server = says("1127_v2_pr_show").await?;
    let error = server.client()?.products().get("other").await.unwrap_err();
    assert!(error.is_other_object(), "{error}");
    Ok(())
}

#[tokio::test]
async fn what_is_optional_is_left_out_and_null_is_said() -> Outcome {
    let server = says("1127_v2_pr_show").await?;
    let product = ProductInput::new("Storage", "storage", ProductType::Usage);
    let product = product.billable_metric_code("gb");
    server.client()?.products().create(product).await?;
    let expected = json!({"product": {
        "name": "Storage", "code": "storage", "product_type": "usage", "billable_metric_code": "gb",
    }});
    let sent = ("POST /api/v2/products".to_owned(), expected);
    assert_eq!(only(&server)?, sent);

    let server = says("1127_v2_pr_show").await?;
    let update = ProductUpdate::new().product_category_code(Patch::Null);
    server
        .client()?
        .products()
        .update("storage", update)
        .await?;
    let expected = json!({"product": {"product_category_code": null}});
    let sent = ("PUT /api/v2/products/storage".to_owned(), expected);
    assert_eq!(only(&server)?, sent);

    // The server takes null of grouping, and fails for that of proration: it cannot be said.
    let server = says("1183_v2_rc_update_regroup_null").await?;
    let update = RateCardUpdate::new()
        .regroup_paid_fees(Patch::Null)
        .proration(false);
    let card = server
        .client()?
        .rate_cards()
        .update("seatc", update)
        .await?;
    assert_eq!(card.billing_timing, BillingTiming::Advance);
    let expected = json!({"rate_card": {"proration": false, "regroup_paid_fees": null}});
    let sent = ("PUT /api/v2/rate_cards/seatc".to_owned(), expected);
    assert_eq!(only(&server)?, sent);
    Ok(())
}

#[tokio::test]
async fn a_rate_card_comes_with_its_rates() -> Outcome {
    let server = says("1179_v2_rc_show").await?;
    let rate = RateInput::new(RateInputRequired {
        code: "r1".into(),
        effective_from: "2026-01-15".into(),
        rate_model: RateModel::Standard,
        billing_interval_unit: RateIntervalUnit::Month,
        rate_properties: [("amount".to_owned(), json!("0.5"))].into_iter().collect(),
    });
    let card = RateCardInput::new(lago_client::types::RateCardInputRequired {
        product_code: "storage".into(),
        name: "Storage std".into(),
        code: "st".into(),
        currency: Currency::Eur,
    });
    let card = card.rates([rate.min_amount_cents(100)]);
    let card = server.client()?.rate_cards().create(card).await?;
    let rate = card.active_rate.ok_or("no rate is active")?;
    assert_eq!((rate.code.as_str(), rate.min_amount_cents), ("r1", 100));
    let (_, sent) = only(&server)?;
    let rate = &sent["rate_card"]["rates"][0];
    assert_eq!(rate["effective_from"], "2026-01-15");
    assert_eq!(rate["rate_properties"], json!({"amount": "0.5"}));
    Ok(())
}

#[tokio::test]
async fn rate_cards_of_a_plan_stand_on_its_accessor() -> Outcome {
    let server = says("1230_v2_arc_upd").await?;
    let lago = server.client()?;
    let update = AppliedRateCardUpdate::new().units("5.0");
    let cards = lago.plans().applied_rate_cards();
    let card = cards.update("cat", "seatc", update).await?;
    assert_eq!(card.units, Some(Decimal::parse("5.0")?));
    let expected = json!({"applied_rate_card": {"units": "5.0"}});
    let sent = (
        "PUT /api/v2/plans/cat/applied_rate_cards/seatc".to_owned(),
        expected,
    );
    assert_eq!(only(&server)?, sent);

    let server = says("1226_v2_arc_list").await?;
    let lago = server.client()?;
    let list = lago
        .plans()
        .applied_rate_cards()
        .list("cat")
        .page(1)
        .await?;
    let units: Vec<_> = list.iter().map(|card| &card.units).collect();
    assert_eq!(units.len(), 3);
    assert_eq!(
        only(&server)?.0,
        "GET /api/v2/plans/cat/applied_rate_cards?page=1"
    );
    Ok(())
}

#[tokio::test]
async fn a_security_log_wants_its_last_day() -> Outcome {
    let server = says("1443_v2_sec_f").await?;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 12, 31).ok_or("no day")?;
    let lago = server.client()?;
    let list = lago.security_logs().list(day).log_types(["user"]).await?;
    assert_eq!(list[0].log_event, "user.signed_up");
    assert_eq!(list[0].device_info["browser"], "x");
    assert_eq!(
        only(&server)?.0,
        "GET /api/v1/security_logs?log_types%5B%5D=user&to_date=2026-12-31"
    );
    Ok(())
}

#[tokio::test]
async fn an_e_mail_is_not_sent_twice() -> Outcome {
    let gone = || ScriptedResponse::new("502 Bad Gateway", &[], b"");
    let server = Scripted::always(gone()).await?;
    let lago = server.client()?;
    let input = ResendEmailInput::new().to(["a@example.com"]);
    let id = "1a901a90-1a90-1a90-1a90-1a901a901a90";
    let error = lago.invoices().resend_email(id).input(input).await;
    assert!(error.unwrap_err().is_ambiguous());
    let (target, body) = only(&server)?;
    assert_eq!(target, format!("POST /api/v1/invoices/{id}/resend_email"));
    assert_eq!(body, json!({"to": ["a@example.com"]}));
    Ok(())
}

/// Creations of the published API are asked for once, and those of the catalogue alike: to a repeat the server says that
/// the code is taken, by what its caller has just created.
#[test]
fn creations_and_e_mails_are_asked_for_once() {
    let unpublished = OPERATIONS.iter().filter(|row| row.since.is_none());
    let (mut once, mut again) = (Vec::new(), 0);
    for row in unpublished {
        match row.idempotency {
            Idempotency::NotIdempotent => once.push(row.resource),
            _ => again += 1,
        }
    }
    once.sort_unstable();
    let expected = [
        "credit_notes.resend_email",
        "invoices.resend_email",
        "payment_receipts.resend_email",
        "plans.applied_rate_cards.create",
        "product_categories.create",
        "products.create",
        "products.filters.create",
        "rate_cards.create",
        "rate_cards.rates.create",
    ];
    assert_eq!(once, expected);
    assert_eq!(again, 31);
}

/// The tests have the feature; nobody else who does not ask for it.
#[test]
fn nothing_switches_the_feature_on_by_itself() -> Outcome {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for member in ["lago-client", "lago-types"] {
        let manifest = fs::read_to_string(workspace.join(member).join("Cargo.toml"))?;
        let features = manifest.split("[features]").nth(1).ok_or("no features")?;
        let features = features.split("\n[").next().unwrap_or_default();
        let lines: Vec<&str> = features
            .lines()
            .filter(|line| !line.starts_with('#') && line.contains("unpublished"))
            .collect();
        let expected = match member {
            "lago-client" => r#"unpublished = ["lago-types/unpublished"]"#,
            _ => "unpublished = []",
        };
        assert_eq!(lines, [expected], "{member}");
        // One condition stands before all of it.
        let generated = workspace.join(member).join("src/generated/mod.rs");
        let generated = fs::read_to_string(generated)?;
        let lines: Vec<&str> = generated.lines().collect();
        let of_module = lines
            .windows(2)
            .filter(|pair| pair[1].contains("unpublished") && !pair[1].starts_with('#'));
        for pair in of_module {
            assert_eq!(pair[0], r#"#[cfg(feature = "unpublished")]"#, "{pair:?}");
        }
    }
    Ok(())
}
