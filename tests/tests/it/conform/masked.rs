//! What is recorded of a server has nothing in it that is private, and replays as the server's own words do.

use std::path::Path;

use lago_tests::conform::live::{Masks, deviations, replayed};
use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::route;
use lago_tests::support::document::Document;

use super::Outcome;

fn recorded() -> Outcome<Recordings> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    Ok(Recordings::read(&folder)?)
}

#[tokio::test]
async fn real_responses_replay_when_they_are_masked() -> Outcome {
    let mut recordings = recorded()?;
    recordings.deliveries.clear();
    recordings.accepted.clear();
    let mut masks = Masks::new("a-key-that-is-nowhere");
    let mut as_they_were = 0;
    for exchange in &mut recordings.exchanges {
        let masked = masks.exchange(exchange);
        as_they_were += usize::from(masked.response_body == exchange.response_body);
        *exchange = masked;
    }
    assert!(
        as_they_were < recordings.exchanges.len() / 2,
        "{as_they_were}"
    );
    let text: String = recordings
        .exchanges
        .iter()
        .map(|one| one.response_body.to_string())
        .collect();
    for private in [
        "Penfield",
        "Gavin",
        "hooli.com",
        "@piedpiper",
        "@example.com",
        "EU123456789",
        "91364",
        "eyJ",
    ] {
        assert!(!text.contains(private), "{private}");
    }
    let (findings, report) = replayed(&recordings).await?;
    // Requests that the client cannot say are accepted in the originals.
    let failures: Vec<_> = report
        .failures
        .iter()
        .filter(|one| !one.path.starts_with("request"))
        .collect();
    assert!(failures.is_empty(), "{failures:?}");
    let drifts: Vec<_> = findings
        .drifts
        .iter()
        .filter(|one| one.kind != "request")
        .collect();
    assert!(drifts.is_empty(), "{drifts:?}");
    Ok(())
}

#[test]
fn no_real_response_is_taken_for_a_drift_of_its_schema() -> Outcome {
    use lago_tests::conform::live::Kind;

    let document = Document::read()?;
    let operations = document.operations();
    let mut looked_at = 0;
    for exchange in recorded()?.exchanges.iter().filter(|one| one.status < 300) {
        let Some((operation, _)) = route(&exchange.method, &exchange.path) else {
            continue;
        };
        let described = operations
            .iter()
            .find(|known| known.id == operation.id)
            .ok_or("none")?;
        let Some(schema) = described
            .response
            .as_ref()
            .filter(|_| !exchange.response_body.is_null())
        else {
            continue;
        };
        looked_at += 1;
        let found = deviations(&document, schema, "", &exchange.response_body);
        // These two a client may keep all the same, which the replay says.
        let is_certain = |kind: Kind| !matches!(kind, Kind::Extra | Kind::Type);
        let certain: Vec<_> = found.iter().filter(|one| is_certain(one.kind)).collect();
        assert!(certain.is_empty(), "{}: {certain:?}", exchange.file);
    }
    assert!(looked_at > 600, "{looked_at}");
    Ok(())
}
