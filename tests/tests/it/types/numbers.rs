//! Numbers of any size, from a server to a caller and back, with every digit.

use std::error::Error;

use lago_client::Page;
use lago_client::types::{Decimal, EventInput, Tax, decimal};
use lago_tests::support::bodies::{page, tax};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

/// Usage with an event of `12345678901234567890` units.
const ABSURD: &str = include_str!("../../../fixtures/recorded/live-2/exchanges/1025_e_proj.json");

#[tokio::test]
async fn an_absurd_event_does_not_make_usage_unreadable() -> Outcome {
    // As text: in a `Value` the digits are gone.
    let (_, body) = ABSURD.split_once("\"response_body\":").ok_or("no body")?;
    let body = body.trim_end().strip_suffix('}').ok_or("no end")?;
    let server = Scripted::always(ScriptedResponse::json("200 OK", body)).await?;
    let usage = server
        .client()?
        .customers()
        .projected_usage("acme", "sub")
        .await?;
    assert_eq!(usage.amount_cents, 30_864_197_253_086_429_912_i128);
    assert_eq!(usage.amount_cents.to_i64(), None);
    assert_eq!(
        usage.projected_amount_cents.as_str(),
        "84175083417508451338.0"
    );
    let units = &usage.charges_usage[3].units;
    assert_eq!(units.as_str(), "12345678901234567902.5");
    let charges: Decimal = usage
        .charges_usage
        .iter()
        .map(|charge| &charge.amount_cents)
        .sum();
    assert_eq!(charges, usage.amount_cents);
    let again = serde_json::to_string(&usage)?;
    assert!(
        again.contains(r#""amount_cents":30864197253086429912,"#),
        "{again}"
    );
    assert!(
        again.contains(r#""projected_amount_cents":"84175083417508451338.0""#),
        "{again}"
    );
    Ok(())
}

#[tokio::test]
async fn every_digit_arrives_and_leaves() -> Outcome {
    let rate = "9007199254740993.0625";
    let response = json!({ "tax": tax("vat") }).to_string();
    let response = response.replace("20.0", rate);
    let server = Scripted::always(ScriptedResponse::json("200 OK", response)).await?;
    let lago = server.client()?;
    assert_eq!(lago.taxes().get("vat").await?.rate.as_str(), rate);

    let event = EventInput::new("api_calls", "sub_1").timestamp("1651240791.1234567890123456789");
    // The response is that of another operation; what was sent is there nevertheless.
    assert!(
        lago.events()
            .create(event)
            .await
            .is_err_and(|error| error.is_decode())
    );
    let sent = String::from_utf8(server.requests().remove(1).body)?;
    assert!(
        sent.contains(r#""timestamp":1651240791.1234567890123456789"#),
        "{sent}"
    );
    Ok(())
}

#[tokio::test]
async fn a_page_can_be_kept() -> Outcome {
    let body = page("taxes", vec![tax("a"), tax("b")], Some(2));
    let server = Scripted::always(ScriptedResponse::json("200 OK", body)).await?;
    let taxes = server.client()?.taxes().list().await?;
    let kept = serde_json::to_string(&taxes)?;
    let back: Page<Tax> = serde_json::from_str(&kept)?;
    assert_eq!((back.len(), back.next_page()), (2, Some(2)));
    assert_eq!(back, taxes);
    let shape: Value = serde_json::from_str(&kept)?;
    assert_eq!(shape["items"][1]["code"], "b");
    assert_eq!(shape["meta"]["next_page"], 2);
    Ok(())
}

#[test]
fn decimals_compute_and_compare() {
    const PRICE: Decimal = decimal!("0.02");
    let fees = [PRICE * 12, PRICE * 88, decimal!("-0.50")];
    let total: Decimal = fees.iter().sum();
    assert_eq!(total.to_string(), "1.50");
    assert!(total > 1 && total < 2_u64 && total != 0);
    assert_eq!((total * 100).to_i64(), Some(150));
}
