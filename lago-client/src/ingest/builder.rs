//! What a pipeline goes by, and its start.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::accept::{Entrance, WhenFull};
use super::converge::Ambiguous;
use super::driver::Driver;
use super::handle::Pipeline;
use super::http::Http;
use super::key::KeyHash;
use super::notice::Notice;
use super::observe::{DeadLetter, DeadLetters, Metrics, Notices, Observer};
use super::queue::{Capacity, Queue};
use super::report::Counters;
use super::schedule::{Rules, Schedule};
use super::sink::{AnySink, Sink};
use super::spool::{Damage, DiskSpool, MAX_RECORD, Spool, SpoolOptions};
use super::spooling::{self, Ends, Spooled};
use super::trace;
use super::unkept::Unkept;
use crate::client::Client;
use crate::error::Error;
use crate::runtime::RuntimeGuard;

/// Sets up a [`Pipeline`]: `lago.ingest()`, settings, then [`start`](Self::start).
#[must_use = "a pipeline does nothing unless started"]
pub struct PipelineBuilder {
    client: Client,
    rules: Rules,
    capacity: Capacity,
    when_full: WhenFull,
    dead_letters: Option<DeadLetters>,
    metrics: Option<Arc<dyn Metrics>>,
    notices: Option<Notices>,
    spool: Option<Chosen>,
}

/// Where events are kept until they are settled.
enum Chosen {
    Directory(PathBuf),
    Own(Box<dyn Spool>),
}

impl Client {
    /// Delivers usage events in the background: sets up a [pipeline](crate::ingest).
    pub fn ingest(&self) -> PipelineBuilder {
        PipelineBuilder {
            rules: Rules {
                max_events: 100,
                max_bytes: 1 << 20,
                linger: Duration::from_secs(1),
                max_in_flight: 16,
                ambiguous: Ambiguous::default(),
                retry: self.inner().shared.retry.clone(),
            },
            capacity: Capacity {
                events: 100_000,
                bytes: 64 << 20,
            },
            when_full: WhenFull::default(),
            dead_letters: None,
            metrics: None,
            notices: None,
            spool: None,
            client: self.clone(),
        }
    }
}

impl PipelineBuilder {
    /// How many events a batch has at most: 100 unless set, which is what a server takes unless its
    /// `LAGO_EVENTS_BATCH_MAX_LENGTH` says otherwise. Where it takes fewer, that is found out and remembered.
    pub fn batch_events(mut self, most: usize) -> Self {
        self.rules.max_events = most;
        self
    }

    /// How many bytes of JSON the events of a batch have at most: 1 MiB unless set. A larger event goes alone.
    pub fn batch_bytes(mut self, most: usize) -> Self {
        self.rules.max_bytes = most;
        self
    }

    /// How long an event waits for others to go with it: 1 s unless set.
    pub fn linger(mut self, longest: Duration) -> Self {
        self.rules.linger = longest;
        self
    }

    /// How many batches are under way at once at most: 16 unless set. It begins with 4, goes up while the server
    /// keeps up, and down when it fails.
    pub fn max_in_flight(mut self, most: usize) -> Self {
        self.rules.max_in_flight = most;
        self
    }

    /// How many events are accepted at most before any of them is settled: 100 000 unless set.
    pub fn queue_events(mut self, most: usize) -> Self {
        self.capacity.events = most;
        self
    }

    /// How many bytes of JSON those events have at most: 64 MiB unless set. In memory an event takes about 100 bytes
    /// more than its JSON.
    pub fn queue_bytes(mut self, most: usize) -> Self {
        self.capacity.bytes = most;
        self
    }

    /// What [`send`](Pipeline::send) does while the queue is full: it waits unless set otherwise.
    pub fn when_full(mut self, what: WhenFull) -> Self {
        self.when_full = what;
        self
    }

    /// What becomes of events of which nobody knows whether the server has them, such as those whose response was
    /// lost. They are sent again unless set otherwise, by which nothing counts twice where the server deduplicates;
    /// [the module](super) says how to find out whether yours does.
    pub fn ambiguous(mut self, what: Ambiguous) -> Self {
        self.rules.ambiguous = what;
        self
    }

