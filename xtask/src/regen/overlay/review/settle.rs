//! What of an entry the document says already, and what is left of the entry.

use serde_json::{Value, json};

use crate::pointer::{follow, join};
use crate::regen::address::Address;
use crate::regen::moves::Moves;
use crate::regen::overlay::agree::{self, Difference};
use crate::regen::overlay::change::Change;
use crate::regen::overlay::file::Entry;
use crate::regen::overlay::{Refusal, Target};
use crate::regen::schema::{list, properties, reference, strings, text};
use crate::yaml::edit::Edit;

/// What was settled about one target.
#[derive(PartialEq)]
pub(super) enum Settled {
    /// It applies.
    Applies,
    /// All of it is stated.
    Stated,
    /// These parts are stated, the rest applies: words for the parts, and what goes from the entry.
    Partly(Vec<String>, Vec<Edit>),
    /// It is stated otherwise.
    Otherwise(Vec<Difference>),
    /// It is refused.
    Refused(String),
}

/// Settles an entry at a target, or where that is now.
pub(super) fn settle_where_it_is(
    document: &mut Target<'_>,
    target: &str,
    entry: &Entry,
    moves: &Moves<'_>,
) -> (String, Settled) {
    let is_wrap = matches!(entry.change, Change::Wrap(_));
    if let Some(inner) = moves.under_its_root(target).filter(|_| !is_wrap) {
        let settled = settle(document, &inner, entry);
        return (inner, settled);
    }
    let settled = settle(document, target, entry);
    match moves.follow(target) {
        Some(new) if matches!(settled, Settled::Refused(_)) => {
            let settled = settle(document, &new, entry);
            (new, settled)
        }
        _ => (target.to_owned(), settled),
    }
}

/// Applies an entry to a target, and says what of it the document has already.
fn settle(document: &mut Target<'_>, target: &str, entry: &Entry) -> Settled {
    match document.apply(target, entry) {
        Ok(()) => Settled::Applies,
        Err(Refusal::Missing) if entry.change == Change::Absent && has_holder(document, target) => {
            Settled::Stated
        }
        // The values may stand in a component of their own now.
        Err(Refusal::Other(_)) if listed_elsewhere(document, target, entry).is_some() => {
            match listed_elsewhere(document, target, entry) {
                Some(differences) if !differences.is_empty() => Settled::Otherwise(differences),
                _ => Settled::Stated,
            }
        }
        Err(refusal @ (Refusal::Missing | Refusal::Other(_))) => {
            Settled::Refused(refusal.to_string())
        }
        Err(Refusal::Stated(_)) => compare(document, target, entry),
    }
}

/// Of values that are added to a reference: what the component lacks; none when it is no enum.
fn listed_elsewhere(
    document: &mut Target<'_>,
    target: &str,
    entry: &Entry,
) -> Option<Vec<Difference>> {
    let Change::Values(values) = &entry.change else {
        return None;
    };
    let component = reference(at(document, target)?)?.to_owned();
    let known = strings(&document.root["components"]["schemas"][&component]["enum"]);
    let (_, missing) = divided(values, |value| known.contains(value));
    let difference = || Difference {
        address: component.clone(),
        said: format!(
            "`{target}` refers to it, and it has only {}",
            known.join(", ")
        ),
        change: json!({"values": missing}),
    };
    (!known.is_empty()).then(|| match missing.is_empty() {
        true => Vec::new(),
        false => vec![difference()],
    })
}

/// What the document says beside an entry that brings something which it has.
fn compare(document: &mut Target<'_>, target: &str, entry: &Entry) -> Settled {
    let place = format!("{}/change", entry.pointer);
    let differences = match &entry.change {
        Change::Values(values) => {
            let known = match at(document, target) {
                Some(schema) => strings(&schema["enum"]),
                None => Vec::new(),
            };
            let is_known = |value: &String| known.contains(value);
            let edits = |number| Edit::Remove(format!("{place}/values/{number}"));
            let (stated, rest) = divided(values, is_known);
            let edits = stated.iter().map(|(number, _)| edits(*number)).collect();
            let words = stated.iter().map(|(_, value)| format!("`{value}`"));
            let words = words.collect();
            let rest = Change::Values(rest);
            return remainder(document, target, entry, words, edits, rest);
        }
        Change::Add(new) => return compare_added(document, target, entry, new),
        Change::Parameter(ours) => {
            let ours = written_out(document.root, ours);
            let known = operation(document.root, target)
                .into_iter()
                .flat_map(|operation| list(operation, "parameters"))
                .map(|parameter| written_out(document.root, parameter))
                .find(|known| known["name"] == ours["name"] && known["in"] == ours["in"]);
            known.map_or_else(Vec::new, |theirs| {
                agree::parameters(document.root, target, ours, theirs)
            })
        }
        Change::Operation(ours) => operation(document.root, target)
            .map_or_else(Vec::new, |theirs| {
                agree::operations(document.root, target, ours, theirs)
            }),
        Change::Webhook(ours) => {
            let key = target.strip_prefix("webhook ").unwrap_or_default();
            agree::webhooks(document.root, target, ours, &document.root["webhooks"][key])
        }
        Change::Schema(ours) => {
            let theirs = &document.root["components"]["schemas"][target];
            agree::schemas(document.root, target, ours, theirs)
        }
        _ => Vec::new(),
    };
    match differences.is_empty() {
        true => Settled::Stated,
        false => Settled::Otherwise(differences),
    }
}

