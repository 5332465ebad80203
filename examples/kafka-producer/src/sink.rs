//! The sink: it hands every message of a batch to librdkafka, and waits for the report of each.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::Utc;
use lago_client::ingest::kafka::{Encoder, Message};
use lago_client::ingest::{BatchOutcome, EventBatch, Sink};
use rdkafka::ClientConfig;
use rdkafka::ClientContext;
use rdkafka::bindings::{rd_kafka_message_status, rd_kafka_msg_status_t};
use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use tokio::sync::oneshot;

use crate::report::{Report, outcome};

type EventProducer = ThreadedProducer<Reports>;

/// Produces events to a topic, idempotently. An event is delivered once the brokers acknowledged it.
pub struct KafkaSink {
    config: ClientConfig,
    topic: String,
    encoder: Encoder,
    producer: RwLock<Arc<EventProducer>>,
}

impl KafkaSink {
    /// A sink for this topic: the one that Lago reads, its `LAGO_KAFKA_RAW_EVENTS_TOPIC`.
    ///
    /// The configuration is librdkafka's, `bootstrap.servers` first of all. `enable.idempotence` is always on, so that
    /// what the producer repeats by itself is in the topic once; what does not go with it, such as `acks=1`, is refused.
    ///
    /// # Errors
    /// When librdkafka does not take the configuration.
    pub fn new(
        config: &ClientConfig,
        topic: impl Into<String>,
        encoder: Encoder,
    ) -> KafkaResult<Self> {
        let mut config = config.clone();
        config.set("enable.idempotence", "true");
        let producer = RwLock::new(Arc::new(create(&config)?));
        Ok(Self {
            config,
            topic: topic.into(),
            encoder,
            producer,
        })
    }

    /// The producer; another one when librdkafka gave the last one up for good, which it does when it could not
    /// promise any longer that nothing is in the topic twice.
    fn producer(&self) -> Arc<EventProducer> {
        let current = Arc::clone(&self.producer.read().unwrap_or_else(PoisonError::into_inner));
        if !is_given_up(&current) {
            return current;
        }
        let mut producer = self
            .producer
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if is_given_up(&producer)
            && let Ok(another) = create(&self.config)
        {
            *producer = Arc::new(another);
        }
        release(current);
        Arc::clone(&producer)
    }

    /// The report of a message, when it comes; at once when the producer does not take it.
    fn produce(
        &self,
        producer: &EventProducer,
        message: &Message,
    ) -> Result<oneshot::Receiver<Report>, Report> {
        let (sender, report) = oneshot::channel();
        let record = BaseRecord::with_opaque_to(&self.topic, Box::new(sender));
        match producer.send(record.key(&message.key).payload(&message.value)) {
            Ok(()) => Ok(report),
            Err((error, _)) => {
                let code = error.rdkafka_error_code();
                Err(Report::NotQueued(code.unwrap_or(RDKafkaErrorCode::Fail)))
            }
        }
    }
}

impl Sink for KafkaSink {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        // What expires in Lago's consumers counts from the attempt.
        let messages = match self.encoder.encode_batch(&batch, Utc::now()) {
            Ok(messages) => messages,
            Err(refused) => return refused,
        };
        let producer = self.producer();
        // All of them first: librdkafka sends together what lies in its queue together.
        let waiting: Vec<_> = messages
            .iter()
            .map(|message| self.produce(&producer, message))
            .collect();
        let mut reports = Vec::with_capacity(waiting.len());
        for report in waiting {
            reports.push(match report {
                Ok(report) => report.await.unwrap_or(Report::Untold),
                Err(at_once) => at_once,
            });
        }
        release(producer);
        outcome(&reports)
    }
}

fn is_given_up(producer: &EventProducer) -> bool {
    producer.client().fatal_error().is_some()
}

/// Whoever is the last to hold a producer ends it, which takes its time.
fn release(producer: Arc<EventProducer>) {
    if is_given_up(&producer) {
        tokio::task::spawn_blocking(move || drop(producer));
    }
}

fn create(config: &ClientConfig) -> KafkaResult<EventProducer> {
    config.create_with_context(Reports)
}

/// Takes the reports of librdkafka.
struct Reports;

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<oneshot::Sender<Report>>;

    fn delivery(&self, result: &DeliveryResult<'_>, sender: Self::DeliveryOpaque) {
        let report = match result {
            Ok(_) => Report::Acknowledged,
            Err((error, message)) => {
                // SAFETY: the message is librdkafka's own and lives until this returns.
                let status = unsafe { rd_kafka_message_status(message.ptr()) };
                let code = error.rdkafka_error_code();
                Report::GivenUp {
                    code: code.unwrap_or(RDKafkaErrorCode::Fail),
                    is_absent: status == rd_kafka_msg_status_t::RD_KAFKA_MSG_STATUS_NOT_PERSISTED,
                }
            }
        };
        // Nobody waits any longer when the pipeline has ended.
        let _ = sender.send(report);
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_char;
    use std::time::Duration;

    use lago_client::Client;
    use lago_client::types::EventInput;
    use rdkafka::bindings::rd_kafka_test_fatal_error;
    use rdkafka::mocking::MockCluster;
    use rdkafka::types::RDKafkaRespErr;

    use super::*;

    const REASON: &[u8] = b"made up\0";

    /// Tells librdkafka to give the producer up, each time before a batch is sent.
    struct GivenUp(KafkaSink);

    impl Sink for GivenUp {
        async fn send(&self, batch: EventBatch) -> BatchOutcome {
            let producer = self.0.producer();
            let code = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
            // SAFETY: the producer lives, and the reason ends with a zero.
            unsafe {
                let reason = REASON.as_ptr().cast::<c_char>();
                rd_kafka_test_fatal_error(producer.client().native_ptr(), code, reason);
            }
            assert!(is_given_up(&producer));
            let outcome = self.0.send(batch).await;
            assert!(!is_given_up(&self.0.producer()));
            release(producer);
            outcome
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_producer_that_was_given_up_makes_place_for_another()
    -> Result<(), Box<dyn std::error::Error>> {
        let cluster = MockCluster::new(1)?;
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", cluster.bootstrap_servers());
        let organization = "1a901a90-1a90-1a90-1a90-1a901a901a90".parse()?;
        let sink = GivenUp(KafkaSink::new(
            &config,
            "events-raw",
            Encoder::new(organization),
        )?);
        let lago = Client::builder()
            .api_key("not-a-key")
            .base_url("http://127.0.0.1:9")
            .build()?;
        let events = lago.ingest().batch_events(1).start_with(sink).await?;
        for _ in 0..3 {
            events.send(EventInput::new("api_calls", "sub_1")).await?;
        }
        let report = events.shutdown(Duration::from_secs(60)).await;
        assert_eq!((report.delivered, report.lost), (3, 0));
        Ok(())
    }
}
