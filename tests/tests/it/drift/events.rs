//! What is told about drift on this thread, a line for each event.
//!
//! There is one subscriber for the whole process: while there are only some for single threads, `tracing` may decide
//! from another thread, one without any, that nobody wants an event.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Begins to listen.
pub(super) fn begin() {
    static BEGIN: Once = Once::new();
    BEGIN.call_once(|| set_global_default(Collector).unwrap());
    // Of a test that was on this thread before.
    take();
}

/// The lines of this thread since the last time.
pub(super) fn take() -> Vec<String> {
    LINES.take()
}

/// Keeps `LEVEL field=value field=value: message`.
struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "lago_client::drift"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let (fields, message) = (line.fields.join(" "), line.message);
        let line = format!("{} {fields}: {message}", event.metadata().level());
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    fields: Vec<String>,
    message: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push(format!("{}={value}", field.name()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.fields.push(format!("{name}={value:?}")),
        }
    }
}
