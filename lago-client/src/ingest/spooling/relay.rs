//! The task between the two queues: it moves events through the spool, a round at a time.

mod intake;
mod output;
mod unkept;

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::super::event::Event;
use super::super::outcome::EventOutcome;
use super::super::queue::WakeAt;
use super::super::report::Report;
use super::super::spool::{Position, Spool, SpoolError};
use super::failing::{Failing, Part};
use super::outstanding::Outstanding;
use super::round::{Done, Round};
use super::{Ends, Spooled, Told};
use intake::{Intake, gather};

/// How long it waits after the disk failed.
const PAUSE: Duration = Duration::from_secs(1);

/// So many acknowledgements are written down together, or what has come in this time. A crash makes them undone, so
/// that it is short beside the time that a response takes.
const ACKNOWLEDGE: (usize, Duration) = (1_000, Duration::from_millis(5));

/// What the task has.
pub(super) struct Relay {
    /// None while a thread has it.
    spool: Option<Box<dyn Spool>>,
    ends: Ends,
    spooled: Arc<Spooled>,
    told: Told,
    /// Taken from handles, and not on disk.
    intake: Intake,
    /// On disk, and on the way to the pipeline.
    feed: VecDeque<Event>,
    feed_bytes: usize,
    /// Settled, and not acknowledged.
    acknowledge: Vec<Position>,
    /// How many a thread acknowledges.
    acknowledging: usize,
    /// When to acknowledge what is settled, although more may come.
    acknowledge_at: Option<Instant>,
    /// What the pipeline has, or will have next, and is not acknowledged.
    outstanding: Outstanding,
    /// Who wants to know what becomes of records that have to be read.
    receipts: HashMap<Position, oneshot::Sender<EventOutcome>>,
    /// From where on to read.
    next: Position,
    /// Behind the last record.
    end: Position,
    /// Behind the last record that a process before this one left.
    from_before: Position,
    /// Before which record the pipeline was told that somebody waits.
    hurried_before: u64,
    sync_at: Option<Instant>,
    /// When to try again what the disk failed at.
    read_at: Option<Instant>,
    failing: Failing,
    has_ended: bool,
}

impl Relay {
    pub(super) fn new(
        spool: Box<dyn Spool>,
        ends: Ends,
        spooled: Arc<Spooled>,
        told: Told,
    ) -> Self {
        let end = spool.end();
        Self {
            spool: Some(spool),
            ends,
            spooled,
            told,
            intake: Intake::default(),
            feed: VecDeque::new(),
            feed_bytes: 0,
            acknowledge: Vec::new(),
            acknowledging: 0,
            acknowledge_at: None,
            outstanding: Outstanding::default(),
            receipts: HashMap::new(),
            next: Position::FIRST,
            end,
            from_before: end,
            hurried_before: 0,
            sync_at: None,
            read_at: None,
            failing: Failing::default(),
            has_ended: false,
        }
    }

    /// Moves events until no more come and all are settled, or there is no time left for it.
    pub(super) async fn run(mut self) {
        loop {
            // Before the look: what comes after it wakes the task.
            self.ends.accepting.wake_at(Some(WakeAt::FIRST));
            self.take_settled();
            self.push_feed();
            gather(&self.ends.accepting).await;
            self.take_accepted();
            let standing = self.ends.accepting.standing();
            let is_late = standing.deadline.is_some_and(|at| at <= Instant::now());
            let is_empty = standing.waiting.events == 0 && self.intake.is_empty();
            let is_read = self.feed.is_empty() && self.next >= self.end;
            let is_through = is_read && self.is_settled(standing.is_closed);
            let is_over = standing.is_closed && is_empty && (is_through || is_late);
            let round = self.round(standing.is_closed);
            if !round.is_empty() {
                if !self.play(round, standing.is_closed).await {
                    return;
                }
            } else if is_over {
                return self.shut_down(standing.deadline).await;
            } else {
                self.wait(standing.deadline.filter(|_| !is_late)).await;
            }
        }
    }

    /// What can be done to the spool now.
    fn round(&mut self, is_closed: bool) -> Round {
        let now = Instant::now();
        let is_due = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        let wants_records = self.feed.is_empty() && self.next < self.end;
        let mut round = Round {
            append: self.intake.next(now, is_closed),
            acknowledge: Vec::new(),
            sync: self.sync_at.is_some_and(|at| at <= now),
            read: (wants_records && is_due(self.read_at)).then_some(self.next),
            again: self.take_unkept(now),
        };
        let settled = self.acknowledge.len();
        let is_all = settled == self.outstanding.len() || settled >= ACKNOWLEDGE.0;
        if !round.is_empty() || is_closed || is_all || is_due(self.acknowledge_at) {
            round.acknowledge = std::mem::take(&mut self.acknowledge);
            self.acknowledge_at = None;
        }
        round
    }

