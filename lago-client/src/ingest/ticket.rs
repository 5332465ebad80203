//! What ties an event to its record in the spool.

use super::spool::Position;

/// The record of an event in the spool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) position: Position,
    /// A process before this one may have sent it.
    pub(super) is_from_before: bool,
}
