//! `regen --stop-after STEP --print PLACE`: what stands at a place when a step has run.
//!
//! | step | what there is |
//! |---|---|
//! | `parse` | the document as it was written |
//! | `overlay` | the document with the corrections |
//! | a pass | the document as that pass leaves it |
//! | `read` | the IR: types, their fields, operations |

use std::fmt::Debug;

use serde_json::Value;

use super::address::{self, Address, index};
use super::ir::{Api, Kind};
use super::passes::{self, Context, PASSES};
use super::problem::Problem;
use super::schema::origin;
use super::{Clock, Corrected, Inputs, complain, correct, read};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::join;
use crate::yaml::read::Document;

/// The step before any correction.
const PARSE: &str = "parse";

/// The step that applies the overlay.
const OVERLAY: &str = "overlay";

/// The step that makes the IR.
const READ: &str = "read";

/// How many names a message lists.
const MOST: usize = 40;

/// Runs everything up to a step, and prints what stands at the place then.
pub(crate) fn inspect(inputs: &Inputs, step: &str, place: &str) -> Result<String, Diagnostics> {
    if !steps().any(|known| known == step) {
        let known: Vec<&str> = steps().collect();
        return Err(refusal(
            format!("no step is called `{step}`"),
            format!("write one of {}", known.join(", ")),
        ));
    }
    if step == PARSE {
        // Also when the document, or a file of data, is refused later.
        let document = Document::parse(&inputs.spec.name, &inputs.spec.text)?;
        return in_document(document.root(), step, place);
    }
    let mut corrected = correct(inputs, &mut Clock::start())?;
    if step == OVERLAY {
        return in_document(&corrected.root, step, place);
    }
    let Corrected {
        document,
        names,
        root,
        ..
    } = &mut corrected;
    let addresses = address::annotate(root);
    let mut context = Context::new(names, &addresses, inputs.strict);
    let ran = passes::run(root, &mut context, Some(step));
    let problems = complain(document, &addresses, context.problems);
    if ran.last().is_some_and(|(pass, _)| pass.name == step) {
        return Ok(in_document(root, step, place)? + &also(&problems));
    }
    if !problems.0.is_empty() {
        return Err(problems);
    }
    let mut problems: Vec<Problem> = Vec::new();
    let api = read::read(
        &corrected.root,
        &corrected.names,
        &corrected.facts,
        &mut problems,
    );
    let problems = complain(&corrected.document, &addresses, problems);
    Ok(in_api(&api, place)? + &also(&problems))
}

/// Every step, in order.
fn steps() -> impl Iterator<Item = &'static str> {
    let passes = PASSES.iter().map(|pass| pass.name);
    [PARSE, OVERLAY].into_iter().chain(passes).chain([READ])
}

/// What the step itself complains of: the place is there to understand it.
fn also(problems: &Diagnostics) -> String {
    match problems.0.is_empty() {
        true => String::new(),
        false => format!("\n{problems}"),
    }
}

/// Prints every node that the place names in a document.
fn in_document(root: &Value, step: &str, place: &str) -> Result<String, Diagnostics> {
    let pointers = pointers(root, place);
    let printed = pointers.iter().filter_map(|pointer| {
        let node = root.pointer(pointer)?;
        Some(format!("{pointer}\n{node:#}"))
    });
    let printed: Vec<String> = printed.collect();
    match printed.is_empty() {
        false => Ok(printed.join("\n\n")),
        true => Err(refusal(
            format!("nothing is at `{place}` after `{step}`"),
            match place.starts_with('/') {
                true => near_pointer(root, place),
                false => near_name(place, &index(root).into_keys().collect::<Vec<_>>()),
            },
        )),
    }
}

/// The pointers to what a place names: a pointer itself; or what has the address now, and what had it
/// before the passes moved it.
fn pointers(root: &Value, place: &str) -> Vec<String> {
    if place.is_empty() || place.starts_with('/') {
        return vec![place.to_owned()];
    }
    let mut found: Vec<String> = index(root).remove(place).into_iter().collect();
    let mut moved = Vec::new();
    with_origin(root, place, String::new(), &mut moved);
    moved.retain(|pointer| !found.contains(pointer));
    found.append(&mut moved);
    if found.is_empty() {
        // The whole document is no operation's place.
        found
            .extend(Some(Address::new(place).root_pointer()).filter(|pointer| !pointer.is_empty()));
    }
    found
}

