//! The events of a request, and what is wrong with it, in the words of the API and with the place.

use http::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::fields::Fields;
use crate::gateway::refusal::Refusal;

/// An event of a request.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) transaction_id: String,
    /// As it was sent.
    pub(super) json: Box<[u8]>,
}

/// What an event has to have so that it counts once, however often it is sent, and what that is.
const REQUIRED: [(&str, &str); 4] = [
    ("transaction_id", TEXT),
    ("external_subscription_id", TEXT),
    ("code", TEXT),
    (
        "timestamp",
        "the time of the event in seconds since 1970, a number or a text",
    ),
];

const TEXT: &str = "a text that is not blank";

/// So many places are named in a message. The details have all.
const NAMED: usize = 3;

/// The events of a body, when each of them can be recognised; otherwise what they lack, as Lago would say it.
pub(super) fn read(is_batch: bool, body: &[u8]) -> Result<Vec<Event>, Refusal> {
    let texts = texts(is_batch, body).map_err(bad)?;
    let mut details = Map::new();
    let mut places = Vec::new();
    let mut events = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let place = match is_batch {
            true => format!("/events/{index}"),
            false => "/event".to_owned(),
        };
        let fields = object(&place, text).map_err(bad)?;
        let mut missing = Map::new();
        for (name, what) in REQUIRED {
            if !is_there(name, fields.get(name)) {
                missing.insert(name.to_owned(), json!(["value_is_mandatory"]));
                places.push(format!("`{place}/{name}` has to be {what}"));
            }
        }
        match (missing.is_empty(), is_batch) {
            (true, _) => events.push(Event {
                transaction_id: fields.get("transaction_id").unwrap_or_default(),
                json: text.get().as_bytes().into(),
            }),
            (false, true) => {
                details.insert(index.to_string(), missing.into());
            }
            (false, false) => details = missing,
        }
    }
    if details.is_empty() {
        return Ok(events);
    }
    let more = places.len().saturating_sub(NAMED);
    places.truncate(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let message = format!(
        "{}{more}. By transaction_id and timestamp Lago recognises an event that comes again, so that none counts twice",
        places.join("; ")
    );
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Refusal::new(status, "validation_errors", message).with_details(details))
}

fn bad(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "gateway_bad_event", message)
}

/// The events, still text. What is wrong is said with the place, a JSON pointer.
fn texts(is_batch: bool, body: &[u8]) -> Result<Vec<&RawValue>, String> {
    let (name, shape, other, other_path) = match is_batch {
        true => ("events", "{\"events\": [{…}, …]}", "event", "/events"),
        false => ("event", "{\"event\": {…}}", "events", "/events/batch"),
    };
    let whole: &RawValue = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.is_eof() {
            true => "breaks off",
            false => "is not JSON",
        };
        format!("the body {what} at line {line}, column {column}: it has to be `{shape}`")
    })?;
    let fields = object("", whole)?;
    let Some(value) = fields.get::<&RawValue>(name) else {
        return Err(match fields.get::<&RawValue>(other) {
            Some(_) => format!(
                "`/{name}` is missing: here the body has to be `{shape}`; `{other}` is for `POST {other_path}`"
            ),
            None => format!("`/{name}` is missing: the body has to be `{shape}`"),
        });
    };
    if !is_batch {
        return Ok(vec![value]);
    }
    let Ok(events) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        return Err(format!(
            "`/events` is {}, and has to be an array of events",
            kind(value)
        ));
    };
    match events.is_empty() {
        true => Err("`/events` is empty: it has to have one event at least".to_owned()),
        false => Ok(events),
    }
}

/// The fields of a value that has to be an object.
fn object<'b>(place: &str, value: &'b RawValue) -> Result<Fields<'b>, String> {
    let name = match place {
        "" => "the body".to_owned(),
        place => format!("`{place}`"),
    };
    Fields::read(value.get().as_bytes()).ok_or_else(|| match value.get().starts_with('{') {
        true => format!(
            "{name} has a name that stands twice in it: readers differ in which value they take, so leave one out"
        ),
        false => format!("{name} is {}, and has to be an object", kind(value)),
    })
}

