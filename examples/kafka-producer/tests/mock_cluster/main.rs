//! The pipeline and its sink against brokers: librdkafka's mock cluster, which speaks Kafka's protocol on the loopback.

mod brokers;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lago_client::Client;
use lago_client::ingest::kafka::Encoder;
use lago_client::ingest::{
    BatchOutcome, DeadLetter, EventBatch, EventOutcome, Pipeline, PipelineBuilder, Sink, Verdict,
};
use lago_client::mock::MockServer;
use lago_client::types::EventInput;
use lago_kafka_producer::KafkaSink;
use rdkafka::ClientConfig;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use brokers::Brokers;

type Outcome = Result<(), Box<dyn Error>>;

const TOPIC: &str = "events-raw";
const PARTITIONS: i32 = 3;
/// So that a test that would hang fails.
const LONG: Duration = Duration::from_secs(120);

fn encoder() -> Encoder {
    Encoder::new(Uuid::from_u128(7))
}

fn event(number: usize) -> EventInput {
    EventInput::new("api_calls", format!("sub_{}", number % 20))
        .transaction_id(format!("t{number:05}"))
        .timestamp(1_700_000_000)
        .property("requests", number)
}

/// Tells what the sink says.
struct Tapped(KafkaSink, UnboundedSender<BatchOutcome>);

impl Sink for Tapped {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        let outcome = self.0.send(batch).await;
        // After the end of a test nobody listens.
        let _ = self.1.send(outcome.clone());
        outcome
    }
}

type Letters = Arc<Mutex<Vec<DeadLetter>>>;

struct Started {
    events: Pipeline,
    outcomes: UnboundedReceiver<BatchOutcome>,
    letters: Letters,
}

async fn start(
    config: &ClientConfig,
    set: impl FnOnce(PipelineBuilder) -> PipelineBuilder,
) -> Result<Started, Box<dyn Error>> {
    let (tap, outcomes) = unbounded_channel();
    let sink = Tapped(KafkaSink::new(config, TOPIC, encoder())?, tap);
    let letters = Letters::default();
    let kept = Arc::clone(&letters);
    // Nothing is asked of this address.
    let lago = Client::builder()
        .api_key("not-a-key")
        .base_url("http://127.0.0.1:9")
        .build()?;
    let builder = lago
        .ingest()
        .linger(Duration::from_millis(1))
        .dead_letters(move |letter| {
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(letter);
        });
    let events = set(builder).start_with(sink).await?;
    Ok(Started {
        events,
        outcomes,
        letters,
    })
}

impl Started {
    async fn outcome(&mut self) -> Result<BatchOutcome, Box<dyn Error>> {
        let outcome = tokio::time::timeout(LONG, self.outcomes.recv()).await?;
        Ok(outcome.ok_or("the sink is gone")?)
    }

