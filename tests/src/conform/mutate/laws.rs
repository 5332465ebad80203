//! What holds for every response.

use serde_json::Value;

use crate::conform::replay::leaves;
use crate::support::calling::{Answered, Decoder};

/// What breaks a law, and how.
pub type Law = Result<(), String>;

/// A body is read, and a caller sees all that is expected of it.
pub fn arrives(decoder: &Decoder, body: &Value, expected: &Value) -> Law {
    let outcome = (decoder.decode)(body.to_string().as_bytes());
    let answered = outcome.map_err(|error| format!("{error} in {}", excerpt(body)))?;
    let found = leaves(expected, &decoder.in_envelope(&answered));
    if let Some(first) = found.differences.first() {
        let (path, what) = (&first.path, &first.what);
        return Err(format!("{path}: {what} in {}", excerpt(body)));
    }
    is_stable(decoder, &answered)
}

/// What was read is read the same once it is written again.
pub fn is_stable(decoder: &Decoder, answered: &Answered) -> Law {
    let written = decoder.in_envelope(answered);
    match (decoder.decode)(written.to_string().as_bytes()) {
        Ok(again) if again == *answered => Ok(()),
        Ok(again) => {
            let found = leaves(&answered.value, &again.value);
            Err(format!("{:?} in {}", found.differences, excerpt(&written)))
        }
        Err(error) => Err(format!("{error} in {}", excerpt(&written))),
    }
}

fn excerpt(body: &Value) -> String {
    const MOST: usize = 2000;
    let text = body.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
