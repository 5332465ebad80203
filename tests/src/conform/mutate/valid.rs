//! Any value that a schema allows.

use serde_json::{Map, Value, json};

use super::{Dice, allows, is_decimal_text, items, members, properties, required};
use crate::support::document::Document;

/// Makes values that a schema allows.
pub struct Valid<'d, 'r> {
    /// Where references lead.
    pub document: &'d Document,
    /// Which of all values it is.
    pub dice: Dice<'r>,
}

/// The kinds of JSON that are no container.
const SCALARS: [&str; 4] = ["string", "integer", "number", "boolean"];

impl Valid<'_, '_> {
    /// A value.
    pub fn of(&mut self, schema: &Value) -> Value {
        let schema = self.document.merged(schema);
        if let Some(members) = members(&schema) {
            let member = self.dice.one_of(members).unwrap_or_default();
            return self.of(&member);
        }
        if allows(&schema, "null") && !self.dice.mostly() {
            return Value::Null;
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return self.dice.one_of(values).unwrap_or_default();
        }
        if allows(&schema, "array") {
            let count = self.dice.below(3);
            return (0..count).map(|_| self.of(items(&schema))).collect();
        }
        let scalar = SCALARS.into_iter().find(|kind| allows(&schema, kind));
        match scalar {
            Some("string") => self.text(&schema),
            Some("integer") => self.integer(&schema),
            Some("number") => self.fraction(),
            Some(_) => json!(self.dice.below(2) == 1),
            None if schema.get("type") == Some(&json!("null")) => Value::Null,
            None => self.object(&schema),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>) -> Value {
        let properties = properties(schema);
        let required = required(schema);
        let mut object = Map::new();
        for (name, schema) in &properties {
            if required.contains(&name.as_str()) || self.dice.mostly() {
                object.insert(name.clone(), self.of(schema));
            }
        }
        match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => {
                for _ in 0..self.dice.below(3) {
                    object.insert(self.word(), self.of(values));
                }
            }
            _ if properties.is_empty() => {
                for _ in 0..self.dice.below(3) {
                    object.insert(self.word(), self.anything(2));
                }
            }
            _ => {}
        }
        Value::Object(object)
    }

    /// Any JSON, not deeper than this.
    pub(super) fn anything(&mut self, depth: usize) -> Value {
        let kinds = if depth == 0 { 5 } else { 7 };
        match self.dice.below(kinds) {
            0 => Value::Null,
            1 => json!(self.dice.below(2) == 1),
            2 => json!(self.word()),
            3 => json!(i64::from(self.dice.number()) - 9),
            4 => self.fraction(),
            5 => (0..self.dice.below(3))
                .map(|_| self.anything(depth - 1))
                .collect(),
            _ => (0..self.dice.below(3))
                .map(|_| (self.word(), self.anything(depth - 1)))
                .collect(),
        }
    }

    fn text(&mut self, schema: &Map<String, Value>) -> Value {
        let mut digits = |limit| self.dice.below(limit);
        let text = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => {
                let (day, hour, minute) = (1 + digits(28), digits(24), digits(60));
                let rest = ["Z", ".000Z", "+05:30", ".123456-08:00"][digits(4)];
                format!(
                    "20{:02}-02-{day:02}T{hour:02}:{minute:02}:09{rest}",
                    digits(100)
                )
            }
            Some("date") => format!("20{:02}-12-{:02}", digits(100), 1 + digits(31)),
            Some("uuid") => format!(
                "{:08x}-1a90-4a90-9a90-1a901a90{:04x}",
                digits(65536),
                digits(65536)
            ),
            Some("email") => format!("zoe+{}@example.com", digits(65536)),
            Some("uri") => format!("https://example.com/{}?q=%C3%A9", digits(65536)),
            _ if is_decimal_text(schema) => return json!(self.decimal()),
            _ => self.word(),
        };
        json!(text)
    }

    /// Many digits, or few; a point, or none.
    fn decimal(&mut self) -> String {
        let mut text = self.dice.below(1000).to_string();
        for _ in 0..self.dice.below(5) {
            text += &self.dice.number().to_string();
        }
        if self.dice.mostly() {
            text += &format!(".{}", self.dice.number());
        }
        text
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        let limit = |key| schema.get(key).and_then(Value::as_i64);
        let small = i64::from(self.dice.number());
        let number = match self.dice.below(6) {
            1 => -small,
            2 => i64::MAX - small,
            3 => i64::MIN + small,
            _ => small,
        };
        let number = number.max(limit("minimum").unwrap_or(i64::MIN));
        json!(number.min(limit("maximum").unwrap_or(i64::MAX)))
    }

    fn fraction(&mut self) -> Value {
        let cents = f64::from(self.dice.number()) - 99.0;
        json!(cents / [1.0, 100.0, 1e7][self.dice.below(3)])
    }

    /// A text that is nothing in particular.
    fn word(&mut self) -> String {
        const PIECES: [&str; 8] = [
            "a",
            "Zoë & Söhne",
            "\"\\/",
            "\u{1f980}",
            " ",
            "7",
            "\n\t",
            "\u{0}",
        ];
        let count = self.dice.below(4);
        let pieces = (0..count).map(|_| PIECES[self.dice.below(PIECES.len())]);
        pieces.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The values of a schema, over many decisions.
    fn seen(schema: &Value) -> BTreeSet<String> {
        let document = Document::of(json!({}));
        let rolls = |first: u32| (1..20).map(move |n| ((first * n * 7919) >> 3) as u16);
        (0..2000)
            .map(|first| {
                let rolls: Vec<u16> = rolls(first).collect();
                let dice = Dice::new(&rolls);
                let document = &document;
                Valid { document, dice }.of(schema).to_string()
            })
            .collect()
    }

    #[test]
    fn every_alternative_comes_up_and_nothing_else() {
        let cases = [
            (json!({ "enum": ["a", "b"] }), r#"["a","b"]"#),
            (json!({ "type": ["boolean", "null"] }), "[false,null,true]"),
            (json!({ "type": "null" }), "[null]"),
            (
                json!({ "anyOf": [{ "type": "null" }, { "enum": [1] }] }),
                "[1,null]",
            ),
            (
                json!({ "type": "integer", "minimum": 3, "maximum": 4 }),
                "[3,4]",
            ),
            (
                json!({ "required": ["a"], "properties": { "a": { "enum": [1] }, "b": { "enum": [2] } } }),
                r#"[{"a":1,"b":2},{"a":1}]"#,
            ),
            (
                json!({ "type": "array", "items": { "enum": [7] } }),
                "[[7,7],[7],[]]",
            ),
        ];
        for (schema, expected) in cases {
            let seen: Vec<String> = seen(&schema).into_iter().collect();
            assert_eq!(format!("[{}]", seen.join(",")), expected, "{schema}");
        }
    }

    #[test]
    fn texts_are_of_their_format() {
        let texts = |format: &str| {
            let seen = seen(&json!({ "type": "string", "format": format }));
            assert!(seen.len() > 100, "{format}");
            seen.into_iter()
                .map(|text| text.trim_matches('"').to_owned())
        };
        assert!(texts("date-time").all(|text| chrono::DateTime::parse_from_rfc3339(&text).is_ok()));
        assert!(texts("date").all(|text| text.parse::<chrono::NaiveDate>().is_ok()));
        assert!(texts("uuid").all(|text| text.parse::<uuid::Uuid>().is_ok()));
        assert!(texts("decimal").all(|text| text.parse::<f64>().is_ok()));
    }
}
