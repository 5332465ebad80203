//! Client for the [Lago](https://getlago.com) billing API.
//!
//! What it sends and gets back are the types of the [`types`] module; [`OPERATIONS`] lists everything
//! that the API can do.

#[rustfmt::skip]
mod generated;
mod operation;
mod path;
mod query;
mod transport;

pub use lago_types as types;

pub use generated::operations::OPERATIONS;
pub use operation::{Idempotency, Method, Operation, RequestBody};

/// What the tests of this workspace call the API through. It is no part of this crate's API: any
/// version may change or remove it.
#[doc(hidden)]
pub mod __wire {
    pub use progenitor_client::Error;

    pub use crate::generated::operations::op;
    pub use crate::generated::wire::{Client, bodies};
    pub use crate::query::DeepObject;
    pub use crate::transport::{Call, Shared};
}
