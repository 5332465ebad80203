//! overlay.yaml: where the server differs from the published document.
//!
//! Each entry says what it changes (`target`, `change`), why, and on what evidence. On
//! openapi.yaml an entry whose target is gone, or that repeats what is published, is an error:
//! the document has been corrected and the entry must go. On other documents it is a report.

use serde_json::{Map, Value, json};

use super::address::index;
use super::schema::{list, object_mut, properties, reference};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::pointer::join;

/// The entries of overlay.yaml.
#[derive(Debug)]
pub(crate) struct Overlay {
    document: Document,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The entry in overlay.yaml.
    pointer: String,
    /// The address of what it changes.
    target: String,
    change: Change,
}

/// What an entry does to its target.
#[derive(Debug)]
enum Change {
    /// Puts the schema under a root key.
    Wrap(String),
    /// Takes the schema out from under the root key of its envelope.
    Unwrap(String),
    /// Replaces the schema.
    Replace(Value),
    /// Changes the keys that it names; null removes one (RFC 7396).
    Merge(Value),
    /// Adds a parameter to an operation.
    Parameter(Value),
}

impl Overlay {
    /// Reads overlay.yaml and checks that every entry is whole.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::parse(file, text)?;
        let mut entries = Vec::new();
        let mut found = Vec::new();
        for (index, entry) in document.root().as_array().into_iter().flatten().enumerate() {
            let pointer = format!("/{index}");
            match read_entry(entry, &pointer) {
                Ok(entry) => entries.push(entry),
                Err((message, advice)) => {
                    found.push(document.diagnostic(&pointer, message, advice))
                }
            }
        }
        if !document.root().is_array() {
            found.push(document.diagnostic("", "an overlay is a list", "write a list of entries"));
        }
        if found.is_empty() {
            Ok(Self { document, entries })
        } else {
            Err(Diagnostics(found))
        }
    }

    /// Applies the entries in order; returns how many changed something, and findings about the
    /// others.
    pub(crate) fn apply(&self, root: &mut Value) -> (usize, Vec<Diagnostic>) {
        let mut addresses = index(root);
        let mut applied = 0;
        let mut findings = Vec::new();
        for entry in &self.entries {
            let outcome = match (&entry.change, addresses.get(&entry.target)) {
                (Change::Parameter(parameter), _) => add_parameter(root, &entry.target, parameter),
                (_, Some(pointer)) => change(root, pointer, &entry.change),
                (_, None) => Err("its target is not in this document"),
            };
            match outcome {
                Ok(()) => {
                    applied += 1;
                    if !matches!(entry.change, Change::Merge(_)) {
                        // An entry may aim at what one before it made.
                        addresses = index(root);
                    }
                }
                Err(reason) => findings.push(self.document.diagnostic(
                    &entry.pointer,
                    format!("the entry for `{}` does not apply: {reason}", entry.target),
                    "the document may have been corrected: check it, then remove or mend the entry",
                )),
            }
        }
        (applied, findings)
    }
}

fn read_entry(entry: &Value, pointer: &str) -> Result<Entry, (String, String)> {
    let said = |key: &str| {
        entry[key]
            .as_str()
            .filter(|said| !said.trim().is_empty())
            .ok_or_else(|| {
                (
                    format!("the entry does not say its {key}"),
                    format!("write `{key}: …`"),
                )
            })
    };
    let target = said("target")?.to_owned();
    said("why")?;
    said("evidence")?;
    let change = match entry["change"]
        .as_object()
        .map(|c| c.iter().collect::<Vec<_>>())
    {
        Some(parts) if parts.len() == 1 => match (parts[0].0.as_str(), parts[0].1) {
            ("wrap", Value::String(root)) => Change::Wrap(root.clone()),
            ("unwrap", Value::String(root)) => Change::Unwrap(root.clone()),
            ("replace", schema @ Value::Object(_)) => Change::Replace(schema.clone()),
            ("merge", patch @ Value::Object(_)) => Change::Merge(patch.clone()),
            ("parameter", parameter @ Value::Object(_)) => Change::Parameter(parameter.clone()),
            (verb, _) => {
                return Err((
                    format!("`{verb}` is no change that can be made like this"),
                    "use wrap: key, unwrap: key, replace: {schema}, merge: {keys} or parameter: {parameter}".to_owned(),
                ));
            }
        },
        _ => {
            return Err((
                "an entry makes one change".to_owned(),
                "write `change: {wrap: key}`, or split the entry".to_owned(),
            ));
        }
    };
    if let Some((key, _)) =
        entry.as_object().into_iter().flatten().find(|(key, _)| {
            !["target", "change", "why", "evidence", "kind"].contains(&key.as_str())
        })
    {
        return Err((format!("`{key}` says nothing here"), "remove it".to_owned()));
    }
    Ok(Entry {
        pointer: pointer.to_owned(),
        target,
        change,
    })
}