/// What JSON calls a value.
fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Whether a field says something: text that is not blank, or the number of a time. Of a batch all are looked at before
/// any is taken, as strictly as they are when they are taken.
fn is_there(name: &str, value: Option<Value>) -> bool {
    match value {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Number(_)) => name == "timestamp",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_kept_in_the_text_that_came() {
        let event = r#"{ "transaction_id":"t", "code":"c","external_subscription_id":"s",
            "timestamp":1.10,"properties":{"n":0.1234567890123456789012}, "more":1e400 }"#;
        let one = read(false, format!("{{\"event\": {event}}}").as_bytes()).unwrap();
        assert_eq!(one[0].json[..], *event.as_bytes());
        let two = read(true, format!("{{\"events\":[{event},{event}]}}").as_bytes()).unwrap();
        let ids: Vec<&str> = two
            .iter()
            .map(|event| event.transaction_id.as_str())
            .collect();
        assert_eq!(ids, ["t", "t"]);
    }

    const GOOD: &str =
        r#"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":"1"}"#;

    #[test]
    fn what_an_event_lacks_is_said_as_lago_says_it() {
        let refused = |is_batch, body: &str| read(is_batch, body.as_bytes()).unwrap_err();
        let one = refused(
            false,
            r#"{"event": {"transaction_id": " ", "code": "c", "timestamp": 1}}"#,
        );
        let text = one.message().to_owned();
        let mandatory = json!(["value_is_mandatory"]);
        assert_eq!(
            Value::Object(one.details()),
            json!({ "transaction_id": mandatory, "external_subscription_id": mandatory })
        );
        assert!(
            text.starts_with(
                "`/event/transaction_id` has to be a text that is not blank; \
                 `/event/external_subscription_id` has to be a text that is not blank. "
            ),
            "{text}"
        );
        let batch = format!(
            r#"{{"events": [{GOOD}, {}, {{}}]}}"#,
            GOOD.replace("\"1\"", "null")
        );
        let batch = refused(true, &batch);
        let text = batch.message().to_owned();
        let details = Value::Object(batch.details());
        assert_eq!(details["1"], json!({ "timestamp": mandatory }));
        assert_eq!(details["2"].as_object().map(Map::len), Some(4));
        assert!(
            text.starts_with(
                "`/events/1/timestamp` has to be the time of the event in seconds since 1970"
            ) && text.contains("`/events/2/external_subscription_id`")
                && text.contains("; and 2 more. "),
            "{text}"
        );
    }

    #[test]
    fn a_body_that_has_no_events_is_told_where_and_what_it_has_to_be() {
        for (is_batch, body, said) in [
            (
                false,
                "",
                "the body breaks off at line 1, column 0: it has to be `{\"event\": {…}}`",
            ),
            (
                false,
                "{\n\"event\": }",
                "the body is not JSON at line 2, column 10: it has to be `{\"event\": {…}}`",
            ),
            (
                false,
                "[1]",
                "the body is an array, and has to be an object",
            ),
            (
                false,
                "{}",
                "`/event` is missing: the body has to be `{\"event\": {…}}`",
            ),
            (
                false,
                r#"{"events": []}"#,
                "`/event` is missing: here the body has to be `{\"event\": {…}}`; `events` is for \
                 `POST /events/batch`",
            ),
            (
                false,
                r#"{"event": 1}"#,
                "`/event` is a number, and has to be an object",
            ),
            (
                false,
                r#"{"event": {"code": 1, "code": 2}}"#,
                "`/event` has a name that stands twice in it: readers differ in which value they take, so leave one out",
            ),
            (
                true,
                r#"{"events": []}"#,
                "`/events` is empty: it has to have one event at least",
            ),
            (
                true,
                r#"{"events": {"code": "c"}}"#,
                "`/events` is an object, and has to be an array of events",
            ),
            (
                true,
                r#"{"events": [{}, null]}"#,
                "`/events/1` is null, and has to be an object",
            ),
            (
                true,
                r#"{"event": {}}"#,
                "`/events` is missing: here the body has to be `{\"events\": [{…}, …]}`; `event` is for `POST /events`",
            ),
        ] {
            let refused = read(is_batch, body.as_bytes()).unwrap_err();
            assert_eq!(
                (refused.code(), refused.message()),
                ("gateway_bad_event", said),
                "{body}"
            );
        }
    }
}
