//! The surface of both crates as text: what a reviewer reads when the specification moved.
//!
//! Read from the sources with a parser of its own, not from what generated them.

mod called;
mod json_objects;
mod links;
mod unpublished;
mod written;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use called::Surface;
use lago_client::OPERATIONS;
use links::requested;
use quote::ToTokens;
use syn::{
    File, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, Pat, PathArguments, PathSegment,
    ReturnType, Type, TypeParamBound, Visibility,
};

/// Every struct with its fields and constructor, every enum with its values.
#[test]
fn types() {
    insta::assert_snapshot!(types_in("../lago-types/src/generated"));
}

/// The types of a folder, but not of those in it.
fn types_in(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let mut surface = String::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let parsed = syn::parse_file(&source).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name != "mod.rs" {
            writeln!(surface, "# {name}").unwrap();
            let read = json_objects::notes(&parsed);
            for item in &parsed.items {
                describe(item, &read, &mut surface);
            }
        }
    }
    surface
}

fn describe(item: &Item, read: &BTreeMap<(String, String), String>, surface: &mut String) {
    match item {
        Item::Struct(item) => {
            writeln!(surface, "{}", item.ident).unwrap();
            let public = |field: &&syn::Field| matches!(field.vis, syn::Visibility::Public(_));
            for field in item.fields.iter().filter(public) {
                let ident = field.ident.as_ref().unwrap();
                let is_deprecated =
                    |attribute: &syn::Attribute| attribute.path().is_ident("deprecated");
                let deprecated = match field.attrs.iter().any(is_deprecated) {
                    true => " deprecated",
                    false => "",
                };
                let notes = read.get(&(item.ident.to_string(), ident.to_string()));
                let notes = notes.map_or("", String::as_str);
                writeln!(surface, "  {ident}: {}{deprecated}{notes}", text(&field.ty)).unwrap();
            }
        }
        Item::Impl(item) => {
            let owner = text(&item.self_ty);
            if let Some((implemented, _)) = &item.trait_ {
                writeln!(
                    surface,
                    "  {owner}: {}",
                    text(implemented).replace("crate::", "")
                )
                .unwrap();
                return;
            }
            for member in &item.items {
                let ImplItem::Fn(function) = member else {
                    continue;
                };
                let returns = match &function.sig.output {
                    ReturnType::Type(_, ty) => text(ty),
                    ReturnType::Default => String::new(),
                };
                let by_value = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
                // Setters mirror the fields; constructors say what is required.
                if by_value && returns == "Self" {
                    continue;
                }
                let arguments: Vec<String> =
                    function.sig.inputs.iter().filter_map(argument).collect();
                writeln!(
                    surface,
                    "  {owner}::{}({}) -> {returns}",
                    function.sig.ident,
                    arguments.join(", ")
                )
                .unwrap();
            }
        }
        Item::Macro(item) if item.mac.path.is_ident("webhook_events") => {
            webhooks(&item.mac.tokens, surface);
        }
        Item::Macro(item) if item.mac.path.is_ident("json_object") => {}
        Item::Macro(item) => {
            let tokens: Vec<_> = item.mac.tokens.clone().into_iter().collect();
            let name = tokens
                .iter()
                .skip_while(|token| token.to_string() != "enum")
                .nth(1);
            let values: Vec<String> = tokens
                .iter()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Group(body) => Some(body.stream()),
                    _ => None,
                })
                .flatten()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Literal(value) => Some(value.to_string()),
                    _ => None,
                })
                .filter(|value| !value.starts_with("\"= ") && !value.contains('`'))
                .collect();
            writeln!(surface, "{} = {}", name.unwrap(), values.join(" ")).unwrap();
        }
        _ => {}
    }
}

/// `fee.created  fee: FeeCreated(Fee)`, a line for each type of delivery.
fn webhooks(tokens: &proc_macro2::TokenStream, surface: &mut String) {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    for line in tokens.split(|token| token.to_string() == ",") {
        let words: Vec<String> = line.iter().map(ToString::to_string).collect();
        let said = words
            .iter()
            .skip_while(|word| *word == "#" || word.starts_with('['));
        if let [variant, object, _, name, _, root] = said.collect::<Vec<_>>().as_slice() {
            let object = object.replace("crate", "").replace([' ', ':'], "");
            let (name, root) = (name.trim_matches('"'), root.trim_matches('"'));
            writeln!(surface, "{name}  {root}: {variant}{object}").unwrap();
        }
    }
}

fn argument(argument: &FnArg) -> Option<String> {
    match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pat) => Some(pat.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Every call that people can make: its arguments, what it answers, what goes over the wire, and
/// below it what is optional.
#[test]
fn methods() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-client/src/generated");
    let roots = parse(&folder.join("resources.rs"));
    let mut surface = Surface::default();
    for (noun, returns) in functions(&roots, "Client") {
        let (module, resource) = returns.split_once("::").unwrap();
        let file = parse(&folder.join("resources").join(format!("{module}.rs")));
        surface.read(module, &file, resource, &noun.sig.ident.to_string());
    }
    insta::assert_snapshot!(surface.text);

    // What is called beyond the table is the second shape of a body, several instead of one, and
    // what fetches files after other calls.
    let published = OPERATIONS
        .iter()
        .filter(|operation| operation.since.is_some());
    let expected = [
        "credit_notes.fetch_pdf",
        "credit_notes.fetch_xml",
        "customers.wallets.alerts.create_batch",
        "invoices.fetch_pdf",
        "invoices.fetch_xml",
        "payment_receipts.fetch_pdf",
        "payment_receipts.fetch_xml",
        "subscriptions.alerts.create_batch",
    ];
    assert_eq!(surface.beyond(published), expected);
}

