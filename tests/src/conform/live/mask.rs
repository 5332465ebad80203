//! What reports show of a server's data: stand-ins and kinds, and texts cut short.

use lago_client::recording;
use serde_json::Value;

use crate::conform::recording::Exchange;

/// How much of a text is shown, in characters.
const SHOWN_TEXT: usize = 32;

/// How much of a value is shown, in characters.
const SHOWN: usize = 160;

/// The masks of recordings, and what reports show through them.
#[derive(Debug, Default)]
pub struct Masks(recording::Masks);

impl Masks {
    /// Masks that know the API key.
    pub fn new(key: &str) -> Self {
        Self(recording::Masks::new(key))
    }

    /// A text without the API key and without e-mail addresses.
    pub fn text(&mut self, text: &str) -> String {
        self.0.text(text)
    }

    /// An exchange that may be kept.
    pub fn exchange(&mut self, exchange: &Exchange) -> Exchange {
        let masked = self.0.exchange(&exchange.into());
        Exchange::of(exchange.file.clone(), masked)
    }

    /// A message in which nothing is quoted that a server sent.
    pub fn message(&mut self, text: &str) -> String {
        let clean = self.text(text);
        let mut parts = clean.split('"');
        let mut said = parts.next().unwrap_or_default().to_owned();
        for (index, part) in parts.enumerate() {
            said.push('"');
            said.push_str(if index % 2 == 0 { "…" } else { part });
        }
        said
    }

    /// A value as a report shows it: what is private is named and not shown, texts are cut short.
    pub fn shown(&mut self, pointer: &str, value: &Value) -> String {
        if let Some(word) = recording::Masks::what_is_private(pointer) {
            return match value {
                Value::Null => "null".to_owned(),
                Value::String(text) => {
                    format!("(masked: {word}, {} characters)", text.chars().count())
                }
                other => format!("(masked: {word}, {})", kind(other)),
            };
        }
        let masked = self.0.value(value);
        shortened(&short_texts(&masked).to_string(), SHOWN)
    }
}

/// A JSON value in a word.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn short_texts(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(shortened(text, SHOWN_TEXT)),
        Value::Array(items) => items.iter().map(short_texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), short_texts(value)))
            .collect(),
        other => other.clone(),
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reports_show_no_private_value() {
        let mut masks = Masks::default();
        assert_eq!(
            masks.shown("/customer/phone", &json!("123")),
            "(masked: phone, 3 characters)"
        );
        assert_eq!(
            masks.shown("/customer/name", &json!(["Jo"])),
            "(masked: name, a list)"
        );
        assert_eq!(masks.shown("/customer/email", &Value::Null), "null");
        let long = json!({ "x": "y".repeat(100), "email": "jo@acme.test" });
        let shown = masks.shown("/customer/more", &long);
        assert!(shown.contains("yyyy…") && !shown.contains("jo@"), "{shown}");
        assert_eq!(
            masks.message(r#"invalid type: string "Jo", expected a "list" of x"#),
            r#"invalid type: string "…", expected a "…" of x"#
        );
    }
}
