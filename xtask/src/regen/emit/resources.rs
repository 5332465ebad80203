//! Prints what callers use: a module for each noun with its accessors, and the accessors of the
//! client.

pub(super) mod call_body;
pub(super) mod call_impl;
pub(super) mod call_parts;
pub(super) mod call_types;
pub(super) mod files;
pub(super) mod identity;
pub(super) mod keyed;
pub(super) mod lowered;
pub(super) mod methods;
pub(super) mod public_key;
pub(super) mod queries;
pub(super) mod requests;
pub(super) mod table;
pub(super) mod values;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::doc_lines;
use super::{EmitError, Tree, address_of, source};
use crate::regen::ir::{Api, Idempotency};
use crate::regen::names::{calls, ident};
use files::FileMethod;
use methods::{Method, methods};
use requests::Written;

const FOLDER: &str = "lago-client/src/generated/resources";

/// The nouns that lead to an accessor.
type Accessors = Vec<String>;

/// Adds the modules of all nouns to the tree.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let requests = requests::read(api)?;
    let mut places: BTreeMap<Accessors, Vec<Method<'_>>> = BTreeMap::new();
    for operation in &api.operations {
        for length in 1..=operation.accessors.len() {
            places
                .entry(operation.accessors[..length].to_vec())
                .or_default();
        }
        if let Some(place) = places.get_mut(&operation.accessors) {
            place.extend(methods(operation)?);
        }
    }
    let files = files::methods_of(api)?;
    let nouns: BTreeSet<&String> = places.keys().filter_map(|place| place.first()).collect();
    for noun in &nouns {
        let text = module(noun, &places, &requests, &files).map_err(|error| {
            let mut below = api.operations.iter();
            match below.find(|operation| operation.accessors.first() == Some(noun)) {
                Some(operation) => error.located(&address_of(operation)),
                None => error,
            }
        })?;
        tree.insert(format!("{FOLDER}/{}.rs", ident::module(noun)), text);
    }
    tree.insert(format!("{FOLDER}.rs"), root(&nouns)?);
    table::emit(api, tree)?;
    queries::emit(api, tree)?;
    public_key::emit(api, tree)
}

fn root(nouns: &BTreeSet<&String>) -> Result<String, EmitError> {
    let modules = nouns
        .iter()
        .map(|noun| format_ident!("{}", ident::module(noun)));
    let modules: Vec<_> = modules.collect();
    let accessors = nouns.iter().zip(&modules).map(|(noun, module)| {
        let ident = ident::value(noun);
        let ty = calls::accessor(std::slice::from_ref(*noun));
        let doc = doc_lines(&format!("Calls about {}.", noun.replace('_', " ")));
        quote! {
            #doc
            pub fn #ident(&self) -> #module::#ty {
                #module::#ty::new(self)
            }
        }
    });
    source(
        "What callers use: a module for each noun of the API.",
        quote! {
            #(pub mod #modules;)*
            use crate::client::Client;
            impl Client { #(#accessors)* }
        },
    )
}

fn module(
    noun: &str,
    places: &BTreeMap<Accessors, Vec<Method<'_>>>,
    requests: &BTreeMap<&str, Written>,
    files: &[FileMethod<'_>],
) -> Result<String, EmitError> {
    let mut accessors = Vec::new();
    let mut printed_calls = Vec::new();
    for (place, methods) in places.iter().filter(|(place, _)| place[0] == noun) {
        let ty = calls::accessor(place);
        let below = places
            .keys()
            .filter(|other| other.len() == place.len() + 1 && other.starts_with(place));
        let nested = below.map(|below| {
            let name = &below[below.len() - 1];
            let (ident, ty) = (ident::value(name), calls::accessor(below));
            let doc = doc_lines(&format!(
                "Calls about {} of {}.",
                name.replace('_', " "),
                in_words(place)
            ));
            quote! {
                #doc
                pub fn #ident(&self) -> #ty {
                    #ty::new(&self.client)
                }
            }
        });
        let mut functions: Vec<TokenStream> = nested.collect();
        for method in methods {
            let operation = method.operation;
            let written = requests.get(operation.id.as_str()).ok_or_else(|| {
                EmitError::within(operation, "progenitor has not written its request")
            })?;
            let printed = call_types::print(method, &ty, written, lookup(method, noun, places))?;
            functions.push(printed.method);
            printed_calls.push(printed.call);
        }
        let here = files.iter().filter(|file| file.place == *place);
        functions.extend(here.map(|file| file.method.clone()));
        let doc = doc_lines(&format!("Calls about {}.", in_words(place)));
        accessors.push(quote! {
            #doc
            #[derive(Clone, Debug)]
            pub struct #ty { client: Client }
            impl #ty {
                pub(crate) fn new(client: &Client) -> Self {
                    Self { client: client.clone() }
                }
                #(#functions)*
            }
        });
    }
    source(
        &format!("Calls about {}.", noun.replace('_', " ")),
        quote! {
            use crate::resource::*;
            #(#accessors)*
            #(#printed_calls)*
        },
    )
}

/// What reads back what a method writes by its key, in the same module.
fn lookup<'m, 'a>(
    method: &Method<'_>,
    noun: &str,
    places: &'m BTreeMap<Accessors, Vec<Method<'a>>>,
) -> Option<&'m Method<'a>> {
    let Idempotency::WithKey(key) = &method.operation.idempotency else {
        return None;
    };
    let here = places.iter().filter(|(place, _)| place[0] == noun);
    let mut methods = here.flat_map(|(_, methods)| methods);
    methods.find(|known| known.operation.id == key.lookup)
}

/// `plans`, `charges` are "charges of plans".
fn in_words(place: &[String]) -> String {
    let nouns: Vec<String> = place
        .iter()
        .rev()
        .map(|noun| noun.replace('_', " "))
        .collect();
    nouns.join(" of ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn nouns_lead_to_methods_and_options_are_setters() {
        let mut tree = Tree::new();
        emit(&sample::api(), &mut tree).unwrap();
        let flat = tree["lago-client/src/generated/resources/things.rs"]
            .split_whitespace()
            .collect::<String>();
        for expected in [
            "pubfnparts(&self)->ThingsParts{",
            "pubfnget(&self,code:implstd::fmt::Display)->PartsGetRequest{",
            "pubfnmetadata(mutself,metadata:implIntoIterator<Item=(implAsRef<str>,implInto<String>)>",
            "pubfnput_batch(&self,code:implstd::fmt::Display,parts:implIntoIterator<Item=implInto<lago_types::PartInput>>",
            "implListCallforPartsGet{",
            // What is called is compiled, and nothing else.
            "#[inline]fnrequest(&self,base_url:&str)->Result<reqwest::Request,wire::InvalidRequest>{",
            "constREAD:Read<Self::Output>=Read::page();",
            // The root key stands in the table of operations alone, where request and response have the same.
            "wire::draft(Self::OPERATION,url).root(Self::ROOT,&self.body)",
        ] {
            assert!(flat.contains(expected), "{expected}\n---\n{flat}");
        }
    }
}
