//! What agents are told: plain text in few words, since they pay for each of them and again in every turn.

use super::null::Null;
use crate::regen::ir::{
    Api, Failures, Field, Form, Idempotency, Kind, LeftOut, Operation, Parameter, ParameterPlace,
    TypeRef,
};
use crate::regen::prose::plain;

/// How many characters of the description of an argument are told; a first sentence that is longer is told whole.
const LONGEST: usize = 160;

/// How many values of an enum are told. Beyond that stand currencies, countries and the like, which everybody knows.
const MOST_VALUES: usize = 30;

/// The name of an operation for people.
pub(crate) fn title(operation: &Operation) -> String {
    let summary = operation.summary.as_deref().map(plain);
    let summary = summary.unwrap_or_else(|| operation.id.clone());
    summary.trim_end_matches('.').to_owned()
}

/// What an operation does.
pub(crate) fn operation(operation: &Operation) -> String {
    let mut said = vec![format!("{}.", title(operation))];
    said.extend(operation.description.as_deref().map(plain));
    if operation.may_be_empty {
        said.push(
            "An empty answer says that the server took it and has nothing to give yet.".to_owned(),
        );
    }
    if let Idempotency::WithKey(key) = &operation.idempotency {
        said.push(format!(
            "What is sent again with the same {} and {} counts once.",
            key.name, key.time
        ));
    }
    if !operation.published {
        said.push("No published description has it: a server may lack it.".to_owned());
    }
    // What is older than the first release every server has.
    let since = operation
        .since
        .iter()
        .filter(|since| !since.starts_with("0."));
    said.extend(since.map(|since| format!("Since Lago {since}.")));
    let failures: Vec<String> = operation.failures.iter().filter_map(failure).collect();
    if !failures.is_empty() {
        said.push(format!("Errors: {}.", failures.join("; ")));
    }
    said.join(" ")
}

/// A status with its codes.
fn failure(failures: &Failures) -> Option<String> {
    let codes = failures.codes.join(", ");
    (!codes.is_empty()).then(|| format!("{} {codes}", failures.status))
}

/// What a property means: an argument, or something in one, of which the first sentence has to do.
pub(super) fn field(api: &Api, field: &Field, null: Null, is_argument: bool) -> String {
    let longest = if is_argument { LONGEST } else { 0 };
    let doc = field.doc.as_deref().map(|doc| brief(doc, longest));
    let mut said: Vec<String> = doc.into_iter().collect();
    if said.is_empty() {
        said.extend(unit(&field.ty).map(str::to_owned));
    }
    said.extend(values(api, &field.ty, &field.origin));
    let says_null = said.iter().any(|said| said.to_lowercase().contains("null"));
    said.extend(taken_away(null, says_null).map(str::to_owned));
    said.extend(field.left_out.map(|how| left_out(how).to_owned()));
    said.join(" ")
}

/// What a parameter means.
pub(crate) fn parameter(api: &Api, parameter: &Parameter) -> String {
    let mut said: Vec<String> = parameter
        .doc
        .as_deref()
        .map(|doc| brief(doc, LONGEST))
        .into_iter()
        .collect();
    if let ParameterPlace::Query { ty, .. } = &parameter.place {
        said.extend(values(api, ty, &parameter.origin));
    }
    said.join(" ")
}

/// What takes a value away, unless the words say already what null means.
fn taken_away(null: Null, says_null: bool) -> Option<&'static str> {
    match null {
        Null::IsEmpty => Some("An empty object takes it away."),
        Null::TakesAway if !says_null => Some("Null takes it away."),
        Null::TakesAway | Null::IsAValue | Null::IsNothing => None,
    }
}

fn left_out(how: LeftOut) -> &'static str {
    match how {
        LeftOut::Cleared => "Cleared when left out.",
        LeftOut::Reset => "Reset when left out.",
        LeftOut::Removed => "Replaces what is there: an element that is left out is removed.",
    }
}

fn unit(ty: &TypeRef) -> Option<&'static str> {
    match ty {
        TypeRef::Decimal(Form::Seconds) => Some("Seconds since 1970."),
        _ => None,
    }
}

/// The values that are known of a vocabulary at a place, which may take fewer than others.
fn values(api: &Api, ty: &TypeRef, origin: &str) -> Option<String> {
    let name = match ty {
        TypeRef::Named(name) => name,
        TypeRef::List(inner) => return values(api, inner, &format!("{origin}[]")),
        TypeRef::Nullable(inner) => return values(api, inner, origin),
        _ => return None,
    };
    let Kind::Enum { values, sites, .. } = &api.types.get(name)?.kind else {
        return None;
    };
    let here = sites.iter().find(|site| site.origin == origin);
    let values = here.map_or(values, |site| &site.values);
    (values.len() <= MOST_VALUES).then(|| format!("Known: {}.", values.join(", ")))
}

/// The first sentences of the first paragraph, as many as are no longer together; one at least.
fn brief(said: &str, longest: usize) -> String {
    let said = said.split("\n\n").next().unwrap_or(said);
    let said = LeftOut::ALL
        .iter()
        .fold(plain(said), |said, how| said.replace(how.sentence(), ""));
    let said = said.trim();
    let ends = said
        .match_indices(". ")
        .map(|(at, _)| at + 1)
        .chain([said.len()]);
    let fitting = |(index, end): &(usize, usize)| *index == 0 || *end <= longest;
    let end = ends.enumerate().take_while(fitting).last();
    said[..end.map_or(0, |(_, end)| end)].to_owned()
}
