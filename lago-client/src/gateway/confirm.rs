//! Confirmations: a person agrees to what an agent is about to do.
//!
//! The server keeps what it asked for, and the client carries a number by which it is found again. So there is nothing
//! to forge: a confirmation that this server did not ask for, that was used, or that has become old is not there. It
//! holds for one tool with exactly these arguments, and for the caller whose call it was. An argument of a tool cannot
//! confirm anything, since what a model writes is no agreement of a person.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;
use uuid::Uuid;

use super::fingerprint::Fingerprint;
use super::tools::Tool;
use crate::operation::Effect;

/// How long a person may think about it.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);

/// How many are kept; beyond that the oldest are forgotten.
const MOST: usize = 1024;

/// Whether a person has to agree before a tool does what it does: to what is more than adding something, and to
/// what must not happen twice, since an agent that got no answer tries again.
pub(crate) fn is_needed(tool: &Tool) -> bool {
    let operation = tool.operation;
    operation.effect != Effect::Reads
        && (operation.effect.is_destructive() || !operation.idempotency.may_repeat())
}

/// What is asked for and not answered yet, and what was answered a short time ago.
#[derive(Debug, Default)]
pub(crate) struct Confirmations(Mutex<VecDeque<Asked>>);

#[derive(Debug)]
struct Asked {
    number: Uuid,
    call: Fingerprint,
    caller: Fingerprint,
    until: Instant,
    is_used: bool,
}

impl Confirmations {
    /// Remembers that a person is asked, and gives the text by which the answer is recognised.
    pub(crate) fn ask(&self, call: Fingerprint, caller: Fingerprint, now: Instant) -> String {
        // All but six of its 128 bits come from the operating system's source of secrets.
        let number = Uuid::new_v4();
        let mut asked = self.asked();
        while asked.len() >= MOST || asked.front().is_some_and(|first| first.until <= now) {
            asked.pop_front();
        }
        asked.push_back(Asked {
            number,
            call,
            caller,
            until: now + LIFETIME,
            is_used: false,
        });
        number.to_string()
    }

    /// Takes an answer, which counts once.
    pub(crate) fn redeem(
        &self,
        text: &str,
        call: Fingerprint,
        caller: Fingerprint,
        now: Instant,
    ) -> Result<(), Refused> {
        let number = Uuid::try_parse(text).map_err(|_| Refused::Unknown)?;
        let mut asked = self.asked();
        // Whose it is not learns nothing of it, and cannot spoil it.
        let asked = asked
            .iter_mut()
            .find(|asked| asked.number == number && asked.caller == caller)
            .ok_or(Refused::Unknown)?;
        if std::mem::replace(&mut asked.is_used, true) {
            return Err(Refused::Used);
        }
        match asked.call == call {
            _ if asked.until <= now => Err(Refused::Expired),
            true => Ok(()),
            false => Err(Refused::Edited),
        }
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, VecDeque<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a confirmation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was not asked for, not of this caller, or too long ago to remember.
    Unknown,
    /// It has counted already.
    Used,
    /// The person took too long.
    Expired,
    /// It was given for another tool or for other arguments.
    Edited,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::Unknown => "it is none that this server has asked this caller for",
            Self::Used => "it has been used, and counts once",
            Self::Expired => "it has expired; it counts for five minutes",
            Self::Edited => "it was given for other arguments or another tool",
        };
        write!(
            f,
            "The confirmation does not count: {why}. Nothing was done. Call the tool again without it, and a person \
             is asked again."
        )
    }
}

impl std::error::Error for Refused {}

impl Fingerprint {
    /// That of a call.
    pub(crate) fn of_call(tool: &str, arguments: &Map<String, Value>) -> Self {
        let mut text = String::new();
        canonical_map(arguments, &mut text);
        Self::of(&[tool.as_bytes(), text.as_bytes()])
    }
}

