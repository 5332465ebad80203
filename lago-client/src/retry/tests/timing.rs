//! How long a call waits, in tokio's own time, which is paused: it passes only while all sleep.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::clock::System;
use crate::error::{History, Stop};
use crate::pace::Pace;
use crate::retry::{Budget, RetryPolicy, Rules, repeat};

/// What becomes of a call whose attempts fail like this and then succeed, and how long it took.
async fn call(
    operation: &'static Operation,
    policy: &RetryPolicy,
    budget: &Budget,
    faults: &[Fault],
) -> (Result<u32, Error>, Duration) {
    let rules = Rules {
        operation,
        idempotency: operation.idempotency,
        policy,
        total: Duration::from_secs(120),
        budget,
        pace: None,
        clock: &System,
    };
    let (start, mut faults) = (Instant::now(), faults.iter());
    let outcome = repeat(&rules, |_| {
        std::future::ready(match faults.next() {
            Some(fault) => Err(fault.error(operation)),
            None => Ok(()),
        })
    });
    let outcome = outcome.await.map(|((), attempts)| attempts);
    (outcome, start.elapsed())
}

fn seconds(range: std::ops::RangeInclusive<u64>) -> std::ops::RangeInclusive<Duration> {
    Duration::from_secs(*range.start())..=Duration::from_secs(*range.end())
}

