//! Trying again: decided by pure functions from what an operation is and what happened, and done
//! in one place.

mod budget;
mod decision;
mod outcome;
mod policy;
mod refusals;
mod repeat;
#[cfg(test)]
mod tests;

pub(crate) use budget::Budget;
#[cfg(feature = "ingest")]
pub(crate) use outcome::{Class, Outcome};
pub use policy::RetryPolicy;
pub(crate) use repeat::{Attempt, Rules, repeat};
