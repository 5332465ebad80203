//! Requests that the server recognises.

/// Something that the server recognises by a key when it is sent again, so that it counts once.
///
/// Implemented by generated types, [`EventInput`](crate::EventInput) among them. Some stores of the server
/// compare its time as well: keep both with it, in a queue or an outbox.
#[doc(alias = "idempotency key")]
pub trait Keyed {
    /// The name of the key in JSON.
    const KEY: &'static str;

    /// The key.
    fn key(&self) -> &str;

    /// Sets the time to now where it is missing, so that whatever is sent from here on is the same.
    fn fix_time(&mut self);
}
