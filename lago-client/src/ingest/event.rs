//! An event as the pipeline has it: the bytes that every attempt sends.

use std::cell::Cell;

use lago_types::{EventInput, Keyed};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::confirmation::Confirmation;
use super::key::KeyHash;
use super::outcome::EventOutcome;
use super::ticket::Ticket;
use crate::fields::Fields;

/// An event that was accepted.
#[derive(Debug)]
pub(super) struct Event {
    json: Box<[u8]>,
    /// A hash of subscription and `transaction_id`.
    key: u64,
    accepted: Instant,
    /// How many times somebody had asked for a flush before.
    pub(super) epoch: u64,
    receipt: Option<oneshot::Sender<EventOutcome>>,
    record: Record,
}

/// How an event stands to the spool.
#[derive(Debug)]
enum Record {
    /// It is in memory alone, and nobody waits for more.
    None,
    /// Somebody waits until it is on disk.
    Awaited(Confirmation),
    /// It is on disk.
    Written(Ticket),
}

/// What an event takes of the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) bytes: usize,
    pub(super) epoch: u64,
}

impl Event {
    /// Fixes everything that every attempt has to say in the same way, and writes it.
    ///
    /// # Errors
    /// What is missing or cannot be written, by the name of its field.
    pub(super) fn accept(input: &mut EventInput, keys: KeyHash) -> Result<Self, String> {
        if let Some(name) = missing(input) {
            return Err(format!("`{name}` of the event is empty: give it a value"));
        }
        input.fix_time();
        let key = keys.of(&input.external_subscription_id, &input.transaction_id);
        Ok(Self::new(json(input)?, key))
    }

    /// An event that somebody else wrote; none when it does not say by what it is known.
    #[cfg(feature = "gateway")]
    pub(super) fn written(json: Box<[u8]>, keys: KeyHash) -> Option<Self> {
        let (subscription, transaction_id) = key_of(&json)?;
        let key = keys.of(&subscription, &transaction_id);
        Some(Self::new(json, key))
    }

    fn new(json: Box<[u8]>, key: u64) -> Self {
        Self {
            json,
            key,
            accepted: Instant::now(),
            epoch: 0,
            receipt: None,
            record: Record::None,
        }
    }

    /// The event that a record has.
    pub(super) fn from_record(
        json: Vec<u8>,
        keys: KeyHash,
        ticket: Ticket,
        receipt: Option<oneshot::Sender<EventOutcome>>,
    ) -> Self {
        let key = match key_of(&json) {
            Some((subscription, transaction_id)) => keys.of(&subscription, &transaction_id),
            // Whatever a later version of this crate wrote: the server knows what to do with it.
            None => keys.of_bytes(&json),
        };
        Self {
            json: json.into(),
            key,
            accepted: Instant::now(),
            epoch: 0,
            receipt,
            record: Record::Written(ticket),
        }
    }

    /// The same, with its record.
    pub(super) fn with_ticket(self, ticket: Ticket) -> Self {
        Self {
            record: Record::Written(ticket),
            ..self
        }
    }

    /// The same, with somebody who waits until it is on disk.
    pub(super) fn with_confirmation(self, confirmation: Confirmation) -> Self {
        Self {
            record: Record::Awaited(confirmation),
            ..self
        }
    }

    pub(super) fn take_confirmation(&mut self) -> Option<Confirmation> {
        match std::mem::replace(&mut self.record, Record::None) {
            Record::Awaited(confirmation) => Some(confirmation),
            record => {
                self.record = record;
                None
            }
        }
    }

    pub(super) fn take_receipt(&mut self) -> Option<oneshot::Sender<EventOutcome>> {
        self.receipt.take()
    }

    pub(super) fn confirmation(&self) -> Option<&Confirmation> {
        match &self.record {
            Record::Awaited(confirmation) => Some(confirmation),
            Record::None | Record::Written(_) => None,
        }
    }

    /// Whether it is on disk, so that another process can send it.
    pub(super) fn is_spooled(&self) -> bool {
        matches!(self.record, Record::Written(_))
    }

    /// Whether a process before this one may have sent it.
    pub(super) fn is_from_before(&self) -> bool {
        matches!(&self.record, Record::Written(ticket) if ticket.is_from_before)
    }

    /// The same, with somebody who is told what becomes of it.
    pub(super) fn with_receipt(self, receipt: oneshot::Sender<EventOutcome>) -> Self {
        Self {
            receipt: Some(receipt),
            ..self
        }
    }

    pub(super) fn key(&self) -> u64 {
        self.key
    }

    pub(super) fn accepted(&self) -> Instant {
        self.accepted
    }

    pub(super) fn json(&self) -> &[u8] {
        &self.json
    }

    /// How long its JSON is.
    pub(super) fn bytes(&self) -> usize {
        self.json.len()
    }

    pub(super) fn size(&self) -> Size {
        Size {
            bytes: self.bytes(),
            epoch: self.epoch,
        }
    }

    /// Tells whoever has the receipt, and gives the record.
    pub(super) fn settle(self, outcome: &EventOutcome) -> Option<Ticket> {
        if let Some(receipt) = self.receipt {
            // Nobody needs to be interested any longer.
            let _ = receipt.send(outcome.clone());
        }
        match self.record {
            Record::Written(ticket) => Some(ticket),
            Record::None | Record::Awaited(_) => None,
        }
    }
}

