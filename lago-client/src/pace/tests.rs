//! Who goes when: the decisions by themselves, and waiting in tokio's own time, which is paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::state::{GRACE, PROBE, State, Turn};
use super::*;
use crate::clock::System;

const LONGEST: Duration = Duration::from_secs(120);

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn limit(remaining: u64, reset: u64) -> RateLimit {
    RateLimit {
        limit: 100,
        remaining,
        reset: secs(reset),
    }
}

fn headers(limit: RateLimit) -> HeaderMap {
    let fields = [
        ("limit", limit.limit),
        ("remaining", limit.remaining),
        ("reset", limit.reset.as_secs()),
    ];
    let fields = fields.map(|(name, value)| {
        let name = format!("x-ratelimit-{name}");
        (name.parse().unwrap(), value.into())
    });
    HeaderMap::from_iter(fields)
}

/// A request that gets this response after so long.
async fn request(pace: &Pace, response: Option<RateLimit>, takes: Duration) -> Instant {
    let pass = pace.enter(&System, secs(3600)).await.unwrap();
    let left = Instant::now();
    tokio::time::sleep(takes).await;
    if let Some(response) = response {
        pace.note(pass.request, &headers(response), Instant::now());
    }
    left
}

#[test]
fn the_response_to_the_latest_request_counts_in_whatever_order_they_come() {
    let now = Instant::now();
    // Responses to requests, in the order in which they arrive, and how long the next call waits.
    for (responses, wait) in [
        (&[(1, limit(0, 30))][..], Some(30)),
        (&[(1, limit(1, 30))], None),
        (&[(1, limit(0, 30)), (2, limit(7, 30))], None),
        (&[(1, limit(0, 30)), (2, limit(0, 5))], Some(5)),
        (&[(1, limit(0, 5)), (2, limit(0, 30))], Some(30)),
        (&[(1, limit(0, 1_790_000_000))], Some(120)),
        (&[(1, limit(0, 1_790_000_000)), (2, limit(99, 60))], None),
        (&[(2, limit(99, 60)), (1, limit(0, 1_790_000_000))], None),
        (&[(2, limit(9, 30)), (1, limit(10, 30))], None),
        // Requests are not always counted in the order in which they are sent.
        (&[(2, limit(1, 30)), (1, limit(0, 30))], Some(30)),
        (
            &[(3, limit(0, 30)), (2, limit(1, 30)), (1, limit(2, 30))],
            Some(30),
        ),
    ] {
        let mut state = State::new(LONGEST);
        for number in 1..4 {
            assert_eq!(state.ask(now, 0), Turn::Go(number));
        }
        for (request, limit) in responses {
            state.note(*request, *limit, now);
        }
        assert_eq!(state.wait(now), wait.map(secs), "{responses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_leave_spread_over_the_windows_and_in_order() {
    let (start, pace) = (Instant::now(), Arc::new(Pace::new(LONGEST)));
    // How many requests have arrived in each of the server's windows, which take 100 in 30 seconds.
    let arrived: Arc<[AtomicU32; 8]> = Arc::default();
    request(&pace, Some(limit(0, 30)), Duration::ZERO).await;
    let calls = (0..300).map(|_| {
        let (pace, arrived) = (Arc::clone(&pace), Arc::clone(&arrived));
        tokio::spawn(async move {
            let pass = pace.enter(&System, secs(3600)).await.unwrap();
            let left = start.elapsed();
            tokio::time::sleep(Duration::from_millis(100)).await;
            let window = start.elapsed().as_secs() / 30;
            let used = 1 + arrived[usize::try_from(window).unwrap()].fetch_add(1, Ordering::SeqCst);
            let rest = secs((window + 1) * 30) - start.elapsed() + Duration::from_millis(999);
            let response = limit(u64::from(100_u32.saturating_sub(used)), rest.as_secs());
            pace.note(pass.request, &headers(response), Instant::now());
            left
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut left = Vec::new();
    for call in calls {
        left.push(call.await.unwrap());
    }
    // First come, first served, but for a turn or two where the pace changes.
    for (at, time) in left.iter().enumerate() {
        let earlier = left[..at].iter().max().unwrap_or(time);
        assert!(*time + secs(1) > *earlier, "{time:?} after {earlier:?}");
    }
    assert_eq!(left[0], secs(30));
    // Where all left at once it would be 300; a window of 100 in 30 s is one in 0.3 s.
    let within = |from: Duration, length| {
        let inside = |left: &&Duration| (from..from + length).contains(left);
        left.iter().filter(inside).count()
    };
    for from in &left {
        let together = within(*from, Duration::from_millis(300));
        assert!(together <= 3, "{together} from {from:?}");
    }
    assert!(left[299] < secs(30 * 5), "{:?}", left[299]);
    let refused = arrived
        .iter()
        .any(|count| count.load(Ordering::SeqCst) > 100);
    assert!(!refused, "{arrived:?}");
}

#[tokio::test(start_paused = true)]
async fn after_a_window_that_is_capped_one_probe_goes_first() {
    let (start, pace) = (Instant::now(), Pace::new(LONGEST));
    request(&pace, Some(limit(0, 1_790_000_000)), Duration::ZERO).await;
    let probe = request(&pace, Some(limit(90, 60)), secs(1));
    let others =
        async { tokio::join!(request(&pace, None, secs(1)), request(&pace, None, secs(1))) };
    let (probe, (second, third)) = tokio::join!(probe, others);
    assert_eq!(probe - start, secs(120));
    assert_eq!(second - start, secs(121));
    // Two thirds of a second for each of 90 requests in a minute.
    let apart = third - second;
    assert!((600..700).contains(&apart.as_millis()), "{apart:?}");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_says_no_is_believed_and_one_that_says_nothing_holds_nobody_up() {
    let (start, pace) = (Instant::now(), Pace::new(LONGEST));
    request(&pace, Some(limit(0, 10)), Duration::ZERO).await;
    let (first, second, third) = tokio::join!(
        request(&pace, Some(limit(0, 20)), secs(1)),
        request(&pace, None, secs(1)),
        request(&pace, None, secs(1)),
    );
    assert_eq!(
        [first, second].map(|left| (left - start).as_secs()),
        [10, 31]
    );
    // As many as the last window allowed: one in 0.2 s.
    assert_eq!(third - second, secs(1) + Duration::ZERO);

    // One that is dropped under way neither.
    request(&pace, Some(limit(0, 10)), Duration::ZERO).await;
    let start = Instant::now();
    let dropped = tokio::time::timeout(secs(11), request(&pace, None, secs(60)));
    let (dropped, next) = tokio::join!(dropped, request(&pace, None, secs(1)));
    assert!(dropped.is_err());
    assert_eq!(next - start, secs(11));
}

#[tokio::test(start_paused = true)]
async fn news_wakes_those_who_wait() {
    let (start, pace) = (Instant::now(), Pace::new(LONGEST));
    let slow = request(&pace, Some(limit(50, 60)), secs(5));
    let fast = async {
        let pass = pace.enter(&System, secs(1)).await.unwrap();
        // The slow one was sent before and is answered after this.
        pace.note(pass.request - 1, &headers(limit(0, 60)), Instant::now());
    };
    let waits = request(&pace, None, Duration::ZERO);
    let (_, (), left) = tokio::join!(slow, fast, waits);
    assert!(left - start <= secs(5), "{:?}", left - start);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_no_time_to_wait_fails_at_once_and_in_line_when_its_time_is_up() {
    let (start, pace) = (Instant::now(), Pace::new(LONGEST));
    request(&pace, Some(limit(0, 60)), Duration::ZERO).await;
    let refused = pace.enter(&System, secs(60)).await.err();
    assert_eq!(
        (refused, start.elapsed()),
        (Some(Some(secs(60))), Duration::ZERO)
    );
    // The probe takes longer than this one has after the window; how long, nobody knows.
    let probe = request(&pace, Some(limit(90, 60)), secs(30));
    let late = pace.enter(&System, secs(61));
    let (_, late) = tokio::join!(probe, async {
        let late = late.await.err();
        (late, start.elapsed())
    });
    assert_eq!(late, (Some(None), secs(61)));
    assert_eq!(pace.state().waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_not_polled_holds_nobody_up() {
    for stalled in 0..4 {
        let (start, pace) = (Instant::now(), Pace::new(LONGEST));
        request(&pace, Some(limit(0, 10)), Duration::ZERO).await;
        // They stand in line from here on, and nobody looks after them.
        let line = (0..stalled).map(|_| Box::pin(request(&pace, None, Duration::ZERO)));
        let mut line: Vec<_> = line.collect();
        for waits in &mut line {
            let once = tokio::time::timeout(Duration::ZERO, waits.as_mut());
            assert!(once.await.is_err());
        }
        let response = || request(&pace, Some(limit(90, 90)), Duration::ZERO);
        let left: [_; 3] = tokio::join!(response(), response(), response()).into();
        let mut left = left.map(|left| left - start);
        left.sort();
        assert_eq!(left[0].as_secs(), 10, "{stalled}: {left:?}");
        // One in a second, or two when it is the turn of one that does not go.
        assert!(left[2] <= secs(14), "{stalled}: {left:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_nobody_polls_loses_its_right_and_its_response_still_counts() {
    let (start, pace) = (Instant::now(), Pace::new(LONGEST));
    request(&pace, Some(limit(0, 10)), Duration::ZERO).await;
    let probe = pace.enter(&System, LONGEST).await.unwrap();
    // One in so long, as long as no response comes.
    let (second, third) = (request(&pace, None, LONGEST), request(&pace, None, LONGEST));
    let fourth = pace.enter(&System, LONGEST);
    let told = async {
        tokio::time::sleep(PROBE * 2 + secs(1)).await;
        pace.note(probe.request, &headers(limit(90, 60)), Instant::now());
    };
    let (second, third, (), fourth) = tokio::join!(second, third, told, async {
        fourth.await.unwrap();
        Instant::now()
    });
    let left = [second, third, fourth].map(|left| left - start);
    let probed = secs(10);
    assert_eq!(left[..2], [probed + PROBE, probed + PROBE * 2]);
    assert_eq!(left[2], probed + PROBE * 2 + secs(1));
}

/// What happens to the state, and how many seconds later.
#[derive(Clone, Debug)]
enum Step {
    /// From this place.
    Ask(usize),
    Stand,
    Leave(usize),
    Response(usize, RateLimit),
    End(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let reset = prop_oneof![0_u64..200, Just(u64::MAX)];
    let response = (0_u64..3, 0_u64..3, reset).prop_map(|(limit, remaining, reset)| RateLimit {
        limit,
        remaining,
        reset: secs(reset),
    });
    prop_oneof![
        3 => (0_usize..5).prop_map(Step::Ask),
        1 => Just(Step::Stand),
        1 => (0_usize..5).prop_map(Step::Leave),
        2 => (0_usize..4, response).prop_map(|(at, response)| Step::Response(at, response)),
        1 => (0_usize..4).prop_map(Step::End),
    ]
}

proptest! {
    #[test]
    fn whatever_the_server_says_and_whoever_is_not_polled_no_call_waits_for_ever(
        steps in prop::collection::vec((step(), 0_u64..100), 0..60),
    ) {
        let (mut state, mut now) = (State::new(LONGEST), Instant::now());
        let (mut under_way, mut line) = (Vec::new(), Vec::new());
        for (step, later) in steps {
            now += secs(later);
            match step {
                Step::Ask(at) => match state.ask(now, line.get(at).copied().unwrap_or_default()) {
                    Turn::Go(request) => under_way.push(request),
                    Turn::At(wait) => prop_assert!(!wait.is_zero() && wait <= LONGEST + GRACE),
                    Turn::AfterProbe(wait) => {
                        prop_assert!(!under_way.is_empty());
                        prop_assert!(!wait.is_zero() && wait <= PROBE + GRACE);
                    }
                },
                Step::Stand => line.push(state.stand()),
                Step::Leave(at) if at < line.len() => state.leave(line.remove(at)),
                Step::Leave(_) => {}
                Step::Response(at, limit) => {
                    if let Some(request) = under_way.get(at) {
                        let _ = state.note(*request, limit, now);
                    }
                }
                Step::End(at) if at < under_way.len() => drop(state.end(under_way.remove(at), now)),
                Step::End(_) => {}
            }
            if let Some(wait) = state.wait(now) {
                prop_assert!(wait <= LONGEST);
            }
        }
        // Nothing that is under way ends, and nobody leaves the line.
        let last = line.last().copied().unwrap_or_default();
        let turn = state.ask(now + LONGEST + GRACE, last);
        prop_assert!(matches!(turn, Turn::Go(_)), "{turn:?}");
    }
}
