//! What becomes of one event, for who wants to know.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::outcome::EventOutcome;

/// Tells what becomes of one event, when awaited.
#[must_use = "a receipt tells only whoever awaits it"]
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<EventOutcome>);

impl Receipt {
    pub(super) fn new(told: oneshot::Receiver<EventOutcome>) -> Self {
        Self(told)
    }
}

impl Future for Receipt {
    type Output = EventOutcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<EventOutcome> {
        let outcome = Pin::new(&mut self.0).poll(cx);
        // Without a word only if the pipeline was forgotten.
        let may_be_stored = true;
        outcome.map(|outcome| outcome.unwrap_or(EventOutcome::Lost { may_be_stored }))
    }
}