    /// Takes the events that are not delivered: rejected, in doubt, or lost at the end. Events that are dropped for
    /// [newer ones](WhenFull::DropOldest) before they were ever sent are not among them.
    ///
    /// It is called in the pipeline's task and should not block: write to a channel, or a file that is quick.
    pub fn dead_letters(mut self, mut take: impl FnMut(DeadLetter) + Send + 'static) -> Self {
        self.dead_letters = Some(Box::new(move |letter| {
            take(letter);
            Ok(())
        }));
        self
    }

    /// The same where to take them can fail, which an error says, with what to do. An event that is in a spool stays there
    /// then, since it is nowhere else, and is sent again later. Until all are kept the pipeline is failing, and says so.
    #[cfg(feature = "gateway")]
    pub(crate) fn keep_dead_letters(
        mut self,
        take: impl FnMut(DeadLetter) -> Result<(), String> + Send + 'static,
    ) -> Self {
        self.dead_letters = Some(Box::new(take));
        self
    }

    /// Keeps events in a directory until they are settled, so that they outlive the process: what a process accepted
    /// and did not deliver, the next one with this directory sends. A directory belongs to one process at a time.
    ///
    /// With the [options](super::spool::SpoolOptions::new) of a spool unless set otherwise: at most 1 GiB, forced to
    /// the disk once a second. The disk takes up what the server does not take, so that the limits of the queue are for
    /// what is on its way to the disk. [`send`](Pipeline::send) returns once the event is on disk;
    /// [`try_send`](Pipeline::try_send) does not wait for that.
    pub fn spool(mut self, directory: impl Into<PathBuf>) -> Self {
        self.spool = Some(Chosen::Directory(directory.into()));
        self
    }

    /// Keeps events in a spool with other options ([`DiskSpool`]), or in another store.
    pub fn spool_with(mut self, spool: impl Spool + 'static) -> Self {
        self.spool = Some(Chosen::Own(Box::new(spool)));
        self
    }

