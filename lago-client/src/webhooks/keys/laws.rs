//! What holds for any script of deliveries, forgeries and changes of the key.

use proptest::prelude::*;
use tokio::time::{sleep, sleep_until};

use super::tests::{FIRST, SECOND};
use super::*;

/// How long Lago waits before it delivers again.
const AGAIN_AFTER: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(18)];

/// How long a fetch may take when each second one may fail: three in a row, of which the first began
/// before the first attempt, have to be over before the third.
const SHORT: Duration = Duration::from_secs(7);

/// What happens, in milliseconds from the beginning.
#[derive(Clone, Debug)]
struct Script {
    /// When the server changes its key.
    changes: Vec<u64>,
    /// How long it takes to respond, one time after the other.
    delays: Vec<u64>,
    /// Which of so many fetches fails, time and again; never two in a row.
    failing: Option<(usize, usize)>,
    /// When Lago delivers for the first time.
    genuine: Vec<u64>,
    /// When others deliver, how many, and how many bytes each.
    forged: Vec<(u64, usize, usize)>,
}

fn script() -> impl Strategy<Value = Script> {
    const END: u64 = 90_000;
    (
        prop::collection::vec(0..END, 0..4),
        server(),
        prop::collection::vec(1_000..END, 1..12),
        prop::collection::vec((0..END, 1..100_usize, 0..2_usize << 20), 0..30),
        forgers(),
    )
        .prop_map(
            |(mut changes, (delays, failing), genuine, mut forged, forgers)| {
                match forgers {
                    Forgers::Few => {}
                    Forgers::Flood { every, count } => {
                        let times = (0..END).step_by(every);
                        forged.extend(times.map(|time| (time, count, 1 << 20)));
                    }
                    Forgers::Ambush { before } => {
                        let times = [0, 3_000, 21_000].map(|after| genuine[0] + after - before);
                        forged = times.map(|time| (time, 100, 1_000)).to_vec();
                        changes = vec![genuine[0] - before / 2];
                    }
                }
                changes.sort_unstable();
                Script {
                    changes,
                    delays,
                    failing,
                    genuine,
                    forged,
                }
            },
        )
}

/// How long it takes to respond, and which responses fail.
fn server() -> impl Strategy<Value = (Vec<u64>, Option<(usize, usize)>)> {
    let failing = (2..5_usize).prop_flat_map(|period| (Just(period), 0..period));
    prop::option::of(failing).prop_flat_map(|failing| {
        let limit = failing.map_or(LIMIT, |_| SHORT);
        // Mostly at once, sometimes as slowly as it may be.
        let longest = u64::try_from(limit.as_millis()).unwrap() - 1;
        let delay = prop_oneof![0..50_u64, 0..longest, Just(longest)];
        (prop::collection::vec(delay, 1..8), Just(failing))
    })
}

/// How others go about it.
#[derive(Clone, Debug)]
enum Forgers {
    Few,
    /// So many every so often, in milliseconds.
    Flood {
        every: usize,
        count: usize,
    },
    /// They take all places so long before each attempt to deliver the first that the new key signed.
    Ambush {
        before: u64,
    },
}

fn forgers() -> impl Strategy<Value = Forgers> {
    prop_oneof![
        Just(Forgers::Few),
        (200..6_000_usize, 1..100_usize).prop_map(|(every, count)| Forgers::Flood { every, count }),
        (2..1_000_u64).prop_map(|before| Forgers::Ambush { before }),
    ]
}

/// The server, and what was seen of it.
struct Server {
    began: Instant,
    changes: Vec<Instant>,
    delays: Vec<Duration>,
    failing: Option<(usize, usize)>,
    fetches: Mutex<Vec<Instant>>,
}

impl Server {
    /// How often its key was changed so far.
    fn changed(&self) -> usize {
        let now = Instant::now();
        self.changes.iter().filter(|change| **change <= now).count()
    }

    fn key(&self) -> PublicKey {
        let key = if self.changed().is_multiple_of(2) {
            FIRST
        } else {
            SECOND
        };
        PublicKey::parse(key).unwrap()
    }

    /// Responds with the key that it had when it was asked, however old it is by then, unless it fails.
    async fn ask(&self) -> Result<PublicKey, Cause> {
        let number = {
            let mut fetches = self.fetches.lock().unwrap();
            fetches.push(Instant::now());
            fetches.len()
        };
        let key = self.key();
        sleep(self.delays[number % self.delays.len()]).await;
        match self.failing {
            Some((period, which)) if number % period == which => {
                Err(Arc::new(std::io::Error::other("no connection")))
            }
            _ => Ok(key),
        }
    }
}

/// Delivers up to three times, as Lago does, and says whether it was taken; nothing when the key was
/// changed meanwhile.
async fn deliver(keys: Arc<Keys>, server: Arc<Server>) -> Option<bool> {
    let changed = server.changed();
    let key = server.key();
    for pause in AGAIN_AFTER.map(Some).into_iter().chain([None]) {
        let outcome = keys.check(1_000, |known| match known.is(&key) {
            true => Ok(()),
            false => Err(Reason::Signature.into()),
        });
        if outcome.await.is_ok() {
            return Some(true);
        }
        if let Some(pause) = pause {
            sleep(pause).await;
        }
    }
    (server.changed() == changed).then_some(false)
}

async fn play(script: Script) -> Result<(), TestCaseError> {
    let began = Instant::now();
    let at = |time: u64| began + Duration::from_millis(time);
    let server = Arc::new(Server {
        began,
        changes: script.changes.iter().map(|time| at(*time)).collect(),
        delays: script
            .delays
            .iter()
            .copied()
            .map(Duration::from_millis)
            .collect(),
        failing: script.failing,
        fetches: Mutex::default(),
    });
    let asked = Arc::clone(&server);
    let source = move || -> Asking {
        let server = Arc::clone(&asked);
        Box::pin(async move { server.ask().await })
    };
    let keys = Arc::new(Keys::new(Box::new(source)));
    let mut forgers = tokio::task::JoinSet::new();
    for (time, count, bytes) in script.forged {
        let (keys, time) = (Arc::clone(&keys), at(time));
        forgers.spawn(async move {
            sleep_until(time).await;
            let forged = (0..count).map(|_| {
                let keys = Arc::clone(&keys);
                async move { keys.check(bytes, |_| Err(Reason::Signature.into())).await }
            });
            let all = futures::future::join_all(forged).await;
            assert!(all.iter().all(Result::is_err));
            let held = keys.held();
            assert!(held.waiting <= MOST_WAITING && held.bytes <= MOST_BYTES);
        });
    }
    let deliveries: Vec<_> = script
        .genuine
        .iter()
        .map(|time| {
            let (keys, server, time) = (Arc::clone(&keys), Arc::clone(&server), at(*time));
            tokio::spawn(async move {
                sleep_until(time).await;
                deliver(keys, server).await
            })
        })
        .collect();
    for (delivery, time) in deliveries.into_iter().zip(script.genuine) {
        let taken = delivery.await.unwrap();
        prop_assert!(taken != Some(false), "the delivery at {} was lost", time);
    }
    forgers.join_all().await;
    let fetches = server.fetches.lock().unwrap();
    for pair in fetches.windows(2) {
        let pause = pair[1] - pair[0];
        prop_assert!(
            pause >= PAUSE,
            "{:?} after {:?}",
            pause,
            pair[0] - server.began
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn genuine_deliveries_are_taken_within_three_attempts_whatever_else_arrives(script in script()) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(play(script))?;
    }
}