#[tokio::test(start_paused = true)]
async fn a_whole_window_is_waited_for() {
    let limited = Fault::Response(429, None, Some(60));
    let (outcome, took) = call(READ, &RetryPolicy::new(), &Budget::default(), &[limited]).await;
    assert_eq!(outcome.unwrap(), 2);
    assert!(seconds(60..=66).contains(&took), "{took:?}");
    // Who else could have executed it before the gateway said so, nobody knows.
    let (outcome, took) = call(CHARGE, &RetryPolicy::new(), &Budget::default(), &[limited]).await;
    let error = outcome.unwrap_err();
    assert!(error.is_rate_limited() && error.is_ambiguous(), "{error}");
    assert_eq!((error.attempts(), took), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_ends_after_the_deadline_is_not_waited_for() {
    // And the random time on top.
    let limited = Fault::Response(429, None, Some(120));
    let (outcome, took) = call(READ, &RetryPolicy::new(), &Budget::default(), &[limited]).await;
    let error = outcome.unwrap_err();
    assert_eq!(took, Duration::ZERO);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert!(error.is_rate_limited() && error.is_ambiguous());
    assert!(
        error.to_string().contains("a wait of 120s exceeds"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_what_the_policy_allows_is_an_error_at_once_and_up_to_it_is_waited() {
    let limited = |seconds| [Fault::Response(503, None, Some(seconds))];
    let policy = RetryPolicy::new().max_retry_after(Duration::from_secs(30));
    let (outcome, took) = call(READ, &policy, &Budget::default(), &limited(30)).await;
    assert_eq!(outcome.unwrap(), 2);
    assert!(took >= Duration::from_secs(30), "{took:?}");
    for (policy, asked) in [(policy, 31), (RetryPolicy::new(), 1_790_000_000)] {
        let (outcome, took) = call(READ, &policy, &Budget::default(), &limited(asked)).await;
        let error = outcome.unwrap_err();
        assert_eq!((took, error.attempts()), (Duration::ZERO, 1));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(asked)));
        let line = error.to_string();
        assert!(
            line.contains("s is longer than the policy allows"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_server_that_asks_for_no_wait_gets_the_usual_one() {
    let (clock, budget) = (Fake::new(0.5), Budget::default());
    let rules = Rules {
        operation: READ,
        idempotency: READ.idempotency,
        policy: &RetryPolicy::new(),
        total: Duration::from_secs(120),
        budget: &budget,
        pace: None,
        clock: &clock,
    };
    let limited = Fault::Response(429, None, Some(0));
    let outcome = repeat(&rules, |_| {
        std::future::ready(Err::<(), _>(limited.error(READ)))
    });
    assert_eq!(outcome.await.unwrap_err().attempts(), 4);
    assert_eq!(clock.slept(), [100, 200, 400].map(Duration::from_millis));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_others_use_up_meanwhile_is_waited_for_too() {
    let window = || {
        let headers = [("limit", "10"), ("remaining", "0"), ("reset", "30")];
        let headers = headers.map(|(name, value)| {
            let name = format!("x-ratelimit-{name}");
            (name.parse().unwrap(), value.parse().unwrap())
        });
        HeaderMap::from_iter(headers)
    };
    let (start, longest) = (Instant::now(), Duration::from_secs(120));
    let pace = Arc::new(Pace::new(longest));
    let request = async || pace.enter(&System, longest).await.unwrap().request;
    let (first, second) = (request().await, request().await);
    pace.note(first, &window(), start);
    let other = Arc::clone(&pace);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(10)).await;
        other.note(second, &window(), Instant::now());
    });
    let rules = Rules {
        operation: READ,
        idempotency: READ.idempotency,
        policy: &RetryPolicy::new(),
        total: Duration::from_secs(120),
        budget: &Budget::default(),
        pace: Some(&pace),
        clock: &System,
    };
    let outcome = repeat(&rules, |_| std::future::ready(Ok(start.elapsed())));
    let (sent, _) = outcome.await.unwrap();
    assert_eq!(sent.as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_end() {
    let (policy, budget) = (RetryPolicy::new().max_attempts(10), Budget::default());
    let faults = [Fault::Reset; 9];
    let (outcome, took) = call(READ, &policy, &budget, &faults).await;
    assert_eq!(outcome.unwrap(), 10);
    // 0.2 + 0.4 + … + 12.8 + 20 + 20, if chance says all of it each time.
    assert!(took <= Duration::from_millis(65_400), "{took:?}");
    let (outcome, _) = call(READ, &policy, &budget, &[Fault::Reset; 10]).await;
    let error = outcome.unwrap_err();
    assert!(error.is_transport() && error.attempts() == 10);
    assert!(
        error
            .to_string()
            .ends_with("was complete, after 10 attempts")
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_is_soon_left_alone() {
    let (policy, budget) = (RetryPolicy::new(), Budget::default());
    let mut attempts = 0;
    let mut last = None;
    for _ in 0..100 {
        let (outcome, _) = call(READ, &policy, &budget, &[Fault::Refused; 9]).await;
        let error = outcome.unwrap_err();
        attempts += error.attempts();
        last = Some(error);
    }
    // A hundred calls, and 500 tokens at 14 each.
    assert_eq!(attempts, 100 + 500 / 14);
    let last = last.unwrap().to_string();
    assert!(last.contains("budget for retries is used up"), "{last}");
    // Successes bring it back.
    for _ in 0..14 {
        let (outcome, _) = call(READ, &policy, &budget, &[]).await;
        assert_eq!(outcome.unwrap(), 1);
    }
    let (outcome, _) = call(READ, &policy, &budget, &[Fault::Refused]).await;
    assert_eq!(outcome.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_no_is_not_in_trouble() {
    let gone = Fault::Response(404, Some("plan_not_found"), None);
    let budget = Budget::default();
    let tried = [Fault::Response(503, None, None), gone];
    // As often as used up the budget when only successes brought something back, and more.
    for _ in 0..200 {
        let (outcome, _) = call(READ, &RetryPolicy::new(), &budget, &tried).await;
        let error = outcome.unwrap_err();
        assert!(error.is_not_found() && error.attempts() == 2, "{error}");
    }
    assert_eq!(budget.tokens(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_time_is_not_made() {
    let rules = Rules {
        operation: CHARGE,
        idempotency: CHARGE.idempotency,
        policy: &RetryPolicy::new(),
        total: Duration::ZERO,
        budget: &Budget::default(),
        pace: None,
        clock: &System,
    };
    let outcome = repeat(&rules, |_| std::future::ready(Ok(())));
    let error = outcome.await.unwrap_err();
    assert!(error.is_timeout() && !error.is_ambiguous(), "{error}");
    assert_eq!(error.attempts(), 0);
}

#[tokio::test]
async fn an_attempt_for_which_sleep_left_no_time_is_not_made() {
    let clock = Fake {
        oversleeps: Duration::from_secs(60),
        ..Fake::new(1.0)
    };
    let rules = Rules {
        operation: CHARGE,
        idempotency: CHARGE.idempotency,
        policy: &RetryPolicy::new(),
        total: Duration::from_secs(60),
        budget: &Budget::default(),
        pace: None,
        clock: &clock,
    };
    let outcome = repeat(&rules, |_| {
        std::future::ready(Err::<(), _>(Fault::Refused.error(CHARGE)))
    });
    let error = outcome.await.unwrap_err();
    assert!(error.is_connect() && !error.is_ambiguous(), "{error}");
    assert_eq!((error.attempts(), clock.slept().len()), (1, 1));
    assert!(error.to_string().contains("not tried again"), "{error}");
}

#[tokio::test]
async fn a_wait_of_no_known_length_is_not_told_as_none() {
    let clock = Fake::new(1.0);
    let rules = Rules {
        operation: READ,
        idempotency: READ.idempotency,
        policy: &RetryPolicy::new(),
        // Time for one attempt, and not for the pause after it.
        total: Duration::from_millis(1),
        budget: &Budget::default(),
        pace: None,
        clock: &clock,
    };
    let limited = Fault::Response(429, None, Some(0));
    let limited = repeat(&rules, |_| {
        std::future::ready(Err::<(), _>(limited.error(READ)))
    });
    let paced = |wait| Error::paced(READ, wait).with_history(History::default(), Stop::Deadline);
    for error in [
        limited.await.unwrap_err(),
        paced(Some(Duration::ZERO)),
        paced(None),
    ] {
        let line = error.to_string();
        assert!(!line.contains("0ns"), "{line}");
        assert!(line.contains("exceeds the time that is left"), "{line}");
        assert!(error.is_rate_limited(), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_that_may_have_been_executed_is_not_forgotten() {
    let gone = Fault::Response(404, Some("plan_not_found"), None);
    let policy = RetryPolicy::new();
    let (outcome, _) = call(READ, &policy, &Budget::default(), &[Fault::TimedOut, gone]).await;
    let error = outcome.unwrap_err();
    assert!(error.is_not_found() && error.is_ambiguous(), "{error}");
    let (outcome, _) = call(READ, &policy, &Budget::default(), &[gone]).await;
    assert!(!outcome.unwrap_err().is_ambiguous());
}