    fn letters(&self) -> Vec<DeadLetter> {
        self.letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn once(numbers: std::ops::Range<usize>) -> BTreeMap<String, usize> {
    numbers.map(|number| (format!("t{number:05}"), 1)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_pipeline_accepts_is_in_the_topic_as_lago_reads_it() -> Outcome {
    let brokers = Brokers::start()?;
    let Started { events, .. } = start(&brokers.config(), |builder| builder).await?;
    for number in 0..2_000 {
        events.send(event(number)).await?;
    }
    let report = events.shutdown(LONG).await;
    assert_eq!((report.delivered, report.lost), (2_000, 0));
    assert_eq!(brokers.counts(&encoder())?, once(0..2_000));
    Ok(())
}

/// librdkafka repeats by itself what a broker does not take or what got lost; none of that is in the topic twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_producer_repeats_is_in_the_topic_once() -> Outcome {
    let brokers = Brokers::start()?;
    brokers.0.request_errors(
        RDKafkaApiKey::Produce,
        &[
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        ],
    );
    let Started { events, .. } = start(&brokers.config(), |builder| builder).await?;
    for number in 0..500 {
        events.send(event(number)).await?;
    }
    let report = events.shutdown(LONG).await;
    assert_eq!((report.delivered, report.lost), (500, 0));
    assert_eq!(brokers.counts(&encoder())?, once(0..500));
    Ok(())
}

/// One broker is down: what the others acknowledged is delivered, and not sent again with the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_which_a_part_was_acknowledged_is_delivered_in_part() -> Outcome {
    let brokers = Brokers::start()?;
    let mut config = brokers.config();
    config.set("message.timeout.ms", "3000");
    let mut started = start(&config, |builder| builder).await?;
    // So that the producer knows of all partitions before.
    started.events.send(event(0)).await?;
    assert_eq!(started.outcome().await?, BatchOutcome::Stored);

    brokers.0.broker_down(2)?;
    for number in 1..100 {
        started.events.try_send(event(number))?;
    }
    let (mut stored, mut failed) = (0, 0);
    while stored + failed < 99 {
        match started.outcome().await? {
            BatchOutcome::Each { verdicts, .. } => {
                let is_stored = |verdict: &&Verdict| **verdict == Verdict::Stored;
                let count = verdicts.iter().filter(is_stored).count();
                stored += count;
                failed += verdicts.len() - count;
            }
            outcome => return Err(format!("{outcome:?}").into()),
        }
    }
    assert!(stored > 0 && failed > 0, "{stored} {failed}");
    let stats = started.events.stats();
    assert!(stats.delivered <= 1 + stored as u64, "{stats:?}");

    brokers.0.broker_up(2)?;
    let report = started.events.shutdown(LONG).await;
    assert_eq!((report.delivered, report.lost), (100, 0));
    assert_eq!(brokers.counts(&encoder())?, once(0..100));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_delivered_that_no_broker_acknowledged() -> Outcome {
    let brokers = Brokers::start()?;
    brokers.0.broker_down(-1)?;
    let mut config = brokers.config();
    config.set("message.timeout.ms", "500");
    let mut started = start(&config, |builder| builder).await?;
    for number in 0..10 {
        started.events.send(event(number)).await?;
    }
    let outcome = started.outcome().await?;
    let BatchOutcome::Each { verdicts, .. } = &outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert!(
        verdicts
            .iter()
            .all(|verdict| matches!(verdict, Verdict::Failed { .. })),
        "{outcome:?}"
    );
    assert_eq!(started.events.stats().delivered, 0);
    let events = started.events.clone();
    let report = events.shutdown(Duration::ZERO).await;
    assert_eq!((report.delivered, report.lost), (0, 10));
    let lost = started.letters();
    assert_eq!(lost.len(), 10);
    assert!(
        lost.iter()
            .all(|letter| matches!(letter.outcome, EventOutcome::Lost { .. }))
    );

    brokers.0.broker_up(-1)?;
    assert_eq!(brokers.counts(&encoder())?, BTreeMap::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_no_message_is_a_dead_letter_and_holds_up_nobody() -> Outcome {
    let brokers = Brokers::start()?;
    let mut config = brokers.config();
    config.set("message.max.bytes", "4000");
    let started = start(&config, |builder| builder).await?;
    for number in 0..20 {
        let event = event(number);
        started
            .events
            .send(match number {
                3 => event.property("text", "x".repeat(5_000)),
                7 => event.precise_total_amount_cents("1e30"),
                _ => event,
            })
            .await?;
    }
    let letters = Arc::clone(&started.letters);
    let report = started.events.shutdown(LONG).await;
    assert_eq!((report.delivered, report.rejected, report.lost), (18, 2, 0));
    let letters = letters
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let mut said: Vec<_> = letters
        .iter()
        .map(|letter| letter.outcome.to_string())
        .collect();
    said.sort();
    assert_eq!(
        said,
        [
            "rejected: message_too_large",
            "rejected: precise_total_amount_cents: cannot_be_encoded",
        ]
    );
    let mut expected = once(0..20);
    expected.retain(|id, _| id != "t00003" && id != "t00007");
    assert_eq!(brokers.counts(&encoder())?, expected);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_that_may_not_write_pauses_the_pipeline_and_drops_nothing() -> Outcome {
    let brokers = Brokers::start()?;
    let denied = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED; 3];
    brokers.0.request_errors(RDKafkaApiKey::Produce, &denied);
    let mut started = start(&brokers.config(), |builder| builder).await?;
    started.events.send(event(0)).await?;
    let outcome = started.outcome().await?;
    let BatchOutcome::Blocked { reason, .. } = &outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert!(reason.contains("may not write"), "{reason}");
    assert_eq!(started.events.stats().queued, 1);
    let events = started.events.clone();
    let report = events.shutdown(Duration::ZERO).await;
    assert_eq!((report.delivered, report.lost), (0, 1));
    assert_eq!(started.letters().len(), 1);
    Ok(())
}

#[test]
fn idempotence_cannot_be_switched_off() -> Outcome {
    let brokers = Brokers::start()?;
    let mut config = brokers.config();
    config.set("enable.idempotence", "false").set("acks", "1");
    let refused = KafkaSink::new(&config, TOPIC, encoder())
        .err()
        .ok_or("it was taken")?;
    assert!(refused.to_string().contains("acks"), "{refused}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_produces_what_it_reads() -> Outcome {
    let brokers = Brokers::start()?;
    let server = MockServer::start().await?;
    let organization = server.client()?.organizations().get().await?.lago_id;
    let mut program = Command::new(env!("CARGO_BIN_EXE_lago-kafka-producer"))
        .env(
            "LAGO_KAFKA_BOOTSTRAP_SERVERS",
            brokers.0.bootstrap_servers(),
        )
        .env("LAGO_KAFKA_RAW_EVENTS_TOPIC", TOPIC)
        .env("LAGO_API_URL", server.url())
        .env("LAGO_API_KEY", "not-a-key")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = program.stdin.take().ok_or("no input")?;
    for number in 0..250 {
        writeln!(input, "{}", serde_json::to_string(&event(number))?)?;
    }
    writeln!(input, "\n{{}}")?;
    drop(input);
    let output = tokio::task::spawn_blocking(|| program.wait_with_output()).await??;
    let (said, wrong) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    assert_eq!(said, "250 delivered, 0 rejected, 0 lost\n", "{wrong}");
    assert!(
        wrong.contains("line 252 is no event: missing field"),
        "{wrong}"
    );
    assert!(!output.status.success(), "a line was no event");
    assert_eq!(brokers.counts(&Encoder::new(organization))?, once(0..250));
    Ok(())
}
