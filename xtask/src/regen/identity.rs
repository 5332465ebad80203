//! Which values of a path the response states again.
//!
//! By them a call notices that it reached another object than it addressed. They follow from names:
//! `/customers/{external_customer_id}` answers a `customer`, whose `external_id` is that value; a
//! wallet below it has an `external_customer_id`, and an invoice a `customer` with an `external_id`.
//! Where the server means something else by such a property, operations.yaml says so.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::ir::{
    Body, BodyShape, Field, Identity, Kind, Operation, Part, Response, SetBy, Type, TypeRef,
};
use super::names::words::singular;

mod gone;

pub(crate) use gone::gone;

/// The values of the path that the response of an operation states again.
pub(crate) fn of(operation: &Operation, types: &BTreeMap<String, Type>) -> Vec<Identity> {
    let Some(subject) = subject(&operation.response, types) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut noun = String::new();
    for segment in operation.path.split('/') {
        let Some(name) = segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        else {
            noun = singular(segment).to_snake_case();
            continue;
        };
        let is_own = match subject.root {
            Some(root) => root == noun,
            None => operation.path.ends_with(segment),
        };
        let stated = match is_own && !subject.is_list {
            true => stated(subject.fields, own(name, &noun)).and_then(|property| {
                let set = set_by(operation.body.as_ref(), &property, types)?;
                Some((None, property, set))
            }),
            // What a path names above the object is no matter of the body: the server looks it up
            // by the path alone.
            false => stated(subject.fields, of_another(name, &noun))
                .map(|property| (None, property))
                .or_else(|| in_part(name, &noun, subject.fields, types))
                .map(|(part, property)| (part, property, SetBy::Nothing)),
        };
        found.extend(stated.map(|(part, property, set)| Identity {
            parameter: name.to_owned(),
            part,
            property,
            set,
        }));
    }
    found
}

/// The first of the names that a field states.
fn stated(fields: &[Field], names: Vec<String>) -> Option<String> {
    let is_stated = |name: &String| fields.iter().any(|field| states(field, name));
    names.into_iter().find(is_stated)
}

/// The part that is the object of this noun, and its property that the parameter is.
fn in_part(
    parameter: &str,
    noun: &str,
    fields: &[Field],
    types: &BTreeMap<String, Type>,
) -> Option<(Option<Part>, String)> {
    let field = fields
        .iter()
        .find(|field| field.name == noun && !field.deprecated)?;
    let property = stated(fields_of(&field.ty, types)?, own(parameter, noun))?;
    Some((Some(part(field)), property))
}

/// A field of a response as a part of it.
fn part(field: &Field) -> Part {
    Part {
        name: field.name.clone(),
        optional: !field.required || field.nullable,
    }
}

/// The fields of a type that is a struct.
fn fields_of<'t>(ty: &TypeRef, types: &'t BTreeMap<String, Type>) -> Option<&'t [Field]> {
    let TypeRef::Named(name) = ty else {
        return None;
    };
    match &types.get(name)?.kind {
        Kind::Struct(fields) => Some(fields),
        Kind::Enum { .. } => None,
    }
}

/// Where the body can set the property of the object itself; none when what is set there cannot be
/// compared.
fn set_by(body: Option<&Body>, property: &str, types: &BTreeMap<String, Type>) -> Option<SetBy> {
    let set = |ty: &TypeRef| {
        let mut fields = fields_of(ty, types)?.iter();
        fields.find(|field| field.name == property)
    };
    let is_comparable = |field: &Field| matches!(field.ty, TypeRef::String | TypeRef::Uuid);
    match body.map(|body| &body.shape) {
        None => Some(SetBy::Nothing),
        Some(BodyShape::Type(ty)) => match set(ty) {
            None => Some(SetBy::Nothing),
            Some(field) => is_comparable(field).then_some(SetBy::Body),
        },
        Some(BodyShape::Roots(roots) | BodyShape::Choice(roots)) => {
            let setting = || roots.iter().filter_map(|root| Some((root, set(&root.ty)?)));
            let names: Vec<String> = setting().map(|(root, _)| root.name.clone()).collect();
            let are_comparable = setting().all(|(_, field)| is_comparable(field));
            are_comparable.then_some(match names.is_empty() {
                true => SetBy::Nothing,
                false => SetBy::Roots(names),
            })
        }
    }
}

/// What a response is about.
struct Subject<'a> {
    root: Option<&'a str>,
    is_list: bool,
    fields: &'a [Field],
}

fn subject<'a>(response: &'a Response, types: &'a BTreeMap<String, Type>) -> Option<Subject<'a>> {
    let (root, ty, is_list) = match response {
        Response::Empty | Response::Text => return None,
        Response::Type(ty) => (None, ty, false),
        Response::Root { key, ty } => (Some(key.as_str()), ty, false),
        Response::Page { key, item } => (Some(key.as_str()), item, true),
        // One or several of the same type: what both state.
        Response::Choice(responses) => {
            let mut subjects = responses.iter().map(|response| subject(response, types));
            let first = subjects.next()??;
            let same = |other: Option<Subject<'_>>| {
                other.is_some_and(|other| std::ptr::eq(other.fields, first.fields))
            };
            return subjects.all(same).then_some(Subject {
                is_list: true,
                ..first
            });
        }
    };
    let (ty, is_list) = match ty {
        TypeRef::List(item) => (&**item, true),
        TypeRef::Nullable(ty) => (&**ty, is_list),
        ty => (ty, is_list),
    };
    Some(Subject {
        root,
        is_list,
        fields: fields_of(ty, types)?,
    })
}

/// Whether a field is the property, and of a type that says which object it is about. Ids of the
/// server are compared as UUIDs, all else as text.
fn states(field: &Field, property: &str) -> bool {
    let expected = match property.starts_with("lago_") {
        true => TypeRef::Uuid,
        false => TypeRef::String,
    };
    let fits = field.ty == expected || field.ty == TypeRef::Uuid;
    field.name == property && fits && !field.deprecated
}

/// What a property of the object itself may be called: `external_customer_id` of a customer is its
/// `external_id`, `filter_id` of a filter its `lago_id`, `feature_code` of an entitlement its `code`.
fn own(parameter: &str, noun: &str) -> Vec<String> {
    let last = parameter.rsplit('_').next().unwrap_or(parameter);
    let short = without(parameter, noun).unwrap_or_else(|| last.to_owned());
    let mut names = vec![parameter.to_owned(), short.clone()];
    if short == "id" {
        names.push("lago_id".to_owned());
    }
    names
}

/// What a property of something below the object may be called: `external_id` of a subscription is
/// its `external_subscription_id`, `code` of a plan its `plan_code`.
fn of_another(parameter: &str, noun: &str) -> Vec<String> {
    if without(parameter, noun).is_some() {
        return vec![parameter.to_owned()];
    }
    let mut names = vec![format!("{noun}_{parameter}")];
    if let Some((whose, rest)) = parameter.split_once('_') {
        names.push(format!("{whose}_{noun}_{rest}"));
    }
    names
}

/// A name without the words of the noun, when it has them.
fn without(name: &str, noun: &str) -> Option<String> {
    let words: Vec<&str> = name.split('_').collect();
    let noun: Vec<&str> = noun.split('_').collect();
    let place = words.windows(noun.len()).position(|part| part == noun)?;
    let rest: Vec<&str> = words[..place]
        .iter()
        .chain(&words[place + noun.len()..])
        .copied()
        .collect();
    (!rest.is_empty()).then(|| rest.join("_"))
}

#[cfg(test)]
mod tests;
