//! An event as the pipeline has it: the bytes that every attempt sends.

use std::cell::Cell;

use lago_types::{EventInput, Keyed};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::key::KeyHash;
use super::outcome::EventOutcome;
use super::ticket::{Confirmation, Ticket};
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
    /// Who waits until it is on disk.
    confirmation: Option<Confirmation>,
    /// Its record, when it is on disk.
    ticket: Option<Ticket>,
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
        Ok(Self {
            json: json(input)?,
            key: keys.of(&input.external_subscription_id, &input.transaction_id),
            accepted: Instant::now(),
            epoch: 0,
            receipt: None,
            confirmation: None,
            ticket: None,
        })
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
            confirmation: None,
            ticket: Some(ticket),
        }
    }

    /// The same, with its record.
    pub(super) fn with_ticket(self, ticket: Ticket) -> Self {
        Self {
            ticket: Some(ticket),
            ..self
        }
    }

    /// The same, with somebody who waits until it is on disk.
    pub(super) fn with_confirmation(self, confirmation: Confirmation) -> Self {
        Self {
            confirmation: Some(confirmation),
            ..self
        }
    }

    pub(super) fn take_confirmation(&mut self) -> Option<Confirmation> {
        self.confirmation.take()
    }

    pub(super) fn take_receipt(&mut self) -> Option<oneshot::Sender<EventOutcome>> {
        self.receipt.take()
    }

    pub(super) fn confirmation(&self) -> Option<&Confirmation> {
        self.confirmation.as_ref()
    }

    /// Whether it is on disk, so that another process can send it.
    pub(super) fn is_spooled(&self) -> bool {
        self.ticket.is_some()
    }

    /// Whether a process before this one may have sent it.
    pub(super) fn is_from_before(&self) -> bool {
        self.ticket.is_some_and(|ticket| ticket.is_from_before)
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

    /// Tells whoever has the receipt, and gives the JSON and the record.
    pub(super) fn settle(self, outcome: &EventOutcome) -> (Box<[u8]>, Option<Ticket>) {
        if let Some(receipt) = self.receipt {
            // Nobody needs to be interested any longer.
            let _ = receipt.send(outcome.clone());
        }
        (self.json, self.ticket)
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
