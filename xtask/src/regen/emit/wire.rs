//! The wire: a method for each operation that sends a request and hands out bytes.
//!
//! Progenitor writes them. Its code is taken apart with syn, so that a file holds the operations
//! of one tag, and so that path values go through our encoding: with progenitor's, an empty value
//! or `..` would address another resource.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};
use quote::{format_ident, quote};
use syn::{Attribute, File, ImplItem, ImplItemFn, Item};

use super::signatures::{self, Signature};
use super::{EmitError, LONGEST_FILE, Tree, lowered, paths, source, version_header};
use crate::regen::ident;
use crate::regen::ir::{Api, Operation};

const FOLDER: &str = "lago-client/src/generated/wire";

/// Prints the wire and returns what its methods look like, by operation in the order of the API.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<Vec<Signature>, EmitError> {
    let Wire {
        common,
        mut methods,
    } = take_apart(generate(api)?)?;
    let mut signatures = Vec::new();
    let mut by_tag: BTreeMap<String, Vec<ImplItemFn>> = BTreeMap::new();
    for operation in &api.operations {
        let name = ident::escaped(ident::snake(&operation.id));
        let Some(mut method) = methods.remove(&name) else {
            return Err(EmitError::within(
                operation,
                format!("the wire has no method `{name}`"),
            ));
        };
        finish(&mut method, operation)?;
        signatures.push(signatures::read(&operation.id, &method)?);
        signatures::restore_names(&mut method, operation);
        by_tag
            .entry(ident::module(&operation.tag))
            .or_default()
            .push(method);
    }
    if let Some((name, _)) = methods.pop_first() {
        return Err(EmitError::new(format!(
            "no operation is called `{name}`, but the wire has it"
        )));
    }
    let mut modules = vec!["bodies".to_owned()];
    for (tag, methods) in by_tag {
        for (module, text) in files(&tag, &methods)? {
            if tree.insert(format!("{FOLDER}/{module}.rs"), text).is_some() {
                return Err(EmitError::new(format!(
                    "the operations of two tags go to {FOLDER}/{module}.rs; call one tag otherwise"
                )));
            }
            modules.push(module);
        }
    }
    tree.insert(format!("{FOLDER}.rs"), common_file(&modules, &common)?);
    Ok(signatures)
}

/// Progenitor's code.
fn generate(api: &Api) -> Result<File, EmitError> {
    let lowered = lowered::document(api)?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::transport::Call })
        .with_map_type("::std::collections::BTreeMap");
    for (name, path) in &lowered.replacements {
        settings.with_replacement(name, path, std::iter::empty());
    }
    let tokens = Generator::new(&settings)
        .generate_tokens(&lowered.document)
        .map_err(|error| EmitError::new(format!("progenitor: {error}")))?;
    syn::parse2(tokens)
        .map_err(|error| EmitError::new(format!("progenitor's code does not parse: {error}")))
}

/// Progenitor's code in parts.
struct Wire {
    /// The client and what it implements.
    common: Vec<Item>,
    /// The methods that call operations, by name.
    methods: BTreeMap<String, ImplItemFn>,
}

/// What is left out: the constructors, since a client is made for each call; imports, since each
/// file has its own; `types`, which must be empty.
fn take_apart(file: File) -> Result<Wire, EmitError> {
    let mut wire = Wire {
        common: Vec::new(),
        methods: BTreeMap::new(),
    };
    for item in file.items {
        match item {
            Item::Use(_) => {}
            Item::Mod(module) if module.ident == "types" => no_types(&module)?,
            Item::Mod(module) if module.ident == "prelude" => {}
            Item::Impl(implementation) if implementation.trait_.is_none() => {
                for item in implementation.items {
                    if let ImplItem::Fn(method) = item
                        && method.sig.asyncness.is_some()
                    {
                        wire.methods.insert(method.sig.ident.to_string(), method);
                    }
                }
            }
            other => wire.common.push(other),
        }
    }
    Ok(wire)
}

fn no_types(types: &syn::ItemMod) -> Result<(), EmitError> {
    let items = types.content.iter().flat_map(|(_, items)| items);
    for item in items {
        let name = match item {
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            _ => continue,
        };
        return Err(EmitError::new(format!(
            "progenitor generated the type `{name}`; every type on the wire must be one of lago-types"
        )));
    }
    Ok(())
}

