//! Sending all events, with a checkpoint behind those that are settled.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::future::pending;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::time::Duration;

use futures::FutureExt;
use lago_client::Client;
use lago_client::ingest::{EventOutcome, Pipeline, Receipt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::interval;

use super::Failure;
use super::arguments::Arguments;
use super::checkpoint::{Checkpoint, Counts};
use super::input::{self, Item, place};
use super::progress::{Progress, table};

/// How many events are under way at most, and how many bytes of them.
const WINDOW: (usize, usize) = (20_000, 64 << 20);

/// How many of the unreadable are printed.
const PRINTED: u64 = 20;

/// What was read and is not settled.
struct Outstanding {
    item: Item,
    state: State,
}

/// How it stands with what was read.
enum State {
    Waiting(Receipt),
    Settled(EventOutcome),
    /// It is no event.
    Unreadable,
}

/// Sends what is not sent yet. False when there are dead letters.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let checkpoint = Checkpoint::read(arguments)?;
    let items = input::open(arguments, checkpoint.bytes, checkpoint.lines)?;
    let dead_letters = dead_letters(arguments, &checkpoint)?;
    let pipeline = Client::from_env()?.ingest();
    // More than is ever under way: what waits is here, where it is seen when the pipeline pauses.
    let pipeline = pipeline
        .queue_events(2 * WINDOW.0)
        .queue_bytes(2 * WINDOW.1 + (32 << 20));
    let events = pipeline.start().await?;
    let before = checkpoint.counts.total();
    if before > 0 {
        eprintln!(
            "{before} events are done; it goes on behind line {}",
            checkpoint.lines
        );
    }
    let mut backfill = Backfill {
        arguments,
        progress: Progress::start(input::length(arguments), checkpoint.bytes),
        checkpoint,
        dead_letters,
        outstanding: VecDeque::new(),
        bytes: 0,
    };
    let outcome = backfill.send(&events, read(items)).await;
    // What is settled is settled, however it ends.
    backfill.save()?;
    let checkpoint = backfill.checkpoint;
    let summary = backfill.progress.end();
    outcome?;
    let _ = events.shutdown(Duration::from_secs(10)).await;
    print(arguments, &checkpoint.counts);
    let (elapsed, rate) = (summary.elapsed.as_secs(), summary.rate);
    println!(
        "{} events in this run, in {elapsed} s: {rate}/s",
        summary.events
    );
    Ok(checkpoint.counts.dead() == 0)
}

fn print(arguments: &Arguments, counts: &Counts) {
    let letters = match counts.dead() {
        0 => String::new(),
        _ => format!("see {}", arguments.dead_letters().display()),
    };
    table(&[
        ("delivered", counts.delivered, String::new()),
        (
            "duplicates",
            counts.duplicates,
            "the server had them before".to_owned(),
        ),
        ("rejected", counts.rejected, letters.clone()),
        ("unreadable", counts.unreadable, letters),
    ]);
}

