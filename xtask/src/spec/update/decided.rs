//! What people wrote into the data: what stands there otherwise than the tools would leave it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::regen::follow::Data;
use crate::yaml::read::Document;

/// The parts of the data that people decide about, by file and name: entries of the overlay, names, rows.
type Parts = BTreeMap<(String, String), Vec<String>>;

/// The differences, a line for each part.
pub(super) fn decided(tools: &Data, people: &Data) -> Result<Vec<String>, Diagnostics> {
    let (was, is) = (parts(tools)?, parts(people)?);
    let mut said = Vec::new();
    for (key, values) in &is {
        let what = match was.get(key) {
            None => "new",
            Some(old) if old != values => "changed",
            Some(_) => continue,
        };
        said.push(format!("{}: {} ({what})", key.0, key.1));
    }
    let gone = was.keys().filter(|key| !is.contains_key(key));
    said.extend(gone.map(|(file, name)| format!("{file}: {name} (removed)")));
    said.sort();
    Ok(said)
}

fn parts(data: &Data) -> Result<Parts, Diagnostics> {
    let mut parts = Parts::new();
    let mut add = |file: &str, name: String, value: &Value| {
        let key = (file.to_owned(), name);
        parts.entry(key).or_default().push(value.to_string());
    };
    for source in &data.overlay {
        let document = Document::parse(&source.name, &source.text)?;
        for entry in document.root()["entries"].as_array().into_iter().flatten() {
            add(&source.name, title(entry), entry);
        }
    }
    for source in [&data.names, &data.operations] {
        let document = Document::parse(&source.name, &source.text)?;
        let is_names = source.name == data.names.name;
        for (key, value) in entries(document.root()) {
            match value.as_object().filter(|_| is_names) {
                Some(section) => section
                    .iter()
                    .for_each(|(name, value)| add(&source.name, format!("{key}.{name}"), value)),
                None => add(&source.name, key.clone(), value),
            }
        }
    }
    Ok(parts)
}

/// What an entry of the overlay is called: its targets, and what it does to them.
fn title(entry: &Value) -> String {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let targets = match &entry["target"] {
        Value::Array(all) => {
            let first = all.first().and_then(text).unwrap_or_default();
            match all.len() {
                0 | 1 => first,
                more => format!("{first} and {} more", more - 1),
            }
        }
        one => text(one).unwrap_or_default(),
    };
    let change = match &entry["change"] {
        Value::Object(map) => map.keys().cloned().collect::<Vec<_>>().join(", "),
        one => text(one).unwrap_or_default(),
    };
    format!("{targets}, {change}")
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::Source;

    fn data(overlay: &str, names: &str, operations: &str) -> Data {
        let source = |name: &str, text: &str| Source {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        Data {
            overlay: vec![source("o.yaml", overlay)],
            words: Vec::new(),
            names: source("names.yaml", names),
            operations: source("operations.yaml", operations),
        }
    }

    #[test]
    fn what_differs_is_named() {
        let tools = data(
            "entries:\n- {target: Fee.a, change: nullable, why: x}\n- {target: [Fee.b, Fee.c, Fee.d], change: {add: {}}}\n- {target: Fee.e, change: optional}\n",
            "types: {Fee: [A, B]}\nverbs: {x: get}\n",
            "a: {effect: reads, repeatable: true}\n",
        );
        let people = data(
            "# Reordered.\nentries:\n- {target: Fee.e, change: optional}\n- {target: Fee.a, change: nullable, why: y}\n- {target: Fee.f, change: {values: [a]}}\n",
            "types: {Fee: [A], Kind: [C]}\nverbs: {x: get}\n",
            "a: {effect: reads, repeatable: true}\nb: {effect: reads, repeatable: false}\n",
        );
        assert_eq!(
            decided(&tools, &people).unwrap(),
            [
                "names.yaml: types.Fee (changed)",
                "names.yaml: types.Kind (new)",
                "o.yaml: Fee.a, nullable (changed)",
                "o.yaml: Fee.b and 2 more, add (removed)",
                "o.yaml: Fee.f, values (new)",
                "operations.yaml: b (new)",
            ]
        );
        assert_eq!(decided(&people, &people).unwrap(), Vec::<String>::new());
    }
}
