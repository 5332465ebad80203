//! Events for the Kafka topic that a self-hosted Lago reads: the key and the value of a message, without a producer.
//!
//! A Lago whose organizations keep their events in ClickHouse has a topic of raw events. Its API produces to it, and
//! two consumers read it: the `events-processor`, which enriches an event and has it billed, and ClickHouse itself.
//! An [`Encoder`] makes messages that both of them read, so that a producer of your own can take the place of the API:
//! on a [`Sink`](super::Sink) under a pipeline, or without any. The guide to ingestion says when that is worth it;
//! the example `examples/kafka-producer` of this repository does it with `rdkafka`.
//!
//! ```
//! use lago_client::ingest::kafka::Encoder;
//! use lago_client::types::EventInput;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // `lago.organizations().get().await?.lago_id`
//! let encoder = Encoder::new("1a901a90-1a90-1a90-1a90-1a901a901a90".parse()?);
//! let event = EventInput::new("api_calls", "sub_1").property("requests", 12);
//!
//! let message = encoder.encode(&event, chrono::Utc::now())?;
//! assert_eq!(message.key, "1a901a90-1a90-1a90-1a90-1a901a901a90-sub_1");
//! # Ok(())
//! # }
//! ```
//!
//! # Where each field comes from
//!
//! The value is a JSON object. What reads it is stricter than the API and tells nobody: a message that the
//! `events-processor` cannot parse is skipped, and one that ClickHouse cannot parse may hold up its partition for
//! everybody. So what they could not read is an error here.
//!
//! | field | value | from | required by |
//! |---|---|---|---|
//! | `organization_id` | a UUID | [`Encoder::new`]; the API takes it from its key | both |
//! | `external_subscription_id` | text, not empty | the event | both |
//! | `transaction_id` | text, not empty | the event | both, to recognise repeats |
//! | `code` | text, not empty | the event | both |
//! | `timestamp` | seconds since 1970 **as text**, to the millisecond, which is what both keep | the event, in which it must be set | both, to recognise repeats |
//! | `precise_total_amount_cents` | a number **as text**, `"0.0"` when there is none | the event | the `events-processor`, which skips a message with a JSON number |
//! | `properties` | an object, `{}` when there is none | the event | the `events-processor`, which writes results of expressions into it |
//! | `ingested_at` | UTC without a zone, to the millisecond | an argument: the time at which it is produced | the `events-processor`, which repeats what fails for 12 hours from then |
//! | `source` | anything but `http_ruby` | [`Encoder::source`] | the `events-processor`: `http_ruby` says that the API has evaluated expressions already |
//! | `source_metadata` | `{"api_post_processed":false}` | fixed: as the API writes it for ClickHouse | nobody, with a source of your own |
//!
//! `external_customer_id`, which the API writes as null, is left out: both do without. The key is
//! `ORGANIZATION-SUBSCRIPTION`, as Lago's own connectors have it. It keeps the events of a subscription in one
//! partition; no consumer reads it, and recent versions of the API send none. With few subscriptions few partitions get
//! everything: produce without a key then.
//!
//! All that was read in the source of lago-api and of the events-processor as they were in October 2026; it is no
//! published interface of Lago's, and may change with any version of it.
//!
//! # What the API does and this does not
//!
//! - **Validate.** Nobody looks whether the metric exists: an event of an unknown one ends in Lago's topic of dead
//!   letters, one of an unknown subscription is stored and billed to nobody.
//! - **Authenticate.** Whoever may write to the topic bills any organization.
//! - **Store in Postgres.** An organization whose events are in Postgres gets nothing of what is produced here.
//! - **Post-process.** Expressions of metrics, charges in advance and the refreshing of usage are left to the
//!   `events-processor`, which has to run.
//! - **Route.** Organizations with the product catalogue have a topic of their own, whose events name a contract and no
//!   subscription: this makes no such events.
//!
//! Duplicates are the same as through the API: ClickHouse recognises them by organization, subscription, code,
//! `transaction_id` and `timestamp`, in organizations that deduplicate.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use lago_types::{Decimal, EventInput, decimal};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::event::{self, missing};
use super::outcome::{BatchOutcome, Fault, Rejection};
use super::sink::EventBatch;

