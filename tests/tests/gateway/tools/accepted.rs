//! Whatever a schema allows is taken by a stand-in that takes nothing but what the document has.

use fastrand::Rng;
use lago_client::gateway::tools::{self, Tool};
use lago_client::mock::{MockServer, Mode};
use serde_json::{Map, Value, json};

use super::{Outcome, schema};

/// What words say and no schema: a value for whatever has such a name.
#[rustfmt::skip]
const MEANT: &[(&str, &str)] = &[
    ("currency", "EUR"), ("currencies", "EUR"), ("country", "DE"), ("countries", "DE"), ("timezone", "Europe/Berlin"),
    ("email", "a@example.com"), ("emails", "a@example.com"), ("logo", "https://example.com/logo"),
    ("activity_id", "1a901a90-1a90-4a90-9a90-1a901a901a01"), ("number", "QT-2026-0001"), ("event_types", "invoice.created"), ("regroup_paid_fees", "invoice"),
];

/// An id of Lago's, but for its last two digits.
const ID: &str = "1a901a90-1a90-4a90-9a90-1a901a901a";

/// Fields that a schema has and the document has not: both kinds of an object are one type here.
const LOOSER: [&str; 1] = ["presentation_group_keys"];

/// The form of a decimal in text.
const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// How much of what may be left out is there.
#[derive(Clone, Copy, Debug)]
enum Extent {
    Everything,
    Nothing,
    Some,
}

/// Makes values as an agent would that has read the schema and its words.
struct Agent {
    rng: Rng,
    extent: Extent,
}

impl Agent {
    fn arguments(&mut self, tool: &Tool) -> Outcome<Map<String, Value>> {
        let schema = schema(tool)?;
        let Value::Object(mut arguments) = self.object(&schema) else {
            return Err("a tool takes an object".into());
        };
        let properties = &schema["properties"];
        if let Some(index) = (!tool.one_of.is_empty()).then(|| self.rng.usize(..tool.one_of.len()))
        {
            for (at, name) in tool.one_of.iter().enumerate() {
                match at == index {
                    true => drop(
                        arguments.insert((*name).to_owned(), self.value(&properties[name], name)),
                    ),
                    false => drop(arguments.remove(*name)),
                }
            }
        } else if tool.request(arguments.clone()).is_err() {
            // Something has to be said.
            let content = tool.arguments.last().ok_or(tool.name)?.name;
            let value = self.value(&properties[content], content);
            arguments.insert(content.to_owned(), value);
        }
        Ok(arguments)
    }

    fn object(&mut self, schema: &Value) -> Value {
        let required = schema["required"].as_array();
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
            let is_there = match self.extent {
                Extent::Everything => true,
                Extent::Nothing => false,
                Extent::Some => self.rng.bool(),
            };
            if is_required || is_there && !LOOSER.contains(&name.as_str()) {
                object.insert(name.clone(), self.value(property, name));
            }
        }
        if let Some(values @ Value::Object(_)) = schema.get("additionalProperties") {
            object.insert("key".to_owned(), self.value(values, "key"));
        }
        // An object without anything in it is none to the server.
        let first = schema["properties"]
            .as_object()
            .and_then(|all| all.iter().next());
        if let Some((name, property)) = first.filter(|_| object.is_empty()) {
            object.insert(name.clone(), self.value(property, name));
        }
        Value::Object(object)
    }

    fn value(&mut self, schema: &Value, name: &str) -> Value {
        if let Some(either) = schema["anyOf"].as_array() {
            let mut chosen = either[self.rng.usize(..either.len())].clone();
            // What is known of the values stands around them.
            if let Some(words) = schema.get("description") {
                chosen["description"] = words.clone();
            }
            return self.value(&chosen, name);
        }
        let number = self.rng.u32(1..50);
        match schema["type"].as_str() {
            Some("null") => Value::Null,
            Some("boolean") => json!(self.rng.bool()),
            Some("integer") => json!(number),
            Some("number") => json!(f64::from(number) + 0.5),
            Some("array") => {
                let mut item = schema["items"].clone();
                // What is known of the values stands with the list.
                if item.get("description").is_none() {
                    item["description"] = schema["description"].clone();
                }
                json!([self.value(&item, name)])
            }
            Some("object") => self.object(schema),
            Some("string") => json!(self.text(schema, name, number)),
            _ if name == "http_statuses" => json!("succeeded"),
            _ => json!({ "anything": number }),
        }
    }

    fn text(&mut self, schema: &Value, name: &str, number: u32) -> String {
        let words = schema["description"].as_str().unwrap_or_default();
        let known = words.split_once("Known: ");
        let known = known.and_then(|(_, rest)| rest.split(". ").next());
        let is_meant = |end: &str| name == end || name.ends_with(&format!("_{end}"));
        let meant = MEANT.iter().find(|(end, _)| is_meant(end));
        match (schema["format"].as_str(), schema.get("pattern"), known) {
            (Some("date-time"), ..) => format!("2026-01-31T12:00:{number:02}Z"),
            (Some("date"), ..) => format!("20{number:02}-01-31"),
            (Some("uuid"), ..) => format!("{ID}{number:02}"),
            (_, Some(pattern), _) if *pattern == DECIMAL => format!("{number}.5"),
            (.., Some(values)) => {
                let values: Vec<&str> = values.trim_end_matches('.').split(", ").collect();
                values[self.rng.usize(..values.len())].to_owned()
            }
            _ if words.contains("UUID") => format!("{ID}{number:02}"),
            _ => meant.map_or_else(
                || format!("text {number}"),
                |(_, value)| (*value).to_owned(),
            ),
        }
    }
}

#[tokio::test]
async fn what_a_schema_allows_is_taken() -> Outcome {
    let server = MockServer::builder().mode(Mode::Strict).start().await?;
    let lago = server.client()?;
    let mut wrong = Vec::new();
    for (index, tool) in tools::all().enumerate() {
        for extent in [Extent::Everything, Extent::Nothing, Extent::Some] {
            let rng = Rng::with_seed(index as u64);
            let said = Agent { rng, extent }.arguments(tool)?;
            let request = match tool.request(said.clone()) {
                Ok(request) => request,
                Err(error) => {
                    wrong.push(format!("{extent:?} {said:?}: {error}"));
                    continue;
                }
            };
            let outcome = request.on(&lago).response().await;
            let got = server.requests().pop().ok_or(tool.name)?;
            server.clear();
            assert_eq!(got.operation.map(|known| known.id), Some(tool.operation.id));
            if let Err(error) = outcome {
                let notes: Vec<String> = got.notes.iter().map(ToString::to_string).collect();
                wrong.push(format!(
                    "{} {extent:?}: {error}\n  {}",
                    tool.name,
                    notes.join("\n  ")
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}
