//! What holds of every call, whatever happens to it.

use std::cell::Cell;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::pace::Pace;
use crate::retry::{Budget, RetryPolicy, Rules, repeat};

fn fault() -> impl Strategy<Value = Fault> {
    let wait = prop::option::of(0_u64..200);
    let code = prop::sample::select(vec![
        None,
        Some("validation_errors"),
        Some("plan_not_found"),
        Some("lock_acquisition_failed"),
        Some("too_many_provider_requests"),
    ]);
    let status = prop::sample::select(vec![
        101_u16, 303, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 503, 505, 520,
        600,
    ]);
    prop_oneof![
        Just(Fault::Refused),
        Just(Fault::TimedOut),
        Just(Fault::Reset),
        prop::sample::select(vec![200_u16, 201, 404, 422, 429, 500, 503]).prop_map(Fault::Torn),
        (status, code, wait).prop_map(|(status, code, wait)| Fault::Response(status, code, wait)),
    ]
}

fn policy() -> impl Strategy<Value = RetryPolicy> {
    let limits = (0_u32..12, 0_u64..100_000, 0_u64..100_000, 0_u64..200);
    limits.prop_map(|(attempts, first, longest, asked)| {
        RetryPolicy::new()
            .max_attempts(attempts)
            .initial_backoff(Duration::from_millis(first))
            .max_backoff(Duration::from_millis(longest))
            .max_retry_after(Duration::from_secs(asked))
    })
}

/// A call, with what each attempt comes to and how many seconds it takes; then it succeeds.
#[derive(Debug)]
struct Script {
    operation: &'static Operation,
    policy: RetryPolicy,
    faults: Vec<(Fault, u64)>,
    total: Duration,
    chance: f64,
    oversleeps: Duration,
    /// What other calls have used up of the budget.
    used: u32,
}

fn script() -> impl Strategy<Value = Script> {
    let faults = prop::collection::vec((fault(), 0_u64..30), 0..15);
    let operation = prop::sample::select(vec![READ, CHARGE]);
    (
        operation,
        policy(),
        faults,
        1_u64..300,
        0.0..=1.0,
        prop::sample::select(vec![0_u64, 1, 1_000, 100_000]),
        0_u32..=500,
    )
        .prop_map(
            |(operation, policy, faults, total, chance, oversleeps, used)| Script {
                operation,
                policy,
                faults,
                total: Duration::from_secs(total),
                chance,
                oversleeps: Duration::from_millis(oversleeps),
                used,
            },
        )
}

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #[test]
    fn a_call_keeps_to_its_limits_and_charges_once(script in script()) {
        let clock = Fake {
            oversleeps: script.oversleeps,
            ..Fake::new(script.chance)
        };
        let budget = Budget::default();
        prop_assert!(budget.take(script.used));
        let rules = Rules {
            operation: script.operation,
            idempotency: script.operation.idempotency,
            policy: &script.policy,
            total: script.total,
            budget: &budget,
            pace: None,
            clock: &clock,
        };
        let (sent, had_time) = (Cell::new(0_usize), Cell::new(true));
        let outcome = run(repeat(&rules, |attempt| {
            let is_in_time = clock.passed() < script.total && !attempt.remaining.is_zero();
            had_time.set(had_time.get() && is_in_time);
            let number = sent.replace(sent.get() + 1);
            let fault = script.faults.get(number);
            std::future::ready(match fault {
                Some((fault, seconds)) => {
                    clock.pass(Duration::from_secs(*seconds));
                    Err(fault.error(script.operation))
                }
                None => Ok(()),
            })
        }));
        let sent = sent.get();
        let met = &script.faults[..sent.min(script.faults.len())];

        // Attempts.
        prop_assert!(sent >= 1 && sent <= script.policy.max_attempts.max(1) as usize);
        let woke_late = clock.slept().len() == sent;
        prop_assert!(woke_late || clock.slept().len() == sent - 1);

        // Waits end before the call must, and one that does not is followed by no attempt.
        let waited: Duration = clock.slept().iter().sum();
        prop_assert!(waited <= script.total, "{:?}", clock.slept());
        prop_assert!(had_time.get(), "{:?}", clock.slept());
        if woke_late {
            prop_assert!(!script.oversleeps.is_zero() && clock.passed() >= script.total);
        }

        // Nothing that is not idempotent goes again after it may have been executed.
        if script.operation.idempotency == Idempotency::NotIdempotent {
            let executed = met.iter().take(sent - 1).filter(|(fault, _)| fault.may_be_executed());
            prop_assert_eq!(executed.count(), 0);
        }

        // The server's word counts, up to what the policy allows.
        for (pause, (fault, _)) in clock.slept().iter().zip(met) {
            if let Fault::Response(_, _, Some(wait)) = fault {
                prop_assert!(*pause >= Duration::from_secs(*wait));
                prop_assert!(Duration::from_secs(*wait) <= script.policy.max_retry_after);
            } else {
                prop_assert!(*pause <= script.policy.max_backoff);
            }
        }

        // What the caller is told.
        match outcome {
            Ok(((), attempts)) => prop_assert_eq!(attempts as usize, sent),
            Err(error) => {
                prop_assert_eq!(error.attempts() as usize, sent);
                let any = met.iter().any(|(fault, _)| fault.may_be_executed());
                prop_assert_eq!(error.is_ambiguous(), any);
                let line = error.to_string();
                prop_assert!(!line.contains('\n') && line.len() < 400, "{}", line);
            }
        }
        prop_assert!(budget.tokens() <= 500);
    }

    #[test]
    fn a_budget_gives_no_more_than_it_has(steps in prop::collection::vec((any::<bool>(), 0_u32..600), 0..200)) {
        let (budget, mut has) = (Budget::default(), 500_u32);
        for (take, amount) in steps {
            if take {
                prop_assert_eq!(budget.take(amount), amount <= has);
                has -= if amount <= has { amount } else { 0 };
            } else {
                budget.refund(amount);
                has = (has + amount.max(1)).min(500);
            }
            prop_assert_eq!(budget.tokens(), has);
        }
    }

    #[test]
    fn a_paced_call_is_sent_after_the_window_or_not_at_all(reset in 0_u64..200, total in 1_u64..200) {
        let (clock, budget) = (Fake::new(0.5), Budget::default());
        let pace = Pace::new(RetryPolicy::new().max_retry_after);
        let headers = [("limit", "10"), ("remaining", "0"), ("reset", &reset.to_string())];
        let headers = headers.map(|(name, value)| {
            let name = format!("x-ratelimit-{name}");
            (name.parse().unwrap(), value.parse().unwrap())
        });
        let pass = run(pace.enter(&clock, Duration::ZERO));
        pace.note(pass.unwrap().request, &HeaderMap::from_iter(headers), clock.now());
        // No window is waited for longer than the policy allows.
        let wait = Duration::from_secs(reset.min(120));
        let rules = Rules {
            operation: READ,
            idempotency: READ.idempotency,
            policy: &RetryPolicy::new(),
            total: Duration::from_secs(total),
            budget: &budget,
            pace: Some(&pace),
            clock: &clock,
        };
        let outcome = run(repeat(&rules, |_| std::future::ready(Ok(clock.passed()))));
        match outcome {
            Ok((passed, _)) => prop_assert_eq!(passed, wait),
            Err(error) => {
                prop_assert!(wait >= Duration::from_secs(total));
                prop_assert_eq!(error.retry_after(), Some(wait));
                prop_assert!(error.is_rate_limited() && !error.is_ambiguous());
                prop_assert_eq!((error.attempts(), clock.slept().len()), (0, 0));
            }
        }
    }
}