/// A method that makes a request.
struct Method {
    /// As the table of operations writes it.
    name: String,
    /// As the documentation of the method writes it: `GET /plans/{code}`.
    call: String,
    /// What the snapshot says.
    text: String,
}

fn parse(path: &Path) -> File {
    syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The public functions of a type and what they return.
fn functions<'f>(
    file: &'f File,
    owner: &'f str,
) -> impl Iterator<Item = (&'f ImplItemFn, String)> + use<'f> {
    let impls = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(item),
        _ => None,
    });
    impls
        .filter(move |item| text(&item.self_ty) == owner)
        .flat_map(|item| &item.items)
        .filter_map(|member| match member {
            ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                match &function.sig.output {
                    ReturnType::Type(_, ty) => Some((function, text(ty))),
                    ReturnType::Default => None,
                }
            }
            _ => None,
        })
}

/// Walks from a resource to the ones below it, along the functions that return them.
fn follow(file: &File, resource: &str, nouns: &[String], see: &mut impl FnMut(Method)) {
    for (function, returns) in functions(file, resource) {
        let mut nouns = nouns.to_vec();
        nouns.push(function.sig.ident.to_string());
        match requested(file, &returns) {
            Some(call) => see(method(file, function, &nouns, &call)),
            None if returns == "FileRequest" => see(fetching(function, &nouns)),
            None => follow(file, &returns, &nouns, see),
        }
    }
}

/// A method that fetches a file, with the first call that it makes.
fn fetching(function: &ImplItemFn, nouns: &[String]) -> Method {
    let call = route(&documentation(function));
    Method {
        name: nouns.join("."),
        text: line(function, nouns, "Bytes", &call),
        call,
    }
}

/// The first code in a documentation that is a route: `GET /plans/{code}`.
fn route(documentation: &str) -> String {
    let is_route = |code: &&str| {
        let (method, path) = code.split_once(' ').unwrap_or_default();
        ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) && path.starts_with('/')
    };
    documentation.split('`').find(is_route).unwrap().to_owned()
}

/// `plans().get(code) -> Plan   GET /plans/{code}`
fn line(function: &ImplItemFn, nouns: &[String], output: &str, sent: &str) -> String {
    let arguments: Vec<String> = function.sig.inputs.iter().filter_map(accepted).collect();
    let (verb, nouns) = nouns.split_last().unwrap();
    format!(
        "{}().{verb}({}) -> {output}   {sent}",
        nouns.join("()."),
        arguments.join(", "),
    )
}

fn method(file: &File, function: &ImplItemFn, nouns: &[String], call: &str) -> Method {
    let documentation = documentation(function);
    let sent = route(&documentation);
    let mut line = line(function, nouns, &output(file, call), &sent);
    let request = format!("Request<{call}>");
    for (setter, _) in functions(file, &request) {
        let name = setter.sig.ident.to_string();
        match setter.sig.inputs.iter().filter_map(accepted).next() {
            Some(argument) if argument.starts_with(&format!("{name}: ")) => {
                write!(line, "\n  {argument}").unwrap();
            }
            argument => write!(line, "\n  {name}({})", argument.unwrap_or_default()).unwrap(),
        }
    }
    Method {
        name: nouns.join("."),
        call: sent,
        text: line,
    }
}

/// What a success of the call is.
fn output(file: &File, call: &str) -> String {
    let types = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if text(&item.self_ty) == call => Some(&item.items),
        _ => None,
    });
    let mut outputs = types.flatten().filter_map(|member| match member {
        ImplItem::Type(ty) if ty.ident == "Output" => Some(text(&ty.ty)),
        _ => None,
    });
    outputs.next().unwrap()
}

fn documentation(function: &ImplItemFn) -> String {
    let lines = function.attrs.iter().filter_map(|attribute| {
        let syn::Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        match &meta.value {
            syn::Expr::Lit(value) => match &value.lit {
                syn::Lit::Str(line) => Some(line.value()),
                _ => None,
            },
            _ => None,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An argument with its type; a path parameter, which is anything that can be written, without.
fn accepted(input: &FnArg) -> Option<String> {
    let name = argument(input)?;
    let FnArg::Typed(typed) = input else {
        return None;
    };
    match wanted(&typed.ty).as_str() {
        "Display" => Some(name),
        ty => Some(format!("{name}: {ty}")),
    }
}

/// What a person has to bring: `impl Into<Plan>` wants a `Plan`, an iterator wants several.
fn wanted(ty: &Type) -> String {
    match ty {
        Type::ImplTrait(ty) => match ty.bounds.first() {
            Some(TypeParamBound::Trait(bound)) => wanted_by(bound.path.segments.last().unwrap()),
            _ => text(ty),
        },
        Type::Tuple(ty) => {
            let parts: Vec<String> = ty.elems.iter().map(wanted).collect();
            format!("({})", parts.join(", "))
        }
        _ => text(ty),
    }
}

fn wanted_by(bound: &PathSegment) -> String {
    let PathArguments::AngleBracketed(arguments) = &bound.arguments else {
        return bound.ident.to_string();
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) => wanted(ty),
        Some(GenericArgument::AssocType(item)) => format!("[{}]", wanted(&item.ty)),
        _ => text(bound),
    }
}

/// Types as people write them.
fn text(node: &impl ToTokens) -> String {
    const MODULES: [&str; 7] = [
        "std::collections::",
        "chrono::offset::",
        "chrono::naive::",
        "chrono::",
        "uuid::",
        "serde_json::",
        "lago_types::",
    ];
    let mut text = node.to_token_stream().to_string().replace(' ', "");
    for module in MODULES {
        text = text.replace(&format!("::{module}"), "").replace(module, "");
    }
    text.replace("crate::", "")
}
