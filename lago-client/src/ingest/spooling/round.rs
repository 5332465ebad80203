//! What is done to a spool at once, on a thread that may wait for a disk.

use std::sync::Arc;

use super::super::event::Event;
use super::super::spool::{Position, Spool, SpoolError};
use super::super::ticket::Ticket;

type Records = Vec<(Position, Vec<u8>)>;

/// How many records are read at once, and how many bytes.
const READ: (usize, usize) = (1_000, 1 << 20);

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) append: Arc<Vec<Event>>,
    pub(super) acknowledge: Vec<Position>,
    pub(super) sync: bool,
    /// From where on to read.
    pub(super) read: Option<Position>,
    /// What to read once more.
    pub(super) again: Vec<Ticket>,
}

/// What came of it. Where there was nothing to do it worked.
#[derive(Debug)]
pub(super) struct Done {
    /// None where nothing was to be appended.
    pub(super) appended: Option<Result<Position, SpoolError>>,
    pub(super) acknowledged: Result<(), SpoolError>,
    pub(super) synced: Result<(), SpoolError>,
    pub(super) read: Result<Records, SpoolError>,
    /// Up to the first that cannot be read now. None where there is no such record any more.
    pub(super) again: Vec<Result<Option<Vec<u8>>, SpoolError>>,
    pub(super) unacknowledged: u64,
}

impl Round {
    pub(super) fn is_empty(&self) -> bool {
        let changes = !self.append.is_empty() || !self.acknowledge.is_empty() || self.sync;
        !changes && self.read.is_none() && self.again.is_empty()
    }

    /// Acknowledges first: that may make room for what is appended. Reads what was there before that, since whoever
    /// appends has that in memory.
    pub(super) fn run(&self, spool: &mut dyn Spool) -> Done {
        let acknowledged = match &*self.acknowledge {
            [] => Ok(()),
            positions => spool.acknowledge(positions),
        };
        let read = match self.read {
            Some(from) => spool.read(from, READ.0, READ.1),
            None => Ok(Vec::new()),
        };
        let again = self.read_again(spool);
        let records: Vec<&[u8]> = self.append.iter().map(Event::json).collect();
        let appended = (!records.is_empty()).then(|| spool.append(&records));
        let synced = if self.sync { spool.sync() } else { Ok(()) };
        let unacknowledged = spool.unacknowledged();
        Done {
            appended,
            acknowledged,
            synced,
            read,
            again,
            unacknowledged,
        }
    }

    fn read_again(&self, spool: &mut dyn Spool) -> Vec<Result<Option<Vec<u8>>, SpoolError>> {
        let mut again = Vec::new();
        for ticket in &self.again {
            let read = spool.read(ticket.position, 1, READ.1);
            // What stands there, if it does, and not what stands behind it.
            let is_it = |(position, _): &(Position, _)| *position == ticket.position;
            let read = read.map(|records| records.into_iter().find(is_it));
            let has_failed = read.is_err();
            again.push(read.map(|record| record.map(|(_, json)| json)));
            if has_failed {
                break;
            }
        }
        again
    }
}
