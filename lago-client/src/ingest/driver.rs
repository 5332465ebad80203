//! The task of a pipeline: it sends what the schedule says, waits for whatever comes first, and tells what became
//! of events. It is the only IO of the pipeline, through its sink.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::converge::Entry;
use super::event::Event;
use super::notice::Notice;
use super::observe::{Observer, Settled};
use super::outcome::{BatchOutcome, EventOutcome};
use super::queue::{Queue, WakeAt};
use super::schedule::{Done, Next, Schedule, Sending, Turn};
use super::sink::{AnySink, EventBatch};
use super::spooling::Spooled;
use super::standing::{Failing, Seen, Standing};
use super::trace;

/// How a batch came back.
type Ended = Result<(Id, BatchOutcome), JoinError>;

/// What the task has.
pub(super) struct Driver {
    queue: Arc<Queue>,
    schedule: Schedule,
    sink: Arc<dyn AnySink>,
    observer: Arc<Observer>,
    /// Where there is a spool before the queue.
    spooled: Option<Arc<Spooled>>,
    /// From 0 to 1, evenly spread.
    chance: Box<dyn Fn() -> f64 + Send>,
    flights: JoinSet<BatchOutcome>,
    under_way: HashMap<Id, Sending>,
    /// When it looks by itself whether there is another batch.
    glance_at: Option<Instant>,
    has_ended: bool,
}

impl Driver {
    pub(super) fn new(
        queue: Arc<Queue>,
        schedule: Schedule,
        sink: Arc<dyn AnySink>,
        observer: Arc<Observer>,
        spooled: Option<Arc<Spooled>>,
        chance: Box<dyn Fn() -> f64 + Send>,
    ) -> Self {
        Self {
            queue,
            schedule,
            sink,
            observer,
            spooled,
            chance,
            flights: JoinSet::new(),
            under_way: HashMap::new(),
            glance_at: None,
            has_ended: false,
        }
    }