/// Reads on a thread of its own, a little ahead.
fn read(items: input::Items) -> mpsc::Receiver<Result<Item, Failure>> {
    let (sender, receiver) = mpsc::channel(1_000);
    std::thread::spawn(move || {
        for item in items {
            if sender.blocking_send(item).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The file of dead letters, without those that come again.
fn dead_letters(
    arguments: &Arguments,
    checkpoint: &Checkpoint,
) -> Result<BufWriter<File>, Failure> {
    let path = arguments.dead_letters();
    let open = || {
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)?;
        file.set_len(checkpoint.dead_letter_bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok::<_, std::io::Error>(file)
    };
    let file = open().map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    Ok(BufWriter::new(file))
}

struct Backfill<'a> {
    arguments: &'a Arguments,
    checkpoint: Checkpoint,
    dead_letters: BufWriter<File>,
    /// In the order of the input.
    outstanding: VecDeque<Outstanding>,
    /// What those take.
    bytes: usize,
    progress: Progress,
}

impl Backfill<'_> {
    async fn send(
        &mut self,
        events: &Pipeline,
        mut items: mpsc::Receiver<Result<Item, Failure>>,
    ) -> Result<(), Failure> {
        let mut ticks = interval(Duration::from_millis(500));
        let mut has_more = true;
        while has_more || !self.outstanding.is_empty() {
            let has_room = self.outstanding.len() < WINDOW.0 && self.bytes < WINDOW.1;
            let next = async {
                match has_more && has_room {
                    true => items.recv().await,
                    false => pending().await,
                }
            };
            tokio::select! {
                item = next => match item {
                    Some(item) => self.accept(events, item?).await?,
                    None => has_more = false,
                },
                () = self.settle_first() => {}
                _ = ticks.tick() => {
                    self.progress.tell();
                    self.save()?;
                    if let Some(reason) = events.stats().paused {
                        return Err(format!("the server accepts nothing: {reason}; run it again when that is changed").into());
                    }
                }
            }
            self.take_settled()?;
        }
        Ok(())
    }

    async fn accept(&mut self, events: &Pipeline, item: Item) -> Result<(), Failure> {
        let state = match &item.event {
            Ok(event) => State::Waiting(events.send_with_receipt(event.clone()).await?),
            Err(_) => State::Unreadable,
        };
        self.bytes += item.size;
        self.outstanding.push_back(Outstanding { item, state });
        Ok(())
    }

    /// Waits until the first event is settled. It is taken later, so that nothing is lost when this is dropped.
    async fn settle_first(&mut self) {
        match self.outstanding.front_mut().map(|first| &mut first.state) {
            Some(state) => {
                if let State::Waiting(receipt) = state {
                    *state = State::Settled(receipt.await);
                }
            }
            None => pending().await,
        }
    }

    /// Takes all from the beginning that are settled, in the order of the input.
    fn take_settled(&mut self) -> Result<(), Failure> {
        while let Some(first) = self.outstanding.front_mut() {
            if let State::Waiting(receipt) = &mut first.state {
                match receipt.now_or_never() {
                    Some(outcome) => first.state = State::Settled(outcome),
                    None => break,
                }
            }
            if let Some(first) = self.outstanding.pop_front() {
                self.settled(first)?;
            }
        }
        Ok(())
    }

    fn settled(&mut self, Outstanding { item, state }: Outstanding) -> Result<(), Failure> {
        let counts = &mut self.checkpoint.counts;
        let letter = match (state, &item.event) {
            (State::Settled(EventOutcome::Delivered), _) => {
                counts.delivered += 1;
                None
            }
            (State::Settled(EventOutcome::Duplicate), _) => {
                counts.duplicates += 1;
                None
            }
            (State::Settled(EventOutcome::Rejected(rejection)), Ok(event)) => {
                counts.rejected += 1;
                let codes = rejection.codes.iter();
                let codes: Vec<Value> = codes
                    .map(|code| json!({"field": code.field, "code": code.code}))
                    .collect();
                let problem = rejection.to_string();
                Some(json!({"line": item.line, "problem": problem, "codes": codes, "event": event}))
            }
            (_, Err(problem)) => {
                counts.unreadable += 1;
                if counts.unreadable <= PRINTED {
                    eprintln!("{}", place(&self.arguments.name(), item.line, problem));
                }
                Some(json!({"line": item.line, "problem": problem.to_string(), "input": item.text}))
            }
            (State::Settled(outcome), Ok(_)) => {
                let line = item.line;
                return Err(format!(
                    "the event on line {line} is {outcome}; run it again, it goes on there"
                )
                .into());
            }
            (State::Waiting(_) | State::Unreadable, Ok(_)) => return Ok(()),
        };
        if let Some(letter) = letter {
            let line = format!("{letter}\n");
            self.dead_letters.write_all(line.as_bytes())?;
            self.checkpoint.dead_letter_bytes += line.len() as u64;
        }
        self.bytes -= item.size;
        (self.checkpoint.bytes, self.checkpoint.lines) = (item.end, item.lines);
        self.progress.done(item.end);
        Ok(())
    }

    /// Dead letters first: a checkpoint says that they are there.
    fn save(&mut self) -> Result<(), Failure> {
        let path = self.arguments.dead_letters();
        let failed = |error| format!("cannot write {}: {error}", path.display());
        self.dead_letters.flush().map_err(failed)?;
        self.dead_letters.get_ref().sync_data().map_err(failed)?;
        self.checkpoint.write(self.arguments)
    }
}
