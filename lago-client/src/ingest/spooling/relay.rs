//! The task between the two queues: it moves events through the spool, a round at a time.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::super::event::Event;
use super::super::outcome::EventOutcome;
use super::super::queue::NoRoom;
use super::super::report::Report;
use super::super::schedule::Source;
use super::super::spool::{Position, Spool, SpoolError};
use super::super::ticket::Ticket;
use super::super::trace;
use super::round::{Done, Round};
use super::{Ends, Spooled};

/// How much is appended at once.
const APPEND: (usize, usize) = (4_000, 4 << 20);

/// How long it waits after the disk failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What the task has.
pub(super) struct Relay {
    /// None while a thread has it.
    spool: Option<Box<dyn Spool>>,
    ends: Ends,
    spooled: Arc<Spooled>,
    settled_before: watch::Sender<u64>,
    settle: mpsc::UnboundedSender<Position>,
    settled: mpsc::UnboundedReceiver<Position>,
    /// Taken from handles, and not on disk.
    accepted: Vec<Event>,
    /// On disk, and on the way to the pipeline.
    feed: VecDeque<Event>,
    /// Settled, and not acknowledged.
    acknowledge: Vec<Position>,
    /// What the pipeline has, or will have next.
    outstanding: BTreeSet<Position>,
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
    append_at: Option<Instant>,
    read_at: Option<Instant>,
    has_ended: bool,
}

impl Relay {
    pub(super) fn new(
        spool: Box<dyn Spool>,
        ends: Ends,
        spooled: Arc<Spooled>,
        settled_before: watch::Sender<u64>,
    ) -> Self {
        let (settle, settled) = mpsc::unbounded_channel();
        let end = spool.end();
        Self {
            spool: Some(spool),
            ends,
            spooled,
            settled_before,
            settle,
            settled,
            accepted: Vec::new(),
            feed: VecDeque::new(),
            acknowledge: Vec::new(),
            outstanding: BTreeSet::new(),
            receipts: HashMap::new(),
            next: Position::FIRST,
            end,
            from_before: end,
            hurried_before: 0,
            sync_at: None,
            append_at: None,
            read_at: None,
            has_ended: false,
        }
    }

    /// Moves events until no more come and all are settled, or there is no time left for it.
    pub(super) async fn run(mut self) {
        loop {
            // Before the look: what comes after it wakes the task.
            self.ends.accepting.wake_at(Some((1, 1)));
            self.take_settled();
            self.push_feed();
            let standing = self.ends.accepting.standing();
            let is_late = standing.deadline.is_some_and(|at| at <= Instant::now());
            let is_empty = standing.waiting.events == 0 && self.accepted.is_empty();
            let is_read = self.feed.is_empty() && self.next >= self.end;
            let is_through = is_read && self.outstanding.is_empty();
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
        if self.accepted.is_empty() {
            let taken = (&*self.ends.accepting).take(APPEND.0, APPEND.1);
            self.accepted
                .extend(taken.into_iter().map(|entry| entry.event));
        }
        let appends = is_due(self.append_at) || is_closed;
        let accepted = self.accepted.iter().take_while(|_| appends);
        let wants_records = self.feed.is_empty() && self.next < self.end;
        Round {
            append: accepted.map(|event| event.json().into()).collect(),
            acknowledge: std::mem::take(&mut self.acknowledge),
            sync: self.sync_at.is_some_and(|at| at <= now),
            read: (wants_records && is_due(self.read_at)).then_some(self.next),
        }
    }

    /// Has it done, and takes note of what came of it. False when the runtime ends.
    async fn play(&mut self, round: Round, is_closed: bool) -> bool {
        let Some(mut spool) = self.spool.take() else {
            return false;
        };
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
            unacknowledged,
        } = done;
        self.spooled.unacknowledged.store(unacknowledged, SeqCst);
        for error in [acknowledged.err(), synced.err()].into_iter().flatten() {
            trace::spool_failed(&error.with_cause());
        }
        if round.sync {
            self.sync_at = None;
        }
        if !round.acknowledge.is_empty() {
            // There may be room again.
            self.append_at = None;
        }
        if round.read.is_some() {
            self.read(read, now);
        }
        if !round.append.is_empty() {
            match appended {
                Ok(first) => {
                    self.sync_at = self.sync_at.or(within.map(|within| now + within));
                    self.append_at = None;
                    self.accepted(first);
                }
                Err(error) => self.refuse(error, is_closed, now),
            }
        }
        true
    }

    /// What was taken from handles is on disk.
    fn accepted(&mut self, first: Position) {
        // What comes next anyway need not be read.
        let is_next = self.feed.is_empty() && self.next == first;
        let accepted = std::mem::take(&mut self.accepted);
        let sizes: Vec<_> = accepted.iter().map(Event::size).collect();
        let mut position = first;
        for mut event in accepted {
            if let Some(confirmation) = event.take_confirmation() {
                // It stays accepted when nobody waits to hear it.
                let _ = confirmation.send(Ok(()));
            }
            if is_next {
                self.outstanding.insert(position);
                let ticket = Ticket::new(position, false, self.settle.clone());
                self.feed.push_back(event.with_ticket(ticket));
            } else if let Some(receipt) = event.take_receipt() {
                self.receipts.insert(position, receipt);
            }
            position = position.plus(1);
        }
        if is_next {
            self.next = position;
        }
        self.end = position;
        self.spooled.end.store(position.get(), SeqCst);
        self.tell_settled();
        self.ends.accepting.settle(sizes);
    }