    /// Tells figures as they change.
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.metrics = Some(Arc::new(metrics));
        self
    }

    /// Takes what somebody should know while the pipeline runs: that events do not get through, why, and what to do, at
    /// the first failure and then after a minute, two, four, at most an hour, as long as that lasts; and that they get
    /// through again. The same of a spool that fails. No two of a kind come within a minute.
    ///
    /// It is called in the pipeline's task and should not block. With the feature `tracing` all of it is told there too.
    ///
    /// ```
    /// # fn example(lago: &lago_client::Client) {
    /// let builder = lago.ingest().notices(|notice| eprintln!("{notice}"));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn notices(mut self, take: impl FnMut(Notice) + Send + 'static) -> Self {
        self.notices = Some(Box::new(take));
        self
    }

    /// Starts a pipeline that delivers to Lago's API, in the runtime in which this is awaited.
    ///
    /// Its requests have headers, time limits, pacing and waits of the client. How often an event is sent is not
    /// limited.
    ///
    /// # Errors
    /// When a setting cannot work, the spool cannot be opened, or there is no runtime
    /// ([`is_usage`](Error::is_usage)).
    pub async fn start(self) -> Result<Pipeline, Error> {
        let sink = Http::new(self.client.clone());
        self.start_with(sink).await
    }

    /// Starts a pipeline that delivers to another sink.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(mut self, sink: impl Sink) -> Result<Pipeline, Error> {
        self.check().map_err(Error::config)?;
        let outside = RuntimeGuard::default().check();
        outside.map_err(|outside| Error::config(outside.to_string()))?;
        let spool = match self.spool.take() {
            None => None,
            Some(Chosen::Own(spool)) => Some(spool),
            Some(Chosen::Directory(directory)) => {
                let (spool, damage) = open(directory).await?;
                for damage in damage {
                    let reason = damage.to_string();
                    let damaged = Notice::SpoolDamaged { reason };
                    trace::notice(&damaged);
                    if let Some(take) = &mut self.notices {
                        take(damaged);
                    }
                }
                Some(spool)
            }
        };
        Ok(self.launch(Arc::new(sink), spool))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    fn launch(self, sink: Arc<dyn AnySink>, spool: Option<Box<dyn Spool>>) -> Pipeline {
        let accepting = Arc::new(Queue::new(self.capacity));
        let queue = match spool {
            None => Arc::clone(&accepting),
            Some(_) => {
                let rules = &self.rules;
                // Twice what can be under way: the rest is on disk.
                let under_way = rules.max_in_flight.saturating_mul(rules.max_events);
                Arc::new(Queue::new(Capacity {
                    events: under_way.saturating_mul(2),
                    bytes: self.capacity.bytes.max(MAX_RECORD),
                }))
            }
        };
        // The same for both ways, through memory and from the disk.
        let keys = KeyHash::new();
        let counters = Arc::<Counters>::default();
        let (settle, settled) = mpsc::unbounded_channel();
        let unkept = Unkept::default();
        let observer = Arc::new(Observer {
            unkept: unkept.clone(),
            counters: Arc::clone(&counters),
            dead_letters: self.dead_letters.map(Mutex::new),
            metrics: self.metrics,
            notices: self.notices.map(Mutex::new),
            settled: spool.as_ref().map(|_| settle),
        });
        let spooled = spool.map(|spool| {
            let (spooled, told) = Spooled::new(&*spool, &accepting, &queue, unkept);
            let ends = Ends {
                accepting: Arc::clone(&accepting),
                sending: Arc::clone(&queue),
                waits_for_room: self.when_full != WhenFull::Refuse,
                keys,
                observer: Arc::clone(&observer),
                settled,
            };
            spooling::start(spool, &spooled, told, ends);
            spooled
        });
        let schedule = Schedule::new(self.rules, Instant::now());
        let client = self.client;
        let chance = Box::new(move || client.inner().shared.clock.chance());
        let driver = Driver::new(queue, schedule, sink, observer, spooled.clone(), chance);
        tokio::spawn(driver.run());
        Pipeline::new(Entrance {
            queue: accepting,
            counters,
            when_full: self.when_full,
            keys,
            spooled,
        })
    }

    fn check(&self) -> Result<(), String> {
        for (name, value) in [
            ("batch_events", self.rules.max_events),
            ("batch_bytes", self.rules.max_bytes),
            ("max_in_flight", self.rules.max_in_flight),
            ("queue_events", self.capacity.events),
            ("queue_bytes", self.capacity.bytes),
        ] {
            if value == 0 {
                return Err(format!(
                    "`{name}` of the pipeline is zero, so that it could deliver nothing"
                ));
            }
        }
        let is_kept = self.rules.ambiguous == Ambiguous::Keep;
        if is_kept && self.dead_letters.is_none() {
            return Err(
                "events in doubt are to be kept, and nobody takes them: set `dead_letters`"
                    .to_owned(),
            );
        }
        if is_kept && self.spool.is_some() {
            return Err(
                "events in doubt are to be kept, and after a crash all events of a spool are in doubt: choose one"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// Opens a spool where that may take its time, and says what it found damaged.
async fn open(directory: PathBuf) -> Result<(Box<dyn Spool>, Vec<Damage>), Error> {
    let opened = spawn_blocking(move || DiskSpool::open(directory, SpoolOptions::new())).await;
    let spool = match opened {
        Ok(Ok(spool)) => spool,
        Ok(Err(error)) => return Err(Error::config(error.with_cause())),
        Err(error) => return Err(Error::config(format!("the spool was not opened: {error}"))),
    };
    let damage = spool.recovery().damage.clone();
    Ok((Box::new(spool), damage))
}

impl fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineBuilder")
            .field("rules", &self.rules)
            .field("capacity", &self.capacity)
            .field("when_full", &self.when_full)
            .finish_non_exhaustive()
    }
}
