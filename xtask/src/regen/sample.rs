//! What tests of the IR are made from: fields, types, operations, and a small API with one operation of
//! each kind.

use std::collections::BTreeMap;

use crate::regen::ir::{
    Api, Body, BodyShape, Effect, Field, Idempotency, Kind, Limits, Operation, Parameter,
    ParameterPlace, Response, Type, TypeRef,
};
use crate::regen::names::ident;

/// A list with every kind of query, a create with two roots, a delete with an optional body and
/// an update with a choice of roots.
pub(crate) fn api() -> Api {
    let list_parts = Operation {
        parameters: vec![
            path("code"),
            query("page", TypeRef::Integer),
            query("status[]", list(named("ThingStatus"))),
            query("since", TypeRef::DateTime),
            Parameter {
                name: "metadata".into(),
                rust: "metadata".into(),
                origin: String::new(),
                place: ParameterPlace::QueryMap { required: false },
                limits: Limits::default(),
                doc: None,
                example: None,
            },
        ],
        response: Response::Page {
            key: "parts".into(),
            item: named("Part"),
        },
        ..operation("listParts", "GET", "/things/{code}/parts")
    };
    let create = Operation {
        body: body(
            true,
            BodyShape::Roots(vec![
                root("thing", named("ThingInput"), true),
                root("type", TypeRef::String, false),
            ]),
        ),
        response: Response::Root {
            key: "thing".into(),
            ty: named("Thing"),
        },
        effect: Effect::Adds,
        outside: true,
        since: Some("1.2.0".into()),
        ..operation("createThing", "POST", "/things")
    };
    let delete = Operation {
        parameters: vec![path("code")],
        body: body(false, BodyShape::Type(named("ThingDeleteInput"))),
        effect: Effect::Removes,
        idempotency: Idempotency::Idempotent,
        ..operation("deleteThing", "DELETE", "/things/{code}")
    };
    let update = Operation {
        parameters: vec![path("code")],
        body: body(
            true,
            BodyShape::Choice(vec![
                root("part", named("PartInput"), true),
                root("parts", list(named("PartInput")), true),
            ]),
        ),
        ..operation("setParts", "PUT", "/things/{code}/parts")
    };
    Api {
        version: "1".into(),
        types: BTreeMap::new(),
        operations: vec![list_parts, create, delete, update],
        webhooks: Vec::new(),
        conversions: Vec::new(),
        identified: BTreeMap::new(),
        aliases: BTreeMap::new(),
        guides: BTreeMap::new(),
        nouns: BTreeMap::new(),
    }
}

/// A reference to a named type.
pub(crate) fn named(name: &str) -> TypeRef {
    TypeRef::Named(name.to_owned())
}

/// A list of values of a type.
pub(crate) fn list(item: TypeRef) -> TypeRef {
    TypeRef::List(Box::new(item))
}

/// Which way a type goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    /// Requests use it.
    Out,
    /// Responses use it.
    In,
    /// Both do.
    BothWays,
}

/// A type, and its name.
pub(crate) fn ty(name: &str, goes: Goes, kind: Kind) -> (String, Type) {
    let ty = Type {
        doc: None,
        origin: name.to_owned(),
        sent: goes != Goes::In,
        received: goes != Goes::Out,
        published: true,
        kind,
    };
    (name.to_owned(), ty)
}

/// An object with these fields, and its name.
pub(crate) fn structure(name: &str, goes: Goes, fields: Vec<Field>) -> (String, Type) {
    ty(name, goes, Kind::Struct(fields))
}

/// An optional query parameter.
pub(crate) fn query(name: &str, ty: TypeRef) -> Parameter {
    Parameter {
        name: name.into(),
        rust: ident::snake(name),
        origin: String::new(),
        place: ParameterPlace::Query {
            required: false,
            ty,
        },
        limits: Limits::default(),
        doc: None,
        example: None,
    }
}

/// A path parameter.
pub(crate) fn path(name: &str) -> Parameter {
    Parameter {
        name: name.into(),
        rust: ident::snake(name),
        origin: String::new(),
        place: ParameterPlace::Path,
        limits: Limits::default(),
        doc: None,
        example: None,
    }
}

fn body(required: bool, shape: BodyShape) -> Option<Body> {
    Some(Body { required, shape })
}

/// A root key of a body.
pub(crate) fn root(name: &str, ty: TypeRef, required: bool) -> Field {
    Field::new(name, ty, required)
}

/// An operation that takes nothing and answers nothing.
pub(crate) fn operation(id: &str, method: &str, path: &str) -> Operation {
    Operation {
        id: id.into(),
        method: method.into(),
        base_path: "/api/v1".into(),
        path: path.into(),
        summary: None,
        description: None,
        deprecated: false,
        parameters: Vec::new(),
        body: None,
        response: Response::Empty,
        identity: Vec::new(),
        gone: None,
        may_be_empty: false,
        failures: Vec::new(),
        published: true,
        accessors: path
            .split('/')
            .filter(|s| !s.is_empty() && !s.starts_with('{'))
            .map(Into::into)
            .collect(),
        verb: method.to_lowercase(),
        effect: Effect::Reads,
        outside: false,
        grants: false,
        idempotency: Idempotency::NotIdempotent,
        since: None,
    }
}
