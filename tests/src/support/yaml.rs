//! YAML as JSON.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Reads the first document of a text. Anchors are not followed: the files of this workspace
/// have none.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let closed = match event {
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push(Open::Sequence(Vec::new()));
                continue;
            }
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::Mapping(map, _)) => Value::Object(map),
                Some(Open::Sequence(items)) => Value::Array(items),
                None => return Err("a collection ends that never began".to_owned()),
            },
            Event::Alias(_) => return Err(format!("line {}: an alias", span.start.line())),
            _ => continue,
        };
        match open.last_mut() {
            None => return Ok(closed),
            Some(Open::Sequence(items)) => items.push(closed),
            Some(Open::Mapping(map, key)) => match (key.take(), closed) {
                (Some(key), value) => {
                    map.insert(key, value);
                }
                (None, Value::String(text)) => *key = Some(text),
                (None, other) => *key = Some(other.to_string()),
            },
        }
    }
    Err("the text holds no document".to_owned())
}

enum Open {
    Mapping(Map<String, Value>, Option<String>),
    Sequence(Vec<Value>),
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let plain = style == ScalarStyle::Plain;
    let numeric = text
        .trim_start_matches(['-', '+', '.'])
        .starts_with(|c: char| c.is_ascii_digit());
    match text {
        "" | "~" | "null" if plain => Value::Null,
        "true" if plain => Value::Bool(true),
        "false" if plain => Value::Bool(false),
        _ if plain && numeric => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(number)) => number.into(),
            _ => text.into(),
        },
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_they_look_like_unless_quoted() {
        let text = "a: [1, 1.5, '1', true, null, 2024-05-06, 1e90-a]\n200: {b: no}\n";
        let expected = serde_json::json!({
            "a": [1, 1.5, "1", true, null, "2024-05-06", "1e90-a"],
            "200": { "b": "no" },
        });
        assert_eq!(parse(text), Ok(expected));
    }
}
