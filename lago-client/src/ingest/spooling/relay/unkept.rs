//! What was refused and nobody else keeps: it is read once more, and goes to the pipeline as anything that is read.

use tokio::time::Instant;

use super::super::super::event::Event;
use super::super::super::spool::SpoolError;
use super::super::super::ticket::Ticket;
use super::super::failing::Part;
use super::Relay;

/// How many are read again at once.
const AGAIN: usize = 100;

impl Relay {
    /// Those whose turn it is, where nothing else waits for the pipeline.
    pub(super) fn take_unkept(&self, now: Instant) -> Vec<Ticket> {
        match self.feed.is_empty() {
            true => self.spooled.unkept.lock().take(now, AGAIN),
            false => Vec::new(),
        }
    }

    /// When there are some to take.
    pub(super) fn unkept_at(&self) -> Option<Instant> {
        let due_at = self.spooled.unkept.lock().due_at(Instant::now());
        due_at.filter(|_| self.feed.is_empty())
    }

    /// Whether nothing more is to be expected of what is on disk. Of what nobody keeps that is so at the end: the next process
    /// tries it again.
    pub(super) fn is_settled(&self, is_closed: bool) -> bool {
        let is_rest = || self.outstanding.len() == self.spooled.unkept.lock().at_rest();
        self.outstanding.is_empty() || (is_closed && is_rest())
    }

    pub(super) fn read_again(
        &mut self,
        tickets: &[Ticket],
        records: Vec<Result<Option<Vec<u8>>, SpoolError>>,
        now: Instant,
    ) {
        let mut records = records.into_iter();
        for &ticket in tickets {
            match records.next() {
                Some(Ok(Some(json))) => {
                    let event = Event::from_record(json, self.ends.keys, ticket, None);
                    self.feed_bytes += event.bytes();
                    self.feed.push_back(event);
                }
                // It was damaged, which was said when it was found.
                Some(Ok(None)) => {
                    self.outstanding.remove(ticket.position);
                    self.spooled.unkept.lock().settled(ticket.position);
                }
                failed => {
                    if let Some(Err(error)) = failed {
                        self.tell(Part::Read, Some(&error), now);
                    }
                    let mut unkept = self.spooled.unkept.lock();
                    unkept.add(ticket.position, ticket.is_from_before, now);
                }
            }
        }
        self.tell_settled();
    }
}
