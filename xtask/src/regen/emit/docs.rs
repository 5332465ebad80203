//! What rustdoc says where the document has no words of ours yet: facts, not phrases.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::webhook_links;
use crate::regen::ir::{Api, Failures, Field, Form, Idempotency, Operation, TypeRef};
use crate::regen::names::ident;
use crate::regen::prose::{code, first_sentence, markdown};

/// What a caller has to know of an operation that no published document has.
const NO_PROMISE: &str = "Upstream publishes no description of it and promises nothing about it: any version of the \
    server may change it or take it away.";

/// Where the paths of the first version of the API begin, which stand without it in the words on an operation.
const FIRST_VERSION: &str = "/api/v1";

/// The longest example that helps more than it distracts.
const LONGEST_EXAMPLE: usize = 60;

/// The words on a field, with a short example.
pub(crate) fn field(field: &Field) -> String {
    let mut doc = field_words(field);
    let example = field.example.as_deref().filter(|example| {
        example.len() <= LONGEST_EXAMPLE && !example.contains(['`', '\n', '{', '['])
    });
    if let Some(example) = example {
        doc.push_str(&format!(" Example: {}.", code(example.trim_matches('"'))));
    }
    doc
}

fn field_words(field: &Field) -> String {
    match &field.doc {
        Some(said) => meaning_first(&markdown(said)),
        None => {
            let name = sentence(&field.name);
            match unit(field) {
                Some(unit) => format!("{name} ({unit})."),
                None => format!("{name}."),
            }
        }
    }
}

/// Words on a field in which a warning stands behind the sentence that it is about.
fn meaning_first(said: &str) -> String {
    let (warning, rest) = first_sentence(said);
    let (meaning, more) = first_sentence(rest);
    if !warning.starts_with("**") || meaning.is_empty() {
        return said.to_owned();
    }
    let parts = [meaning, warning, more].into_iter();
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let below = said.find("\n\n").map_or("", |end| &said[end..]);
    parts.join(" ") + below
}

/// The words on a method of an operation, with a sentence on what it returns.
pub(crate) fn operation(api: &Api, operation: &Operation, returns: &str) -> String {
    let mut doc = operation
        .summary
        .as_deref()
        .map(markdown)
        .unwrap_or_default();
    doc.push_str(&format!("\n\n{returns}\n\n{}", route(operation)));
    if operation.idempotency == Idempotency::NotIdempotent {
        doc.push_str(". Not repeatable: after a time-out, look before you call again");
    }
    doc.push('.');
    if !operation.published {
        doc.push_str(&format!("\n\n{NO_PROMISE}"));
    }
    if let Idempotency::WithKey(key) = &operation.idempotency {
        doc.push_str(&format!(
            "\n\nRepeatable by `{}`: what has none is refused before anything is sent. A missing `{}` is set to the \
             current time once, before the first attempt.",
            key.name, key.time
        ));
    }
    if let Some(more) = &operation.description {
        doc.push_str(&format!("\n\n{}", webhook_links::of(api, &markdown(more))));
    }
    let failures: Vec<String> = operation.failures.iter().filter_map(failure).collect();
    if !failures.is_empty() {
        doc.push_str(&format!("\n\nFails with {}.", failures.join(", ")));
    }
    doc.trim_start().to_owned()
}

/// Method and path as people know them: of another version of the API than the first with the version.
pub(crate) fn endpoint(operation: &Operation) -> String {
    let Operation {
        method,
        base_path,
        path,
        ..
    } = operation;
    match base_path.as_str() {
        FIRST_VERSION => format!("{method} {path}"),
        base_path => format!("{method} {base_path}{path}"),
    }
}

/// Method and path, and which servers have them.
pub(crate) fn route(operation: &Operation) -> String {
    let mut route = code(&endpoint(operation));
    if let Some(since) = &operation.since {
        route.push_str(&format!(", since {since}"));
    }
    if !operation.published {
        route.push_str(", not in the published document");
    }
    route
}

/// A status with its codes; a status without any says nothing that a caller could act on.
fn failure(failures: &Failures) -> Option<String> {
    let codes: Vec<String> = failures.codes.iter().map(|known| code(known)).collect();
    let (last, others) = codes.split_last()?;
    Some(match others {
        [] => format!("{} {last}", failures.status),
        others => format!("{} {} or {last}", failures.status, others.join(", ")),
    })
}

