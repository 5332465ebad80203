//! Prints what callers use: a module for each noun with its accessors, and the accessors of the
//! client.

pub(super) mod call_body;
pub(super) mod call_impl;
pub(super) mod call_parts;
pub(super) mod call_types;
pub(super) mod files;
pub(super) mod identity;
mod index;
pub(super) mod keyed;
pub(super) mod lowered;
pub(super) mod methods;
pub(super) mod public_key;
pub(super) mod queries;
pub(super) mod requests;
pub(super) mod returned;
pub(super) mod table;
pub(super) mod values;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::{self, doc_lines};
use super::section::{Section, UNPUBLISHED};
use super::{EmitError, Tree, address_of, documented, guide_links, source, verbs};
use crate::regen::ir::{Api, Idempotency};
use crate::regen::names::{calls, ident};
use files::FileMethod;
use methods::{Method, methods};
use requests::Written;

const GENERATED: &str = "lago-client/src/generated";

/// The nouns that lead to an accessor.
type Accessors = Vec<String>;

/// What is called in one section: the methods at each place.
type Places<'a> = BTreeMap<Accessors, Vec<Method<'a>>>;

/// Adds the modules of all nouns to the tree.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let requests = requests::read(api)?;
    let files = files::methods_of(api)?;
    let published = places(api, Section::Published)?;
    for section in Section::ALL {
        let places = match section {
            Section::Published => published.clone(),
            Section::Unpublished => places(api, section)?,
        };
        let section = Printed {
            api,
            section,
            places,
            known: match section {
                Section::Published => BTreeSet::new(),
                Section::Unpublished => published.keys().cloned().collect(),
            },
            requests: &requests,
            files: &files,
        };
        section.emit(tree)?;
    }
    table::emit(api, tree)?;
    queries::emit(api, tree)?;
    public_key::emit(api, tree)
}

/// Where the operations of a section stand, with all places that lead there.
fn places(api: &Api, section: Section) -> Result<Places<'_>, EmitError> {
    let mut places = Places::new();
    for operation in section.operations(api) {
        for length in 1..=operation.accessors.len() {
            places
                .entry(operation.accessors[..length].to_vec())
                .or_default();
        }
        if let Some(place) = places.get_mut(&operation.accessors) {
            place.extend(methods(operation)?);
        }
    }
    Ok(places)
}

/// What is printed of a section.
struct Printed<'a> {
    api: &'a Api,
    section: Section,
    places: Places<'a>,
    /// The places whose accessors stand in the section before.
    known: BTreeSet<Accessors>,
    requests: &'a BTreeMap<&'a str, Written>,
    files: &'a [FileMethod<'a>],
}

