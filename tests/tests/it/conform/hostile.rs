//! Servers that say what no document says: the verdict, the place, and what is shown of it.

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
use lago_tests::conform::live::{Deviation, Drift, Findings, LiveError, Verdict, deviations};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::document::Document;
use lago_tests::support::yaml;
use serde_json::{Value, json};

use super::{Outcome, checked, row, settings};

/// The example of a list, changed in its first element.
fn changed(operation: &str, place: &str, value: Value) -> Outcome<MockResponse> {
    let mut body = example(operation)?;
    let (owner, name) = place.rsplit_once('/').ok_or("no place")?;
    body.pointer_mut(owner).ok_or("no owner")?[name] = value;
    Ok(MockResponse::new(200).json(body))
}

fn without(operation: &str, owner: &str, name: &str) -> Outcome<MockResponse> {
    let mut body = example(operation)?;
    let owner = body.pointer_mut(owner).and_then(Value::as_object_mut);
    owner
        .and_then(|owner| owner.remove(name))
        .ok_or("no such property")?;
    Ok(MockResponse::new(200).json(body))
}

async fn findings(responses: Vec<(&'static str, MockResponse)>) -> Outcome<Findings> {
    let server = MockServer::start().await?;
    for (operation, response) in responses {
        server.respond(operation, response)?;
    }
    Ok(checked(&settings(&server)?).await?)
}

fn drift<'f>(findings: &'f Findings, operation: &str) -> Outcome<&'f Drift> {
    let mut found = findings
        .drifts
        .iter()
        .filter(|drift| drift.operation == operation);
    let first = found
        .next()
        .ok_or_else(|| format!("no drift of {operation}"))?;
    assert_eq!(found.next(), None);
    Ok(first)
}

#[tokio::test]
async fn an_example_of_everything_has_no_drift() -> Outcome {
    let findings = findings(Vec::new()).await?;
    assert_eq!(findings.drifts, []);
    assert_eq!(findings.status(), 0);
    let not_ok: Vec<_> = findings
        .rows
        .iter()
        .filter(|row| row.verdict != Verdict::Ok)
        .collect();
    assert!(not_ok.is_empty(), "{not_ok:?}");
    assert!(findings.rows.len() > 100, "{}", findings.rows.len());
    Ok(())
}

/// The operation, and of its drift: the pointer, the kind, what is shown, the target of its entry; the response.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    MockResponse,
);

