//! What is seen while it runs, and after it.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on a terminal; nothing where there is none.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    events: u64,
}

impl Progress {
    /// Of an input of so many bytes, where that is known, and so many of them done.
    pub(crate) fn start(length: Option<u64>, done: u64) -> Self {
        let template = match length {
            Some(_) => "{bar:30} {percent:>3}%  {msg}  {eta} left",
            None => "{spinner} {bytes}  {msg}",
        };
        // A template that is not right is one of this file.
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = length
            .map_or_else(ProgressBar::no_length, ProgressBar::new)
            .with_style(style)
            .with_position(done);
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            started: Instant::now(),
            events: 0,
        }
    }

    /// One more event is done, with all before so many bytes.
    pub(crate) fn done(&mut self, bytes: u64) {
        self.events += 1;
        self.bar.set_position(bytes);
    }

    pub(crate) fn tell(&self) {
        self.bar.set_message(format!(
            "{} events, {}/s",
            grouped(self.events),
            grouped(self.rate())
        ));
    }

    fn rate(&self) -> u64 {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        (self.events as f64 / seconds) as u64
    }

    /// Takes the bar away.
    pub(crate) fn end(self) -> Summary {
        self.bar.finish_and_clear();
        Summary {
            events: self.events,
            rate: self.rate(),
            elapsed: self.started.elapsed(),
        }
    }
}

/// What it came to in this run.
pub(crate) struct Summary {
    pub(crate) events: u64,
    pub(crate) rate: u64,
    pub(crate) elapsed: Duration,
}

/// Prints names and numbers as a table, with a note behind some.
pub(crate) fn table(rows: &[(&str, u64, String)]) {
    for (name, count, note) in rows {
        println!(
            "{}",
            format!("{name:<12} {:>15}  {note}", grouped(*count)).trim_end()
        );
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
