//! The loop around the attempts of a call. It waits and counts; what to do is decided elsewhere.

use std::time::Duration;

use super::budget::Budget;
use super::decision::{Decision, Situation, decide};
use super::outcome::Outcome;
use super::policy::RetryPolicy;
use crate::clock::Clock;
use crate::error::{Error, History, Kind, Stop};
use crate::operation::{Idempotency, Operation};
use crate::pace::Pace;
use crate::trace;

/// What the attempts of a call go by.
pub(crate) struct Rules<'a> {
    pub(crate) operation: &'static Operation,
    /// Of this call of it.
    pub(crate) idempotency: Idempotency,
    pub(crate) policy: &'a RetryPolicy,
    /// For all attempts and waits together.
    pub(crate) total: Duration,
    pub(crate) budget: &'a Budget,
    /// Present when calls wait for the next window.
    pub(crate) pace: Option<&'a Pace>,
    pub(crate) clock: &'a dyn Clock,
}

/// What an attempt is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// How long it may take; never zero.
    pub(crate) remaining: Duration,
    /// Its number among the requests that are paced; zero when none are.
    pub(crate) request: u64,
}

/// Makes attempts until one succeeds or the decision is to stop. Besides the value it tells how many
/// there were.
pub(crate) async fn repeat<T, F>(
    rules: &Rules<'_>,
    mut attempt: impl FnMut(Attempt) -> F,
) -> Result<(T, u32), Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let start = rules.clock.now();
    let remaining = || rules.total.saturating_sub(rules.clock.now() - start);
    let mut history = History::default();
    let mut failure = None;
    let mut spent = 0;
    loop {
        let pass = match rules.pace {
            Some(pace) => {
                let wait = pace.wait(rules.clock.now());
                if let Some(wait) = wait.filter(|wait| *wait < remaining()) {
                    trace::paced(rules.operation, wait);
                }
                let pass = pace.enter(rules.clock, remaining()).await;
                let late = |wait| {
                    Error::paced(rules.operation, wait).with_history(history, Stop::Deadline)
                };
                Some(pass.map_err(late)?)
            }
            None => None,
        };
        let left = remaining();
        if left.is_zero() {
            // Sleep may take longer than it was asked to. An attempt without time would fail in a way
            // that leaves a doubt, and nothing could have been sent.
            return Err(match failure {
                Some(error) => Error::with_history(error, history, Stop::Deadline),
                None => Error::new(Kind::Timeout, Some(rules.operation))
                    .with_history(history, Stop::Final),
            });
        }
        history.attempts += 1;
        let outcome = attempt(Attempt {
            remaining: left,
            request: pass.as_ref().map_or(0, |pass| pass.request),
        });
        let outcome = outcome.await;
        drop(pass);
        let error = match outcome {
            Ok(value) => {
                rules.budget.refund(spent);
                return Ok((value, history.attempts));
            }
            Err(error) => error,
        };
        let outcome = Outcome::of(&error);
        if outcome.is_refusal() && error.status().is_some() {
            // The budget spares a server in trouble. This one responds as it should.
            rules.budget.refund(spent);
        }
        history.may_be_executed |= outcome.may_be_executed;
        let decision = decide(&Situation {
            idempotency: rules.idempotency,
            policy: rules.policy,
            attempt: history.attempts,
            outcome,
            remaining: remaining(),
            tokens: rules.budget.tokens(),
            chance: rules.clock.chance(),
        });
        let stop = match decision {
            Decision::Again { pause, cost } if rules.budget.take(cost) => {
                spent = cost;
                trace::again(rules.operation, history.attempts, &error, pause);
                failure = Some(error);
                rules.clock.sleep(pause).await;
                continue;
            }
            // Other calls were faster.
            Decision::Again { .. } => Stop::Budget,
            Decision::Stop(stop) => stop,
        };
        return Err(error.with_history(history, stop));
    }
}
