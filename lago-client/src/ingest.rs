//! Event ingestion.

mod builder;
mod converge;
mod driver;
mod event;
mod handle;
mod http;
#[cfg(test)]
mod laws;
mod observe;
mod outcome;
mod queue;
mod report;
mod schedule;
mod sink;
pub mod spool;
mod spooling;
mod ticket;
mod trace;

pub use builder::PipelineBuilder;
pub use converge::Ambiguous;
pub use handle::{Pipeline, Receipt, SendError, WhenFull};
pub use observe::{DeadLetter, Metrics};
pub use outcome::{BatchOutcome, EventOutcome, Fault, Rejection, RejectionCode};
pub use report::{Report, Stats};
pub use sink::{EventBatch, Sink};
