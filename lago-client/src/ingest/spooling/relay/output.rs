//! From the disk to the queue from which the pipeline sends, and back what is settled.

use tokio::time::Instant;

use super::super::super::event::Event;
use super::super::super::spool::{Position, SpoolError};
use super::super::super::ticket::Ticket;
use super::super::failing::Part;
use super::{ACKNOWLEDGE, PAUSE, Relay, SeqCst};

impl Relay {
    pub(super) fn read(
        &mut self,
        read: Result<Vec<(Position, Vec<u8>)>, SpoolError>,
        now: Instant,
    ) {
        self.read_at = None;
        self.tell(Part::Read, read.as_ref().err(), now);
        match read {
            Ok(records) => {
                self.next = records.last().map_or(self.end, |(last, _)| last.plus(1));
                for (position, json) in records {
                    self.outstanding.insert(position);
                    let ticket = Ticket {
                        position,
                        is_from_before: position < self.from_before,
                    };
                    let receipt = self.receipts.remove(&position);
                    let event = Event::from_record(json, self.ends.keys, ticket, receipt);
                    self.feed_bytes += event.bytes();
                    self.feed.push_back(event);
                }
            }
            Err(error) => {
                // Damage is set aside, and reading goes on behind it.
                self.read_at = (!error.is_damaged()).then_some(now + PAUSE);
            }
        }
        self.tell_settled();
    }

    /// Gives the pipeline what it has room for.
    pub(super) fn push_feed(&mut self) {
        let mut has_pushed = false;
        while let Some(event) = self.feed.pop_front() {
            let bytes = event.bytes();
            if let Err((event, _)) = self.ends.sending.try_push(event) {
                self.feed.push_front(event);
                break;
            }
            self.feed_bytes -= bytes;
            has_pushed = true;
        }
        let urgent_before = match self.ends.accepting.standing().is_closed {
            true => u64::MAX,
            false => self.spooled.urgent_before.load(SeqCst),
        };
        let is_urgent = has_pushed && *self.told.borrow() < urgent_before;
        if is_urgent || self.hurried_before < urgent_before {
            self.hurried_before = urgent_before;
            self.ends.sending.hurry();
        }
    }

    pub(super) fn take_settled(&mut self) {
        while let Ok(positions) = self.ends.settled.try_recv() {
            self.settled(positions);
        }
    }

    pub(super) fn settled(&mut self, positions: Vec<Position>) {
        match self.acknowledge.is_empty() {
            true => {
                self.acknowledge_at = Some(Instant::now() + ACKNOWLEDGE.1);
                self.acknowledge = positions;
            }
            false => self.acknowledge.extend(positions),
        }
    }

    /// No process after this one sends these. Where that could not be written down, this one does not all the same.
    pub(super) fn acknowledged(&mut self, positions: &[Position]) {
        for &position in positions {
            self.outstanding.remove(position);
        }
        self.tell_settled();
    }

    /// Tells who waits for it how far everything is settled.
    pub(super) fn tell_settled(&self) {
        let before = self.outstanding.first().unwrap_or(self.next).get();
        self.told
            .send_if_modified(|told| std::mem::replace(told, before) != before);
    }
}
