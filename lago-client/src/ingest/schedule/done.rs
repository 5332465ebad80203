//! What follows from an attempt.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::converge::{Batch, Step, When, step};
use super::super::event::Event;
use super::super::outcome::{BatchOutcome, EventOutcome};
use super::failing::{Failure, Sort};
use super::{LONGEST_PAUSE, SHORTEST_PAUSE, Schedule, Sending, gate};

/// What is to be told of the delivery as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Turn {
    /// Events do not get through, for the first time or still.
    Failing,
    /// They do again. How long some did not.
    Delivering(Duration),
}

/// What followed from an attempt.
#[derive(Debug, Default)]
pub(in super::super) struct Done {
    pub(in super::super) settled: Vec<(Event, EventOutcome)>,
    /// How many events are sent again.
    pub(in super::super) again: usize,
    /// What it says of the delivery as a whole.
    pub(in super::super) sign: Sign,
}

/// What an attempt says of the delivery as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Sign {
    /// It failed, and it is time to tell it.
    pub(in super::super) is_failure: bool,
    /// An event got through: a refusal proves only that there is a server.
    pub(in super::super) is_proof: bool,
}

impl Schedule {
    /// Takes note of what came of an attempt.
    pub(in super::super) fn done(
        &mut self,
        sending: Sending,
        outcome: BatchOutcome,
        now: Instant,
        chance: f64,
    ) -> Done {
        let Sending {
            batch,
            started,
            failed_at,
            ..
        } = sending;
        if batch.failures > 0 {
            self.failed_in_flight = self.failed_in_flight.saturating_sub(1);
        }
        let others_succeed = failed_at.is_some_and(|at| at < self.verdicts);
        let bytes = batch.entries.iter().map(|entry| entry.event.bytes()).sum();
        self.learn(&outcome, batch.len(), bytes);
        let policy = &self.rules.retry;
        let pause = |failures, wait: Option<Duration>| {
            let backoff = policy
                .backoff(failures)
                .min(LONGEST_PAUSE)
                .mul_f64(chance.clamp(0.0, 1.0));
            let asked = wait.unwrap_or_default().min(policy.max_retry_after);
            asked.min(LONGEST_PAUSE) + backoff.max(SHORTEST_PAUSE)
        };
        let mut is_told = false;
        let later = match &outcome {
            outcome if outcome.is_failure() => {
                let wait = outcome.wait();
                self.window.failed(started, now);
                if !others_succeed {
                    self.gate.failed(|failures| now + pause(failures, wait));
                }
                is_told = self.failing.failed_attempt(outcome, others_succeed, now);
                pause(batch.failures + 1, wait)
            }
            BatchOutcome::Blocked { reason, .. } => {
                self.window.ended();
                if !others_succeed {
                    self.gate.block(now);
                    self.paused.get_or_insert_with(|| reason.as_str().into());
                }
                is_told = self.failing.failed_attempt(&outcome, others_succeed, now);
                gate::PAUSE
            }
            _ => {
                self.verdicts += 1;
                self.window.succeeded(started, now);
                self.gate.open();
                self.paused = None;
                pause(batch.failures + 1, outcome.wait())
            }
        };
        let Step {
            settled,
            again,
            when,
        } = step(batch, outcome, self.rules.ambiguous, others_succeed);
        for (event, _) in &settled {
            self.keys.settle(event.key());
        }
        let failed_at = (when == When::Later).then_some(self.verdicts);
        let at = match when {
            When::Now => now,
            When::Later => now + later,
        };
        let count = again.iter().map(Batch::len).sum();
        for batch in again {
            self.wait(batch, failed_at, at);
        }
        let is_proof = settled.iter().any(|(_, outcome)| has(outcome));
        Done {
            settled,
            again: count,
            sign: Sign {
                is_failure: is_told,
                is_proof,
            },
        }
    }

    /// Dead letters could not be kept. Whether that is to be told.
    pub(in super::super) fn unkept(&mut self, why: &str, now: Instant) -> bool {
        self.failing.failed(Sort::Letter, why, true, now)
    }

    /// What is to be told after an attempt and all that followed from it. `are_kept` says that no dead letter waits to be
    /// kept.
    pub(in super::super) fn turn(
        &mut self,
        sign: Sign,
        are_kept: bool,
        now: Instant,
    ) -> Option<Turn> {
        let over = match are_kept && self.gets_through() {
            true => self.failing.over(sign.is_proof, now),
            false => None,
        };
        over.map(Turn::Delivering)
            .or(sign.is_failure.then_some(Turn::Failing))
    }

    /// Since when events do not get through, and why.
    pub(in super::super) fn failure(&self) -> Option<&Failure> {
        self.failing.failure()
    }

    /// Why nothing is taken until somebody changes something.
    pub(in super::super) fn paused(&self) -> Option<&Arc<str>> {
        self.paused.as_ref()
    }

    /// Whether nothing waits, or is under way again, that failed.
    fn gets_through(&self) -> bool {
        // While nothing fails, nothing has to be looked through.
        self.failing.is_open()
            && !self.gate.is_troubled()
            && self.failed_in_flight == 0
            && self.waiting.values().all(|(batch, _)| batch.failures == 0)
    }

    /// Remembers what the server does not take.
    fn learn(&mut self, outcome: &BatchOutcome, events: usize, bytes: usize) {
        match outcome {
            BatchOutcome::TooManyEvents if events > 1 => {
                self.rules.max_events = self.rules.max_events.min(events.div_ceil(2));
            }
            BatchOutcome::TooLarge { .. } if events > 1 => {
                self.rules.max_bytes = self.rules.max_bytes.min(bytes.div_ceil(2));
            }
            _ => {}
        }
    }
}

/// Whether the server has an event.
fn has(outcome: &EventOutcome) -> bool {
    matches!(outcome, EventOutcome::Delivered | EventOutcome::Duplicate)
}
