//! A message in the text in which it came: what is lost of it once it was read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::gateway::lost::{self, Lost, lost, step};
use crate::gateway::results::{Level, open};

/// What is lost of the arguments of a call once the message was read.
pub(super) fn lost_arguments(message: &[u8]) -> Vec<Lost> {
    arguments(message).map_or_else(Vec::new, lost)
}

/// The message with arguments that can be read, whatever is lost of them: so whoever sent it reads what is wrong with each,
/// and not that there is something.
pub(super) fn readable<'m>(message: &'m [u8], lost: &[Lost]) -> Cow<'m, [u8]> {
    let Some(arguments) = arguments(message) else {
        return message.into();
    };
    match lost::readable(arguments, lost) {
        Cow::Borrowed(_) => message.into(),
        Cow::Owned(readable) => {
            // They are a part of the message.
            let start = arguments.as_ptr().addr() - message.as_ptr().addr();
            let end = start + arguments.len();
            [&message[..start], readable.as_bytes(), &message[end..]]
                .concat()
                .into()
        }
    }
}

/// The arguments of a call, as they are written. One that has them twice is refused before.
fn arguments(message: &[u8]) -> Option<&str> {
    let message = std::str::from_utf8(message).ok()?;
    let params = values(message, "params").into_iter().next()?;
    values(params, "arguments").into_iter().next()
}

/// Where a value in parameters is one of several that have the same name; in the arguments of a call others look for it.
pub(super) fn repeated(params: &str) -> Option<String> {
    let Some(Level::Object(entries)) = open(params) else {
        return None;
    };
    let mut names = BTreeSet::new();
    entries.iter().find_map(|(name, value)| {
        let step = step(name);
        if !names.insert(name) {
            return Some(step);
        }
        if name == "arguments" {
            return None;
        }
        let pointer = lost::repeated(value).into_iter().next()?;
        Some(format!("{step}{pointer}"))
    })
}

/// The values that have a name in an object; none when it is no object.
pub(super) fn values<'j>(json: &'j str, name: &str) -> Vec<&'j str> {
    let Some(Level::Object(entries)) = open(json) else {
        return Vec::new();
    };
    let named = entries.into_iter().filter(|(key, _)| key == name);
    named.map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_looked_for_in_the_arguments_of_a_call_and_nowhere_else() {
        const LONG: &str = "0.1234567890123456789";
        let pointers = |message: &str| -> Vec<String> {
            let found = lost_arguments(message.as_bytes()).into_iter();
            found.map(|it| it.pointer).collect()
        };
        let message =
            |params: &str| format!(r#" {{"id":{LONG},"method":"tools/call","params":{params}}}"#);
        let call = format!(r#"{{"_meta":{{"a":{LONG}}},"arguments":{{"n":[{LONG}]}},"name":"x"}}"#);
        assert_eq!(pointers(&message(&call)), ["/n/0"]);
        let twice = r#"{"arguments":{"a":{"b":1,"\u0062":1},"n":2,"n":1}}"#;
        assert_eq!(pointers(&message(twice)), ["/a/b", "/n"]);
        for other in ["{}", "[]", "{\"arguments\":1.5}", "no JSON"] {
            assert_eq!(pointers(&message(other)), Vec::<String>::new(), "{other}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_read_is_another_one_that_can() {
        let of = |message: &'static str| {
            let lost = lost_arguments(message.as_bytes());
            String::from_utf8(readable(message.as_bytes(), &lost).into_owned()).unwrap()
        };
        assert_eq!(
            of(r#" {"id":1e999,"params":{"arguments":{"a":[1e400,1,-1e400],"é":1e-400}},"x":2}"#),
            r#" {"id":1e999,"params":{"arguments":{"a":[1.7976931348623157e308,1,-1.7976931348623157e308],"é":1e-400}},"x":2}"#
        );
        for other in ["{\"params\":{\"arguments\":{\"a\":0.1}}}", "no JSON", "{}"] {
            assert_eq!(of(other), other);
        }
    }
}