/// By this source the consumers know what the API has processed already.
const OF_THE_API: &str = "http_ruby";

/// Makes messages for an organization: see [the module](self).
#[derive(Clone, Debug)]
pub struct Encoder {
    organization_id: Uuid,
    source: String,
}

impl Encoder {
    /// For the events of this organization: the `lago_id` that `lago.organizations().get()` responds with.
    #[must_use]
    pub fn new(organization_id: Uuid) -> Self {
        Self {
            organization_id,
            source: "lago_client_rust".to_owned(),
        }
    }

    /// Where the events come from, `lago_client_rust` unless set. It tells apart who produced a message, also among
    /// Lago's dead letters.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// The message of an event that is produced at this time.
    ///
    /// The same event and time give the same bytes. The time is that of the attempt: the consumers give up an event that
    /// was ingested long ago, and recognise repeats without it.
    ///
    /// # Errors
    /// When a consumer could not read the message; the error names the field.
    pub fn encode(
        &self,
        event: &EventInput,
        ingested_at: DateTime<Utc>,
    ) -> Result<Message, EncodeError> {
        // The event remembers what its setters refused, and only writing it tells.
        event::json(event).map_err(|problem| EncodeError::new("", problem))?;
        self.message(event, ingested_at)
    }

    /// The messages of a batch, in its order: for a [`Sink`](super::Sink).
    ///
    /// # Errors
    /// What the sink is to return when some of the events cannot be messages: they are rejected, without a status and
    /// with the code `cannot_be_encoded`, and the others are sent again.
    pub fn encode_batch(
        &self,
        batch: &EventBatch,
        ingested_at: DateTime<Utc>,
    ) -> Result<Vec<Message>, BatchOutcome> {
        let (mut messages, mut faults) = (Vec::with_capacity(batch.len()), Vec::new());
        for (index, json) in batch.events().enumerate() {
            let read = serde_json::from_slice::<EventInput>(json)
                .map_err(|_| EncodeError::new("", "the JSON of the event cannot be read"));
            match read.and_then(|event| self.message(&event, ingested_at)) {
                Ok(message) => messages.push(message),
                Err(error) => faults.push((index, Fault::Invalid(error.rejection()))),
            }
        }
        match faults.is_empty() {
            true => Ok(messages),
            false => Err(BatchOutcome::Refused(faults)),
        }
    }

    fn message(
        &self,
        event: &EventInput,
        ingested_at: DateTime<Utc>,
    ) -> Result<Message, EncodeError> {
        if self.source == OF_THE_API {
            return Err(EncodeError::new(
                "source",
                "says that the API has processed the event, so that its expressions would not be evaluated: take another word",
            ));
        }
        if let Some(field) = missing(event) {
            return Err(EncodeError::new(field, "is empty: give it a value"));
        }
        let Some(timestamp) = &event.timestamp else {
            return Err(EncodeError::new(
                "timestamp",
                "is missing: repeats are recognised by it, so set it before the first attempt",
            ));
        };
        let nothing = Map::new();
        let value = Payload {
            organization_id: self.organization_id,
            external_subscription_id: &event.external_subscription_id,
            transaction_id: &event.transaction_id,
            timestamp: seconds(timestamp)?,
            code: &event.code,
            precise_total_amount_cents: match event.precise_total_amount_cents.as_value() {
                Some(amount) => cents(amount)?,
                None => "0.0".to_owned(),
            },
            // Not null: expressions write their results into it.
            properties: event.properties.as_value().unwrap_or(&nothing),
            ingested_at: ingested_at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            source: &self.source,
        };
        let value = serde_json::to_vec(&value);
        let value = value.map_err(|error| EncodeError::new("", error.to_string()))?;
        Ok(Message {
            key: format!(
                "{}-{}",
                self.organization_id, event.external_subscription_id
            ),
            value,
        })
    }
}

