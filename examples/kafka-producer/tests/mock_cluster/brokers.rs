//! Brokers for the tests, and what is in their topic.

use std::collections::BTreeMap;
use std::error::Error;

use chrono::NaiveDateTime;
use lago_client::ingest::kafka::{Encoder, Message};
use lago_client::types::EventInput;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::{LONG, PARTITIONS, TOPIC, event};

/// Key and value.
pub(crate) type Produced = (Vec<u8>, Vec<u8>);

/// Brokers with the topic, each partition led by a broker of its own.
pub(crate) struct Brokers(pub(crate) MockCluster<'static, DefaultProducerContext>);

impl Brokers {
    pub(crate) fn start() -> Result<Self, KafkaError> {
        let cluster = MockCluster::new(PARTITIONS)?;
        cluster.create_topic(TOPIC, PARTITIONS, PARTITIONS)?;
        for partition in 0..PARTITIONS {
            cluster.partition_leader(TOPIC, partition, Some(partition + 1))?;
        }
        Ok(Self(cluster))
    }

    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.0.bootstrap_servers());
        // Nobody waits for minutes here.
        config.set("reconnect.backoff.max.ms", "200");
        config
    }

    /// Every message of the topic.
    pub(crate) fn messages(&self) -> Result<Vec<Produced>, Box<dyn Error>> {
        let consumer: BaseConsumer = self.config().set("group.id", "test").create()?;
        let mut count = 0;
        let mut from_the_start = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            from_the_start.add_partition_offset(TOPIC, partition, Offset::Beginning)?;
            let (_, end) = consumer.fetch_watermarks(TOPIC, partition, LONG)?;
            count += end as usize;
        }
        consumer.assign(&from_the_start)?;
        let mut messages = Vec::new();
        while messages.len() < count {
            let message = consumer.poll(LONG).ok_or("a message is missing")??;
            let (key, value) = (message.key(), message.payload());
            messages.push((
                key.unwrap_or_default().to_vec(),
                value.unwrap_or_default().to_vec(),
            ));
        }
        Ok(messages)
    }

    /// How often each event is in the topic, as it should have been encoded.
    pub(crate) fn counts(
        &self,
        encoder: &Encoder,
    ) -> Result<BTreeMap<String, usize>, Box<dyn Error>> {
        let mut counts = BTreeMap::new();
        for (key, value) in self.messages()? {
            let expected = expected(encoder, &value)?;
            assert_eq!(key, expected.key.as_bytes());
            assert_eq!(value, expected.value);
            let event: EventInput = serde_json::from_slice(&value)?;
            *counts.entry(event.transaction_id).or_default() += 1;
        }
        Ok(counts)
    }
}

/// What the event in a value should have been encoded as, at the time that the value states.
fn expected(encoder: &Encoder, value: &[u8]) -> Result<Message, Box<dyn Error>> {
    let fields: serde_json::Value = serde_json::from_slice(value)?;
    let text = |name: &str| fields[name].as_str().unwrap_or_default();
    let number: usize = text("transaction_id").trim_start_matches('t').parse()?;
    let at: NaiveDateTime = text("ingested_at").parse()?;
    Ok(encoder.encode(&event(number), at.and_utc())?)
}