/// The name of a field that is empty and must not be.
pub(super) fn missing(input: &EventInput) -> Option<&'static str> {
    // The server asks for the first two; without a subscription it stores the event and bills nobody.
    let fields = [
        ("transaction_id", &input.transaction_id),
        ("code", &input.code),
        ("external_subscription_id", &input.external_subscription_id),
    ];
    let missing = fields
        .into_iter()
        .find(|(_, value)| value.chars().all(char::is_whitespace));
    missing.map(|(name, _)| name)
}

/// Whether the JSON of an event reads back as exactly this event, and not as one with another float or deeper than
/// readers go.
pub(super) fn reads_back(input: &EventInput) -> bool {
    let properties = input.properties.as_value().into_iter().flatten();
    properties.into_iter().all(|(_, value)| match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::Array(_) | Value::Object(_) => false,
    })
}

/// By what an event is known, of the JSON that it was written as: subscription and transaction.
fn key_of(json: &[u8]) -> Option<(String, String)> {
    let fields = Fields::read(json)?;
    Some((
        fields.get("external_subscription_id")?,
        fields.get("transaction_id")?,
    ))
}

thread_local! {
    /// Events are kept in as many bytes as they have; how many that are is known once they are written.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What the scratch space of a thread keeps between events.
const SCRATCH_BYTES: usize = 16 << 10;

/// The JSON of an event.
///
/// # Errors
/// What cannot be written, by the name of its field.
pub(super) fn json(input: &EventInput) -> Result<Box<[u8]>, String> {
    // A thread that is ending has none.
    let mut scratch = SCRATCH.try_with(Cell::take).unwrap_or_default();
    scratch.clear();
    let json = match serde_json::to_writer(&mut scratch, input) {
        Ok(()) => Ok(scratch.as_slice().into()),
        Err(error) => Err(lago_types::encode::located(&scratch, &error)),
    };
    if scratch.capacity() <= SCRATCH_BYTES {
        let _ = SCRATCH.try_with(|kept| kept.set(scratch));
    }
    json
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn accept(mut input: EventInput) -> Result<Event, String> {
        Event::accept(&mut input, KeyHash::new())
    }

    #[test]
    fn what_has_no_key_or_cannot_be_written_is_refused() {
        let event = || EventInput::new("api_calls", "sub_1");
        for (input, said) in [
            (event().transaction_id(" "), "`transaction_id`"),
            (event().code(""), "`code`"),
            (
                event().external_subscription_id(""),
                "`external_subscription_id`",
            ),
            (
                event().timestamp(1_651_240_791_123_i64),
                "`timestamp`: seconds since 1970",
            ),
            (
                event().precise_total_amount_cents("1,5"),
                "`precise_total_amount_cents`",
            ),
        ] {
            let error = accept(input).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_missing_time_is_fixed_and_written() {
        let mut input = EventInput::new("api_calls", "sub_1");
        input.timestamp = None;
        let event = accept(input).unwrap();
        let read: EventInput = serde_json::from_slice(event.json()).unwrap();
        assert!(read.timestamp.is_some());
    }

    proptest! {
        #[test]
        fn what_reads_back_reads_back_as_it_is(
            texts in prop::array::uniform3("\\PC{1,12}x"),
            texts_of_properties in prop::collection::btree_map(".*", ".*", 0..4),
            integer: i64,
            natural: u64,
            flag: bool,
            seconds in 0_u64..99_999_999_999,
            digits in "[0-9]{1,12}",
            cents in prop::option::of("-?[0-9]{1,30}(\\.[0-9]{1,30})?"),
            extra in prop::option::of(prop_oneof![
                Just(json!(0.1)), Just(json!([1])), Just(json!({"a": 1})), any::<f64>().prop_map(|float| json!(float)),
            ]),
        ) {
            let [code, subscription, id] = texts;
            let mut input = EventInput::new(code, subscription)
                .transaction_id(id)
                .timestamp(format!("{seconds}.{digits}"))
                .property("integer", integer)
                .property("natural", natural)
                .property("flag", flag)
                .property("null", Value::Null);
            for (name, text) in texts_of_properties {
                input = input.property(name, text);
            }
            if let Some(cents) = cents {
                input = input.precise_total_amount_cents(cents);
            }
            // A float that is none is null.
            let is_kept = extra.as_ref().is_some_and(|value| !value.is_null());
            if let Some(value) = extra {
                input = input.property("extra", value);
            }
            prop_assert_eq!(reads_back(&input), !is_kept);
            if !is_kept {
                let read: EventInput = serde_json::from_slice(&json(&input).unwrap()).unwrap();
                prop_assert_eq!(read, input);
            }
        }
    }

    #[test]
    fn the_key_is_subscription_and_transaction_id() {
        let keys = KeyHash::new();
        let key = |subscription: &str, id: &str, code: &str| {
            let mut input = EventInput::new(code, subscription).transaction_id(id);
            Event::accept(&mut input, keys).unwrap().key()
        };
        assert_eq!(key("s", "t", "a"), key("s", "t", "b"));
        assert_ne!(key("s", "t", "a"), key("s2", "t", "a"));
        assert_ne!(key("s", "tt", "a"), key("st", "t", "a"));
    }
}
