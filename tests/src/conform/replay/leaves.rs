//! What of a recorded body arrived.

use serde_json::{Number, Value};

use crate::conform::compare::same_text;

/// The leaves of a body: scalars but null, and what is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leaves {
    /// How many arrived.
    pub kept: usize,
    /// How many there are.
    pub total: usize,
    /// What did not arrive, came otherwise, or was never sent.
    pub differences: Vec<Difference>,
}

/// A place where what arrived is not what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The JSON path.
    pub path: String,
    /// What was expected, and what there is.
    pub what: String,
}

impl Difference {
    /// One that is no place in particular.
    pub(super) fn whole(what: impl Into<String>) -> Self {
        let (path, what) = (String::new(), what.into());
        Self { path, what }
    }

    /// What was recorded did not arrive so.
    pub(super) fn of(path: &str, recorded: &Value, arrived: &Value) -> Self {
        let say = |value: &Value| match value {
            Value::Null => "nothing".to_owned(),
            value => short(value),
        };
        Self {
            path: path.to_owned(),
            what: format!("expected {}, got {}", say(recorded), say(arrived)),
        }
    }
}

/// Compares what was recorded with what arrived. Numbers are compared as numbers, also with a text
/// that is one; dates as instants; null is the same as nothing.
pub fn leaves(recorded: &Value, arrived: &Value) -> Leaves {
    let mut leaves = Leaves::default();
    leaves.compare(recorded, arrived, "");
    leaves
}

/// Whether a path is another one or leads on from it.
pub(super) fn is_below(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| other.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

impl Leaves {
    fn compare(&mut self, recorded: &Value, arrived: &Value, path: &str) {
        match (recorded, arrived) {
            (Value::Object(one), other) if !one.is_empty() => {
                for (key, value) in one {
                    let there = other.get(key).unwrap_or(&Value::Null);
                    self.compare(value, there, &member(path, key));
                }
                for (key, value) in other.as_object().into_iter().flatten() {
                    if !one.contains_key(key) {
                        self.compare(&Value::Null, value, &member(path, key));
                    }
                }
            }
            (Value::Array(one), other) if !one.is_empty() => {
                let others = other.as_array().map(Vec::as_slice).unwrap_or_default();
                for index in 0..one.len().max(others.len()) {
                    let at = |items: &[Value]| items.get(index).cloned().unwrap_or_default();
                    self.compare(&at(one), &at(others), &format!("{path}[{index}]"));
                }
            }
            (Value::Null, Value::Null) => {}
            (leaf, arrived) => {
                // What was never sent is no leaf of the recording, but it must not be invented.
                let kept = same(leaf, arrived);
                self.total += usize::from(!leaf.is_null());
                self.kept += usize::from(kept);
                if !kept {
                    let difference = Difference::of(path, leaf, arrived);
                    self.differences.push(difference);
                }
            }
        }
    }
}

/// A path that stands for the same place in every element of a list.
pub(super) fn without_indices(path: &str) -> String {
    let mut parts = path.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.split_once(']').map_or(part, |(_, after)| after);
        text.push_str("[]");
        text.push_str(after);
    }
    text
}

fn member(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => {
            let number = number.to_string();
            *text == number || digits(text).is_some_and(|text| Some(text) == digits(&number))
        }
        (Value::String(one), Value::String(other)) => same_text(one, other),
        _ => one == other,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}

/// A decimal number without zeros at its end; none for a code such as `007`.
fn digits(text: &str) -> Option<&str> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_code = whole.len() > 1 && whole.starts_with('0');
    if is_code || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    match text.contains('.') {
        true => Some(text.trim_end_matches('0').trim_end_matches('.')),
        false => Some(text),
    }
}

pub(super) fn short(value: &Value) -> String {
    const MOST: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_means_the_same_is_kept() {
        let recorded = json!({
            "cents": "52.0", "float": 68880.0, "at": "2024-05-06T07:08:09Z", "none": null,
            "list": [null, { "empty": {} }], "big": 9007199254740993_i64,
        });
        let arrived = json!({
            "cents": 52, "float": 68880, "at": "2024-05-06T09:08:09.000+02:00",
            "list": [null, { "empty": {} }], "big": 9007199254740993_i64, "other": null,
        });
        let found = leaves(&recorded, &arrived);
        assert_eq!((found.kept, found.total), (5, 5));
        assert_eq!(found.differences, []);
    }

    #[test]
    fn what_is_lost_changed_or_invented_is_a_difference() {
        let recorded = json!({
            "code": "007", "text": "10.0", "empty": [], "big": 9007199254740993_i64,
            "list": [1, 2], "deep": { "er": { "a": 1, "b": "x" } }, "null": null,
        });
        let arrived = json!({
            "code": 7, "text": "10", "empty": null, "big": 9007199254740992_i64,
            "list": [1, 3, 4], "deep": {}, "null": "",
        });
        let found = leaves(&recorded, &arrived);
        // In the order of their names: that of the keys is serde_json's to choose.
        let mut differences = found.differences;
        differences.sort_by(|a, b| a.path.cmp(&b.path));
        let paths: Vec<&str> = differences.iter().map(|d| d.path.as_str()).collect();
        let expected = [
            "big",
            "code",
            "deep.er.a",
            "deep.er.b",
            "empty",
            "list[1]",
            "list[2]",
            "null",
            "text",
        ];
        assert_eq!(paths, expected);
        assert_eq!((found.kept, found.total), (1, 8));
        assert_eq!(differences[1].what, r#"expected "007", got 7"#);
        assert_eq!(differences[2].what, "expected 1, got nothing");
    }
}