/// `lagoId` and `LagoId` as words: "Lago id".
pub(crate) fn sentence(name: &str) -> String {
    let words = ident::snake(name).replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// The words on a setter of a field, which has its own page: what the field is, in a sentence.
pub(crate) fn setter(ident: &str, field: &Field) -> String {
    let said = field_words(field);
    let (first, rest) = first_sentence(&said);
    let mut said = within_a_sentence(first);
    let next = first_sentence(rest).0;
    if next.starts_with("**") {
        said = format!("{said} {next}");
    }
    format!("Sets `{ident}`: {said}")
}

/// Names that begin with a capital wherever they stand.
const PROPER_NAMES: [&str; 1] = ["Lago"];

/// A sentence as it goes on after a colon.
fn within_a_sentence(said: &str) -> String {
    let mut letters = said.chars();
    let word = said.split(|char: char| !char.is_alphanumeric()).next();
    let word = word.unwrap_or_default();
    let is_name =
        PROPER_NAMES.contains(&word) || word.chars().skip(1).any(|char| !char.is_lowercase());
    match letters.next() {
        Some(first) if !is_name => first.to_lowercase().chain(letters).collect(),
        _ => said.to_owned(),
    }
}

/// What a number or text is measured in.
fn unit(field: &Field) -> Option<&'static str> {
    let name = field.name.as_str();
    match field.ty {
        TypeRef::Integer if name.ends_with("_cents") => Some("in cents of the currency"),
        TypeRef::Decimal(_) if name.ends_with("_cents") => {
            Some("in cents of the currency, of any size, fractions of a cent included")
        }
        TypeRef::Decimal(Form::Seconds) => Some("in seconds since 1970"),
        TypeRef::Decimal(_) => Some("an exact decimal"),
        TypeRef::DateTime => Some("UTC"),
        TypeRef::Date => Some("a calendar date"),
        TypeRef::Uuid => Some("a UUID made by Lago"),
        _ => None,
    }
}

/// The words on an enum, with sentences on what uses it.
pub(crate) fn enumeration(name: &str, doc: Option<&str>, uses: Option<String>) -> String {
    let mut text = doc.map_or_else(|| format!("{}.", sentence(name)), markdown);
    text.extend(uses.map(|uses| format!("\n\n{uses}")));
    text
}

/// The words on a value of an enum: itself, what it means, and where it is listed when not everywhere.
pub(crate) fn variant(value: &str, words: Option<&str>, listed: Option<&str>) -> String {
    let value = code(value);
    match (words.map(markdown), listed) {
        (None, None) => value,
        (Some(said), None) => format!("{value}: {said}"),
        (None, Some(listed)) => format!("{value}: documented for {listed}"),
        (Some(said), Some(listed)) => format!("{value}: {said}\n\nDocumented for {listed}."),
    }
}

/// The words by which rustdoc's search finds an item that is called otherwise.
pub(crate) fn aliases(api: &Api, item: &str) -> TokenStream {
    let words = api.aliases.get(item).into_iter().flatten();
    quote!(#(#[doc(alias = #words)])*)
}

/// A doc comment, a line each.
pub(crate) fn doc_lines(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// What is found at a noun that leads to calls.
pub(crate) fn noun(api: &Api, place: &[String]) -> String {
    match api.nouns.get(&place.join(".")) {
        Some(said) => markdown(said),
        None => {
            let nouns = place.iter().rev().map(|noun| noun.replace('_', " "));
            format!("Calls about {}.", nouns.collect::<Vec<_>>().join(" of "))
        }
    }
}

/// Adds the lines of a doc comment.
pub(crate) fn push_doc(text: &mut String, indent: &str, doc: &str) {
    for line in doc.lines() {
        let space = if line.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{indent}///{space}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setter_says_what_it_sets_and_warns_after_that() {
        for (said, expected) in [
            (
                "Event properties that split usage. Kept.",
                "event properties that split usage.",
            ),
            ("UUID of the plan.", "UUID of the plan."),
            (
                "E-mail address of the customer.",
                "e-mail address of the customer.",
            ),
            ("Lago's id of it.", "Lago's id of it."),
            (
                "**Cleared when left out.** Name on invoices. More.",
                "name on invoices. **Cleared when left out.**",
            ),
            ("**Cleared when left out.**", "**Cleared when left out.**"),
        ] {
            let mut field = Field::new("x", TypeRef::String, false);
            field.doc = Some(said.to_owned());
            assert_eq!(setter("x", &field), format!("Sets `x`: {expected}"));
        }
    }
}
