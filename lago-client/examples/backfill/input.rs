//! Events of a file of any size, one after the other, each with its place.

mod csv;
mod jsonl;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader};

use lago_client::types::EventInput;

use super::Failure;
use super::arguments::{Arguments, Format};

/// What stands in one place: an event, or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Item {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// How many bytes of the input end with it.
    pub(crate) end: u64,
    /// How many lines those are.
    pub(crate) lines: u64,
    pub(crate) event: Result<EventInput, Problem>,
    /// As it is written there, where it is no event.
    pub(crate) text: String,
    /// How many bytes it takes.
    pub(crate) size: usize,
}

/// Why something is no event that can be sent.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) column: Option<u64>,
    pub(crate) field: Option<String>,
    pub(crate) what: String,
}

impl Problem {
    fn of(field: &str, what: impl fmt::Display) -> Self {
        let (field, what) = (Some(field.to_owned()), what.to_string());
        Self {
            column: None,
            field,
            what,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "`{field}`: ")?;
        }
        f.write_str(&self.what)
    }
}

/// A place as editors and terminals know it: `events.jsonl:12:7`.
pub(crate) fn place(name: &str, line: u64, problem: &Problem) -> String {
    let column = problem.column.map(|column| format!(":{column}"));
    format!("{name}:{line}{}: {problem}", column.unwrap_or_default())
}

pub(crate) type Items = Box<dyn Iterator<Item = Result<Item, Failure>> + Send>;

/// How long the input is, where that is known.
pub(crate) fn length(arguments: &Arguments) -> Option<u64> {
    let metadata = std::fs::metadata(&arguments.input).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// The events behind so many bytes, which are on so many lines.
pub(crate) fn open(arguments: &Arguments, bytes: u64, lines: u64) -> Result<Items, Failure> {
    let name = arguments.name();
    if arguments.is_standard_input() {
        // What was read before comes again, and is passed over.
        let items: Items = match arguments.format() {
            Format::Jsonl => Box::new(jsonl::Lines::new(BufReader::new(io::stdin()), name, 0, 0)),
            Format::Csv => Box::new(csv::Rows::new(io::stdin(), name)?),
        };
        return Ok(Box::new(items.skip_while(move |item| {
            item.as_ref().is_ok_and(|item| item.end <= bytes)
        })));
    }
    let file =
        File::open(&arguments.input).map_err(|error| format!("cannot open {name}: {error}"))?;
    match arguments.format() {
        Format::Jsonl => {
            let mut reader = BufReader::new(file);
            io::Seek::seek(&mut reader, io::SeekFrom::Start(bytes))?;
            Ok(Box::new(jsonl::Lines::new(reader, name, bytes, lines)))
        }
        Format::Csv => {
            let mut rows = csv::Rows::new(file, name)?;
            rows.go_to(bytes, lines)?;
            Ok(Box::new(rows))
        }
    }
}

/// The event, if it can be sent again after an interruption and is the same then; and how long its JSON is.
fn repeatable(event: EventInput) -> Result<(EventInput, usize), Problem> {
    for (field, value) in [
        ("transaction_id", &event.transaction_id),
        ("external_subscription_id", &event.external_subscription_id),
        ("code", &event.code),
    ] {
        if value.trim().is_empty() {
            return Err(Problem::of(field, "it is empty"));
        }
    }
    if event.timestamp.is_none() {
        return Err(Problem::of(
            "timestamp",
            "it is missing; without it a repeat can be billed as another event",
        ));
    }
    match serde_json::to_vec(&event) {
        Ok(json) => Ok((event, json.len())),
        Err(error) => Err(Problem {
            column: None,
            field: None,
            what: error.to_string(),
        }),
    }
}

impl Item {
    /// What was read up to some place: an event, or the text of what is none.
    fn new(
        line: u64,
        (end, lines): (u64, u64),
        read: Result<(EventInput, usize), Problem>,
        text: impl FnOnce() -> String,
    ) -> Self {
        let (event, text, size) = match read {
            Ok((event, size)) => (Ok(event), String::new(), size),
            Err(problem) => {
                let text = text();
                let size = text.len();
                (Err(problem), text, size)
            }
        };
        Self {
            line,
            end,
            lines,
            event,
            text,
            size,
        }
    }
}