    /// Has it done, and takes note of what came of it. False when the runtime ends.
    async fn play(&mut self, round: Round, is_closed: bool) -> bool {
        let Some(mut spool) = self.spool.take() else {
            return false;
        };
        self.acknowledging = round.acknowledge.len();
        let work = spawn_blocking(move || {
            let done = round.run(&mut *spool);
            (spool, round, done)
        });
        let Ok((spool, round, done)) = work.await else {
            return false;
        };
        let within = spool.sync_within();
        self.spool = Some(spool);
        let now = Instant::now();
        let Done {
            appended,
            acknowledged,
            synced,
            read,
            again,
            unacknowledged,
        } = done;
        self.spooled.unacknowledged.store(unacknowledged, SeqCst);
        if round.sync {
            self.sync_at = None;
            self.tell(Part::Sync, synced.as_ref().err(), now);
        }
        if !round.acknowledge.is_empty() {
            self.tell(Part::Acknowledge, acknowledged.as_ref().err(), now);
            self.acknowledging = 0;
            self.acknowledged(&round.acknowledge);
            // There may be room again.
            self.intake.retry();
        }
        if round.read.is_some() {
            self.read(read, now);
        }
        if !round.again.is_empty() {
            self.read_again(&round.again, again, now);
        }
        drop(round);
        match appended {
            None => {}
            Some(Ok(first)) => {
                // A time that cannot be computed with never comes.
                let sync_at = within.and_then(|within| now.checked_add(within));
                self.sync_at = self.sync_at.or(sync_at);
                self.accepted(first);
            }
            Some(Err(error)) => self.refused(error, is_closed, now),
        }
        true
    }

    /// Tells whether the spool does what it was asked for.
    fn tell(&mut self, part: Part, error: Option<&SpoolError>, now: Instant) {
        if let Some(notice) = self.failing.tried(part, error, now) {
            self.ends.observer.notice(notice);
        }
    }

    /// Until there is something to do.
    async fn wait(&mut self, deadline: Option<Instant>) {
        let reads = self.read_at.filter(|_| self.next < self.end);
        let disk = [self.sync_at, self.intake.again_at(), self.acknowledge_at];
        let times = disk.into_iter().chain([reads, deadline, self.unkept_at()]);
        let mut alarm = pin!(times.flatten().min().map(sleep_until));
        let (accepting, spooled) = (Arc::clone(&self.ends.accepting), Arc::clone(&self.spooled));
        let mut news = pin!(accepting.wake.notified());
        let mut asked = pin!(spooled.wake.notified());
        let settled = &mut self.ends.settled;
        let settled = poll_fn(|cx| {
            if let Poll::Ready(Some(positions)) = settled.poll_recv(cx) {
                return Poll::Ready(Some(positions));
            }
            let alarm = alarm.as_mut().as_pin_mut();
            let rings = alarm.is_some_and(|alarm| alarm.poll(cx).is_ready());
            let has_news = news.as_mut().poll(cx).is_ready();
            match rings || has_news || asked.as_mut().poll(cx).is_ready() {
                true => Poll::Ready(None),
                false => Poll::Pending,
            }
        })
        .await;
        if let Some(positions) = settled {
            self.settled(positions);
        }
    }

    /// Nothing comes any more: what the pipeline has is settled or stays on disk, and the spool is synced.
    async fn shut_down(mut self, deadline: Option<Instant>) {
        self.ends.sending.close(deadline);
        let _ = self.ends.sending.report().await;
        self.take_settled();
        let last = Round {
            acknowledge: std::mem::take(&mut self.acknowledge),
            sync: true,
            ..Round::default()
        };
        self.play(last, true).await;
        // Its lock is given back before anybody hears that it has ended.
        self.spool = None;
        self.end();
    }

    fn end(&mut self) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.ends.accepting.close(None);
        let spooled = EventOutcome::Spooled;
        for (_, receipt) in self.receipts.drain() {
            // Nobody needs to be interested any longer.
            let _ = receipt.send(spooled.clone());
        }
        for event in self.feed.drain(..) {
            match event.is_spooled() {
                true => {
                    event.settle(&spooled);
                }
                false => self.ends.observer.lost(event.json(), false),
            }
        }
        self.lose_intake();
        self.ends.sending.close(Some(Instant::now()));
        self.take_settled();
        let settled = (self.acknowledge.len() + self.acknowledging) as u64;
        let report = Report {
            spooled: self.spooled.unacknowledged().saturating_sub(settled),
            ..self.ends.observer.counters.report()
        };
        self.ends.accepting.end(report);
    }
}

impl Drop for Relay {
    /// The runtime ends the task. What is on disk is there for the next process.
    fn drop(&mut self) {
        self.end();
    }
}