fn change(root: &mut Value, pointer: &str, change: &Change) -> Result<(), &'static str> {
    let before = root
        .pointer(pointer)
        .cloned()
        .ok_or("its target is not in this document")?;
    let after = match change {
        Change::Wrap(key) => {
            if properties(&resolve(root, &before)).any(|(name, _)| name == key) {
                return Err("the document has this root already");
            }
            json!({ "type": "object", "required": [key], "properties": { key: before } })
        }
        Change::Unwrap(key) => resolve(root, &before)
            .pointer(&format!("/properties/{key}"))
            .cloned()
            .ok_or("the document has no such root there")?,
        Change::Replace(schema) => {
            let mut after = schema.clone();
            if let Some(said) = before.get("description") {
                object_mut(&mut after)
                    .entry("description")
                    .or_insert_with(|| said.clone());
            }
            after
        }
        Change::Merge(patch) => {
            let mut after = before.clone();
            merge(&mut after, patch);
            after
        }
        Change::Parameter(_) => return Err("a parameter is added to an operation"),
    };
    if after == before {
        return Err("the document says the same");
    }
    if let Some(node) = root.pointer_mut(pointer) {
        *node = after;
    }
    Ok(())
}

/// Adds a parameter to the operation that the target names: `GET /plans`.
fn add_parameter(root: &mut Value, target: &str, parameter: &Value) -> Result<(), &'static str> {
    let missing = "its target is not in this document";
    let (method, path) = target.split_once(' ').ok_or(missing)?;
    let pointer = join(&join("/paths", path), &method.to_lowercase());
    let known = list(root.pointer(&pointer).ok_or(missing)?, "parameters").any(|known| {
        let known = match known["$ref"]
            .as_str()
            .and_then(|target| target.strip_prefix('#'))
        {
            Some(target) => root.pointer(target).unwrap_or(known),
            None => known,
        };
        known == parameter || (known["name"] == parameter["name"] && known["in"] == parameter["in"])
    });
    if known {
        return Err("the document has this parameter already");
    }
    let operation = root.pointer_mut(&pointer).map(object_mut).ok_or(missing)?;
    match operation.entry("parameters").or_insert_with(|| json!([])) {
        Value::Array(parameters) => parameters.push(parameter.clone()),
        other => *other = json!([parameter]),
    }
    Ok(())
}

fn resolve(root: &Value, node: &Value) -> Value {
    match reference(node) {
        Some(name) => root["components"]["schemas"][name].clone(),
        None => node.clone(),
    }
}

fn merge(node: &mut Value, patch: &Value) {
    let map: &mut Map<String, Value> = object_mut(node);
    for (key, value) in patch.as_object().into_iter().flatten() {
        match value {
            Value::Null => {
                map.shift_remove(key);
            }
            Value::Object(_) => merge(map.entry(key).or_insert(Value::Null), value),
            other => {
                map.insert(key.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> Value {
        json!({"components": {"schemas": {
            "Envelope": {"type": "object", "properties": {"fee": {"$ref": "#/components/schemas/Fee"}}},
            "Fee": {"type": "object", "properties": {"units": {"type": "number"}}},
            "Invoice": {"type": "object", "properties": {"fees": {"type": "array", "items": {"$ref": "#/components/schemas/Envelope"}}}},
        }}})
    }

    fn apply(change: &str, target: &str) -> (Value, Vec<Diagnostic>) {
        let text =
            format!("- target: {target}\n  change: {change}\n  why: because\n  evidence: seen\n");
        let mut root = api();
        let (_, findings) = Overlay::parse("overlay.yaml", &text)
            .unwrap()
            .apply(&mut root);
        (root, findings)
    }

    #[test]
    fn each_change_does_what_it_says() {
        let (root, _) = apply("{wrap: fee}", "Fee");
        assert_eq!(
            root["components"]["schemas"]["Fee"]["required"],
            json!(["fee"])
        );
        let (root, _) = apply("{unwrap: fee}", "Invoice.fees[]");
        let items = &root["components"]["schemas"]["Invoice"]["properties"]["fees"]["items"];
        assert_eq!(reference(items), Some("Fee"));
        let (root, _) = apply("{merge: {type: string, format: decimal}}", "Fee.units");
        assert_eq!(
            root["components"]["schemas"]["Fee"]["properties"]["units"]["type"],
            "string"
        );
    }

    #[test]
    fn a_parameter_is_added_once() {
        let text = "- {target: GET /fees, change: {parameter: {name: page, in: query}}, why: w, evidence: e}\n";
        let overlay = Overlay::parse("overlay.yaml", text).unwrap();
        let mut root = json!({"paths": {"/fees": {"get": {}}}});
        assert_eq!(overlay.apply(&mut root).0, 1);
        assert_eq!(
            root["paths"]["/fees"]["get"]["parameters"][0]["name"],
            "page"
        );
        let (_, findings) = overlay.apply(&mut root);
        assert!(findings[0].message.contains("has this parameter already"));
    }

    #[test]
    fn an_entry_that_repeats_or_misses_says_so() {
        let (_, findings) = apply("{merge: {type: number}}", "Fee.units");
        assert!(findings[0].message.contains("says the same"));
        let (_, findings) = apply("{unwrap: fee}", "Fee.gone");
        assert!(findings[0].message.contains("not in this document"));
        assert_eq!(findings[0].line, Some(1));
    }

    #[test]
    fn an_entry_without_evidence_is_refused() {
        let error = Overlay::parse(
            "overlay.yaml",
            "- {target: Fee, change: {wrap: fee}, why: x}\n",
        );
        assert!(error.unwrap_err().0[0].message.contains("evidence"));
    }
}
