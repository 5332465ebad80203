//! Models of Lago's two stores of events, at the level of what `POST /events/batch` says. They are written from the
//! server's behaviour, recorded and read, and not from the code that they test.

use std::collections::{BTreeMap, BTreeSet};

use lago_types::EventInput;
use serde_json::{Value, json};

/// Which store an organization has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All of a batch or nothing; a key that exists is refused by index, once nothing else is wrong.
    Postgres,
    /// Takes everything; one row is left of those that are the same in key and time.
    ClickHouse,
    /// Takes everything, and every repeat is a row of its own.
    ClickHouseThatRepeats,
    /// Says that it took everything, and loses some of it before it is stored.
    ClickHouseThatLoses,
}

/// The code of an event that is invalid: the server names it.
pub(crate) const INVALID: &str = "invalid";
/// The code of an event that the server refuses without naming it.
pub(crate) const UNNAMED: &str = "unnamed";
/// The code of an event at which the server fails.
pub(crate) const POISON: &str = "poison";
/// The code of an event that a firewall before the server does not let through.
pub(crate) const WALLED: &str = "walled";

/// Subscription, transaction id, code and time of an event.
pub(crate) type Row = (String, String, String, String);

/// The events of an organization.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) kind: Kind,
    pub(crate) max_events: usize,
    /// Of a body; the gateway before the server refuses larger ones.
    pub(crate) max_bytes: usize,
    pub(crate) rows: Vec<Row>,
    /// What a store that loses has lost.
    pub(crate) lost: Vec<Row>,
}

/// Status and body.
pub(crate) type Reply = (u16, String);

impl Store {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            max_events: 100,
            max_bytes: usize::MAX,
            rows: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// How often each event counts.
    pub(crate) fn counts(&self) -> BTreeMap<&Row, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row).or_default() += 1;
        }
        if self.kind == Kind::ClickHouse {
            counts.values_mut().for_each(|count| *count = 1);
        }
        counts
    }

    /// What the server does with a request, and says. `lose` is asked of each event.
    pub(crate) fn post(&mut self, body: &[u8], mut lose: impl FnMut() -> bool) -> Reply {
        if body.len() > self.max_bytes {
            return (413, "<html>413 Request Entity Too Large</html>".to_owned());
        }
        let events = match read(body) {
            Ok(events) => events,
            Err(error) => return refusal(400, json!({"error": format!("BadRequest: {error}")})),
        };
        if events.iter().any(|(_, _, code, _)| code == WALLED) {
            return (406, "<html>406 Not Acceptable</html>".to_owned());
        }
        if events.len() > self.max_events {
            return invalid(json!({"events": ["too_many_events"]}));
        }
        if events.iter().any(|(_, _, code, _)| code == POISON) {
            return refusal(500, json!({"error": "Internal Server Error"}));
        }
        let at_fault = named(
            &events,
            |(_, _, code, _)| code == INVALID,
            "code",
            "value_is_mandatory",
        );
        if !at_fault.is_empty() {
            return invalid(Value::Object(at_fault));
        }
        if events.iter().any(|(_, _, code, _)| code == UNNAMED) {
            return invalid(json!({"base": ["cannot_be_stored"]}));
        }
        if self.kind == Kind::Postgres {
            let key = |(subscription, id, ..): &Row| (subscription.clone(), id.clone());
            let mut keys: BTreeSet<_> = self.rows.iter().map(key).collect();
            let exists = |row: &Row| !keys.insert(key(row));
            let at_fault = named(&events, exists, "transaction_id", "value_already_exist");
            if !at_fault.is_empty() {
                return invalid(Value::Object(at_fault));
            }
        }
        let shown: Vec<_> = events
            .iter()
            .map(|(_, id, ..)| json!({"transaction_id": id}))
            .collect();
        for row in events {
            match self.kind == Kind::ClickHouseThatLoses && lose() {
                true => self.lost.push(row),
                false => self.rows.push(row),
            }
        }
        (200, json!({ "events": shown }).to_string())
    }
}

/// The events of a body.
pub(crate) fn read(body: &[u8]) -> Result<Vec<Row>, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Body {
        events: Vec<EventInput>,
    }
    let body: Body = serde_json::from_slice(body)?;
    Ok(body.events.into_iter().map(row).collect())
}

/// What counts of an event.
pub(crate) fn row(event: EventInput) -> Row {
    let time = event.timestamp.map(|time| time.to_string());
    (
        event.external_subscription_id,
        event.transaction_id,
        event.code,
        time.unwrap_or_default(),
    )
}

/// The events at fault by index, as the server names them.
fn named(
    events: &[Row],
    mut is: impl FnMut(&Row) -> bool,
    field: &str,
    code: &str,
) -> serde_json::Map<String, Value> {
    let events = events.iter().enumerate();
    let named = events.filter(|(_, row)| is(row));
    named
        .map(|(index, _)| (index.to_string(), json!({field: [code]})))
        .collect()
}

fn invalid(details: Value) -> Reply {
    let error = "Unprocessable Entity";
    refusal(
        422,
        json!({"error": error, "code": "validation_errors", "error_details": details}),
    )
}

fn refusal(status: u16, mut body: Value) -> Reply {
    body["status"] = status.into();
    (status, body.to_string())
}
