//! What a tool takes, and where in the request of its operation each of it goes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::Schemas;
use super::words;
use crate::regen::emit::EmitError;
use crate::regen::ir::{
    Api, Body, BodyShape, Field, Limits, Operation, Parameter, ParameterPlace, TypeRef,
};

/// What tools take beside what their operations have: which fields of a response are wanted.
const RESERVED: &str = "fields";

/// The argument that is a whole body.
const BODY: &str = "body";

/// What a tool takes.
#[derive(Debug)]
pub(super) struct Arguments {
    /// The arguments: those of the path, of the query, of the body.
    pub(super) all: Vec<Argument>,
    /// Those of which one is given.
    pub(super) one_of: Vec<String>,
}

/// An argument of a tool.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) schema: Value,
    pub(super) required: bool,
}

impl Argument {
    /// Its name, where it is a value in the query.
    fn in_query(&self) -> Option<String> {
        matches!(self.place, Place::Query(_)).then(|| self.name.clone())
    }
}

/// Where an argument goes. `lago-client/src/gateway/tool.rs` has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path(String),
    Query(String),
    QueryList(String),
    QueryMap(String),
    Body(Vec<String>),
}

impl Place {
    /// What tells two arguments of one name apart.
    fn word(&self) -> &'static str {
        match self {
            Self::Path(_) => "path",
            Self::Query(_) | Self::QueryList(_) | Self::QueryMap(_) => "query",
            Self::Body(_) => "body",
        }
    }
}

/// The arguments of an operation.
pub(super) fn of(api: &Api, operation: &Operation) -> Result<Arguments, EmitError> {
    let mut schemas = Schemas::new(api, operation);
    let mut all: Vec<Argument> = operation
        .parameters
        .iter()
        .map(|parameter| of_parameter(api, &mut schemas, parameter))
        .collect();
    let names = all.iter().map(|argument| argument.name.clone()).collect();
    let in_query = all.iter().filter_map(Argument::in_query).collect();
    let mut one_of = Vec::new();
    if let Some(body) = &operation.body {
        let taken = Taken { names, in_query };
        all.extend(of_body(&mut schemas, body, &taken));
        if let BodyShape::Choice(roots) = &body.shape {
            one_of.extend(roots.iter().map(|root| root.name.clone()));
        }
    }
    let mut names = BTreeSet::new();
    for argument in &mut all {
        if names.contains(&argument.name) {
            argument.name = format!("{}_{}", argument.place.word(), argument.name);
        }
        let name = &argument.name;
        if name == RESERVED || !names.insert(name.clone()) {
            let message =
                format!("its tool cannot take an argument `{name}`, which is there already");
            return Err(EmitError::within(operation, message));
        }
    }
    Ok(Arguments { all, one_of })
}

fn of_parameter<'a>(api: &Api, schemas: &mut Schemas<'a>, parameter: &'a Parameter) -> Argument {
    const ANY_TEXT: &TypeRef = &TypeRef::String;
    let name = parameter.name.clone();
    let plain = name.trim_end_matches("[]").to_owned();
    let (place, ty, required) = match &parameter.place {
        ParameterPlace::Path => (Place::Path(name), ANY_TEXT, true),
        ParameterPlace::Query {
            required,
            ty: ty @ TypeRef::List(_),
        } => (Place::QueryList(name), ty, *required),
        ParameterPlace::Query { required, ty } => (Place::Query(name), ty, *required),
        ParameterPlace::QueryMap { required } => (Place::QueryMap(name), ANY_TEXT, *required),
    };
    let words = words::parameter(api, parameter);
    let schema = match place {
        Place::QueryMap(_) => schemas.map(ty, words),
        _ => schemas.described(ty, &parameter.limits, words),
    };
    Argument {
        name: plain,
        place,
        schema,
        required,
    }
}

/// The names that a body finds taken.
struct Taken {
    names: BTreeSet<String>,
    in_query: BTreeSet<String>,
}

/// A property at the top of a body.
struct Root<'a> {
    field: &'a Field,
    /// The fields in it, where they can stand without the key around them.
    opened: Option<&'a [Field]>,
    required: bool,
}

/// The arguments that are a body: its fields without the root key around them, unless something else has one of their
/// names.
fn of_body<'a>(schemas: &mut Schemas<'a>, body: &'a Body, taken: &Taken) -> Vec<Argument> {
    let (fields, opens, is_choice) = match &body.shape {
        BodyShape::Roots(roots) => (roots.as_slice(), true, false),
        BodyShape::Choice(roots) => (roots.as_slice(), false, true),
        BodyShape::Type(ty) => match schemas.fields(ty) {
            Some(fields)
                if are_free(fields, taken) && (body.required || !is_asked(schemas, fields)) =>
            {
                (fields, false, false)
            }
            _ => {
                return vec![Argument {
                    name: BODY.to_owned(),
                    place: Place::Body(Vec::new()),
                    schema: schemas.described(ty, &Limits::default(), String::new()),
                    required: body.required,
                }];
            }
        },
    };
    // The server reads query and body into one: what may stand in both is said once.
    let is_said = |field: &&Field| !field.required && taken.in_query.contains(&field.name);
    let fields: Vec<&Field> = fields.iter().filter(|field| !is_said(field)).collect();
    // A body is about its root key, also where the document does not say that it must be there.
    let is_only = fields.len() == 1 && opens;
    let mut roots = Vec::new();
    for field in fields {
        let is_asked = is_only || schemas.required(field);
        let required = body.required && !is_choice && is_asked;
        roots.push(Root {
            field,
            opened: opened(schemas, field, required).filter(|_| opens),
            required,
        });
    }
    let names = roots.iter().flat_map(|root| match root.opened {
        Some(fields) => fields,
        None => std::slice::from_ref(root.field),
    });
    if !are_free(names, taken) {
        roots.iter_mut().for_each(|root| root.opened = None);
    }
    let arguments = roots.into_iter().flat_map(|root| root.arguments(schemas));
    arguments.collect()
}

/// The fields under a root key that can stand without it. Not those that may be null as a whole, and not those of which
/// some must be there when others are, while none has to.
fn opened<'a>(schemas: &Schemas<'a>, root: &Field, is_always_there: bool) -> Option<&'a [Field]> {
    let fields = schemas.fields(&root.ty)?;
    (!root.nullable && (is_always_there || !is_asked(schemas, fields))).then_some(fields)
}

/// Whether some of them must be there.
fn is_asked(schemas: &Schemas<'_>, fields: &[Field]) -> bool {
    fields.iter().any(|field| schemas.required(field))
}

impl<'a> Root<'a> {
    fn arguments(self, schemas: &mut Schemas<'a>) -> Vec<Argument> {
        let Some(fields) = self.opened else {
            return vec![Argument {
                name: self.field.name.clone(),
                place: Place::Body(vec![self.field.name.clone()]),
                schema: match self.required {
                    true => schemas.subject(self.field),
                    false => schemas.field(self.field),
                },
                required: self.required,
            }];
        };
        let arguments = fields.iter().map(|field| Argument {
            name: field.name.clone(),
            place: Place::Body(vec![self.field.name.clone(), field.name.clone()]),
            schema: schemas.field(field),
            required: self.required && schemas.required(field),
        });
        arguments.collect()
    }
}

/// Whether each of them can be an argument.
fn are_free<'f>(fields: impl IntoIterator<Item = &'f Field>, taken: &Taken) -> bool {
    let mut known = BTreeSet::new();
    let mut names = fields.into_iter().map(|field| &field.name);
    names.all(|name| name != RESERVED && !taken.names.contains(name) && known.insert(name))
}
