//! What the methods of the wire look like, read from the code that progenitor wrote.
//!
//! Everything that calls them goes by this: progenitor sorts parameters in its own way.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprLit, ExprPath, FnArg, ImplItemFn, Lit, Pat, Type};

use super::{EmitError, lowered};
use crate::regen::ir::{Operation, ParameterPlace};

/// A method of the wire.
pub(crate) struct Signature {
    /// The operation that it calls.
    pub(crate) operation: String,
    /// Its name.
    pub(crate) method: String,
    /// Its parameters, in order.
    pub(crate) parameters: Vec<WireParameter>,
}

/// A parameter of a wire method.
pub(crate) struct WireParameter {
    /// What it is for.
    pub(crate) place: Place,
    /// Its type.
    pub(crate) ty: Type,
}

/// What a parameter of a wire method is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A segment of the path, by its name in the method.
    Path(String),
    /// A query parameter, by its name on the wire.
    Query(String),
    /// A body that is a type.
    Body,
    /// A body that is bytes, for it may be missing.
    Bytes,
}

/// Reads the method of an operation.
pub(crate) fn read(operation: &str, method: &ImplItemFn) -> Result<Signature, EmitError> {
    let mut queries = Queries::default();
    queries.visit_block(&method.block);
    let mut parameters = Vec::new();
    for argument in &method.sig.inputs {
        let FnArg::Typed(argument) = argument else {
            continue;
        };
        let Pat::Ident(pattern) = &*argument.pat else {
            return Err(EmitError::new(format!(
                "{operation}: a parameter of the wire has no name"
            )));
        };
        let ident = pattern.ident.to_string();
        let ty = (*argument.ty).clone();
        let query = queries.0.iter().find(|(_, variable)| *variable == ident);
        let place = match (query, ident.as_str()) {
            (Some((name, _)), _) => Place::Query(name.clone()),
            (None, "body") if ty.to_token_stream().to_string() == "B" => Place::Bytes,
            (None, "body") => Place::Body,
            (None, _) => Place::Path(ident),
        };
        parameters.push(WireParameter { place, ty });
    }
    Ok(Signature {
        operation: operation.to_owned(),
        method: method.sig.ident.to_string(),
        parameters,
    })
}

/// Puts the names that go over the wire in place of those that progenitor got.
pub(crate) fn restore_names(method: &mut ImplItemFn, operation: &Operation) {
    let queries = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place != ParameterPlace::Path);
    let names = queries.map(|query| (lowered::name(query), query.name.as_str()));
    Restored(names.collect()).visit_block_mut(&mut method.block);
}

/// Names of queries by what progenitor knows them by.
struct Restored<'o>(BTreeMap<&'o str, &'o str>);

impl VisitMut for Restored<'_> {
    fn visit_expr_call_mut(&mut self, call: &mut syn::ExprCall) {
        visit_mut::visit_expr_call_mut(self, call);
        if let (Expr::Path(function), Some(Expr::Lit(literal))) =
            (&*call.func, call.args.first_mut())
            && is_query_param(function)
            && let Lit::Str(name) = &mut literal.lit
            && let Some(published) = self.0.get(name.value().as_str())
        {
            *name = syn::LitStr::new(published, name.span());
        }
    }
}

/// The calls of `QueryParam::new("name", &variable)` in a method.
#[derive(Default)]
struct Queries(Vec<(String, String)>);

impl<'ast> Visit<'ast> for Queries {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let (
            Expr::Path(function),
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(name),
                ..
            })),
            Some(Expr::Reference(variable)),
        ) = (&*call.func, call.args.first(), call.args.last())
            && is_query_param(function)
        {
            self.0
                .push((name.value(), variable.expr.to_token_stream().to_string()));
        }
        visit::visit_expr_call(self, call);
    }
}

fn is_query_param(function: &ExprPath) -> bool {
    function
        .path
        .segments
        .iter()
        .any(|segment| segment.ident == "QueryParam")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::regen::ir::{Parameter, TypeRef};

    #[test]
    fn places_come_from_the_code() {
        let method: ImplItemFn = syn::parse_quote! {
            pub async fn list<'a, B: Into<reqwest::Body>>(&'a self, code: &'a str, page: Option<i64>, body: B) {
                self.client.get(url).query(&progenitor_client::QueryParam::new("page[]", &page));
            }
        };
        let signature = read("list", &method).unwrap();
        let places: Vec<&Place> = signature
            .parameters
            .iter()
            .map(|parameter| &parameter.place)
            .collect();
        assert_eq!(
            places,
            [
                &Place::Path("code".into()),
                &Place::Query("page[]".into()),
                &Place::Bytes
            ]
        );
    }

    #[test]
    fn what_goes_over_the_wire_has_its_published_name() {
        let mut method: ImplItemFn = syn::parse_quote! {
            fn list(&self) {
                get(url).query(&progenitor_client::QueryParam::new("query_id", &query_id))
                    .query(&progenitor_client::QueryParam::new("page[]", &page));
            }
        };
        let mut operation = sample::operation("list", "GET", "/things/{id}");
        operation.parameters = vec![
            sample::path("id"),
            Parameter {
                rust: "query_id".into(),
                ..sample::query("id", TypeRef::String)
            },
            sample::query("page[]", TypeRef::Integer),
        ];
        restore_names(&mut method, &operation);
        let text = method.to_token_stream().to_string();
        assert!(text.contains("(\"id\" , & query_id)"), "{text}");
        assert!(text.contains("(\"page[]\" , & page)"), "{text}");
    }
}
