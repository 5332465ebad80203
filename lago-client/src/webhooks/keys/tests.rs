//! How often a key is asked for, and what becomes of those who wait.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use futures::future::join_all;
use proptest::prelude::*;
use tokio::sync::Semaphore;

use super::super::Check;
use super::*;

/// Two keys whose other halves nobody kept.
const FIRST: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoWYP9naCBsrF3Pa3BiTq
VVCB/HL2VMp7v7cRCTjAMj6EeIQw+rMai6QU1S/MXPkXcozfcCOgpn0DfCdGr3mO
g4IoV6QKeDNGmH8V0BoH5hrABkoPwkaWftRtrAijjFJTn2kKCbumXYeXIgv4feAB
DS5D1RWYVNi7sTiLDa3f8+CMuf34rDj0GxAMt0bo4H3d/d6AXt3yPDixBI4/RxkR
x8P5uNkYq9hEMsY4f6rSSB03v1s82Q6yyV6xha2Y75SxL41DQG7vFhj8J+cJD3oP
PfiIR1SiVLgPoMqTDkjeBfuQutY1Juu0145Yr3SWSPlI+O45tnIZ/TgcIcsg/ysw
nQIDAQAB
-----END PUBLIC KEY-----";
const SECOND: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsnzet4AFTNFkFCkuUxjS
nvs1Hwx1FSopmITCmNier7fTW9JaM1TfrANE1OrAwIP1gMsO18rpmJiZhlWFC70u
cVS3KmweezzAdBfJYd5ZxAdZ6xQ2pFXd2Te7z66EDW+/qhzI+ruFilTG8SPqac/K
PkQ+VaOVfKyAQbqoo4tIXSsAbOIa7Ow1XzYG5TUPGw3Fx9GQ3qQ0T7qe0CEvc+EV
exAlKP0IMFTai+s3odd3rkq9ao9ntVbRIj3HlSMNYTvWtf4/YrMQUG0kcGnKzcuD
2tDsB9SUGUvUGyYxS7X5+TS3Yqcm3kH9MOJarDhyqCSL5+pri3KXSFxrcp8m9yKC
iwIDAQAB
-----END PUBLIC KEY-----";

/// What a server says when it is asked.
#[derive(Clone, Copy, Debug)]
enum Answer {
    First,
    Second,
    Failure,
}

impl Answer {
    fn give(self) -> Result<PublicKey, Cause> {
        match self {
            Self::First => Ok(PublicKey::parse(FIRST).unwrap()),
            Self::Second => Ok(PublicKey::parse(SECOND).unwrap()),
            Self::Failure => Err(Arc::new(std::io::Error::other("no connection"))),
        }
    }
}

/// A server, and a clock that moves when it is told to.
struct World {
    keys: Arc<Keys>,
    asked: Arc<AtomicUsize>,
    /// The server answers as often as there are permits.
    gate: Arc<Semaphore>,
    now: Arc<Mutex<Instant>>,
}

impl World {
    /// A server that gives these answers one after the other.
    fn new<const N: usize>(answers: [Answer; N]) -> Self {
        let asked = Arc::<AtomicUsize>::default();
        let gate = Arc::new(Semaphore::new(0));
        let now = Arc::new(Mutex::new(Instant::now()));
        let (count, open, clock) = (asked.clone(), gate.clone(), now.clone());
        let answers = Mutex::new(VecDeque::from(answers));
        let source = move || -> Asking {
            count.fetch_add(1, Ordering::SeqCst);
            let (open, answer) = (open.clone(), answers.lock().unwrap().pop_front());
            Box::pin(async move {
                open.acquire().await.unwrap().forget();
                answer.unwrap().give()
            })
        };
        let clock = move || *clock.lock().unwrap();
        let keys = Arc::new(Keys::new(Box::new(source), Box::new(clock)));
        Self {
            keys,
            asked,
            gate,
            now,
        }
    }

