//! How often a key is asked for, and what becomes of those who wait.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use tokio::sync::Semaphore;

use super::super::Check;
use super::*;

mod runtimes;

/// Two keys whose other halves nobody kept.
pub(super) const FIRST: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoWYP9naCBsrF3Pa3BiTq
VVCB/HL2VMp7v7cRCTjAMj6EeIQw+rMai6QU1S/MXPkXcozfcCOgpn0DfCdGr3mO
g4IoV6QKeDNGmH8V0BoH5hrABkoPwkaWftRtrAijjFJTn2kKCbumXYeXIgv4feAB
DS5D1RWYVNi7sTiLDa3f8+CMuf34rDj0GxAMt0bo4H3d/d6AXt3yPDixBI4/RxkR
x8P5uNkYq9hEMsY4f6rSSB03v1s82Q6yyV6xha2Y75SxL41DQG7vFhj8J+cJD3oP
PfiIR1SiVLgPoMqTDkjeBfuQutY1Juu0145Yr3SWSPlI+O45tnIZ/TgcIcsg/ysw
nQIDAQAB
-----END PUBLIC KEY-----";
pub(super) const SECOND: &str = "-----BEGIN PUBLIC KEY-----
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
enum Response {
    First,
    Second,
    Failure,
}

impl Response {
    fn give(self) -> Result<PublicKey, Cause> {
        match self {
            Self::First => Ok(PublicKey::parse(FIRST).unwrap()),
            Self::Second => Ok(PublicKey::parse(SECOND).unwrap()),
            Self::Failure => Err(Arc::new(std::io::Error::other("no connection"))),
        }
    }
}

/// A server, on tokio's clock.
struct World {
    keys: Arc<Keys>,
    asked: Arc<AtomicUsize>,
    /// The server responds as often as there are permits.
    gate: Arc<Semaphore>,
}

impl World {
    /// A server that gives these responses one after the other.
    fn new<const N: usize>(responses: [Response; N]) -> Self {
        let asked = Arc::<AtomicUsize>::default();
        let gate = Arc::new(Semaphore::new(0));
        let (count, open) = (asked.clone(), gate.clone());
        let responses = Mutex::new(VecDeque::from(responses));
        let source = move || -> Asking {
            count.fetch_add(1, Ordering::SeqCst);
            let (open, response) = (open.clone(), responses.lock().unwrap().pop_front());
            Box::pin(async move {
                open.acquire().await.unwrap().forget();
                response.unwrap().give()
            })
        };
        let keys = Arc::new(Keys::new(Box::new(source)));
        Self { keys, asked, gate }
    }

