//! Deliveries: which are trusted, what they say, and how a service gets them.

mod blocking;
mod endless;
mod event_types;
mod extractor;
mod fetching;
mod forged;
mod laws;
mod receiver;
mod recorded;
mod refusals;
mod sender;
mod signatures;
mod signer;
mod unknown;
