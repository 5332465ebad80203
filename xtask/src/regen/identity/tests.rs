use super::*;
use crate::regen::sample::{self, Goes, list, structure};

fn field(name: &str, ty: TypeRef) -> Field {
    sample::root(name, ty, true)
}

/// A part of a thing, as responses have it, with these properties; and what updates it, if anything.
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

fn responses(path: &str, key: &str, ty: TypeRef) -> Operation {
    Operation {
        response: Response::Root {
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
        let operation = responses(path, "part", part());
        assert_eq!(pairs(&operation, properties), expected, "{path}");
    }
}

#[test]
fn of_a_list_only_the_owner_is_stated() {
    let list = TypeRef::List(Box::new(part()));
    let operation = responses("/things/{lago_id}/parts/{code}", "parts", list);
    let expected = ["lago_id = lago_thing_id"];
    assert_eq!(pairs(&operation, &["code", "lago_thing_id"]), expected);
    let operation = Operation {
        response: Response::Choice(vec![
            operation.response,
            Response::Root {
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
        types.get_mut("PartUpdate").unwrap().kind = Kind::Struct(direct.chain([thing]).collect());
        let list = TypeRef::List(Box::new(TypeRef::Named("PartUpdate".to_owned())));
        of(
            &responses("/things/{external_thing_id}/parts", "parts", list),
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
            ..responses("/things/{code}/parts", "part", part())
        };
        let sent = [field("thing_code", TypeRef::String)];
        let found = of(&operation, &types(&["thing_code"], sent));
        assert_eq!(found[0].property, "thing_code");
        assert_eq!(found[0].set, SetBy::Nothing);
    }
}

/// What sets the code of a part, when the roots of the body of its update are these.
fn set(shape: BodyShape, required: bool, code: Option<Field>) -> Option<SetBy> {
    let operation = Operation {
        body: Some(Body { required, shape }),
        ..responses("/parts/{code}", "part", part())
    };
    let found = of(&operation, &types(&["code"], code));
    found.into_iter().next().map(|found| found.set)
}

#[test]
fn what_a_body_sets_is_known_whether_it_must_be_there_or_not() {
    let code = || Some(field("code", TypeRef::String));
    let update = || TypeRef::Named("PartUpdate".to_owned());
    let by_roots = |names: &[&str]| {
        let names = names.iter().map(ToString::to_string);
        Some(SetBy::Roots(names.collect()))
    };
    for (body, root, nullable) in [
        (true, true, false),
        (true, true, true),
        (true, false, false),
        (true, false, true),
        (false, true, false),
        (false, false, true),
    ] {
        let roots = || {
            vec![Field {
                nullable,
                ..sample::root("part", update(), root)
            }]
        };
        let case = format!("{body} {root} {nullable}");
        let found = set(BodyShape::Roots(roots()), body, code());
        assert_eq!(found, by_roots(&["part"]), "{case}");
        let found = set(BodyShape::Roots(roots()), body, None);
        assert_eq!(found, Some(SetBy::Nothing), "{case}");
        let found = set(BodyShape::Type(update()), body, code());
        assert_eq!(found, Some(SetBy::Body), "{case}");
    }
    let choice = ["part", "other", "parts"].map(|name| match name {
        "parts" => field(name, list(update())),
        _ => field(name, update()),
    });
    let found = set(BodyShape::Choice(choice.into()), true, code());
    assert_eq!(found, by_roots(&["part", "other"]));
}

#[test]
fn what_is_set_to_another_type_is_not_compared() {
    let number = || Some(field("code", TypeRef::Integer));
    let update = || TypeRef::Named("PartUpdate".to_owned());
    let root = vec![field("part", update())];
    assert_eq!(set(BodyShape::Roots(root), true, number()), None);
    assert_eq!(set(BodyShape::Type(update()), true, number()), None);
}