    /// Delivers events until no more come, or there is no time left for it.
    pub(super) async fn run(mut self) {
        loop {
            let deadline = self.queue.standing().deadline;
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                break;
            }
            let until = self.send_what_may_go();
            let standing = self.tell();
            let is_done = standing.waiting.events == 0 && self.schedule.is_empty();
            if standing.is_closed && is_done {
                break;
            }
            if self.queue.take_wants_room() {
                let given_up = self.schedule.give_up();
                self.finish(given_up.into_iter().map(lost).collect());
                continue;
            }
            let until = until.into_iter().chain(standing.deadline).min();
            if let Some(ended) = self.wait(until).await {
                self.settle(ended);
            }
        }
        self.end();
    }

    /// Sends all that may go now. Says until when there is nothing else to do.
    fn send_what_may_go(&mut self) -> Option<Instant> {
        let mut has_sent = false;
        loop {
            let (events, bytes) = self.schedule.full_batch();
            let full = WakeAt {
                events,
                bytes,
                by_first: true,
            };
            // Before the look: what comes after it wakes the task.
            self.queue.wake_at(Some(full));
            let now = Instant::now();
            let (until, wants_events) = match self.schedule.next(now, &mut &*self.queue) {
                Next::Send(sending) => {
                    self.send(sending);
                    has_sent = true;
                    continue;
                }
                Next::Idle {
                    until,
                    wants_events,
                } => (until, wants_events),
            };
            if !wants_events {
                self.queue.wake_at(None);
                return until;
            }
            // Where much comes, more does. Whoever reports events should not have to wake a task for every batch,
            // which takes longer than all the rest.
            if has_sent {
                self.glance_at = self.schedule.glance().map(|glance| now + glance);
            }
            let glance_at = self.glance_at.filter(|at| *at > now);
            let Some((glance_at, backlog)) = glance_at.zip(self.queue.backlog(full)) else {
                return until;
            };
            self.queue.wake_at(Some(backlog));
            return until.into_iter().chain([glance_at]).min();
        }
    }

    fn send(&mut self, sending: Sending) {
        let jsons = sending.batch.entries.iter().map(|entry| entry.event.json());
        let batch = EventBatch::new(jsons);
        let (events, bytes) = (batch.len(), batch.body().len());
        let attempt = sending.batch.failures + 1;
        let sink = Arc::clone(&self.sink);
        let flight = self.flights.spawn(async move {
            let attempt_made = sink.send_boxed(batch);
            trace::sending(events, bytes, attempt, attempt_made).await
        });
        self.under_way.insert(flight.id(), sending);
    }

    /// Until a batch comes back, the queue has news, or it is time.
    async fn wait(&mut self, until: Option<Instant>) -> Option<Ended> {
        let mut news = pin!(self.queue.wake.notified());
        let mut alarm = pin!(until.map(sleep_until));
        let flights = &mut self.flights;
        poll_fn(|cx| {
            if let Poll::Ready(Some(ended)) = flights.poll_join_next_with_id(cx) {
                return Poll::Ready(Some(ended));
            }
            let rings = alarm
                .as_mut()
                .as_pin_mut()
                .is_some_and(|alarm| alarm.poll(cx).is_ready());
            match rings || news.as_mut().poll(cx).is_ready() {
                true => Poll::Ready(None),
                false => Poll::Pending,
            }
        })
        .await
    }

    fn settle(&mut self, ended: Ended) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            // A sink that panics has sent who knows what.
            Err(error) => {
                let outcome = BatchOutcome::Failed {
                    in_doubt: true,
                    wait: None,
                    reason: "the sink panicked: see what it printed".to_owned(),
                };
                (error.id(), outcome)
            }
        };
        let Some(sending) = self.under_way.remove(&id) else {
            return;
        };
        let Done {
            settled,
            again,
            mut sign,
        } = self
            .schedule
            .done(sending, outcome, Instant::now(), (self.chance)());
        self.observer.retry(again);
        sign.is_failure |= self.finish(settled);
        let are_kept = self.observer.unkept.lock().is_empty();
        let turn = self.schedule.turn(sign, are_kept, Instant::now());
        match (turn, self.schedule.failure()) {
            (Some(Turn::Failing), Some(failure)) => {
                let is_paused = self.schedule.paused().is_some();
                let failure = Failing::of(failure, is_paused);
                let failure = failure.told(self.queued(), Instant::now());
                self.observer.notice(Notice::Failing(failure));
            }
            (Some(Turn::Delivering(after)), _) => {
                self.observer.notice(Notice::Delivering { after });
            }
            _ => {}
        }
    }

    /// How many events are accepted and not settled.
    fn queued(&self) -> u64 {
        match &self.spooled {
            None => self.queue.standing().unsettled,
            Some(spooled) => spooled.unsettled(),
        }
    }

    /// Tells what became of events. Whether it is to be told of dead letters that they cannot be kept.
    fn finish(&mut self, settled: Vec<(Event, EventOutcome)>) -> bool {
        let now = Instant::now();
        // First what became of them, then that it is over: who waits for a flush finds it told.
        let Settled { sizes, unkept } = self.observer.settled(settled, now);
        self.queue.settle(sizes);
        let Some(why) = unkept else {
            return false;
        };
        if let Some(spooled) = &self.spooled {
            // It reads them again some time.
            spooled.wake();
        }
        self.schedule.unkept(&why, now)
    }

    /// Tells how things stand.
    fn tell(&mut self) -> Standing {
        let under_way = self.under_way.values().map(Sending::oldest);
        let oldest = under_way.chain(self.schedule.oldest()).min();
        let batches_in_flight = self.schedule.in_flight();
        self.queue.see(Seen {
            batches_in_flight,
            oldest,
            failing: self
                .schedule
                .failure()
                .map(|failure| Failing::of(failure, self.schedule.paused().is_some())),
            paused: self.schedule.paused().cloned(),
        });
        let standing = self.queue.standing();
        self.observer.tell(|metrics| {
            let (queued, dropped) = match &self.spooled {
                None => (standing.unsettled, self.queue.take_dropped()),
                Some(spooled) => (spooled.unsettled(), spooled.take_dropped()),
            };
            metrics.queued(queued);
            metrics.in_flight(batches_in_flight);
            metrics.oldest_age(standing.oldest_age(Instant::now()).unwrap_or_default());
            if dropped > 0 {
                metrics.lost(dropped);
            }
        });
        standing
    }

    /// What is not settled by now is lost. Also when the runtime ends the task.
    fn end(&mut self) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.queue.close(None);
        // What the server has said by now counts.
        while let Some(ended) = self.flights.try_join_next_with_id() {
            self.settle(ended);
        }
        self.flights.abort_all();
        let sent = self
            .under_way
            .drain()
            .flat_map(|(_, sending)| sending.batch.entries);
        let sent = sent.map(|entry| Entry {
            in_doubt: true,
            ..entry
        });
        let left = sent.chain(self.schedule.drain()).chain(self.queue.drain());
        let end = |entry: Entry<Event>| match entry.event.is_spooled() {
            true => (entry.event, EventOutcome::Spooled),
            false => lost(entry),
        };
        let ended: Vec<_> = left.map(end).collect();
        let is_lost = |(_, outcome): &&(Event, EventOutcome)| *outcome != EventOutcome::Spooled;
        let lost = ended.iter().filter(is_lost).count();
        if lost > 0 {
            trace::lost(lost as u64);
        }
        self.finish(ended);
        let report = self.observer.counters.report();
        self.queue.end(report);
    }
}

fn lost(entry: Entry<Event>) -> (Event, EventOutcome) {
    let may_be_stored = entry.in_doubt;
    (entry.event, EventOutcome::Lost { may_be_stored })
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}
