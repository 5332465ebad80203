//! Requests that cannot be written: nothing is sent, and the error says where, what and what to do.

use std::error::Error;

use lago_client::types::{
    ChargeModel, ChargePropertiesInput, CouponUpdate, Currency, EvaluateExpressionEventInput,
    EvaluateExpressionInput, EventInput, GraduatedRangeInput, GraduatedRangeInputRequired,
    InvoicePreviewCouponInput, InvoicePreviewInput, PlanChargeInput, PlanInput, PlanInputRequired,
    PlanInterval, PlanUpdate, WalletTransactionInput,
};
use lago_client::{Call, Client, Request};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error>>;

const NUMBER: &str = r#"expected a number such as "12.50""#;
const OBJECT: &str = r#"expected a JSON object such as json!({"key": 1})"#;
const SECONDS: &str = "seconds since 1970 are expected, these may be milliseconds or less: divide them, or give a \
                       `DateTime`";

/// What a call that sends something wrong says.
async fn said<C: Call>(request: Request<C>) -> Result<String, Box<dyn Error>> {
    let error = request.await.err().ok_or("a success")?;
    assert!(
        error.is_usage() && !error.is_ambiguous() && error.attempts() == 0,
        "{error}"
    );
    assert!(
        !format!("{error:?}{error:#?}").contains("secret"),
        "{error:?}"
    );
    Ok(error.to_string())
}

/// Holds what is said of each place against what a call says, and sees that nothing is sent.
async fn assert_said(
    cases: impl AsyncFn(
        &Client,
    ) -> Result<Vec<(String, Vec<(&'static str, &'static str)>)>, Box<dyn Error>>,
) -> Outcome {
    let server = Scripted::always(ScriptedResponse::json("200 OK", json!({}))).await?;
    for (said, places) in cases(&server.client()?).await? {
        let expected: Vec<String> = places
            .iter()
            .map(|(place, why)| format!("`{place}`: {why}"))
            .collect();
        let expected = format!("the request cannot be written: {}", expected.join("; "));
        assert!(said.ends_with(&expected), "{said}\n{expected}");
    }
    assert_eq!(server.requests().len(), 0);
    Ok(())
}

fn event() -> EventInput {
    EventInput::new("api_calls", "sub_1")
}

/// A plan with a charge that is right, and one with these prices.
fn plan(prices: ChargePropertiesInput) -> PlanInput {
    let charge = || PlanChargeInput::new(Uuid::nil(), ChargeModel::Graduated);
    PlanInput::new(PlanInputRequired {
        name: "Pro".into(),
        code: "pro".into(),
        interval: Some(PlanInterval::Monthly),
        amount_cents: Some(4900),
        amount_currency: Currency::Eur,
        pay_in_advance: Some(true),
    })
    .charges([charge(), charge().properties(prices)])
}

fn range(per_unit: &str, flat: &str) -> GraduatedRangeInput {
    let range = GraduatedRangeInput::new(GraduatedRangeInputRequired {
        from_value: 0.into(),
        to_value: None,
        flat_amount: 0.into(),
        per_unit_amount: 0.into(),
    });
    range.flat_amount(flat).per_unit_amount(per_unit)
}

#[tokio::test]
async fn what_a_setter_refused_is_named_with_its_whole_path() -> Outcome {
    let prices = ChargePropertiesInput::new;
    assert_said(async |lago| {
        let wrong = event().properties(json!(["secret"]));
        let ranges = [range("1", "0"), range("secret", "secret")];
        let expression = EvaluateExpressionEventInput::new().timestamp(10_i64.pow(15));
        Ok(vec![
            (
                said(lago.events().create(wrong.clone())).await?,
                vec![("event.properties", OBJECT)],
            ),
            (
                said(lago.events().create_batch([event(), wrong])).await?,
                vec![("events[1].properties", OBJECT)],
            ),
            (
                said(lago.plans().create(plan(prices().amount("secret")))).await?,
                vec![("plan.charges[1].properties.amount", NUMBER)],
            ),
            (
                said(lago.plans().create(plan(prices().graduated_ranges(ranges)))).await?,
                vec![
                    (
                        "plan.charges[1].properties.graduated_ranges[1].flat_amount",
                        NUMBER,
                    ),
                    (
                        "plan.charges[1].properties.graduated_ranges[1].per_unit_amount",
                        NUMBER,
                    ),
                ],
            ),
            (
                said(
                    lago.coupons()
                        .update("a", CouponUpdate::new().percentage_rate("secret")),
                )
                .await?,
                vec![("coupon.percentage_rate", NUMBER)],
            ),
            (
                said(
                    lago.wallet_transactions()
                        .create(WalletTransactionInput::new(Uuid::nil()).paid_credits("secret")),
                )
                .await?,
                vec![("wallet_transaction.paid_credits", NUMBER)],
            ),
            // Bodies without a root key.
            (
                said(
                    lago.billable_metrics()
                        .evaluate_expression(EvaluateExpressionInput::new("1").event(expression)),
                )
                .await?,
                vec![("event.timestamp", SECONDS)],
            ),
            (
                said(
                    lago.invoices().preview(
                        InvoicePreviewInput::new().coupons([
                            InvoicePreviewCouponInput::new("x").percentage_rate("secret")
                        ]),
                    ),
                )
                .await?,
                vec![("coupons[0].percentage_rate", NUMBER)],
            ),
        ])
    })
    .await
}

/// Fields can be set past their setters, and events come from queues.
#[tokio::test]
async fn milliseconds_are_found_wherever_they_come_from() -> Outcome {
    assert_said(async |lago| {
        let mut late = event();
        late.timestamp = Some(1_651_240_791_123_i64.into());
        let queued = json!({
            "transaction_id": "t", "external_subscription_id": "s", "code": "c", "timestamp": "1651240791123",
        });
        let queued: EventInput = serde_json::from_value(queued)?;
        Ok(vec![
            (
                said(lago.events().create(queued)).await?,
                vec![("event.timestamp", SECONDS)],
            ),
            (
                said(lago.events().create_batch([event(), event(), event(), late])).await?,
                vec![("events[3].timestamp", SECONDS)],
            ),
        ])
    })
    .await
}

#[tokio::test]
async fn what_is_put_right_is_sent() -> Outcome {
    let server = Scripted::always(ScriptedResponse::json("200 OK", json!({"plan": {}}))).await?;
    let wrong = PlanUpdate::new().name("x");
    let mut plan = plan(ChargePropertiesInput::new().amount("secret"));
    for charge in plan.charges.iter_mut().flatten() {
        charge.properties = Some(ChargePropertiesInput::new().amount("1.5"));
    }
    let lago = server.client()?;
    // The responses say too little; what matters is what was sent.
    drop(lago.plans().create(plan).await);
    drop(lago.plans().update("pro", wrong).await);
    let sent: Vec<Value> = server
        .requests()
        .iter()
        .map(|request| serde_json::from_slice(&request.body))
        .collect::<Result<_, _>>()?;
    assert_eq!(
        sent[0]["plan"]["charges"][1]["properties"],
        json!({"amount": "1.5"})
    );
    assert_eq!(sent.len(), 2);
    Ok(())
}
