//! The one way that a value is written as YAML: what a person can read and a diff can follow.
//!
//! Block style, two spaces, lists indented under their key, no folding. Order is the value's own.

mod scalar;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

/// A longer key needs `?`: parsers look for the colon in the first 1,024 characters only.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// The text of `value`, ending in a newline; `Document::parse` gives the value back.
pub(crate) fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut out, map, 0, false),
        Value::Array(items) if !items.is_empty() => write_list(&mut out, items, 0, false),
        scalar => {
            out.push_str(&scalar::in_line(scalar));
            out.push('\n');
        }
    }
    out
}

/// A key or a text on one line, also between brackets if `in_flow`.
pub(crate) fn text_on_one_line(text: &str, in_flow: bool) -> String {
    match in_flow {
        true => scalar::string_in_flow(text),
        false => scalar::string(text),
    }
}

/// With `inline`, the first entry goes on behind a `- ` that is already written.
fn write_map(out: &mut String, map: &Map<String, Value>, indent: usize, inline: bool) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || !inline {
            push_indent(out, indent);
        }
        let key = scalar::string(key);
        if key.len() > LONGEST_SIMPLE_KEY {
            out.push_str("? ");
            out.push_str(&key);
            out.push('\n');
            push_indent(out, indent);
        } else {
            out.push_str(&key);
        }
        out.push(':');
        match value {
            Value::Object(map) if !map.is_empty() => {
                out.push('\n');
                write_map(out, map, indent + 2, false);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                write_list(out, items, indent + 2, false);
            }
            scalar => write_scalar(out, scalar, indent),
        }
    }
}

fn write_list(out: &mut String, items: &[Value], indent: usize, inline: bool) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || !inline {
            push_indent(out, indent);
        }
        out.push('-');
        match item {
            Value::Object(map) if !map.is_empty() => {
                out.push(' ');
                write_map(out, map, indent + 2, true);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push(' ');
                write_list(out, items, indent + 2, true);
            }
            scalar => write_scalar(out, scalar, indent),
        }
    }
}

/// `indent` is that of the entry or item that the scalar belongs to.
fn write_scalar(out: &mut String, value: &Value, indent: usize) {
    out.push(' ');
    match value {
        Value::String(text) if scalar::is_literal(text) => write_literal(out, text, indent + 2),
        _ => {
            out.push_str(&scalar::in_line(value));
            out.push('\n');
        }
    }
}

/// A `|` block.
fn write_literal(out: &mut String, text: &str, indent: usize) {
    out.push('|');
    // A reader takes the indentation from the first line unless it is told.
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let (body, chomping) = match text.strip_suffix('\n') {
        None => (text, "-"),
        Some(body) if body.ends_with('\n') => (body, "+"),
        Some(body) => (body, ""),
    };
    out.push_str(chomping);
    out.push('\n');
    for line in body.split('\n') {
        if !line.is_empty() {
            push_indent(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn push_indent(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}
