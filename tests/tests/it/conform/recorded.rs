//! What a check records, a replay takes.

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
use lago_tests::conform::live::{LiveError, Verdict, replayed};
use lago_tests::conform::recording::Recordings;
use lago_tests::support::clients::API_KEY;
use serde_json::json;
use tempfile::TempDir;

use super::{Outcome, checked, row, settings};

/// A server whose customer is a person, and who says the key again and again.
fn indiscreet(request: &ReceivedRequest) -> Option<MockResponse> {
    let response = match request.operation?.id {
        "findAllCustomers" => {
            let mut body = example("findAllCustomers").ok()?;
            body["customers"][0]["external_id"] = json!("jo@acme.test");
            body["customers"][0]["email"] = json!("jo@acme.test");
            body["customers"][0]["legal_name"] = json!("Jo Private");
            body["customers"][0]["phone"] = json!("0123 456");
            body["customers"][0]["surprise"] = json!(format!("it is {API_KEY}"));
            body["customers"][0][format!("of_{API_KEY}")] = json!(1);
            body["customers"][0]["currency"] = json!("jo@acme.test");
            MockResponse::new(200).json(body)
        }
        "findAllWallets" => MockResponse::new(403).json(json!({
            "status": 403, "error": format!("Bearer {API_KEY} may not"), "code": "forbidden",
        })),
        _ => return None,
    };
    Some(response.header("set-cookie", &format!("session={API_KEY}")))
}

#[tokio::test]
async fn a_recording_replays_and_has_no_secret_in_it() -> Outcome {
    let folder = TempDir::new()?;
    let server = MockServer::builder()
        .respond_with(indiscreet)
        .start()
        .await?;
    let mut settings = settings(&server)?;
    settings.record = Some(folder.path().to_owned());
    let found = checked(&settings).await?;
    assert_eq!(found.drifts.len(), 3, "{:?}", found.drifts);
    let shown = |pointer: &str| {
        let found = found.drifts.iter().find(|one| one.pointer == pointer);
        found.map(|one| {
            (
                one.observed.as_str(),
                one.entry.as_deref().unwrap_or_default(),
            )
        })
    };
    let (observed, _) = shown("/customers/0/surprise").ok_or("no drift")?;
    assert_eq!(observed, r#""it is masked-key""#);
    assert!(shown("/customers/0/of_masked-key").is_some());
    let (observed, entry) = shown("/customers/0/currency").ok_or("no drift")?;
    assert!(
        observed.contains("@masked.test") && entry.contains("@masked.test"),
        "{entry}"
    );

    let mut customers = 0;
    for file in std::fs::read_dir(folder.path().join("exchanges"))? {
        let text = std::fs::read_to_string(file?.path())?;
        for private in [
            API_KEY,
            "jo@acme.test",
            "jo%40acme",
            "Jo Private",
            "0123 456",
            "authorization",
            "cookie",
        ] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        customers +=
            usize::from(text.contains("/customers/masked-") && text.contains("%40masked%2Etest"));
    }
    assert!(customers > 5, "{customers}");

    let (again, report) = replayed(&Recordings::read(folder.path())?).await?;
    assert_eq!(report.apart, []);
    let places = |findings: &lago_tests::conform::live::Findings| -> Vec<(String, String)> {
        let drifts = findings.drifts.iter();
        drifts
            .map(|one| (one.operation.clone(), one.pointer.clone()))
            .collect()
    };
    assert_eq!(places(&again), places(&found));
    let called = found
        .rows
        .iter()
        .filter(|row| row.successes + row.errors > 0)
        .count();
    assert_eq!(again.rows.len(), called);
    assert_eq!(row(&again, "findAllWallets")?.verdict, Verdict::Refused);

    // What is there already would be replayed with what is new.
    let refused = checked(&settings).await.unwrap_err();
    assert!(matches!(refused, LiveError::Recording(_)), "{refused:?}");
    Ok(())
}