    /// What was taken from handles cannot be written. Who waits for it is told, or waits on.
    fn refuse(&mut self, error: SpoolError, is_closed: bool, now: Instant) {
        trace::spool_failed(&error.with_cause());
        let waits = error.is_full() && self.ends.waits_for_room && !is_closed;
        let error = Arc::new(error);
        let mut sizes = Vec::new();
        for mut event in std::mem::take(&mut self.accepted) {
            match event.take_confirmation() {
                Some(confirmation) if !waits => {
                    sizes.push(event.size());
                    let _ = confirmation.send(Err(Arc::clone(&error)));
                }
                Some(confirmation) => self.accepted.push(event.with_confirmation(confirmation)),
                // It was promised memory, and the pipeline ends: then it goes without the disk.
                None if is_closed => {
                    sizes.push(event.size());
                    self.feed.push_back(event);
                }
                None => self.accepted.push(event),
            }
        }
        // Whoever comes next is refused at once, or waits as these do.
        self.append_at = (!self.accepted.is_empty()).then_some(now + PAUSE);
        self.ends.accepting.settle(sizes);
    }

    fn read(&mut self, read: Result<Vec<(Position, Vec<u8>)>, SpoolError>, now: Instant) {
        self.read_at = None;
        match read {
            Ok(records) => {
                self.next = records.last().map_or(self.end, |(last, _)| last.plus(1));
                for (position, json) in records {
                    self.outstanding.insert(position);
                    let is_from_before = position < self.from_before;
                    let ticket = Ticket::new(position, is_from_before, self.settle.clone());
                    let receipt = self.receipts.remove(&position);
                    let event = Event::from_record(json, &self.ends.keys, ticket, receipt);
                    self.feed.push_back(event);
                }
            }
            Err(error) => {
                trace::spool_failed(&error.with_cause());
                // Damage is set aside, and reading goes on behind it.
                self.read_at = (!error.is_damaged()).then_some(now + PAUSE);
            }
        }
        self.tell_settled();
    }

    /// Gives the pipeline what it has room for.
    fn push_feed(&mut self) {
        let mut has_pushed = false;
        while let Some(event) = self.feed.pop_front() {
            match self.ends.sending.try_push(event) {
                Ok(()) => has_pushed = true,
                Err((event, NoRoom::Full | NoRoom::Closed)) => {
                    self.feed.push_front(event);
                    break;
                }
                // No record of this crate's is: it stays where it is.
                Err((event, NoRoom::TooLarge)) => drop(event),
            }
        }
        let urgent_before = match self.ends.accepting.standing().is_closed {
            true => u64::MAX,
            false => self.spooled.urgent_before.load(SeqCst),
        };
        let is_urgent = has_pushed && *self.settled_before.borrow() < urgent_before;
        if is_urgent || self.hurried_before < urgent_before {
            self.hurried_before = urgent_before;
            self.ends.sending.hurry();
        }
    }

    fn take_settled(&mut self) {
        while let Ok(position) = self.settled.try_recv() {
            self.settled_one(position);
        }
        self.tell_settled();
    }

    fn settled_one(&mut self, position: Position) {
        self.outstanding.remove(&position);
        self.acknowledge.push(position);
    }

    /// Tells who waits for it how far everything is settled.
    fn tell_settled(&self) {
        let before = self.outstanding.first().copied().unwrap_or(self.next).get();
        self.settled_before
            .send_if_modified(|told| std::mem::replace(told, before) != before);
    }

    /// Until there is something to do.
    async fn wait(&mut self, deadline: Option<Instant>) {
        let appends = self.append_at.filter(|_| !self.accepted.is_empty());
        let reads = self.read_at.filter(|_| self.next < self.end);
        let times = [self.sync_at, appends, reads, deadline];
        let mut alarm = pin!(times.into_iter().flatten().min().map(sleep_until));
        let (accepting, spooled) = (Arc::clone(&self.ends.accepting), Arc::clone(&self.spooled));
        let mut news = pin!(accepting.wake.notified());
        let mut asked = pin!(spooled.wake.notified());
        let settled = &mut self.settled;
        let settled = poll_fn(|cx| {
            if let Poll::Ready(Some(position)) = settled.poll_recv(cx) {
                return Poll::Ready(Some(position));
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
        if let Some(position) = settled {
            self.settled_one(position);
        }
    }

    /// Nothing comes any more: what the pipeline has is settled or stays on disk, and the spool is synced.
    async fn shut_down(mut self, deadline: Option<Instant>) {
        self.ends.sending.close(deadline);
        let mut report = self.ends.sending.report().await;
        self.take_settled();
        let last = Round {
            acknowledge: std::mem::take(&mut self.acknowledge),
            sync: true,
            ..Round::default()
        };
        self.play(last, true).await;
        report.spooled = self.spooled.unacknowledged();
        let is_lost = |event: &&Event| !event.is_spooled();
        report.lost += self.feed.iter().filter(is_lost).count() as u64;
        // Its lock is given back before anybody hears that it has ended.
        self.spool = None;
        self.end(report);
    }

    fn end(&mut self, report: Report) {
        if !std::mem::replace(&mut self.has_ended, true) {
            let spooled = EventOutcome::Spooled;
            for (_, receipt) in self.receipts.drain() {
                // Nobody needs to be interested any longer.
                let _ = receipt.send(spooled.clone());
            }
            for event in self.feed.drain(..).filter(Event::is_spooled) {
                event.settle(&spooled);
            }
            self.ends.accepting.close(None);
            self.ends.sending.close(Some(Instant::now()));
            self.ends.accepting.end(report);
        }
    }
}

impl Drop for Relay {
    /// The runtime ends the task. What is on disk is there for the next process.
    fn drop(&mut self) {
        let spooled = self.spooled.unacknowledged();
        let left = self.accepted.len() + self.ends.accepting.drain().len();
        let report = Report {
            spooled,
            lost: left as u64,
            ..Report::default()
        };
        self.end(report);
    }
}