/// The nodes that had an address before the passes.
fn with_origin(node: &Value, address: &str, pointer: String, found: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            if origin(node) == address {
                found.push(pointer.clone());
            }
            for (key, value) in map {
                with_origin(value, address, join(&pointer, key), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                with_origin(item, address, format!("{pointer}/{number}"), found);
            }
        }
        _ => {}
    }
}

/// Prints a type, a field or an operation.
fn in_api(api: &Api, place: &str) -> Result<String, Diagnostics> {
    let operations = || {
        api.operations.iter().map(|operation| {
            (
                format!("{} {}", operation.method, operation.path),
                operation,
            )
        })
    };
    if let Some((_, operation)) = operations().find(|(name, _)| name == place) {
        return Ok(printed(operation));
    }
    if let Some(webhook) = api
        .webhooks
        .iter()
        .find(|webhook| format!("webhook {}", webhook.key) == place)
    {
        return Ok(printed(webhook));
    }
    let name = Address::new(place).component().unwrap_or(place);
    let field = place[name.len()..].strip_prefix('.');
    let by_name = api.types.get(name).into_iter();
    let by_origin = api.types.values().filter(|ty| ty.origin == name);
    let Some(ty) = by_name.chain(by_origin).next() else {
        let types = api.types.keys().cloned();
        let webhooks = api
            .webhooks
            .iter()
            .map(|webhook| format!("webhook {}", webhook.key));
        let names: Vec<String> = types
            .chain(operations().map(|(name, _)| name))
            .chain(webhooks)
            .collect();
        return Err(refusal(
            format!("nothing is at `{place}` in the IR"),
            near_name(place, &names),
        ));
    };
    let Some(field) = field else {
        return Ok(printed(ty));
    };
    let fields = match &ty.kind {
        Kind::Struct(fields) => fields.as_slice(),
        Kind::Enum { .. } => &[],
    };
    match fields.iter().find(|known| known.name == field) {
        Some(field) => Ok(printed(field)),
        None => {
            let names = fields.iter().map(|field| format!("{name}.{}", field.name));
            Err(refusal(
                format!("nothing is at `{place}` in the IR"),
                listed(names.collect()),
            ))
        }
    }
}

fn printed(part: &impl Debug) -> String {
    format!("{part:#?}")
}

/// What stands at the nearest place above a pointer.
fn near_pointer(root: &Value, pointer: &str) -> String {
    let mut above = pointer;
    loop {
        above = &above[..above.rfind('/').unwrap_or_default()];
        if let Some(node) = root.pointer(above) {
            let below = match node {
                Value::Object(map) => map.keys().map(|key| join(above, key)).collect(),
                Value::Array(items) => (0..items.len())
                    .map(|number| format!("{above}/{number}"))
                    .collect(),
                _ => vec![above.to_owned()],
            };
            return listed(below);
        }
    }
}

/// The names that begin like a place, as far as any do.
fn near_name(place: &str, names: &[String]) -> String {
    let mut begin = place;
    let near = loop {
        let near: Vec<String> = names
            .iter()
            .filter(|name| name.starts_with(begin))
            .cloned()
            .collect();
        match begin.char_indices().next_back() {
            Some((end, _)) if near.is_empty() => begin = &begin[..end],
            _ => break near,
        }
    };
    listed(near)
}

fn listed(names: Vec<String>) -> String {
    match names.len() {
        0 => "nothing is there at all".to_owned(),
        all if all > MOST => format!(
            "there are {}, and {} more",
            names[..MOST].join(", "),
            all - MOST
        ),
        _ => format!("there are {}", names.join(", ")),
    }
}

fn refusal(message: String, advice: String) -> Diagnostics {
    Diagnostic {
        file: "regen".to_owned(),
        line: None,
        pointer: None,
        message,
        advice,
    }
    .into()
}

#[cfg(test)]
mod tests;
