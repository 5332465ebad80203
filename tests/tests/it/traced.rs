//! What is traced on this thread: a line for each span and each event.
//!
//! There is one subscriber for the whole process: while there are only some for single threads, `tracing` may decide
//! from another thread, one without any, that nobody wants an event.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Metadata, Subscriber};

type Hook = Box<dyn FnMut()>;

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
    static UPON_RETRY: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

static SPANS: AtomicU64 = AtomicU64::new(1);

/// Begins to listen.
pub(crate) fn begin() {
    static BEGIN: Once = Once::new();
    BEGIN.call_once(|| set_global_default(Collector).unwrap());
    // Of a test that was on this thread before.
    LINES.take();
    UPON_RETRY.take();
}

/// Begins to listen, and does this whenever a call on this thread is about to be tried again.
pub(crate) fn upon_retry(hook: impl FnMut() + 'static) {
    begin();
    UPON_RETRY.set(Some(Box::new(hook)));
}

/// What was traced on this thread since the last time, under this target and those below it:
/// `LEVEL field=value field=value: message`, for a span with the name as message.
pub(crate) fn take(target: &str) -> Vec<String> {
    let lines = LINES.take().into_iter();
    let lines = lines.filter(|line| line.target.starts_with(target));
    lines.map(|line| line.to_string()).collect()
}

struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("lago_client")
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of(None, event.metadata());
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
        if event.metadata().target() == "lago_client::retry" {
            UPON_RETRY.with_borrow_mut(|hook| {
                if let Some(hook) = hook {
                    hook();
                }
            });
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = SPANS.fetch_add(1, Ordering::Relaxed);
        let mut line = Line::of(Some(id), span.metadata());
        line.message = span.metadata().name().to_owned();
        span.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        LINES.with_borrow_mut(|lines| {
            let known = lines
                .iter_mut()
                .find(|line| line.span == Some(span.into_u64()));
            if let Some(line) = known {
                values.record(line);
            }
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line {
    span: Option<u64>,
    level: tracing::Level,
    target: &'static str,
    fields: Vec<String>,
    message: String,
}

impl Line {
    fn of(span: Option<u64>, metadata: &'static Metadata<'static>) -> Self {
        Self {
            span,
            level: *metadata.level(),
            target: metadata.target(),
            fields: Vec::new(),
            message: String::new(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.level,
            self.fields.join(" "),
            self.message
        )
    }
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