    /// The same, which answers at once.
    fn open<const N: usize>(answers: [Answer; N]) -> Self {
        let world = Self::new(answers);
        world.gate.add_permits(N);
        world
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// The key that follows, or the check that fails.
    async fn after(&self, tried: Option<&SharedKey>) -> Result<SharedKey, Check> {
        // So that a test that would hang fails.
        let limit = Duration::from_secs(60);
        let outcome = tokio::time::timeout(limit, self.keys.after(tried)).await;
        outcome.unwrap().map_err(|error| error.check())
    }
}

/// Polls all else that can run on this thread.
async fn let_others_run() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_that_wait_are_one_question() {
    let world = World::new([Answer::First, Answer::Second]);
    let all = join_all((0..50).map(|_| world.after(None)));
    let (keys, ()) = tokio::join!(all, async {
        let_others_run().await;
        world.gate.add_permits(1);
    });
    let keys: Vec<_> = keys.into_iter().map(Result::unwrap).collect();
    assert!(keys.iter().all(|key| Arc::ptr_eq(key, &keys[0])));
    assert_eq!(world.asked(), 1);

    // The server has another key: the same again.
    let all = join_all(keys.iter().map(|tried| world.after(Some(tried))));
    let (others, ()) = tokio::join!(all, async {
        let_others_run().await;
        world.gate.add_permits(1);
    });
    for key in others {
        assert!(!key.unwrap().is(&keys[0]));
    }
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_minute_passes_before_a_key_is_doubted_again() {
    let world = World::open([Answer::First, Answer::Second, Answer::First]);
    let first = world.after(None).await.unwrap();
    let second = world.after(Some(&first)).await.unwrap();
    for _ in 0..100 {
        assert_eq!(
            world.after(Some(&second)).await.err(),
            Some(Check::Signature)
        );
        // One that was checked against the old key meanwhile is told of the new one.
        assert!(Arc::ptr_eq(
            &world.after(Some(&first)).await.unwrap(),
            &second
        ));
    }
    world.pass(PAUSE - Duration::from_millis(1));
    assert_eq!(
        world.after(Some(&second)).await.err(),
        Some(Check::Signature)
    );
    assert_eq!(world.asked(), 2);
    world.pass(Duration::from_millis(1));
    let third = world.after(Some(&second)).await.unwrap();
    assert!(third.is(&first));
    assert_eq!(world.asked(), 3);
}

#[tokio::test]
async fn a_key_that_was_asked_for_in_vain_stays() {
    let world = World::open([
        Answer::First,
        Answer::First,
        Answer::Failure,
        Answer::Second,
    ]);
    let key = world.after(None).await.unwrap();
    // The same key again: whatever it did not make is forged.
    assert_eq!(world.after(Some(&key)).await.err(), Some(Check::Signature));
    assert!(Arc::ptr_eq(&world.keys.current().unwrap(), &key));
    world.pass(PAUSE);
    // Nobody can say whether it is forged.
    for _ in 0..100 {
        assert_eq!(world.after(Some(&key)).await.err(), Some(Check::Key));
    }
    assert!(Arc::ptr_eq(&world.after(None).await.unwrap(), &key));
    assert_eq!(world.asked(), 3);
    world.pass(PAUSE);
    assert!(!world.after(Some(&key)).await.unwrap().is(&key));
}

#[tokio::test]
async fn without_any_key_the_server_is_asked_again_soon() {
    let world = World::open([Answer::Failure, Answer::Failure, Answer::First]);
    for expected in 1..=2 {
        for _ in 0..100 {
            let error = world.keys.after(None).await.err().unwrap();
            assert_eq!(error.check(), Check::Key);
            assert_eq!(error.status(), 503);
            let source = std::error::Error::source(&error).unwrap();
            assert_eq!(source.to_string(), "no connection");
        }
        assert_eq!(world.asked(), expected);
        world.pass(PAUSE_WITHOUT_KEY);
    }
    assert!(world.after(None).await.is_ok());
}

#[tokio::test]
async fn a_caller_who_hangs_up_wastes_nothing() {
    let world = World::new([Answer::First]);
    let mut waiting = Box::pin(world.after(None));
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("the server has not answered"),
        () = let_others_run() => {}
    }
    drop(waiting);
    assert_eq!(world.asked(), 1);
    world.gate.add_permits(1);
    assert!(world.after(None).await.is_ok());
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_panic_while_asking_is_an_error_and_not_the_end() {
    let world = World::new([]);
    world.gate.add_permits(1);
    assert_eq!(world.after(None).await.err(), Some(Check::Key));
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let world = World::open([Answer::First]);
    let asking = pin!(world.keys.after(None));
    let Poll::Ready(outcome) = asking.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nobody will wake it");
    };
    assert_eq!(outcome.err().unwrap().check(), Check::Key);
    assert_eq!(world.asked(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_minute_has_two_questions_while_there_is_a_key(
        deliveries in proptest::collection::vec(
            (0_u64..40_000, prop_oneof![
                Just(Answer::First), Just(Answer::Second), Just(Answer::Failure)
            ]),
            1..60,
        ),
    ) {
        let mut held = Held::default();
        let mut now = Instant::now();
        let mut doubted: Option<Instant> = None;
        for (milliseconds, answer) in deliveries {
            now += Duration::from_millis(milliseconds);
            let tried = held.key.clone();
            let step = held.after(tried.as_ref(), now);
            prop_assert!(!matches!(step, Step::Try(_)), "it was tried already");
            if let Step::Ask = step {
                if tried.is_some() {
                    let pause = doubted.map(|then| now - then);
                    prop_assert!(pause.is_none_or(|pause| pause >= PAUSE), "{:?}", pause);
                    doubted = Some(now);
                }
                held.learn(answer.give(), now);
                prop_assert!(held.key.is_some() || tried.is_none(), "a key was lost");
            }
        }
    }
}
