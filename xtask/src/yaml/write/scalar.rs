//! How a scalar is spelled so that readers of YAML 1.2 and of YAML 1.1 agree on it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::yaml::read::plain;

/// A scalar, or an empty collection, on one line.
pub(super) fn in_line(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number.is_f64() => float(&number.to_string()),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

/// Whether text reads best as a `|` block: lines, and nothing that an editor would show wrong.
pub(super) fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && text.chars().all(|c| c == '\n' || is_printable(c))
        && !text.split('\n').any(|line| line.ends_with(' '))
        && text.chars().any(|c| c != '\n')
}

/// Text or a key on one line, bare where nothing could take it for something else.
pub(super) fn string(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if !text.chars().all(is_printable)
        || (text.contains('\'') && !text.contains(['"', '\\']))
    {
        double_quoted(text)
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// The same between brackets, where more has to be quoted.
pub(super) fn string_in_flow(text: &str) -> String {
    let bare = string(text);
    match bare == text && text.contains([',', '[', ']', '{', '}']) {
        true => format!("'{}'", text.replace('\'', "''")),
        false => bare,
    }
}

/// YAML 1.1 wants a point in every float and a sign in every exponent.
fn float(shortest: &str) -> String {
    let Some((mantissa, exponent)) = shortest.split_once('e') else {
        return shortest.to_owned();
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            // Writing to a string does not fail.
            c => drop(match u32::from(c) {
                code @ ..=0xff => write!(out, "\\x{code:02x}"),
                code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            }),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(is_printable)
        && !text.starts_with(|c: char| " -?:,[]{}#&*!|>'\"%@`=<~".contains(c))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("...")
        && !is_word_of_yaml_1_1(text)
        && !looks_numeric(text)
        && plain(text) == Ok(Value::from(text))
}

fn is_word_of_yaml_1_1(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// Wider than any version's numbers and dates: `1_000`, `0b1`, `12:30:45`, `2022-04-29T…`, `.5e`.
fn looks_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |allowed: &str| {
        unsigned
            .chars()
            .all(|c| c.is_ascii_digit() || allowed.contains(c))
    };
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let lower = unsigned.to_ascii_lowercase();
    let based = ["0x", "0o", "0b"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    all("_.:eE+-")
        || (based
            && unsigned
                .chars()
                .skip(2)
                .all(|c| c.is_ascii_hexdigit() || c == '_'))
        || matches!(&lower[..], ".inf" | ".nan")
        || looks_like_a_date(unsigned)
}

fn looks_like_a_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 5
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[5].is_ascii_digit()
}

/// Characters that stand for themselves in every version, line breaks and tabs not among them.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Line separators, and the byte order mark.
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => true,
        _ => false,
    }
}