    /// The same, which responds at once.
    fn open<const N: usize>(responses: [Response; N]) -> Self {
        let world = Self::new(responses);
        world.gate.add_permits(N);
        world
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The key that follows, or the check that fails.
    async fn after(&self, tried: Option<&SharedKey>) -> Result<SharedKey, Check> {
        self.after_with(tried, 1_000).await
    }

    /// The same for a delivery of so many bytes.
    async fn after_with(
        &self,
        tried: Option<&SharedKey>,
        bytes: usize,
    ) -> Result<SharedKey, Check> {
        // So that a test that would hang fails.
        let limit = Duration::from_secs(60);
        let outcome = tokio::time::timeout(limit, self.keys.after(tried, bytes)).await;
        outcome.unwrap().map_err(|error| error.check())
    }
}

/// How many wait, and the bytes of all of them.
fn waiting(keys: &Keys) -> (usize, usize) {
    let held = keys.held();
    (held.waiting, held.bytes)
}

/// Lets time pass, and what becomes due with it run.
async fn pass(time: Duration) {
    tokio::time::advance(time).await;
    let_others_run().await;
}

/// Polls all else that can run on this thread.
async fn let_others_run() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn many_that_wait_are_one_question() {
    let world = World::new([Response::First, Response::Second]);
    let all = join_all((0..50).map(|_| world.after(None)));
    let (keys, ()) = tokio::join!(all, async {
        let_others_run().await;
        world.gate.add_permits(1);
    });
    let keys: Vec<_> = keys.into_iter().map(Result::unwrap).collect();
    assert!(keys.iter().all(|key| Arc::ptr_eq(key, &keys[0])));
    assert_eq!(world.asked(), 1);

    // The server has another key: the same again.
    pass(PAUSE).await;
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

#[tokio::test(start_paused = true)]
async fn whoever_comes_in_the_pause_is_refused_and_owed_a_fetch() {
    let world = World::open([Response::First, Response::Second, Response::First]);
    let first = world.after(None).await.unwrap();
    for _ in 0..100 {
        assert_eq!(
            world.after(Some(&first)).await.err(),
            Some(Check::Signature)
        );
    }
    pass(PAUSE - Duration::from_millis(1)).await;
    assert_eq!(world.asked(), 1);
    // Nobody comes meanwhile, and the key is there for the next attempt.
    pass(Duration::from_millis(1)).await;
    assert_eq!(world.asked(), 2);
    let second = world.keys.current().unwrap();
    assert!(!second.is(&first));
    // One that was checked with the old key meanwhile is told of the new one.
    assert!(Arc::ptr_eq(
        &world.after(Some(&first)).await.unwrap(),
        &second
    ));
    // Nothing is owed to anyone any more.
    pass(PAUSE * 10).await;
    assert_eq!(world.asked(), 2);
    let third = world.after(Some(&second)).await.unwrap();
    assert!(third.is(&first));
    assert_eq!(world.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_asked_for_in_vain_stays() {
    let world = World::open([
        Response::First,
        Response::First,
        Response::Failure,
        Response::Second,
    ]);
    let key = world.after(None).await.unwrap();
    pass(PAUSE).await;
    // The same key again: whatever it did not make is forged.
    assert_eq!(world.after(Some(&key)).await.err(), Some(Check::Signature));
    assert!(Arc::ptr_eq(&world.keys.current().unwrap(), &key));
    pass(PAUSE).await;
    // Nobody can say whether it is forged.
    for _ in 0..100 {
        assert_eq!(world.after(Some(&key)).await.err(), Some(Check::Key));
    }
    assert!(Arc::ptr_eq(&world.after(None).await.unwrap(), &key));
    assert_eq!(world.asked(), 3);
    pass(PAUSE).await;
    assert!(!world.after(Some(&key)).await.unwrap().is(&key));
    assert_eq!(world.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn without_any_key_the_server_is_asked_again_after_the_pause() {
    let world = World::open([Response::Failure, Response::Failure, Response::First]);
    for expected in 1..=2 {
        for _ in 0..100 {
            let error = world.keys.after(None, 1_000).await.err().unwrap();
            assert_eq!(error.check(), Check::Key);
            assert_eq!(error.status(), 503);
            let source = std::error::Error::source(&error).unwrap();
            assert_eq!(source.to_string(), "no connection");
        }
        assert_eq!(world.asked(), expected);
        pass(PAUSE).await;
    }
    assert!(world.after(None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_bounded_in_number_and_in_bytes() {
    for (bytes, places) in [
        (1_000, MOST_WAITING),
        (4 << 20, 4),
        (MOST_BYTES / 2 + 1, 1),
        // One of any size may wait alone.
        (usize::MAX, 1),
    ] {
        let world = World::new([Response::First, Response::Second]);
        let all = join_all((0..200).map(|_| world.after_with(None, bytes)));
        let (outcomes, ()) = tokio::join!(all, async {
            let_others_run().await;
            world.gate.add_permits(1);
        });
        let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(taken, places, "{bytes}");
        // Those without a place come again, and there is a key.
        let refused = outcomes.into_iter().filter_map(Result::err);
        assert!(refused.eq(vec![Check::Key; 200 - places]));
        assert_eq!(waiting(&world.keys), (0, 0));
        assert!(world.after(None).await.is_ok());
    }
    let world = World::new([]);
    let all = join_all((0..MOST_WAITING).map(|_| world.after(None)));
    tokio::select! {
        biased;
        _ = all => panic!("the server has not answered"),
        () = let_others_run() => {}
    }
    // They hung up, so there is room again.
    assert_eq!(waiting(&world.keys), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_is_owed_another_fetch() {
    let world = World::new([Response::First, Response::First, Response::Second]);
    world.gate.add_permits(1);
    let first = world.after(None).await.unwrap();
    pass(PAUSE).await;
    let all = join_all((0..=MOST_WAITING).map(|_| world.after(Some(&first))));
    let (outcomes, ()) = tokio::join!(all, async {
        let_others_run().await;
        // The key was changed after it was read.
        world.gate.add_permits(2);
    });
    let busy = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Check::Key)));
    assert_eq!(busy.count(), 1);
    assert_eq!(world.asked(), 2);
    pass(PAUSE).await;
    assert_eq!(world.asked(), 3);
    assert!(!world.keys.current().unwrap().is(&first));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_wastes_nothing() {
    let world = World::new([Response::First]);
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

#[tokio::test(start_paused = true)]
async fn a_panic_while_asking_is_an_error_and_not_the_end() {
    let world = World::new([]);
    world.gate.add_permits(2);
    for _ in 0..2 {
        assert_eq!(world.after(None).await.err(), Some(Check::Key));
        pass(PAUSE).await;
    }
    assert_eq!(world.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_another_fetch_is_owed_but_not_after_several_in_a_row() {
    let world = World::open([Response::Failure, Response::Failure, Response::First]);
    assert_eq!(world.after(None).await.err(), Some(Check::Key));
    // Nobody comes meanwhile.
    pass(PAUSE).await;
    assert_eq!(world.asked(), 2);
    pass(PAUSE * 10).await;
    assert_eq!(world.asked(), 2);
    assert!(world.after(None).await.is_ok());
}