impl Printed<'_> {
    fn emit(&self, tree: &mut Tree) -> Result<(), EmitError> {
        let folder = self.section.folder(GENERATED);
        let nouns: BTreeSet<&String> = self.places.keys().filter_map(|at| at.first()).collect();
        for noun in &nouns {
            let text = self.module(noun).map_err(|error| {
                let mut below = self.section.operations(self.api);
                match below.find(|operation| operation.accessors.first() == Some(noun)) {
                    Some(operation) => error.located(&address_of(operation)),
                    None => error,
                }
            })?;
            tree.insert(
                format!("{folder}/resources/{}.rs", ident::module(noun)),
                text,
            );
        }
        if self.section == Section::Published || !nouns.is_empty() {
            tree.insert(format!("{folder}/resources.rs"), self.root(&nouns)?);
        }
        Ok(())
    }

    fn root(&self, nouns: &BTreeSet<&String>) -> Result<String, EmitError> {
        let module = |noun: &String| format_ident!("{}", ident::module(noun));
        let modules = nouns.iter().map(|noun| module(noun));
        let own = nouns
            .iter()
            .filter(|noun| !self.known.contains(std::slice::from_ref(**noun)));
        let accessors: Vec<TokenStream> = own
            .map(|noun| {
                let (ident, module) = (ident::value(noun), module(noun));
                let ty = calls::accessor(std::slice::from_ref(*noun));
                let aliases = docs::aliases(self.api, noun);
                let doc = doc_lines(&docs::noun(self.api, std::slice::from_ref(*noun)));
                quote! {
                    #doc
                    #aliases
                    pub fn #ident(&self) -> #module::#ty {
                        #module::#ty::new(self)
                    }
                }
            })
            .collect();
        let accessors = (!accessors.is_empty()).then(|| {
            quote! {
                use crate::client::Client;
                impl Client { #(#accessors)* }
            }
        });
        source(
            match self.section {
                Section::Published => "What callers use: a module for each noun of the API.",
                Section::Unpublished => {
                    "The calls of operations that no published document has: a module for each noun of the API."
                }
            },
            quote! {
                #(pub mod #modules;)*
                #accessors
            },
        )
    }

    fn module(&self, noun: &str) -> Result<String, EmitError> {
        let mut imports = Vec::new();
        let mut accessors = Vec::new();
        let mut printed_calls = Vec::new();
        for (place, methods) in self.places.iter().filter(|(place, _)| place[0] == noun) {
            let ty = calls::accessor(place);
            let is_known = self.known.contains(place);
            let mut functions = Vec::new();
            let mut methods: Vec<&Method<'_>> = methods.iter().collect();
            methods.sort_by_key(|method| verbs::rank(&method.verb));
            for method in methods {
                let operation = method.operation;
                let written = self.requests.get(operation.id.as_str()).ok_or_else(|| {
                    EmitError::within(operation, "progenitor has not written its request")
                })?;
                let lookup = lookup(method, noun, &self.places);
                let requests = match is_known {
                    true => format!("../{UNPUBLISHED}/{}/", ident::module(noun)),
                    false => String::new(),
                };
                let printed =
                    call_types::print(self.api, method, (&ty, &requests), written, lookup)?;
                functions.push(printed.method);
                printed_calls.push(printed.call);
            }
            let here = self.files.iter().filter(|file| file.place == *place);
            let here = here.filter(|file| self.section.has(file.published));
            functions.extend(here.map(|file| file.method.clone()));
            // What leads on comes after what can be done here.
            functions.extend(self.nested(place));
            if is_known {
                if !functions.is_empty() {
                    let module = format_ident!("{}", ident::module(noun));
                    imports.push(quote!(use crate::generated::resources::#module::#ty;));
                    accessors.push(quote!(impl #ty { #(#functions)* }));
                }
                continue;
            }
            let doc = docs::noun(self.api, place);
            let doc = match place.len() {
                1 => guide_links::after(&doc, self.api, noun),
                _ => doc,
            };
            let doc = doc_lines(&doc);
            accessors.push(quote! {
                #doc
                #[derive(Clone, Debug)]
                pub struct #ty { pub(crate) client: Client }
                impl #ty {
                    pub(crate) fn new(client: &Client) -> Self {
                        Self { client: client.clone() }
                    }
                    #(#functions)*
                }
            });
        }
        let place = [noun.to_owned()];
        let doc = match self.known.contains(place.as_slice()) {
            // The words on the noun stand where the struct is.
            true => format!(
                "Calls about {} that no published document has.",
                noun.replace('_', " ")
            ),
            false => docs::noun(self.api, &place),
        };
        let files = self.files.iter();
        let files: Vec<_> = files
            .filter(|file| self.section.has(file.published))
            .collect();
        let calls = index::of(noun, &self.places, &files);
        documented(
            &(guide_links::after(&doc, self.api, noun) + calls.trim_end()),
            quote! {
                use crate::resource::*;
                #(#imports)*
                #(#accessors)*
                #(#printed_calls)*
            },
        )
    }

    /// The functions that lead on from a place.
    fn nested(&self, place: &Accessors) -> Vec<TokenStream> {
        let below = self.places.keys().filter(|other| {
            other.len() == place.len() + 1
                && other.starts_with(place)
                && !self.known.contains(*other)
        });
        let functions = below.map(|below| {
            let name = &below[below.len() - 1];
            let (ident, ty) = (ident::value(name), calls::accessor(below));
            let aliases = docs::aliases(self.api, &below.join("."));
            let doc = doc_lines(&docs::noun(self.api, below));
            quote! {
                #doc
                #aliases
                pub fn #ident(&self) -> #ty {
                    #ty::new(&self.client)
                }
            }
        });
        functions.collect()
    }
}

/// What reads back what a method writes by its key, in the same module.
fn lookup<'m, 'a>(
    method: &Method<'_>,
    noun: &str,
    places: &'m Places<'a>,
) -> Option<&'m Method<'a>> {
    let Idempotency::WithKey(key) = &method.operation.idempotency else {
        return None;
    };
    let here = places.iter().filter(|(place, _)| place[0] == noun);
    let mut methods = here.flat_map(|(_, methods)| methods);
    methods.find(|known| known.operation.id == key.lookup)
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
