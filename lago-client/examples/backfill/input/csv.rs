//! Columns with a header.

use std::io::{Read, Seek};

use csv::{Position, Reader, ReaderBuilder, StringRecord, Trim};
use lago_client::types::{Decimal, EventInput};
use serde_json::{Map, Value};

use super::super::Failure;
use super::{Item, Problem, repeatable};

/// What a column is about.
#[derive(Clone, Debug)]
enum Column {
    TransactionId,
    Subscription,
    Code,
    Timestamp,
    Amount,
    /// All properties as a JSON object.
    Properties,
    Property(String),
}

const REQUIRED: [&str; 4] = [
    "transaction_id",
    "external_subscription_id",
    "code",
    "timestamp",
];

impl Column {
    fn of(name: &str) -> Result<Self, String> {
        Ok(match name {
            "transaction_id" => Self::TransactionId,
            "external_subscription_id" => Self::Subscription,
            "code" => Self::Code,
            "timestamp" => Self::Timestamp,
            "precise_total_amount_cents" => Self::Amount,
            "properties" => Self::Properties,
            _ => match name.strip_prefix("properties.") {
                Some(property) if !property.is_empty() => Self::Property(property.to_owned()),
                _ => {
                    return Err(format!(
                        "there is no field `{name}` of events: {}, precise_total_amount_cents and properties are; name \
                         the column `properties.{name}` if it is a property",
                        REQUIRED.join(", ")
                    ));
                }
            },
        })
    }
}

/// The rows of a file.
pub(super) struct Rows<R> {
    reader: Reader<R>,
    columns: Vec<(String, Column)>,
    name: String,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(input: R, name: String) -> Result<Self, Failure> {
        let mut reader = ReaderBuilder::new()
            .trim(Trim::All)
            .flexible(true)
            .from_reader(input);
        let header = reader
            .headers()
            .map_err(|error| format!("{name}:1: {error}"))?
            .clone();
        let mut columns = Vec::new();
        for column in &header {
            let about = Column::of(column).map_err(|problem| format!("{name}:1: {problem}"))?;
            columns.push((column.to_owned(), about));
        }
        if let Some(missing) = REQUIRED
            .iter()
            .find(|required| !header.iter().any(|column| column == **required))
        {
            return Err(format!("{name}:1: there is no column `{missing}`").into());
        }
        Ok(Self {
            reader,
            columns,
            name,
        })
    }

    fn event(&self, row: &StringRecord) -> Result<(EventInput, usize), Problem> {
        if row.len() != self.columns.len() {
            let (has, expected) = (row.len(), self.columns.len());
            let what = format!("the row has {has} values, and the header {expected}");
            return Err(Problem {
                column: None,
                field: None,
                what,
            });
        }
        let mut event = EventInput::new("", "").transaction_id("");
        let mut properties = Map::new();
        for ((name, column), value) in self.columns.iter().zip(row) {
            if value.is_empty() {
                continue;
            }
            let decimal = || {
                value
                    .parse::<Decimal>()
                    .map_err(|error| Problem::of(name, error))
            };
            event = match column {
                Column::TransactionId => event.transaction_id(value),
                Column::Subscription => event.external_subscription_id(value),
                Column::Code => event.code(value),
                Column::Timestamp => event.timestamp(decimal()?),
                Column::Amount => event.precise_total_amount_cents(decimal()?),
                Column::Properties => {
                    let object: Map<String, Value> =
                        serde_json::from_str(value).map_err(|error| Problem::of(name, error))?;
                    properties.extend(object);
                    event
                }
                // As text, in which no digit is lost; the server takes numbers in it.
                Column::Property(property) => {
                    properties.insert(property.clone(), value.into());
                    event
                }
            };
        }
        let has_time = self
            .columns
            .iter()
            .zip(row)
            .any(|((name, _), value)| name == "timestamp" && !value.is_empty());
        if !has_time {
            event.timestamp = None;
        }
        if !properties.is_empty() {
            event = event.properties(properties);
        }
        repeatable(event)
    }
}

impl<R: Read + Seek> Rows<R> {
    /// Goes on behind so many bytes, which are on so many lines.
    pub(super) fn go_to(&mut self, bytes: u64, lines: u64) -> Result<(), Failure> {
        if bytes > 0 {
            let mut position = Position::new();
            position.set_byte(bytes).set_line(lines + 1);
            self.reader.seek(position)?;
        }
        Ok(())
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Item, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = StringRecord::new();
        match self.reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(format!("{}: {error}", self.name).into())),
        }
        let line = row.position().map_or(0, Position::line);
        let read = self.event(&row);
        let next = self.reader.position();
        let (end, lines) = (next.byte(), next.line() - 1);
        let text = || row.iter().collect::<Vec<_>>().join(",");
        Some(Ok(Item::new(line, (end, lines), read, text)))
    }
}
