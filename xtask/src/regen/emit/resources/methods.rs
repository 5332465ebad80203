//! What of an operation a caller sees: arguments, options, response. A body that is one of several
//! becomes a method for each.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::regen::emit::EmitError;
use crate::regen::ir::{BodyShape, Field, Operation, Parameter, ParameterPlace, Response, TypeRef};
use crate::regen::names::calls;
use crate::regen::names::words::{noun_of, singular};

/// A method on an accessor.
#[derive(Clone)]
pub(crate) struct Method<'a> {
    /// The operation that it calls.
    pub(crate) operation: &'a Operation,
    /// Its name.
    pub(crate) verb: String,
    /// The name of the type that describes its calls.
    pub(crate) call: String,
    /// The body that it sends.
    pub(crate) input: Input<'a>,
    /// What it returns.
    pub(crate) output: Output<'a>,
}

/// The body that a method sends.
#[derive(Clone)]
pub(crate) enum Input<'a> {
    /// None.
    Nothing,
    /// The type itself.
    Type(&'a TypeRef),
    /// A value under a root key, with options beside it.
    Root {
        main: &'a Field,
        beside: Vec<&'a Field>,
    },
    /// A value under one of several root keys.
    Variant(&'a Field),
    /// The type itself, or nothing.
    OptionalType(&'a TypeRef),
    /// A value under a root key, or nothing.
    OptionalRoot(&'a Field),
}

/// What a method returns.
#[derive(Clone)]
pub(crate) enum Output<'a> {
    /// Nothing.
    Nothing,
    /// Text that is no JSON.
    Text,
    /// The type itself.
    Whole(&'a TypeRef),
    /// The value under a root key.
    Root { key: &'a str, ty: TypeRef },
    /// The value under a root key, or nothing yet.
    RootOrNothing { key: &'a str, ty: TypeRef },
    /// A page of a list.
    Page { key: &'a str, item: &'a TypeRef },
}

impl Output<'_> {
    /// The root key under which a response holds the value.
    pub(crate) fn root(&self) -> Option<&str> {
        match self {
            Self::Nothing | Self::Text | Self::Whole(_) => None,
            Self::Root { key, .. } | Self::RootOrNothing { key, .. } | Self::Page { key, .. } => {
                Some(key)
            }
        }
    }
}

/// The methods that an operation becomes.
pub(crate) fn methods(operation: &Operation) -> Result<Vec<Method<'_>>, EmitError> {
    let named = |verb: String, input, output| Method {
        operation,
        call: calls::call(&operation.accessors, &verb),
        verb,
        input,
        output,
    };
    let Some(body) = &operation.body else {
        let output = output(&operation.response, operation)?;
        return Ok(vec![named(operation.verb.clone(), Input::Nothing, output)]);
    };
    let one = |input| {
        Ok(vec![named(
            operation.verb.clone(),
            input,
            output(&operation.response, operation)?,
        )])
    };
    match (&body.shape, body.required) {
        (BodyShape::Type(ty), true) => one(Input::Type(ty)),
        (BodyShape::Type(ty), false) => one(Input::OptionalType(ty)),
        (BodyShape::Roots(fields), true) => one(roots(fields, operation)?),
        (BodyShape::Roots(fields), false) => match fields.as_slice() {
            [only] => one(Input::OptionalRoot(only)),
            _ => Err(unsupported(operation, "an optional body has several roots")),
        },
        (BodyShape::Choice(fields), _) => fields
            .iter()
            .map(|field| {
                let many = matches!(field.ty, TypeRef::List(_));
                let verb = match many {
                    true => calls::batch(&operation.verb),
                    false => operation.verb.clone(),
                };
                Ok(named(
                    verb,
                    Input::Variant(field),
                    chosen(field, operation)?,
                ))
            })
            .collect(),
    }
}

/// The value that the body is about: what the noun of the path is called, among options.
fn roots<'a>(fields: &'a [Field], operation: &Operation) -> Result<Input<'a>, EmitError> {
    let noun = operation
        .accessors
        .last()
        .map(|noun| singular(noun))
        .unwrap_or_default();
    let nouns = [noun, noun_of(&operation.path)];
    let main = match fields {
        [only] => Some(only),
        several => several.iter().find(|field| nouns.contains(&field.name)),
    };
    let main = main.ok_or_else(|| unsupported(operation, "no root of the body is its noun"))?;
    let beside = fields
        .iter()
        .filter(|field| field.name != main.name)
        .collect();
    Ok(Input::Root { main, beside })
}

fn output<'a>(response: &'a Response, operation: &Operation) -> Result<Output<'a>, EmitError> {
    Ok(match response {
        Response::Root { key, ty } if operation.may_be_empty => Output::RootOrNothing {
            key,
            ty: ty.clone(),
        },
        _ if operation.may_be_empty => {
            return Err(unsupported(operation, "what may be empty has no root key"));
        }
        Response::Empty => Output::Nothing,
        Response::Text => Output::Text,
        Response::Type(ty) => Output::Whole(ty),
        Response::Root { key, ty } => Output::Root {
            key,
            ty: ty.clone(),
        },
        Response::Page { key, item } => Output::Page { key, item },
        Response::Choice(_) => {
            return Err(unsupported(
                operation,
                "it answers one of several without being asked so",
            ));
        }
    })
}

/// The response that has the root key of the body that was sent.
fn chosen<'a>(field: &Field, operation: &'a Operation) -> Result<Output<'a>, EmitError> {
    let Response::Choice(responses) = &operation.response else {
        return output(&operation.response, operation);
    };
    let mut found = responses.iter().filter_map(|response| match response {
        Response::Root { key, ty } if *key == field.name => Some((key, ty.clone())),
        // Several at once come back as they went: the whole list, no page of it.
        Response::Page { key, item } if *key == field.name => {
            Some((key, TypeRef::List(Box::new(item.clone()))))
        }
        _ => None,
    });
    match found.next() {
        Some((key, ty)) => Ok(Output::Root { key, ty }),
        None => Err(unsupported(
            operation,
            &format!("nothing answers `{}`", field.name),
        )),
    }
}

fn unsupported(operation: &Operation, why: &str) -> EmitError {
    EmitError::within(operation, why)
}

impl Method<'_> {
    /// The query parameters, required ones or the others.
    pub(crate) fn query(&self, wanted: bool) -> impl Iterator<Item = &Parameter> {
        self.operation
            .parameters
            .iter()
            .filter(move |parameter| match parameter.place {
                ParameterPlace::Path => false,
                ParameterPlace::Query { required, .. } | ParameterPlace::QueryMap { required } => {
                    required == wanted
                }
            })
    }

    /// A root key of the body: by name where responses have the same.
    pub(crate) fn root_key(&self, key: &str) -> TokenStream {
        match self.output.root() == Some(key) {
            true => quote!(Self::ROOT),
            false => quote!(#key),
        }
    }

    /// The setter of a root of the body beside the one that it is about.
    pub(crate) fn root_setter(&self, root: &Field) -> Ident {
        calls::root_setter(&root.name, self.query(true).chain(self.query(false)))
    }

    /// The path parameters, in path order.
    pub(crate) fn path(&self) -> impl Iterator<Item = &Parameter> {
        self.operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == ParameterPlace::Path)
    }
}
