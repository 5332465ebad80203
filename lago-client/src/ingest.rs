//! Usage events, delivered in the background: a pipeline that loses nothing that the server could have, and bills
//! nothing twice.
//!
//! The guide: [`guide::ingestion`](crate::guide::ingestion). It needs the feature `ingest`, one of the default ones.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use lago_client::{Client, types::EventInput};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let lago = Client::from_env()?;
//! let pipeline = lago.ingest().dead_letters(|letter| eprintln!("{}", letter.outcome));
//! let events = pipeline.start().await?;
//!
//! // In a request handler: never waits. Elsewhere `send`, which waits while the queue is full.
//! events.try_send(EventInput::new("api_calls", "sub_1").property("requests", 12))?;
//!
//! let report = events.shutdown(Duration::from_secs(20)).await;
//! println!("{} delivered, {} lost", report.delivered, report.lost);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Pipeline`] takes events one by one, and a task sends them in batches: 100 events, 1 MiB, or what has come
//! within a second. When it accepts an event, `transaction_id` and `timestamp` are fixed and its JSON is written.
//! Those bytes are what every attempt sends, so that the server can recognise them.
//!
//! # What follows from a response
//!
//! | what the server says | what becomes of the events |
//! |---|---|
//! | it stored them | delivered |
//! | 422, the `transaction_id` of some exists | the first time [a duplicate](EventOutcome::Duplicate), after an attempt in doubt [delivered](EventOutcome::Delivered); the others are sent again at once |
//! | 422, some are invalid | these are [rejected](EventOutcome::Rejected), with the server's codes; the others are sent again at once |
//! | 400 or 422 that names no event | the batch is halved until the event is found |
//! | `too_many_events`, 413 | the batch is halved, and no larger one is sent from now on |
//! | 401, 403, 404, 405, a redirect | everything waits, which is [said](Stats::paused); every 30 s one batch tries again |
//! | another 4xx that is not in Lago's words, such as the page of a firewall | the batch is sent again, in halves when it fails again and again. A single event that is refused like this 20 times, each time after others were taken, is [rejected](EventOutcome::Rejected), as [one that may be stored](Rejection::may_be_stored) |
//! | 500, again and again | the batch is halved, so that an event at which the server fails holds up no other. It is sent again for ever |
//! | 408, 409, 425, 429, 5xx, a success that lists no events, no response, no connection | sent again after the waits of the client's [`RetryPolicy`](crate::RetryPolicy), as often as it takes |
//!
//! What is sent again is told: at the first failure, and then less and less often, with the answer and the number of events
//! that wait ([`notices`](PipelineBuilder::notices), [`Stats::failing`], and `tracing`).
//!
//! Batches are under way side by side, 4 at first, more while the server keeps up and fewer when it fails. So events
//! do not arrive in order, which Lago does not need: each has its time. Two with the same subscription and
//! `transaction_id` are never under way at once.
//!
//! # What is promised
//!
//! That an event was accepted means that [`Pipeline::send`] or [`Pipeline::try_send`] returned `Ok`.
//!
//! | store of the organization | while the process lives | after a crash of the process, without a spool |
//! |---|---|---|
//! | Postgres | every accepted event is stored once, or is a dead letter | what was accepted and not confirmed is lost |
//! | ClickHouse that deduplicates | the same, but for what the server loses after it said 200 | the same |
//! | ClickHouse that does not, [`Ambiguous::Resend`] | no event is lost here, one whose response was lost may count twice | the same |
//! | ClickHouse that does not, [`Ambiguous::Keep`] | no event counts twice; those in doubt are dead letters, to be looked up by hand | the same |
//!
//! - **Without a spool, memory is all it has.** A process that is killed loses what it had accepted and the server had
//!   not confirmed, at most [`queue_events`](PipelineBuilder::queue_events) events.
//! - **With a [spool](PipelineBuilder::spool), a crash loses nothing that `send` accepted.** The next pipeline with the
//!   directory sends it, and what the server has of it already is recognised as above: where the store does not
//!   deduplicate, it counts twice. [The module](spool) says what holds when the machine loses power, or the disk is full.
//!   `try_send` does not wait for the disk: what it accepted in the last moments may be lost.
//! - **Only [`shutdown`](Pipeline::shutdown) promises**: it waits, and its [`Report`] accounts for every event. When
//!   the last handle is dropped the pipeline delivers what it has as long as the runtime lives; at the end of `main`
//!   that is no time at all.
//! - **ClickHouse says 200 before its own queue has the event.** What is lost there nobody is told. Read events back
//!   by `transaction_id` to find out.
//! - **A `transaction_id` is unique for its subscription.** ClickHouse compares code and time as well, so that the
//!   same id with another time counts as another event.
//!
//! Which store an organization has shows in the response to `lago.events().create(event)`: Postgres gives the event
//! a `lago_id`, ClickHouse none. Whether a ClickHouse deduplicates is a flag of the organization, on for those that
//! were created since Lago has it. To find out, send the same event twice to a metric that counts: the usage grows
//! by one where it does.
//!
//! # Where events go
//!
//! [`PipelineBuilder::start`] sends to Lago's API, with the key, headers, time limits, pacing and traces of the client. A
//! [`Sink`] of your own takes its place with [`PipelineBuilder::start_with`]; [`kafka`] makes the messages of one that
//! produces to the topic that a self-hosted Lago reads.
//!
//! The guide to sending usage events, in the module `guide`, goes further: guarantees with and without a spool for each
//! store, what to do with events in doubt, how to reconcile, backfill, shut down, size and watch a pipeline.

mod accept;
mod builder;
mod confirmation;
mod converge;
mod driver;
mod event;
mod handle;
mod http;
pub mod kafka;
mod key;
#[cfg(test)]
mod laws;
mod notice;
mod observe;
mod outcome;
mod queue;
mod receipt;
mod reminder;
mod report;
mod schedule;
mod send_all;
mod send_error;
mod sink;
pub mod spool;
mod spooling;
mod standing;
mod ticket;
mod trace;
mod unkept;

pub use accept::WhenFull;
pub use builder::PipelineBuilder;
pub use converge::Ambiguous;
pub use handle::Pipeline;
pub use notice::{DeliveryFailure, Notice};
pub use observe::{DeadLetter, Metrics};
pub use outcome::{BatchOutcome, EventOutcome, Fault, Rejection, RejectionCode, Verdict};
pub use receipt::Receipt;
#[cfg(feature = "gateway")]
pub(crate) use reminder::Reminder;
pub use report::{Report, Stats};
#[cfg(feature = "gateway")]
pub(crate) use send_error::Reason;
pub use send_error::SendError;
pub use sink::{EventBatch, Sink};
