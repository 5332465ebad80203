//! The findings of recordings, in the form of those of a live server.

use std::collections::BTreeMap;

use super::drift::{Drift, drifts};
use super::findings::{Findings, Ledger, Row, Verdict};
use super::mask::Masks;
use crate::conform::recording::Recordings;
use crate::conform::replay::{Failure, Replayer, Report, route};

/// What a report says of each operation and each type of webhook.
fn findings(recordings: &Recordings, report: &Report, replayer: &Replayer) -> Findings {
    let mut masks = Masks::default();
    let mut ledger = Ledger::new();
    let mut failures: BTreeMap<&str, Vec<Failure>> = BTreeMap::new();
    for failure in &report.failures {
        let of_the_file = failures.entry(failure.file.as_str()).or_default();
        of_the_file.push(failure.clone());
    }
    for exchange in &recordings.exchanges {
        let Some((operation, _)) = route(&exchange.method, &exchange.path) else {
            continue;
        };
        let failures = failures.remove(exchange.file.as_str()).unwrap_or_default();
        let mut described = replayer.operations().iter();
        if let Some(described) = described.find(|known| known.id == operation.id) {
            let document = replayer.document();
            ledger.drifted(drifts(document, described, exchange, &failures, &mut masks));
        }
        ledger.said(operation, exchange, false, &mut masks);
    }
    let mut findings = ledger.findings(|_| None);
    let mut others: Vec<Drift> = Vec::new();
    for failure in failures.into_values().flatten() {
        others.push(of_no_exchange(&failure, &mut masks));
    }
    findings.rows.extend(webhooks(recordings, report, &others));
    findings.drifts.extend(others);
    findings
}

/// A row for each type of webhook that was recorded.
fn webhooks(recordings: &Recordings, report: &Report, drifts: &[Drift]) -> Vec<Row> {
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    for delivery in &recordings.deliveries {
        if report.apart.iter().any(|apart| apart.file == delivery.file) {
            continue;
        }
        let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        let name = body["webhook_type"].as_str().unwrap_or("webhook");
        *types.entry(name.to_owned()).or_default() += 1;
    }
    let rows = types.into_iter().map(|(id, successes)| {
        let places = drifts.iter().filter(|drift| drift.operation == id).count();
        let (verdict, why) = match places {
            0 => (Verdict::Ok, String::new()),
            places => (Verdict::Drift, format!("{places} below")),
        };
        let place = "webhook".to_owned();
        Row {
            id,
            place,
            verdict,
            why,
            successes,
            errors: 0,
        }
    });
    rows.collect()
}

/// What is wrong with a delivery, or with what is expected to differ.
fn of_no_exchange(failure: &Failure, masks: &mut Masks) -> Drift {
    Drift {
        operation: failure.about.clone(),
        pointer: super::drift::pointer(&failure.path),
        kind: match failure.what.starts_with("expected ") {
            true => "lost",
            false => "unreadable",
        },
        observed: format!("see {}", failure.file),
        document: masks.message(&failure.what),
        entry: None,
        status: 0,
        times: 1,
    }
}

/// Replays recordings.
///
/// # Errors
///
/// openapi.yaml cannot be read or no server can be started.
pub async fn replayed(
    recordings: &Recordings,
) -> Result<(Findings, Report), crate::conform::replay::ReplayError> {
    let mut replayer = Replayer::start().await?;
    let report = replayer.all(recordings).await;
    let findings = findings(recordings, &report, &replayer);
    Ok((findings, report))
}
