//! Which values of a path the answer states again.
//!
//! By them a call notices that it reached another object than it addressed. They follow from names:
//! `/customers/{external_customer_id}` answers a `customer`, whose `external_id` is that value; a
//! wallet below it has an `external_customer_id`, and an invoice a `customer` with an `external_id`.
//! Where the server means something else by such a property, operations.yaml says so.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::ir::{
    Answer, Body, BodyShape, Field, Identity, Kind, Operation, Part, SetBy, Type, TypeRef,
};
use super::names::singular;

mod gone;

pub(crate) use gone::gone;

/// The values of the path that the answer of an operation states again.
pub(crate) fn of(operation: &Operation, types: &BTreeMap<String, Type>) -> Vec<Identity> {
    let Some(subject) = subject(&operation.answer, types) else {
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

/// A field of an answer as a part of it.
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

/// Where the body can set the property of the object itself; none when that depends on which body it
/// is, or when what is set cannot be compared.
fn set_by(body: Option<&Body>, property: &str, types: &BTreeMap<String, Type>) -> Option<SetBy> {
    let Some(body) = body else {
        return Some(SetBy::Nothing);
    };
    let set = |ty: &TypeRef| {
        let mut fields = fields_of(ty, types)?.iter();
        fields.find(|field| field.name == property)
    };
    let is_comparable = |field: &Field| matches!(field.ty, TypeRef::String | TypeRef::Uuid);
    let roots = match &body.shape {
        BodyShape::Type(ty) => {
            return match set(ty) {
                None => Some(SetBy::Nothing),
                Some(field) => (body.required && is_comparable(field)).then_some(SetBy::Body),
            };
        }
        BodyShape::Roots(roots) | BodyShape::Choice(roots) => roots,
    };
    let Some((root, field)) = roots.iter().find_map(|root| Some((root, set(&root.ty)?))) else {
        return Some(SetBy::Nothing);
    };
    let is_there = body.required && root.required && !root.nullable;
    let is_one_of_several = matches!(body.shape, BodyShape::Choice(_));
    (is_there && !is_one_of_several && is_comparable(field)).then(|| SetBy::Root(root.name.clone()))
}

/// What an answer is about.
struct Subject<'a> {
    root: Option<&'a str>,
    is_list: bool,
    fields: &'a [Field],
}

fn subject<'a>(answer: &'a Answer, types: &'a BTreeMap<String, Type>) -> Option<Subject<'a>> {
    let (root, ty, is_list) = match answer {
        Answer::Empty | Answer::Text => return None,
        Answer::Type(ty) => (None, ty, false),
        Answer::Root { key, ty } => (Some(key.as_str()), ty, false),
        Answer::Page { key, item } => (Some(key.as_str()), item, true),
        // One or several of the same type: what both state.
        Answer::Choice(answers) => {
            let mut subjects = answers.iter().map(|answer| subject(answer, types));
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
mod tests {
    use super::*;
    use crate::regen::sample::{self, Goes, structure};

    fn field(name: &str, ty: TypeRef) -> Field {
        sample::root(name, ty, true)
    }

    /// A part of a thing, as answers have it, with these properties; and what updates it, if anything.
    fn types(properties: &[&str], sent: impl IntoIterator<Item = Field>) -> BTreeMap<String, Type> {
        let received = properties.iter().map(|name| {
            let is_id = name.starts_with("lago_");
            field(
                name,
                if is_id {
                    TypeRef::Uuid
                } else {
                    TypeRef::String
                },
            )
        });
        let sent = sent.into_iter().collect();
        BTreeMap::from([
            structure("Part", Goes::BothWays, received.collect()),
            structure("PartUpdate", Goes::BothWays, sent),
        ])
    }

    fn part() -> TypeRef {
        sample::named("Part")
    }

    fn answers(path: &str, key: &str, ty: TypeRef) -> Operation {
        Operation {
            answer: Answer::Root {
                key: key.to_owned(),
                ty,
            },
            ..sample::operation("getPart", "PUT", path)
        }
    }

    fn pairs(operation: &Operation, properties: &[&str]) -> Vec<String> {
        let found = of(operation, &types(properties, []));
        let pair = |found: Identity| format!("{} = {}", found.parameter, found.place());
        found.into_iter().map(pair).collect()
    }

    #[test]
    fn an_object_and_its_owners_are_found_by_name() {
        for (path, properties, expected) in [
            ("/parts/{code}", &["code", "name"][..], &["code = code"][..]),
            ("/parts/{part_code}", &["code"], &["part_code = code"]),
            ("/parts/{part_id}", &["lago_id"], &["part_id = lago_id"]),
            (
                "/parts/{external_part_id}",
                &["external_id"],
                &["external_part_id = external_id"],
            ),
            ("/parts/{feature_code}", &["code"], &["feature_code = code"]),
            (
                "/things/{code}/parts/{lago_id}/void",
                &["code", "thing_code", "lago_id"],
                &["code = thing_code", "lago_id = lago_id"],
            ),
            (
                "/things/{external_id}/parts/{code}",
                &["external_thing_id", "code"],
                &["external_id = external_thing_id", "code = code"],
            ),
            // The code of a part says nothing of the thing.
            ("/things/{code}/parts", &["code"], &[]),
            ("/parts/{code}", &["name"], &[]),
        ] {
            let operation = answers(path, "part", part());
            assert_eq!(pairs(&operation, properties), expected, "{path}");
        }
    }

    #[test]
    fn of_a_list_only_the_owner_is_stated() {
        let list = TypeRef::List(Box::new(part()));
        let operation = answers("/things/{lago_id}/parts/{code}", "parts", list);
        let expected = ["lago_id = lago_thing_id"];
        assert_eq!(pairs(&operation, &["code", "lago_thing_id"]), expected);
        let operation = Operation {
            answer: Answer::Choice(vec![
                operation.answer,
                Answer::Root {
                    key: "part".to_owned(),
                    ty: part(),
                },
            ]),
            ..sample::operation("setParts", "POST", "/things/{lago_id}/parts")
        };
        assert_eq!(pairs(&operation, &["lago_thing_id"]), expected);
    }

    #[test]
    fn an_owner_may_be_stated_one_level_down() {
        let nested = |nullable, direct: &[&str]| {
            let mut types = types(&["external_id"], []);
            let thing = Field {
                nullable,
                ..field("thing", part())
            };
            let direct = direct.iter().map(|name| field(name, TypeRef::String));
            types.get_mut("PartUpdate").unwrap().kind =
                Kind::Struct(direct.chain([thing]).collect());
            let list = TypeRef::List(Box::new(TypeRef::Named("PartUpdate".to_owned())));
            of(
                &answers("/things/{external_thing_id}/parts", "parts", list),
                &types,
            )
        };
        for optional in [false, true] {
            let expected = Identity {
                parameter: "external_thing_id".to_owned(),
                part: Some(Part {
                    name: "thing".to_owned(),
                    optional,
                }),
                property: "external_id".to_owned(),
                set: SetBy::Nothing,
            };
            assert_eq!(nested(optional, &["external_id"]), [expected]);
        }
        // What the part says itself is nearer.
        let found = nested(false, &["external_thing_id"]);
        assert_eq!(found[0].place(), "external_thing_id");
    }

    #[test]
    fn the_body_has_no_say_in_whose_it_is() {
        for required in [false, true] {
            let root = field("part", TypeRef::Named("PartUpdate".to_owned()));
            let operation = Operation {
                body: Some(Body {
                    required: true,
                    shape: BodyShape::Roots(vec![Field { required, ..root }]),
                }),
                ..answers("/things/{code}/parts", "part", part())
            };
            let sent = [field("thing_code", TypeRef::String)];
            let found = of(&operation, &types(&["thing_code"], sent));
            assert_eq!(found[0].property, "thing_code");
            assert_eq!(found[0].set, SetBy::Nothing);
        }
    }

    #[test]
    fn what_a_body_sets_is_known_or_not_compared() {
        let update = |root: Field, required, code: Option<Field>| {
            let operation = Operation {
                body: Some(Body {
                    required,
                    shape: BodyShape::Roots(vec![root]),
                }),
                ..answers("/parts/{code}", "part", part())
            };
            let found = of(&operation, &types(&["code"], code));
            found.into_iter().next().map(|found| found.set)
        };
        let root = || field("part", TypeRef::Named("PartUpdate".to_owned()));
        let code = || Some(field("code", TypeRef::String));
        let by_root = SetBy::Root("part".to_owned());
        assert_eq!(update(root(), true, code()), Some(by_root));
        assert_eq!(update(root(), true, None), Some(SetBy::Nothing));
        assert_eq!(update(root(), false, code()), None);
        let number = Some(field("code", TypeRef::Integer));
        assert_eq!(update(root(), true, number), None);
    }
}
