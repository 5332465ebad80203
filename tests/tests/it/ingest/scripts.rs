//! The laws of the decisions once more, with the real pipeline and real connections: over any script of faults the
//! store has what was sent without what was rejected, each event once.

use std::collections::{BTreeMap, BTreeSet};

use lago_client::RetryPolicy;
use lago_client::ingest::{Ambiguous, EventOutcome, Receipt};
use lago_tests::conform::extent;
use lago_tests::support::server::ScriptedResponse;

use super::store::{INVALID, UNNAMED};
use super::*;

/// A source of numbers that is the same for the same seed.
struct Rng(u64);

impl Rng {
    /// From 0 to one less than the bound.
    fn below(&mut self, bound: u64) -> u64 {
        // xorshift64*, by Vigna.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

/// What the server, or something before it, does with one request.
fn respond(rng: &mut Rng, faults: u64, store: &mut Store, request: &Captured) -> ScriptedResponse {
    let is_faulty = rng.below(100) < faults;
    let fault = rng.below(8);
    let mut post = |store: &mut Store| store.post(&request.body, || rng.below(10) == 0);
    if !is_faulty {
        return said(post(store));
    }
    let html = |status: &str| ScriptedResponse::new(status, &[], "<html></html>");
    match fault {
        0 => ScriptedResponse::raw([]).closing(),
        1 => {
            post(store);
            ScriptedResponse::raw([]).closing()
        }
        2 => {
            post(store);
            html("502 Bad Gateway")
        }
        3 => html("503 Service Unavailable"),
        4 => html("200 OK"),
        5 => unauthorized(),
        6 => ScriptedResponse::new("429 Too Many Requests", &[("retry-after", "3")], ""),
        _ => {
            post(store);
            ScriptedResponse::raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"events\":[")
                .closing()
        }
    }
}

async fn play(seed: u64, kind: Kind) -> Outcome {
    let mut rng = Rng(seed * 2 + 1);
    let mut store = Store::new(kind);
    store.max_events = 3 + rng.below(20) as usize;
    store.max_bytes = 1_500 + rng.below(5_000) as usize;
    let (faults, batch, in_flight) = (rng.below(60), 1 + rng.below(25), 1 + rng.below(5));
    let mut chance = Rng(seed + 77);
    let rule = Mutex::new(move |store: &mut Store, request: &Captured| {
        respond(&mut chance, faults, store, request)
    });
    let lago = Lago::with(store, move |store, request| lock(&rule)(store, request)).await?;
    let client = lago.server.builder().retry(RetryPolicy::new()).build()?;
    let builder = client
        .ingest()
        .batch_events(batch as usize)
        .max_in_flight(in_flight as usize);
    let builder = match kind {
        // Nothing in doubt is sent again where the store keeps every repeat.
        Kind::ClickHouseThatRepeats => builder.ambiguous(Ambiguous::Keep).dead_letters(drop),
        _ => builder,
    };
    let events = builder.start().await?;

    let mut sent: Vec<(Row, Receipt)> = Vec::new();
    for number in 0..20 + rng.below(40) as usize {
        let event = match rng.below(20) {
            0 => event(number).code(INVALID),
            1 => event(number).code(UNNAMED),
            // Some callers send an event twice.
            2 if number > 0 => event(number - 1),
            _ => event(number),
        };
        let receipt = events.send_with_receipt(event.clone()).await?;
        sent.push((store::row(event), receipt));
    }
    let report = tokio::time::timeout(FOR_EVER, events.shutdown(FOR_EVER)).await?;
    let keeps = kind == Kind::ClickHouseThatRepeats;
    assert_eq!(report.lost + report.spooled, 0, "{report:?}");
    assert!(keeps || report.in_doubt == 0, "{report:?}");
    assert_eq!(
        report.delivered + report.duplicates + report.rejected + report.in_doubt,
        sent.len() as u64
    );

    // Of each event how often it was delivered for sure, and how often in doubt.
    let mut outcomes: BTreeMap<Row, (usize, usize)> = BTreeMap::new();
    for (row, receipt) in sent {
        match receipt.await {
            EventOutcome::Delivered | EventOutcome::Duplicate => {
                outcomes.entry(row).or_default().0 += 1;
            }
            EventOutcome::InDoubt if keeps => outcomes.entry(row).or_default().1 += 1,
            EventOutcome::Rejected(_) => assert_ne!(row.2, "api_calls"),
            other => return Err(format!("{row:?} {other}").into()),
        }
    }
    check(&lock(&lago.store), &outcomes);
    Ok(())
}

/// What the store has is what was delivered to it, as far as a store of its kind lets anybody know.
fn check(store: &Store, outcomes: &BTreeMap<Row, (usize, usize)>) {
    let counts = store.counts();
    let stored: BTreeSet<&Row> = counts.keys().copied().collect();
    match store.kind {
        Kind::ClickHouseThatRepeats => {
            for (row, &(sure, doubtful)) in outcomes {
                let count = counts.get(row).copied().unwrap_or(0);
                assert!((sure..=sure + doubtful).contains(&count), "{row:?} {count}");
            }
        }
        // What it loses nobody is told; nothing else is missing.
        Kind::ClickHouseThatLoses => {
            let known: BTreeSet<&Row> = stored.into_iter().chain(&store.lost).collect();
            assert_eq!(known, outcomes.keys().collect());
        }
        Kind::Postgres | Kind::ClickHouse => {
            assert!(counts.values().all(|&count| count == 1), "{counts:?}");
            assert_eq!(stored, outcomes.keys().collect());
        }
    }
    let is_valid =
        |(_, _, code, _): &&Row| code == "api_calls" || store.kind == Kind::ClickHouseThatRepeats;
    assert!(outcomes.keys().all(|row| is_valid(&row)));
}

#[test]
fn the_store_has_every_event_once_whatever_happens_to_requests() -> Outcome {
    let scripts = if extent::is_whole() { 250 } else { 6 };
    for seed in 0..scripts {
        for kind in [
            Kind::Postgres,
            Kind::ClickHouse,
            Kind::ClickHouseThatRepeats,
            Kind::ClickHouseThatLoses,
        ] {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()?;
            let played = std::panic::catch_unwind(|| {
                runtime
                    .block_on(play(seed, kind))
                    .map_err(|error| error.to_string())
            });
            assert_eq!(played.ok(), Some(Ok(())), "script {seed} of {kind:?}");
        }
    }
    Ok(())
}