/// Gives a method our path encoding, no header of progenitor's, and one line of documentation.
fn finish(method: &mut ImplItemFn, operation: &Operation) -> Result<(), EmitError> {
    let replaced = paths::encode_segments(method);
    let parameters = operation.path.matches('{').count();
    if replaced != parameters {
        return Err(EmitError::within(
            operation,
            format!("{replaced} of {parameters} path parameters are encoded by us"),
        ));
    }
    if version_header::take_out(method) != 3 {
        return Err(EmitError::within(
            operation,
            "progenitor sends headers in a way that emit/version_header.rs does not know",
        ));
    }
    let doc = format!(" `{} {}`", operation.method, operation.path);
    method.attrs = vec![syn::parse_quote! { #[doc = #doc] }];
    for statement in &mut method.block.stmts {
        if let syn::Stmt::Local(local) = statement {
            local.attrs.retain(|attribute| !is_allow(attribute));
        }
    }
    Ok(())
}

fn is_allow(attribute: &Attribute) -> bool {
    attribute.path().is_ident("allow")
}

/// The files of one tag: one, unless it is too long.
fn files(tag: &str, methods: &[ImplItemFn]) -> Result<Vec<(String, String)>, EmitError> {
    let mut parts = vec![methods];
    loop {
        let mut files = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let module = match parts.len() {
                1 => tag.to_owned(),
                _ => format!("{tag}_{}", index + 1),
            };
            files.push((module, tag_file(tag, part)?));
        }
        let longest = files
            .iter()
            .map(|(_, text)| text.lines().count())
            .max()
            .unwrap_or(0);
        let size = parts.iter().map(|part| part.len()).max().unwrap_or(0);
        if longest < LONGEST_FILE || size <= 1 {
            return Ok(files);
        }
        parts = methods.chunks(size.div_ceil(2)).collect();
    }
}

fn tag_file(tag: &str, methods: &[ImplItemFn]) -> Result<String, EmitError> {
    let doc = format!("Calls of the operations tagged `{tag}`.");
    let text = source(
        &doc,
        quote! {
            use progenitor_client::{
                ByteStream, ClientHooks, Error, OperationInfo, ResponseValue,
            };

            use super::Client;

            impl Client {
                #(#methods)*
            }
        },
    )?;
    if text.contains("encode_path") {
        return Err(EmitError::new(format!(
            "{doc}: progenitor's path encoding is still in use"
        )));
    }
    Ok(spaced(&text))
}

/// A blank line between methods, which prettyplease leaves out.
fn spaced(text: &str) -> String {
    text.replace("\n    }\n    /// ", "\n    }\n\n    /// ")
}

fn common_file(modules: &[String], common: &[Item]) -> Result<String, EmitError> {
    let modules = modules.iter().map(|module| {
        let visibility = (module == "bodies").then(|| quote! { pub });
        let module = format_ident!("{module}");
        quote! { #visibility mod #module; }
    });
    let common = common.iter().map(one_line_doc);
    source(
        "The wire: one method for each operation, which sends a request and hands out bytes.",
        quote! {
            use progenitor_client::{ClientHooks, ClientInfo};

            #(#modules)*

            #(#common)*
        },
    )
}

/// What the module of the wire may do that written code may not.
pub(crate) fn allowances() -> TokenStream {
    quote! {
        #[allow(
            unreachable_pub,
            clippy::needless_lifetimes,
            clippy::too_many_arguments,
            reason = "progenitor writes one positional method per operation"
        )]
    }
}

/// Progenitor documents its client with the title of the document; what it is for us is more.
fn one_line_doc(item: &Item) -> TokenStream {
    match item {
        Item::Struct(client) => {
            let mut client = client.clone();
            client
                .attrs
                .retain(|attribute| !attribute.path().is_ident("doc"));
            quote! {
                /// Makes one call; what the call shares with others is in `inner`.
                #client
            }
        }
        other => quote! { #other },
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn methods_stand_in_the_file_of_their_tag() {
        let mut tree = Tree::new();
        let signatures = emit(&sample::api(), &mut tree).unwrap();
        let names: Vec<&str> = signatures
            .iter()
            .map(|signature| signature.method.as_str())
            .collect();
        assert_eq!(
            names,
            ["list_parts", "create_thing", "delete_thing", "set_parts"]
        );
        let text = &tree["lago-client/src/generated/wire/things.rs"];
        for expected in [
            "    /// `GET /things/{code}/parts`\n    pub async fn list_parts<'a>(",
            "status: Option<&'a ::std::vec::Vec<lago_types::ThingStatus>>,",
            "body: &'a crate::generated::wire::bodies::CreateThingBody,",
            "let code = crate::path::segment(\"code\", code)?;",
            "Err(Error::UnexpectedResponse(response))",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
        let common = &tree["lago-client/src/generated/wire.rs"];
        assert!(common.contains("pub mod bodies;\nmod things;"), "{common}");
        assert!(!common.contains("fn new"), "{common}");
    }

    #[test]
    fn a_long_tag_is_split() {
        let mut api = sample::api();
        api.operations = (0..150)
            .map(|index| {
                let mut operation = sample::api().operations.remove(0);
                operation.id = format!("list{index}");
                operation.path = format!("/things{index}/{{code}}");
                operation
            })
            .collect();
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        assert!(
            tree.values()
                .all(|text| text.lines().count() < LONGEST_FILE)
        );
        assert!(tree["lago-client/src/generated/wire.rs"].contains("mod things_1;\nmod things_2;"));
    }

    #[test]
    fn a_path_value_that_we_do_not_encode_is_refused() {
        let mut method: ImplItemFn = syn::parse_quote! { fn get(&self) { "/things/{code}"; } };
        let operation = &sample::api().operations[0];
        assert_eq!(
            finish(&mut method, operation).unwrap_err().message,
            "0 of 1 path parameters are encoded by us"
        );
    }

    #[test]
    fn a_type_of_progenitors_own_is_refused() {
        let types: syn::ItemMod = syn::parse_quote! {
            mod types {
                pub mod error { pub struct ConversionError; }
                pub struct ListPartsStatus(String);
            }
        };
        assert!(
            no_types(&types)
                .unwrap_err()
                .message
                .contains("`ListPartsStatus`")
        );
    }
}