#[tokio::test]
async fn each_drift_has_its_place_and_an_entry_that_mends_it() -> Outcome {
    let surprise = json!({ "email": "jo@acme.test", "deep": [7] });
    let cases: [Case; 9] = [
        (
            "findAllTaxes",
            "/taxes/0/surprise",
            "extra property",
            r#"{"email":"masked-1@masked.test","deep":[7]}"#,
            Some("TaxObject"),
            changed("findAllTaxes", "/taxes/0/surprise", surprise)?,
        ),
        (
            "findAllAddOns",
            "/add_ons/0/amount_cents",
            "other type",
            "true",
            Some("AddOnObject.amount_cents"),
            changed("findAllAddOns", "/add_ons/0/amount_cents", json!(true))?,
        ),
        (
            "findAllCoupons",
            "/coupons/0/name",
            "other type",
            "(masked: name, a list)",
            Some("CouponObject.name"),
            changed("findAllCoupons", "/coupons/0/name", json!(["Jo"]))?,
        ),
        (
            "findAllFeatures",
            "/features/0/code",
            "null",
            "null",
            Some("FeatureObject.code"),
            changed("findAllFeatures", "/features/0/code", Value::Null)?,
        ),
        (
            "findAllPlans",
            "/plans/0/interval",
            "new enum value",
            r#""fortnightly""#,
            Some("PlanObject.interval"),
            changed("findAllPlans", "/plans/0/interval", json!("fortnightly"))?,
        ),
        (
            "findAllFees",
            "/fees/0/created_at",
            "other format",
            r#""yesterday""#,
            None,
            changed("findAllFees", "/fees/0/created_at", json!("yesterday"))?,
        ),
        (
            "findAllWebhookEndpoints",
            "/webhook_endpoints/0/webhook_url",
            "missing",
            "nothing",
            Some("WebhookEndpointObject.webhook_url"),
            without(
                "findAllWebhookEndpoints",
                "/webhook_endpoints/0",
                "webhook_url",
            )?,
        ),
        (
            "findAllWallets",
            "",
            "other type",
            r#""<html>jo…""#,
            None,
            MockResponse::new(200).text("<html>jo"),
        ),
        (
            "findAllQuotes",
            "/quotes",
            "missing",
            "nothing",
            None,
            without("findAllQuotes", "", "quotes")?,
        ),
    ];
    let responses = cases.iter().map(|case| (case.0, case.5.clone())).collect();
    let findings = findings(responses).await?;
    assert_eq!(findings.status(), 1);
    let document = Document::read()?;
    let operations = document.operations();
    for (id, pointer, kind, observed, target, _) in &cases {
        let drift = drift(&findings, id)?;
        assert_eq!(
            (drift.pointer.as_str(), drift.kind),
            (*pointer, *kind),
            "{drift:?}"
        );
        assert_eq!(row(&findings, id)?.verdict, Verdict::Drift);
        let is_html = pointer.is_empty();
        assert_eq!(
            drift.observed,
            if is_html { r#""<html>jo""# } else { observed },
            "{drift:?}"
        );
        let Some(entry) = &drift.entry else {
            assert_eq!(*target, None, "{drift:?}");
            continue;
        };
        let entries = yaml::parse(entry)?;
        if let Some(target) = target {
            assert_eq!(entries[0]["target"], *target);
        }
        // With the entry in the overlay the same response is as the document says.
        let amended = document.amended(&entries)?;
        let operation = operations
            .iter()
            .find(|known| known.id == *id)
            .ok_or("no operation")?;
        let mut body = example(id)?;
        let (owner, name) = pointer.rsplit_once('/').ok_or("no place")?;
        let owner = body.pointer_mut(owner).ok_or("no owner")?;
        match *id {
            "findAllTaxes" => owner[name] = json!({ "email": "jo@acme.test", "deep": [7] }),
            "findAllWebhookEndpoints" => {
                owner.as_object_mut().and_then(|owner| owner.remove(name));
            }
            "findAllCoupons" => owner[name] = json!(["Jo"]),
            "findAllFees" => owner[name] = json!("yesterday"),
            _ => owner[name] = serde_json::from_str(observed)?,
        }
        let schema = operation.response.as_ref().ok_or("no schema")?;
        let address = format!("GET {} 200", operation.path);
        let there = |document: &Document| -> Vec<Deviation> {
            let found = deviations(document, schema, &address, &body).into_iter();
            found.filter(|one| one.pointer == *pointer).collect()
        };
        assert_eq!(there(&document).len(), 1);
        assert_eq!(there(&amended), [], "{entry}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_response_of_lago_has_a_verdict_of_its_own() -> Outcome {
    let html = || MockResponse::new(502).text("<html>Bad gateway</html>");
    let odd = json!({ "status": 422, "error": "Unprocessable", "code": 5 });
    let echo = json!({ "status": 403, "error": "Forbidden", "code": format!("no {API_KEY}") });
    let findings = findings(vec![
        (
            "findAllCustomers",
            MockResponse::new(401).json(json!({ "status": 401, "error": "Unauthorized" })),
        ),
        (
            "findAllInvoices",
            MockResponse::new(500).json(json!({ "status": 500, "error": "Oh" })),
        ),
        ("findAllFees", MockResponse::hang_up()),
        ("findAllEvents", html()),
        ("findAllPayments", MockResponse::new(422).json(odd)),
        ("findAllCreditNotes", MockResponse::new(403).json(echo)),
        ("findAllPaymentReceipts", MockResponse::new(500)),
    ])
    .await?;
    let said = |id: &str| row(&findings, id).map(|row| (row.verdict, row.why.clone()));
    assert_eq!(
        said("findAllCustomers")?,
        (Verdict::Refused, "401 Unauthorized".to_owned())
    );
    assert_eq!(
        said("findAllInvoices")?,
        (Verdict::Refused, "500 Oh".to_owned())
    );
    assert_eq!(
        said("findAllEvents")?,
        (
            Verdict::Refused,
            "502 not in JSON as Lago writes it".to_owned()
        )
    );
    assert_eq!(
        said("findAllCreditNotes")?,
        (Verdict::Refused, "403 no masked-key".to_owned())
    );
    assert_eq!(
        said("findAllPaymentReceipts")?,
        (Verdict::Refused, "500 with nothing said".to_owned())
    );
    let (verdict, why) = said("findAllFees")?;
    assert_eq!(verdict, Verdict::NotReachable);
    assert!(why.contains("connection"), "{why}");
    // What hung up listed nothing.
    let (verdict, why) = said("findAllCustomerInvoices")?;
    assert_eq!(
        (verdict, why.as_str()),
        (
            Verdict::NotReachable,
            "customers.list has nothing to ask for"
        )
    );
    let odd = drift(&findings, "findAllPayments")?;
    assert_eq!(
        (odd.pointer.as_str(), odd.kind, odd.observed.as_str()),
        ("/code", "error", "5")
    );
    assert_eq!(odd.entry, None);
    assert_eq!(findings.drifts.len(), 1, "{:?}", findings.drifts);
    Ok(())
}

#[tokio::test]
async fn errors_are_asked_for_and_looked_at() -> Outcome {
    let absent = |request: &ReceivedRequest| {
        let is_absent = request.target.contains("absent") || request.target.contains("0000000");
        is_absent.then(|| MockResponse::error(404, "not_there"))
    };
    let server = MockServer::builder().respond_with(absent).start().await?;
    let findings = checked(&settings(&server)?).await?;
    assert_eq!(findings.drifts, []);
    let plan = row(&findings, "findPlan")?;
    assert_eq!(
        (plan.verdict, plan.successes, plan.errors),
        (Verdict::Ok, 1, 1)
    );
    Ok(())
}

#[tokio::test]
async fn without_a_server_or_a_key_there_is_no_check() -> Outcome {
    let server = MockServer::builder().api_key("another").start().await?;
    let settings = settings(&server)?;
    let refused = checked(&settings).await;
    assert!(matches!(refused, Err(LiveError::Key)), "{refused:?}");
    assert_eq!(server.requests().len(), 1);
    server.stop().await;
    let gone = checked(&settings).await.unwrap_err();
    assert!(matches!(gone, LiveError::Silent(_)), "{gone:?}");
    assert!(gone.to_string().contains("--url"), "{gone}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_goes_away_is_not_waited_for() -> Outcome {
    let server = MockServer::builder()
        .respond_with(|request| {
            let first = request
                .operation
                .is_some_and(|one| one.id == "findAllBillableMetrics");
            (!first).then(MockResponse::hang_up)
        })
        .start()
        .await?;
    let findings = checked(&settings(&server)?).await?;
    assert_eq!(server.requests().len(), 4);
    assert_eq!(
        findings.incomplete.as_deref(),
        Some("the server stopped responding")
    );
    assert_eq!(findings.status(), 2);
    let why = &row(&findings, "findAllWallets")?.why;
    assert_eq!(why, "the check ended before");
    Ok(())
}

#[tokio::test]
async fn the_api_may_begin_below_the_root_of_a_server() -> Outcome {
    let server = MockServer::start().await?;
    let mut settings = settings(&server)?;
    settings.url.set_path("/api/v1/");
    assert_eq!(checked(&settings).await?.status(), 0);
    settings.url.set_path("/lago");
    let findings = checked(&settings).await?;
    let plans = row(&findings, "findAllPlans")?;
    assert_eq!(
        (plans.verdict, plans.why.as_str()),
        (Verdict::Refused, "404 resource_not_found")
    );
    assert_eq!(findings.status(), 2, "nothing could be looked at");
    Ok(())
}