/// A message for the topic of raw events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// It keeps the events of a subscription in one partition.
    pub key: String,
    /// A JSON object.
    pub value: Vec<u8>,
}

struct Payload<'e> {
    organization_id: Uuid,
    external_subscription_id: &'e str,
    transaction_id: &'e str,
    timestamp: String,
    code: &'e str,
    precise_total_amount_cents: String,
    properties: &'e Map<String, Value>,
    ingested_at: String,
    source: &'e str,
}

impl Serialize for Payload<'_> {
    /// In the order in which the API writes it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Payload", 10)?;
        fields.serialize_field("organization_id", &self.organization_id)?;
        fields.serialize_field("external_subscription_id", self.external_subscription_id)?;
        fields.serialize_field("transaction_id", self.transaction_id)?;
        fields.serialize_field("timestamp", &self.timestamp)?;
        fields.serialize_field("code", self.code)?;
        fields.serialize_field(
            "precise_total_amount_cents",
            &self.precise_total_amount_cents,
        )?;
        fields.serialize_field("properties", self.properties)?;
        fields.serialize_field("ingested_at", &self.ingested_at)?;
        fields.serialize_field("source", self.source)?;
        fields.serialize_field("source_metadata", &json!({"api_post_processed": false}))?;
        fields.end()
    }
}

/// Seconds to the millisecond in plain digits: the consumers cut off the rest, and read no exponent.
fn seconds(timestamp: &Decimal) -> Result<String, EncodeError> {
    // Fewer than five digits would be taken for a year, and the type of the column ends with the year 2299.
    const FIRST: Decimal = decimal!("10000");
    const END: Decimal = decimal!("10413792000");
    if *timestamp < FIRST || *timestamp >= END {
        return Err(EncodeError::new(
            "timestamp",
            "is no time in seconds from 1970 to 2299, or too close to 1970",
        ));
    }
    // More digits than any clock has, so that rounding makes no later millisecond of them.
    let plain = timestamp.round(12);
    let plain = plain.as_str();
    let end = plain.find('.').map_or(plain.len(), |point| point + 4);
    let cut = plain.get(..end).unwrap_or(plain);
    Ok(with_one_place(cut))
}

/// An amount as the column of the store has it: 40 digits, 15 of them decimal places.
fn cents(amount: &Decimal) -> Result<String, EncodeError> {
    const END: Decimal = decimal!("1e25");
    let rounded = amount.round(15);
    if rounded >= END || -&rounded >= END {
        return Err(EncodeError::new(
            "precise_total_amount_cents",
            "has more than 25 digits before the point, and ClickHouse keeps no more",
        ));
    }
    Ok(with_one_place(rounded.as_str()))
}

/// Without the zeros at the end, but for the first decimal place.
fn with_one_place(plain: &str) -> String {
    match plain.trim_end_matches('0') {
        whole if whole.ends_with('.') => format!("{whole}0"),
        short => short.to_owned(),
    }
}

/// Why an event cannot be a message: which field, and what to do. It holds nothing of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    field: &'static str,
    problem: Cow<'static, str>,
}

impl EncodeError {
    fn new(field: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        let problem = problem.into();
        Self { field, problem }
    }

    /// The field at fault; empty when the event cannot be read or written at all.
    #[must_use]
    pub fn field(&self) -> &str {
        self.field
    }

    /// For the dead letters.
    fn rejection(self) -> Rejection {
        let problem = Some(self.problem.into_owned());
        Rejection::new(None).code_with_message(self.field, "cannot_be_encoded", problem)
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            "" => f.write_str(&self.problem),
            field => write!(f, "`{field}` {}", self.problem),
        }
    }
}

impl std::error::Error for EncodeError {}

#[cfg(test)]
mod tests;
