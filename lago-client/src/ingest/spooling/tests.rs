//! Dead letters that cannot be kept, by a pipeline whose server, spool and time are of the test's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::stream;
use lago_types::EventInput;
use tokio::time::{Instant, sleep};

use super::super::notice::Notice;
use super::super::outcome::{BatchOutcome, Fault, Rejection};
use super::super::sink::{EventBatch, Sink};
use super::super::spool::{Position, Spool, SpoolError};
use super::super::{Pipeline, PipelineBuilder};
use crate::client::Client;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// So that a test that would hang fails; in paused time that takes none.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Refuses what has this code, and counts how often that was sent.
const BAD: &str = "bad_code";

struct Refusing(Arc<AtomicUsize>);

impl Sink for Refusing {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        let is_bad = |json: &[u8]| String::from_utf8_lossy(json).contains(BAD);
        let bad = batch.events().enumerate().filter(|(_, json)| is_bad(json));
        let refused = |(index, _)| (index, Fault::Invalid(Rejection::new(Some(422))));
        let refused: Vec<_> = bad.map(refused).collect();
        self.0.fetch_add(refused.len(), SeqCst);
        match refused.is_empty() {
            true => BatchOutcome::Stored,
            false => BatchOutcome::Refused(refused),
        }
    }
}

/// A spool in memory.
#[derive(Default)]
struct Memory {
    records: Vec<Vec<u8>>,
    done: BTreeSet<u64>,
}

impl Spool for Memory {
    fn append(&mut self, records: &[&[u8]]) -> Result<Position, SpoolError> {
        let first = self.end();
        self.records
            .extend(records.iter().map(|record| record.to_vec()));
        Ok(first)
    }

    fn read(
        &mut self,
        from: Position,
        max_records: usize,
        _: usize,
    ) -> Result<Vec<(Position, Vec<u8>)>, SpoolError> {
        let from = usize::try_from(from.get()).expect("a place in memory");
        let records = (0_u64..).zip(&self.records).skip(from);
        let wanted = records.filter(|(at, _)| !self.done.contains(at));
        Ok(wanted
            .take(max_records)
            .map(|(at, record)| (Position::new(at), record.clone()))
            .collect())
    }

    fn acknowledge(&mut self, positions: &[Position]) -> Result<(), SpoolError> {
        self.done
            .extend(positions.iter().map(|position| position.get()));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), SpoolError> {
        Ok(())
    }

    fn unacknowledged(&self) -> u64 {
        (self.records.len() - self.done.len()) as u64
    }

    fn end(&self) -> Position {
        Position::new(self.records.len() as u64)
    }
}

/// A place for letters that works or not, and what is known of the pipeline.
#[derive(Clone, Default)]
struct Place {
    works: Arc<AtomicBool>,
    /// How often each event was kept.
    kept: Arc<Mutex<BTreeMap<Vec<u8>, usize>>>,
    notices: Arc<Mutex<Vec<Notice>>>,
    /// How often events were sent that the server refuses.
    refused: Arc<AtomicUsize>,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    async fn start(&self) -> Result<Pipeline, Box<dyn std::error::Error>> {
        let client = Client::builder()
            .api_key("key")
            .base_url("http://127.0.0.1:1");
        let (place, notices) = (self.clone(), Arc::clone(&self.notices));
        let builder: PipelineBuilder = client
            .build()?
            .ingest()
            .spool_with(Memory::default())
            .notices(move |notice| lock(&notices).push(notice))
            .keep_dead_letters(move |letter| {
                if !place.works.load(SeqCst) {
                    return Err("no room: make some".to_owned());
                }
                *lock(&place.kept).entry(letter.json.into()).or_default() += 1;
                Ok(())
            });
        let sink = Refusing(Arc::clone(&self.refused));
        Ok(builder.start_with(sink).await?)
    }

    fn told(&self) -> Vec<Notice> {
        lock(&self.notices).clone()
    }
}

fn event(number: usize, code: &str) -> EventInput {
    EventInput::new(code, "sub_1")
        .transaction_id(format!("t{number}"))
        .timestamp(1_700_000_000)
}

#[tokio::test(start_paused = true)]
async fn an_event_whose_letter_cannot_be_kept_is_failing_until_it_is() -> Outcome {
    let place = Place::default();
    let events = place.start().await?;
    events.send(event(0, BAD)).await?;
    while place.told().is_empty() {
        sleep(Duration::from_millis(100)).await;
    }
    let [Notice::Failing(failure)] = &place.told()[..] else {
        return Err(format!("{:?}", place.told()).into());
    };
    assert_eq!(failure.reason, "no room: make some");
    assert!(failure.others_succeed && !failure.is_paused);
    assert_eq!((failure.attempts, failure.queued), (1, 1));

    sleep(Duration::from_secs(600)).await;
    let stats = events.stats();
    assert_eq!((stats.queued, stats.rejected, stats.lost), (1, 0, 0));
    let failing = stats.failing.ok_or("nothing fails")?;
    assert!(failing.lasts >= Duration::from_secs(570), "{failing}");
    // At 0, 60, 180 and 420 seconds, or with the first attempt after that.
    assert_eq!(place.told().len(), 4, "{:?}", place.told());
    let refused = place.refused.load(SeqCst);
    assert!((18..=21).contains(&refused), "{refused}");

    place.works.store(true, SeqCst);
    events.flush().await;
    let stats = events.stats();
    assert_eq!((stats.queued, stats.rejected, stats.failing), (0, 1, None));
    // That they get through is said when one does.
    assert_eq!(place.told().len(), 4);
    events.send(event(1, "good")).await?;
    events.flush().await;
    assert!(matches!(place.told()[..], [.., Notice::Delivering { .. }]));
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.rejected, report.lost), (1, 1, 0));
    assert!(lock(&place.kept).values().eq(&[1]));
    Ok(())
}

/// More than are in memory at once; each is kept once when that works again, and soon.
#[tokio::test(start_paused = true)]
async fn any_number_of_them_are_in_nobodys_way_and_kept_once() -> Outcome {
    const BADS: usize = 5_000;
    let place = Place::default();
    let events = place.start().await?;
    let bad = (0..BADS).map(|number| event(number, BAD));
    events.send_all(stream::iter(bad)).await?;
    events.send(event(BADS, "good")).await?;
    while events.stats().delivered == 0 {
        sleep(Duration::from_millis(100)).await;
    }
    sleep(Duration::from_secs(600)).await;
    assert_eq!(events.stats().queued, BADS as u64);
    // One at a time goes to find out.
    let refused = place.refused.load(SeqCst);
    assert!((BADS..BADS + 25).contains(&refused), "{refused}");

    place.works.store(true, SeqCst);
    let start = Instant::now();
    events.flush().await;
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(lock(&place.kept).len(), BADS);
    assert!(lock(&place.kept).values().all(|times| *times == 1));
    assert_eq!(events.stats().failing, None);
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(
        (
            report.delivered,
            report.rejected,
            report.spooled,
            report.lost
        ),
        (1, BADS as u64, 0, 0)
    );
    Ok(())
}

/// Nothing is to be expected of another try: the next process has it.
#[tokio::test(start_paused = true)]
async fn an_end_does_not_wait_for_a_letter_that_cannot_be_kept() -> Outcome {
    let place = Place::default();
    let events = place.start().await?;
    events.send(event(0, BAD)).await?;
    events.send(event(1, "good")).await?;
    let start = Instant::now();
    let report = events.shutdown(FOR_EVER).await;
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(
        (
            report.delivered,
            report.rejected,
            report.spooled,
            report.lost
        ),
        (1, 0, 1, 0)
    );
    Ok(())
}
