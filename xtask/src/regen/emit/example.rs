//! The example of each method: a call as a user writes it.
//!
//! The documentation of the method has it, where it is compiled, and lago-tests has the same text as a function, which
//! a test runs: so it cannot say what the API would refuse.

mod hint;
mod literal;
mod outcome;
mod settings;
mod value;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::regen::emit::resources::methods::{Input, Method};
use crate::regen::ir::{Api, Parameter, ParameterPlace, TypeRef};
use crate::regen::names::ident;
use hint::Hint;
use value::Values;

/// What is longer than this has a statement of its own.
const LONGEST_INLINE: usize = 60;

/// An example.
#[derive(Debug)]
pub(crate) struct Example(String);

impl Example {
    /// Lays out statements as people do, after the types that they name.
    fn new(types: &[Ident], statements: &TokenStream) -> Option<Self> {
        let imports = match types {
            [] => String::new(),
            [only] => lines(&quote!(use lago_client::types::#only;))? + "\n",
            several => lines(&quote!(use lago_client::types::{#(#several),*};))? + "\n",
        };
        Some(Self(imports + &lines(statements)?))
    }

    /// As rustdoc has it. It is compiled and not run, since it needs a server.
    pub(crate) fn documentation(&self) -> String {
        let Self(text) = self;
        format!(
            "\n\n# Example\n\n```no_run\n\
             # async fn example(lago: &lago_client::Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
             {text}# Ok(())\n# }}\n```"
        )
    }

    /// As the body of a function, line by line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }
}

/// Statements as text; none when they are no Rust.
fn lines(statements: &TokenStream) -> Option<String> {
    let file = syn::parse2(quote!(async fn example() { #statements })).ok()?;
    let text = prettyplease::unparse(&file);
    let body = text.lines().filter(|line| line.starts_with("    "));
    Some(body.map(|line| format!("{}\n", &line[4..])).collect())
}

/// The example of a method; none where a value that it needs would have to contain itself.
pub(crate) fn of<'a>(api: &'a Api, method: &'a Method<'a>) -> Option<Example> {
    let mut values = Values::new(api);
    let mut arguments = Vec::new();
    for parameter in method.path() {
        arguments.push(values.in_path(parameter, &method.operation.accessors[0]));
    }
    for parameter in method.query(true) {
        arguments.push(in_query(&mut values, parameter)?);
    }
    let mut before = TokenStream::new();
    for body in bodies(method) {
        let value = values.argument(body.ty, &body.hint)?;
        let is_long = value.to_string().len() > LONGEST_INLINE;
        arguments.push(match is_long && body.is_object(api) {
            true => {
                let name = outcome::variable(body.hint.name);
                before.extend(quote!(let #name = #value;));
                quote!(#name)
            }
            false => value,
        });
    }
    let settings = settings::of(&mut values, method);
    let nouns = method.operation.accessors.iter();
    let nouns = nouns.map(|noun| ident::value(noun));
    let verb = ident::value(&method.verb);
    let call = quote!(lago #(.#nouns())* .#verb(#(#arguments),*) #settings .await?);
    let after = outcome::statements(api, method, &call);
    let bindings = values.bindings();
    Example::new(&values.types(), &quote!(#bindings #before #after))
}

/// The example of a method that fetches a file, which reads an object first.
pub(crate) fn of_file(api: &Api, read: &Method<'_>, verb: &str, file: &str) -> Option<Example> {
    let values = Values::new(api);
    let arguments: Vec<TokenStream> = read
        .path()
        .map(|parameter| values.in_path(parameter, &read.operation.accessors[0]))
        .collect();
    let nouns = read.operation.accessors.iter();
    let nouns = nouns.map(|noun| ident::value(noun));
    let printed = format!("{{}} bytes of {}", file.to_uppercase());
    let (verb, file) = (ident::value(verb), ident::value(file));
    let statements = quote! {
        let #file = lago #(.#nouns())* .#verb(#(#arguments),*) .await?;
        println!(#printed, #file.len());
    };
    Example::new(&[], &statements)
}

/// A body, or a part of one, that a method takes.
struct BodyPart<'a> {
    ty: &'a TypeRef,
    hint: Hint<'a>,
}

impl BodyPart<'_> {
    fn is_object(&self, api: &Api) -> bool {
        matches!(self.ty, TypeRef::Named(_) | TypeRef::List(_)) && !value::is_enum(api, self.ty)
    }
}

/// What of a body a method takes, in the order of its arguments.
fn bodies<'a>(method: &Method<'a>) -> Vec<BodyPart<'a>> {
    let of_field = |field: &'a crate::regen::ir::Field| BodyPart {
        ty: &field.ty,
        hint: Hint::of(field),
    };
    match &method.input {
        Input::Nothing | Input::OptionalType(_) | Input::OptionalRoot(_) => Vec::new(),
        Input::Type(ty) => vec![BodyPart {
            ty,
            hint: Hint::named("input"),
        }],
        Input::Variant(field) => vec![of_field(field)],
        Input::Root { main, beside } => {
            let required = beside.iter().filter(|field| field.required);
            let parts = [*main].into_iter().chain(required.copied());
            parts.map(of_field).collect()
        }
    }
}

/// The value of a parameter of the query.
fn in_query<'a>(values: &mut Values<'a>, parameter: &'a Parameter) -> Option<TokenStream> {
    let hint = Hint::of_parameter(parameter);
    match &parameter.place {
        ParameterPlace::Path => None,
        ParameterPlace::Query { ty, .. } => values.argument(ty, &hint),
        ParameterPlace::QueryMap { .. } => Some(values.entries_of_text(&hint)),
    }
}
