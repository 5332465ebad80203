//! Tests of the generated crates.

// `cfg(test)` tells clippy that helpers in these files are test code too.
#[cfg(test)]
mod backfill;
#[cfg(test)]
mod blocking;
#[cfg(test)]
mod capability;
#[cfg(test)]
mod client;
#[cfg(test)]
#[cfg(test)]
mod conform;
#[cfg(test)]
mod contributing;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod downloads;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod free_form;
#[cfg(test)]
mod guides;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod kinds;
mod layers;
#[cfg(test)]
mod middleware;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod organizations;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod property;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod runtime;
#[cfg(test)]
mod server;
#[cfg(test)]
mod spool;
#[cfg(test)]
mod surface;
#[cfg(test)]
mod traced;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod types;
#[cfg(test)]
mod unpublished;
#[cfg(test)]
mod updates;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod wire;