/// JSON that is the same whatever the order of keys was.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => canonical_map(map, out),
        Value::Array(elements) => {
            out.push('[');
            for element in elements {
                canonical(element, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn canonical_map(map: &Map<String, Value>, out: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (key, value) in entries {
        canonical(&Value::from(key.as_str()), out);
        out.push(':');
        canonical(value, out);
        out.push(',');
    }
    out.push('}');
}

/// What a person reads who is asked: what it does, by the reviewed table, and what exactly is sent.
///
/// # Errors
///
/// When that is more than is shown: nobody can agree to what they do not see. The text is for the agent.
pub(crate) fn question(tool: &Tool, arguments: &Map<String, Value>) -> Result<String, String> {
    let operation = tool.operation;
    let effect = match operation.effect {
        Effect::Reads => "It changes nothing.",
        Effect::Adds => "It adds something.",
        Effect::Changes => "It changes what is there.",
        Effect::Removes => "It removes something or ends it.",
        Effect::Acts => "It does something that cannot be taken back.",
    };
    let outside = match operation.outside {
        true => " It may reach beyond Lago: a payment provider, an e-mail to a customer.",
        false => "",
    };
    let repeated = match operation.idempotency.may_repeat() {
        true => "",
        false => " Done twice, it happens twice.",
    };
    let arguments = shown(&Value::Object(arguments.clone()).to_string());
    if arguments.len() > MOST_SHOWN {
        return Err(format!(
            "Nothing was done: a person has to agree to this, and would have to read {} bytes, of which at most \
             {MOST_SHOWN} can be shown. Send less at a time.",
            arguments.len()
        ));
    }
    Ok(format!(
        "An agent asks to do this in Lago: {} ({}). {effect}{outside}{repeated}\nWith: {arguments}",
        tool.title, tool.name
    ))
}

/// How much of the arguments is shown, in bytes.
const MOST_SHOWN: usize = 8 << 10;

/// A text in which nothing is hidden: characters that change how others are shown, or are not seen, are spelt out, and
/// of many spaces it is said how many they are.
fn shown(text: &str) -> String {
    /// As many as indent something.
    const MOST_SPACES: usize = 8;
    let is_space = |c: &char| c.is_whitespace() && !c.is_control();
    let mut shown = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            c if is_invisible(c) => shown.extend(c.escape_unicode()),
            c if is_space(&c) => {
                let mut spaces = 1;
                while rest.next_if(is_space).is_some() {
                    spaces += 1;
                }
                match spaces <= MOST_SPACES {
                    true => shown += &" ".repeat(spaces),
                    false => shown += &format!("[{spaces} spaces]"),
                }
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Control characters, and those that show nothing, have no width or turn the direction of writing.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' | '\u{34f}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(tool: &str, arguments: Value) -> Fingerprint {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        Fingerprint::of_call(tool, &arguments)
    }

    fn caller(name: &str) -> Fingerprint {
        Fingerprint::of(&[name.as_bytes()])
    }

    #[tokio::test]
    async fn it_counts_once_for_this_call_of_this_caller() {
        let confirmations = Confirmations::default();
        let now = Instant::now();
        let void = call("invoices_void", json!({"lago_id": "1"}));
        let anna = caller("anna");

        let given = confirmations.ask(void, anna, now);
        let redeem = |text: &str, call, caller| confirmations.redeem(text, call, caller, now);
        assert_eq!(redeem(&given, void, caller("ben")), Err(Refused::Unknown));
        assert_eq!(redeem("no number", void, anna), Err(Refused::Unknown));
        let other = Uuid::new_v4().to_string();
        assert_eq!(redeem(&other, void, anna), Err(Refused::Unknown));
        assert_eq!(redeem(&given, void, anna), Ok(()));
        assert_eq!(redeem(&given, void, anna), Err(Refused::Used));

        for edited in [
            call("invoices_void", json!({"lago_id": "2"})),
            call("invoices_void", json!({"lago_id": "1", "x": null})),
            call("invoices_refresh", json!({"lago_id": "1"})),
        ] {
            let given = confirmations.ask(void, anna, now);
            assert_eq!(redeem(&given, edited, anna), Err(Refused::Edited));
            assert_eq!(redeem(&given, void, anna), Err(Refused::Used));
        }
    }

    #[tokio::test]
    async fn it_expires_and_the_oldest_are_forgotten() {
        let confirmations = Confirmations::default();
        let now = Instant::now();
        let (void, anna) = (call("invoices_void", json!({})), caller("anna"));

        let given = confirmations.ask(void, anna, now);
        let late = now + LIFETIME;
        assert_eq!(
            confirmations.redeem(&given, void, anna, late),
            Err(Refused::Expired)
        );

        let first = confirmations.ask(void, anna, now);
        for _ in 0..MOST {
            confirmations.ask(void, anna, now);
        }
        assert_eq!(
            confirmations.redeem(&first, void, anna, now),
            Err(Refused::Unknown)
        );
        confirmations.ask(void, anna, late);
        assert_eq!(confirmations.asked().len(), 1, "what is over is forgotten");
    }

    #[test]
    fn the_order_of_keys_does_not_count_and_everything_else_does() {
        let one = call("t", json!({"a": {"b": 1, "c": [1, "2"]}, "d": null}));
        assert!(one == call("t", json!({"d": null, "a": {"c": [1, "2"], "b": 1}})));
        for other in [
            json!({"a": {"b": 1, "c": ["2", 1]}, "d": null}),
            json!({"a": {"b": 1, "c": [1, 2]}, "d": null}),
            json!({"a": {"b": 1, "c": [1, "2"]}}),
            json!({"a": {"b": 1, "c": [[1], "2"]}, "d": null}),
        ] {
            assert!(one != call("t", other.clone()), "{other}");
        }
        assert!(Fingerprint::of(&[b"ab", b"c"]) != Fingerprint::of(&[b"a", b"bc"]));
    }

    #[test]
    fn nothing_that_a_person_reads_is_hidden() {
        let text = shown("{\"name\":\"evil\u{202e}txt\u{200b}\"}");
        assert_eq!(text, "{\"name\":\"evil\\u{202e}txt\\u{200b}\"}");
        let blank = shown(&format!("a\u{3164}\u{fe00}{}b", " ".repeat(8_000)));
        assert_eq!(blank, "a\\u{3164}\\u{fe00}[8000 spaces]b");
    }
}
