//! Prints lago-types: a file for each noun, one for the enums, and the module that joins them.

mod constructor;
mod conversions;
mod fields;
mod json_object;
mod keyed;
mod plain;
mod refusable;
mod setters;
mod structs;
mod typed;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::{self, push_doc};
use super::listed;
use super::nouns::{modules, named};
use super::section::{Section, condition, is_needed};
use super::uses::{self, Uses};
use super::{EmitError, Tree, source};
use crate::regen::conversions::all;
use crate::regen::ir::{Api, EnumSite, Kind};
use crate::regen::names::{ident, types};
use fields::print_fields;
use typed::{Typed, typed};

const FOLDER: &str = "lago-types/src/generated";

/// Adds the files of lago-types to the tree.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let typed = typed(api)?;
    let conversions = all(&api.conversions, &api.types);
    let modules = modules(api);
    let ident = |name: &str, field: &str| match typed.field(name, field) {
        Some(field) => field.ident.to_string(),
        None => ident::snake(field),
    };
    let uses = Uses::of(api, &ident)?;
    let fields = listed::Fields::of(api, &ident);
    for section in Section::ALL {
        let folder = section.folder(FOLDER);
        let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, module) in &modules {
            if section.has(api.types[name].published) {
                files.entry(module).or_default().push(name);
            }
        }
        for (module, names) in &files {
            let text = noun(section, module, names, api, (&typed, &conversions, &uses))?;
            tree.insert(format!("{folder}/{module}.rs"), text);
        }
        if section == Section::Published || is_needed(api) {
            tree.insert(
                format!("{folder}/enums.rs"),
                enums(section, api, &uses, &fields)?,
            );
            tree.insert(format!("{folder}/schemas.rs"), schemas(section, api)?);
            let root = root(section, is_needed(api), files.keys().copied())?;
            tree.insert(format!("{folder}/mod.rs"), root);
        }
    }
    tree.insert("tests/src/generated/types.rs".into(), table(api)?);
    webhooks::emit(api, tree)?;
    plain::emit(api, tree)
}

fn root<'m>(
    section: Section,
    has_unpublished: bool,
    modules: impl Iterator<Item = &'m str>,
) -> Result<String, EmitError> {
    let ident = |module: &str| format_ident!("{module}");
    let modules: Vec<syn::Ident> = match section {
        Section::Published => modules
            .chain(["enums", "webhook_events"])
            .map(ident)
            .collect(),
        Section::Unpublished => modules.chain(["enums"]).map(ident).collect(),
    };
    let (doc, below) = match section {
        Section::Published => {
            let condition = condition();
            let below = has_unpublished.then(|| {
                quote! {
                    #condition
                    mod unpublished;
                    #condition
                    pub use unpublished::*;
                }
            });
            ("The types of the API, a module for each noun.", below)
        }
        Section::Unpublished => (
            "The types of operations that no published document has, a module for each noun.",
            None,
        ),
    };
    source(
        doc,
        quote! {
            // Setters are called as the fields are: `from_value` is one.
            #![allow(clippy::wrong_self_convention)]
            #(mod #modules;)*
            #(pub use #modules::*;)*
            #below
            #[cfg(feature = "schemars")]
            pub(crate) mod schemas;
        },
    )
}

