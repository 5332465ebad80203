//! Refusals that say that the server has already what was sent.

use lago_types::api_error::Details;

use super::Error;
use crate::operation::Idempotency;

const EXISTS: &str = "value_already_exist";

impl Error {
    /// All that is refused is refused because the server has its key already: the
    /// [`transaction_id`](crate::Key) of events. Only their calls are refused in this way.
    ///
    /// To whoever delivers events from a queue or an outbox it means: delivered before. Take the event
    /// from the queue. Of a batch it speaks for the events that
    /// [`already_recorded`](Self::already_recorded) names and no others: the server stores all of a
    /// batch or nothing, so drop these and send the rest again.
    ///
    /// That the server has the same event under that key is not said. Where this may be the response to a
    /// repeat of the very same call, the client looks: when all that was sent is there, equal in
    /// subscription, code, time, properties and amount, the call succeeds. It does not when one cannot be
    /// read, or differs; the value that the expression of a billable metric adds is a difference too.
    #[must_use]
    pub fn is_already_recorded(&self) -> bool {
        !self.already_recorded().is_empty()
    }

    /// Which of the events of a call the server has already, by index, counted from zero; 0 where the
    /// call sends only one. Empty unless [`is_already_recorded`](Self::is_already_recorded).
    ///
    /// ```no_run
    /// use lago_client::{Client, Error, types::EventInput};
    ///
    /// /// Sends what is in an outbox: at most 100 events, each with its key and time.
    /// async fn deliver(lago: &Client, mut events: Vec<EventInput>) -> Result<(), Error> {
    ///     while !events.is_empty() {
    ///         match lago.events().create_batch(events.clone()).await {
    ///             Ok(_) => break,
    ///             Err(error) if error.is_already_recorded() => {
    ///                 for index in error.already_recorded().into_iter().rev() {
    ///                     events.remove(index);
    ///                 }
    ///             }
    ///             Err(error) => return Err(error),
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn already_recorded(&self) -> Vec<usize> {
        self.recorded().unwrap_or_default()
    }

    /// A failure to send so many things with a key.
    pub(crate) fn after_sending(mut self, things: usize) -> Self {
        self.0.things = things;
        self
    }

    fn recorded(&self) -> Option<Vec<usize>> {
        let Idempotency::WithKey(key) = self.operation()?.idempotency else {
            return None;
        };
        let refusal = self.api_error().filter(|_| self.is_validation())?;
        let exists = |details: Details<'_>| details.only() == Some((key.name, EXISTS));
        match refusal.details() {
            Details::Items(items) => {
                // A place that was not sent is of no use to whoever takes it out of a list.
                let is_known = |index: usize, details| index < self.0.things && exists(details);
                let all = items
                    .iter()
                    .map(|(index, details)| is_known(index, details).then_some(index));
                all.collect()
            }
            // Of several nobody would know which one.
            details => (self.0.things == 1 && exists(details)).then(|| vec![0]),
        }
    }
}
