//! Whether to try again, and after how long: a function of what is known.

use std::time::Duration;

use super::outcome::{Class, Outcome};
use super::policy::RetryPolicy;
use crate::error::Stop;
use crate::operation::Idempotency;

/// All that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'p> {
    pub(crate) idempotency: Idempotency,
    pub(crate) policy: &'p RetryPolicy,
    /// The attempt that failed, the first being 1.
    pub(crate) attempt: u32,
    pub(crate) outcome: Outcome,
    /// How long the call may still take.
    pub(crate) remaining: Duration,
    /// What is left of the budget.
    pub(crate) tokens: u32,
    /// From 0 to 1.
    pub(crate) chance: f64,
}

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Try again after a pause, for so many tokens of the budget.
    Again { pause: Duration, cost: u32 },
    /// Hand the failure to the caller.
    Stop(Stop),
}

/// A retry after a failure costs more than one that a server asked for: it may add to trouble.
/// These two, the capacity and the refund follow the proportions of the AWS SDKs.
const COST: u32 = 14;
const COST_OF_THROTTLED: u32 = 5;

/// Decides.
pub(crate) fn decide(situation: &Situation<'_>) -> Decision {
    let Situation {
        policy,
        attempt,
        outcome,
        ..
    } = *situation;
    if outcome.class == Class::Final {
        return Decision::Stop(Stop::Final);
    }
    if !may_repeat(outcome.class, situation.idempotency) {
        // An operation that may be repeated stops here because repeating it would change nothing.
        return Decision::Stop(
            match outcome.may_be_executed && !situation.idempotency.may_repeat() {
                true => Stop::NotIdempotent,
                false => Stop::Final,
            },
        );
    }
    if attempt >= policy.max_attempts {
        return Decision::Stop(Stop::Attempts);
    }
    let asked = outcome.wait.unwrap_or_default();
    if asked > policy.max_retry_after {
        return Decision::Stop(Stop::Wait);
    }
    let backoff = policy.backoff(attempt);
    let jittered = backoff.as_secs_f64() * situation.chance.clamp(0.0, 1.0);
    let jittered = Duration::try_from_secs_f64(jittered).unwrap_or(backoff);
    // The server's word is a minimum: jitter on top keeps a fleet from coming back at one moment, and a
    // wait of zero from being none.
    let pause = asked.saturating_add(jittered);
    if pause >= situation.remaining {
        return Decision::Stop(Stop::Deadline);
    }
    let cost = match outcome.class {
        Class::Throttled => COST_OF_THROTTLED,
        _ => COST,
    };
    if cost > situation.tokens {
        return Decision::Stop(Stop::Budget);
    }
    Decision::Again { pause, cost }
}

/// Whether sending a request again can do no harm, after this outcome.
fn may_repeat(class: Class, idempotency: Idempotency) -> bool {
    match class {
        Class::NotSent | Class::KeyChanged => true,
        Class::NoResponse | Class::Throttled | Class::Unproven | Class::Conflict => {
            idempotency.may_repeat()
        }
        Class::Lasting | Class::Final => false,
    }
}