/// Every type by name, for tests that ask the same of all.
fn table(api: &Api) -> Result<String, EmitError> {
    let rows = api.types.keys().map(|name| {
        let ident = format_ident!("{name}");
        quote!(Row::of::<lago_types::#ident>(#name))
    });
    source(
        "Every type of lago-types.",
        quote! {
            use crate::support::every_type::Row;

            /// Every type, in the order of their names.
            pub static TYPES: &[Row] = &[#(#rows),*];
        },
    )
}

/// What gives every type to a generator of JSON Schemas: no list by hand can stay complete.
fn schemas(section: Section, api: &Api) -> Result<String, EmitError> {
    let types = api.types.iter();
    let names = types.filter(|(_, ty)| section.has(ty.published));
    let names = names.map(|(name, _)| format_ident!("{name}"));
    let below = (section == Section::Published && is_needed(api)).then(|| {
        let condition = condition();
        quote!(#condition super::unpublished::schemas::define(generator);)
    });
    source(
        "The JSON Schemas of all types.",
        quote! {
            /// Defines the schema of every type in the generator.
            pub(crate) fn define(generator: &mut schemars::SchemaGenerator) {
                #(generator.subschema_for::<super::#names>();)*
                #below
            }
        },
    )
}

/// The types that fields of other types have.
fn parts(api: &Api) -> BTreeSet<&str> {
    let fields = api.types.values().flat_map(|ty| match &ty.kind {
        Kind::Struct(fields) => fields.as_slice(),
        Kind::Enum { .. } => &[],
    });
    fields.filter_map(|field| named(&field.ty)).collect()
}

fn noun(
    section: Section,
    module: &str,
    names: &[&str],
    api: &Api,
    (typed, conversions, uses): (&Typed, &BTreeSet<(String, String)>, &Uses),
) -> Result<String, EmitError> {
    let mut items: Vec<TokenStream> = Vec::new();
    let mut imports: BTreeSet<&str> = BTreeSet::new();
    let parts = parts(api);
    for name in names {
        let ty = &api.types[*name];
        let Kind::Struct(fields) = &ty.kind else {
            continue;
        };
        imports.extend(fields.iter().filter_map(|field| named(&field.ty)));
        let fields = print_fields(name, ty, typed)?;
        let aliases = docs::aliases(api, name);
        let known = structs::Known {
            is_part: parts.contains(name),
            aliases,
            uses: uses.sentences(name, api),
        };
        items.push(structs::print(name, ty, &fields, &known));
        items.push(conversions::print(name, api, typed, conversions)?);
    }
    for name in names {
        imports.remove(name);
    }
    let imports = imports.iter().map(|name| format_ident!("{name}"));
    let imports: Vec<syn::Ident> = imports.collect();
    let from = match section {
        Section::Published => quote!(super),
        // What is published stands two folders above.
        Section::Unpublished => quote!(crate),
    };
    let uses = (!imports.is_empty()).then(|| quote!(use #from::{#(#imports),*};));
    let doc = format!("Types around the noun `{module}`.");
    let first = names.first().and_then(|name| api.types.get(*name));
    let origin = first.map_or("", |ty| &ty.origin);
    let text = source(&doc, quote!(#uses #(#items)*)).map_err(|error| error.located(origin))?;
    for name in names {
        // Every module brings its types to one place.
        let required = types::required(name);
        if let Some(other) = api.types.get(&required)
            && text.contains(&format!("pub struct {required} {{"))
        {
            let message = format!(
                "`{required}` is what the constructor of `{name}` takes; call this otherwise in names.yaml"
            );
            return Err(EmitError::at(&other.origin, message));
        }
    }
    Ok(text)
}

/// The enums, as text: a formatter would not know the macro's syntax.
fn enums(
    section: Section,
    api: &Api,
    uses: &Uses,
    fields: &listed::Fields,
) -> Result<String, EmitError> {
    let mut text = source(
        "The enums of the API. All are open: what the server adds is kept as text.",
        quote!(),
    )?;
    let types = api.types.iter();
    for (name, ty) in types.filter(|(_, ty)| section.has(ty.published)) {
        let Kind::Enum {
            values,
            words,
            sites,
        } = &ty.kind
        else {
            continue;
        };
        let doc = docs::enumeration(name, ty.doc.as_deref(), uses.sentences(name, api));
        text.push_str("\nopen_enum! {\n");
        push_doc(&mut text, "    ", &doc);
        text.push_str(&format!("    pub enum {name} {{\n"));
        push_variants(&mut text, values, words, sites, fields);
        text.push_str("    }\n}\n");
    }
    Ok(text)
}

fn push_variants(
    text: &mut String,
    values: &[String],
    words: &BTreeMap<String, String>,
    sites: &[EnumSite],
    fields: &listed::Fields,
) {
    for (value, variant) in values.iter().zip(ident::variants(values)) {
        let words = words.get(value).map(String::as_str);
        let listing = fields.listing(value, sites);
        let listing = listing.and_then(|places| uses::joined(&places, "and"));
        push_doc(
            text,
            "        ",
            &docs::variant(value, words, listing.as_deref()),
        );
        // Writing to a String cannot fail.
        let _ = writeln!(text, "        {variant} = {value:?},");
    }
}