/// Which of the added properties the document has, and whether it says the same of them.
fn compare_added(document: &mut Target<'_>, target: &str, entry: &Entry, new: &Value) -> Settled {
    let place = format!("{}/change/add", entry.pointer);
    let theirs = at(document, target).cloned().unwrap_or_default();
    let theirs = agree::flat(document.root, &theirs);
    let (mut edits, mut words, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = new.clone();
    let needed: Vec<&Value> = list(new, "required").collect();
    for (name, ours) in properties(new) {
        if theirs["properties"].get(name).is_none() {
            continue;
        }
        // As an object, so that it is also compared whether the property is required.
        let mut alone = json!({"type": "object", "required": [], "properties": {name: ours}});
        if needed.contains(&&json!(name)) {
            alone["required"] = json!([name]);
        }
        let differences = agree::schemas(document.root, target, &alone, &theirs);
        if differences.is_empty() {
            edits.push(Edit::Remove(join(&format!("{place}/properties"), name)));
            words.push(format!("`{name}`"));
        }
        found.extend(differences);
        if let Some(map) = rest["properties"].as_object_mut() {
            map.shift_remove(name);
        }
    }
    let stays = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        rest["properties"].get(name).is_some()
    };
    let kept: Vec<Value> = needed
        .iter()
        .filter(|name| stays(name))
        .map(|name| (*name).clone())
        .collect();
    match kept.is_empty() {
        true if needed.is_empty() => {}
        true => edits.push(Edit::Remove(format!("{place}/required"))),
        false => edits.extend(
            needed
                .iter()
                .enumerate()
                .filter(|(_, name)| !stays(name))
                .map(|(number, _)| Edit::Remove(format!("{place}/required/{number}"))),
        ),
    }
    rest["required"] = Value::Array(kept);
    if !found.is_empty() {
        // What is not stated at all still has to come, for the entries that follow.
        let _ = remainder(
            document,
            target,
            entry,
            Vec::new(),
            Vec::new(),
            Change::Add(rest),
        );
        return Settled::Otherwise(found);
    }
    remainder(document, target, entry, words, edits, Change::Add(rest))
}

/// Applies what is left of an entry.
fn remainder(
    document: &mut Target<'_>,
    target: &str,
    entry: &Entry,
    words: Vec<String>,
    edits: Vec<Edit>,
    rest: Change,
) -> Settled {
    let is_empty = match &rest {
        Change::Values(values) => values.is_empty(),
        Change::Add(new) => properties(new).next().is_none(),
        _ => false,
    };
    if is_empty {
        return Settled::Stated;
    }
    let rest = Entry {
        change: rest,
        ..entry.clone()
    };
    match document.apply(target, &rest) {
        Ok(()) => Settled::Partly(words, edits),
        Err(refusal) => Settled::Refused(refusal.to_string()),
    }
}

/// Those of which something is true, with their numbers, and the others.
fn divided(all: &[String], is: impl Fn(&String) -> bool) -> (Vec<(usize, &String)>, Vec<String>) {
    let (yes, no): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(_, one)| is(one));
    (yes, no.into_iter().map(|(_, one)| one.clone()).collect())
}

/// The schema at an address.
pub(super) fn at<'d>(document: &'d mut Target<'_>, address: &str) -> Option<&'d Value> {
    let pointer = document.find(address).ok()?;
    document.root.pointer(&pointer)
}

fn operation<'d>(root: &'d Value, target: &str) -> Option<&'d Value> {
    let (method, path) = Address::new(target).operation()?;
    root["paths"].get(path)?.get(method.to_lowercase())
}

fn written_out<'v>(root: &'v Value, node: &'v Value) -> &'v Value {
    let target = text(node, "$ref").and_then(|place| follow(root, place));
    target.unwrap_or(node)
}

/// Whether that is there which would have the target: the object of a property, the operation of a parameter.
fn has_holder(document: &mut Target<'_>, target: &str) -> bool {
    match target.split_once('?') {
        Some((place, _)) => operation(document.root, place).is_some(),
        None => {
            let holder = Address::new(target).parent();
            holder.is_some_and(|holder| document.find(holder.as_str()).is_ok())
        }
    }
}
