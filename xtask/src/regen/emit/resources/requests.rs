//! How requests are written: what progenitor decides of them, read from its code.
//!
//! Progenitor prints an async function for each operation. Up to the request that it builds the
//! function says which URL, which query and which body; with what follows, this crate sends nothing. So the
//! chain of calls that builds the request is read with syn, call by call, and a call that is not known here
//! is an error: nothing that progenitor sends is lost unseen.

use std::collections::BTreeMap;

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Expr, ImplItem, ImplItemFn, Item, Lit, Stmt, Token};

use super::lowered;
use crate::regen::emit::EmitError;
use crate::regen::ir::{Api, Operation};
use crate::regen::names::ident;

/// What progenitor puts into the request of an operation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The URL with `{}` for the base and for each value of the path.
    pub(crate) url: String,
    /// The values of the path, by the names that progenitor gave them.
    pub(crate) segments: Vec<String>,
    /// The parameters of the query, in order, by the names that progenitor sends.
    pub(crate) query: Vec<String>,
    /// Whether there is a body of JSON.
    pub(crate) has_body: bool,
    verb: String,
}

/// What progenitor puts into the request of each operation, by operation id.
pub(crate) fn read(api: &Api) -> Result<BTreeMap<&str, Written>, EmitError> {
    let mut methods = methods(generate(api)?);
    let mut written = BTreeMap::new();
    for operation in &api.operations {
        let name = ident::escaped(ident::snake(&operation.id));
        let unknown = |what: String| {
            let message = format!(
                "progenitor writes the request in a way that emit/resources/requests.rs does not know: {what}"
            );
            EmitError::within(operation, message)
        };
        let method = methods.remove(&name);
        let method = method.ok_or_else(|| unknown(format!("there is no method `{name}`")))?;
        let request = request(&method).map_err(unknown)?;
        check(&request, operation).map_err(unknown)?;
        written.insert(operation.id.as_str(), request);
    }
    match methods.pop_first() {
        Some((name, _)) => Err(EmitError::new(format!(
            "no operation is called `{name}`, but progenitor has it"
        ))),
        None => Ok(written),
    }
}

/// Progenitor's code.
fn generate(api: &Api) -> Result<syn::File, EmitError> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged);
    let tokens = Generator::new(&settings)
        .generate_tokens(&lowered::document(api)?)
        .map_err(|error| EmitError::new(format!("progenitor: {error}")))?;
    syn::parse2(tokens)
        .map_err(|error| EmitError::new(format!("progenitor's code does not parse: {error}")))
}

/// The functions that call operations, by name.
fn methods(file: syn::File) -> BTreeMap<String, ImplItemFn> {
    let items = file.items.into_iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(item.items),
        _ => None,
    });
    let methods = items.flatten().filter_map(|item| match item {
        ImplItem::Fn(method) if method.sig.asyncness.is_some() => {
            Some((method.sig.ident.to_string(), method))
        }
        _ => None,
    });
    methods.collect()
}

/// Whether all that the operation has is in the request, and once.
fn check(written: &Written, operation: &Operation) -> Result<(), String> {
    let verb = operation.method.to_lowercase();
    if written.verb != verb {
        return Err(format!("it calls `{}`", written.verb));
    }
    let in_path = operation.path.matches('{').count();
    if written.segments.len() != in_path {
        let encoded = written.segments.len();
        return Err(format!(
            "{encoded} of {in_path} values of the path are encoded"
        ));
    }
    let mut sent: Vec<&str> = written.query.iter().map(String::as_str).collect();
    let mut known: Vec<&str> = lowered::queries(operation).map(lowered::name).collect();
    sent.sort_unstable();
    known.sort_unstable();
    if sent != known {
        return Err(format!("the query has {sent:?} of {known:?}"));
    }
    match written.has_body == operation.body.is_some() {
        true => Ok(()),
        false => Err(format!("a body of JSON: {}", written.has_body)),
    }
}

/// Reads the URL and the chain of calls that builds the request.
fn request(method: &ImplItemFn) -> Result<Written, String> {
    let mut written = Written::default();
    let is_url = |value: &Expr| matches!(value, Expr::Macro(_));
    let url = variable(method, is_url).ok_or("no URL is put together")?;
    read_url(url.value, &mut written)?;
    let is_built = |value: &Expr| matches!(value, Expr::Try(_));
    let built = variable(method, is_built).ok_or("no request is built")?;
    if let Expr::Try(built) = built.value {
        read_call(&built.expr, &url.name, &mut written)?;
    }
    written.query.reverse();
    Ok(written)
}

/// A variable of a function. Its name is not always the same: a parameter may have that name.
struct Variable<'m> {
    name: String,
    value: &'m Expr,
}

/// The first variable with such a value.
fn variable(method: &ImplItemFn, is: fn(&Expr) -> bool) -> Option<Variable<'_>> {
    method.block.stmts.iter().find_map(|statement| {
        let Stmt::Local(local) = statement else {
            return None;
        };
        let syn::Pat::Ident(pattern) = &local.pat else {
            return None;
        };
        let value = &*local.init.as_ref()?.expr;
        is(value).then(|| Variable {
            name: pattern.ident.to_string(),
            value,
        })
    })
}

/// `format!("{}/things/{}", self.baseurl, encode_path(&code.to_string()),)`
fn read_url(url: &Expr, written: &mut Written) -> Result<(), String> {
    let unknown = || text(url);
    let Expr::Macro(format) = url else {
        return Err(unknown());
    };
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = format
        .mac
        .parse_body_with(arguments)
        .map_err(|_| unknown())?;
    let mut arguments = arguments.iter();
    written.url = arguments.next().and_then(literal).ok_or_else(unknown)?;
    let base = arguments.next().map(text);
    if !format.mac.path.is_ident("format") || base.as_deref() != Some("self . baseurl") {
        return Err(unknown());
    }
    for argument in arguments {
        written
            .segments
            .push(encoded(argument).ok_or_else(unknown)?);
    }
    Ok(())
}

/// The value in `encode_path(&value.to_string())`.
fn encoded(argument: &Expr) -> Option<String> {
    let Expr::Call(call) = argument else {
        return None;
    };
    match (&*call.func, call.args.first()?) {
        (Expr::Path(function), Expr::Reference(value)) if function.path.is_ident("encode_path") => {
            match &*value.expr {
                Expr::MethodCall(call) if call.method == "to_string" => Some(text(&call.receiver)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// One call of `self.client.get(url).query(…).json(&body).headers(header_map).build()`, after those before it.
fn read_call(chain: &Expr, url: &str, written: &mut Written) -> Result<(), String> {
    let Expr::MethodCall(call) = chain else {
        return Err(text(chain));
    };
    let argument = call.args.first();
    let given = argument.map(text).unwrap_or_default();
    match (call.method.to_string().as_str(), given.as_str()) {
        ("build", "") => {}
        // The version of the document, which Lago does not read.
        ("headers", "header_map") => {}
        ("json", "& body") => written.has_body = true,
        ("query", _) => {
            let name = argument.and_then(query_name);
            let name = name.ok_or_else(|| text(&call.args))?;
            written.query.push(name);
        }
        (verb, given) if given == url && text(&call.receiver) == "self . client" => {
            written.verb = verb.to_owned();
            return Ok(());
        }
        (other, _) => return Err(format!("`.{other}({given})`")),
    }
    read_call(&call.receiver, url, written)
}

/// The name in `&progenitor_client::QueryParam::new("page", &page)`.
fn query_name(argument: &Expr) -> Option<String> {
    let Expr::Reference(parameter) = argument else {
        return None;
    };
    match &*parameter.expr {
        Expr::Call(call) if text(&call.func).ends_with("QueryParam :: new") => {
            call.args.first().and_then(literal)
        }
        _ => None,
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn url_query_and_body_come_from_progenitor() {
        let api = sample::api();
        let written = read(&api).unwrap();
        assert_eq!(written.len(), api.operations.len());
        let list = &written["listParts"];
        assert_eq!(list.url, "{}/things/{}/parts");
        assert_eq!(list.segments, ["code"]);
        assert_eq!(list.query, ["metadata", "page", "since", "status[]"]);
        assert!(!list.has_body);
        assert!(written["createThing"].has_body && written["deleteThing"].has_body);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let url = "let url = format!(\"{}/x\", self.baseurl,);";
        for (code, said) in [
            ("let request = 1;", "no URL is put together"),
            ("let url = other!();", "other ! ()"),
            (
                "let url = format!(\"{}\", base);",
                "format ! (\"{}\" , base)",
            ),
            ("let url = format!(\"{}/{}\", self.baseurl, id);", "id"),
            (url, "no request is built"),
            (&format!("{url} let request = build()?;"), "build ()"),
            (
                &format!("{url} let request = self.client.get(url).bearer_auth(key).build()?;"),
                "`.bearer_auth(key)`",
            ),
            (
                &format!("{url} let request = self.client.get(url).query(&page).build()?;"),
                "& page",
            ),
        ] {
            let method = syn::parse_str(&format!("async fn get(&self) {{ {code} }}")).unwrap();
            let error = request(&method).unwrap_err();
            assert!(error.contains(said), "{code}: {error}");
        }
    }

    #[test]
    fn what_is_missing_in_the_request_is_told() {
        let api = sample::api();
        let (list, create) = (&api.operations[0], &api.operations[1]);
        let whole = || read(&api).unwrap().remove("listParts").unwrap();
        assert_eq!(check(&whole(), list), Ok(()));
        let error = |change: fn(&mut Written)| {
            let mut written = whole();
            change(&mut written);
            check(&written, list).unwrap_err()
        };
        assert_eq!(error(|w| w.verb = "put".into()), "it calls `put`");
        assert_eq!(
            error(|w| w.segments.clear()),
            "0 of 1 values of the path are encoded"
        );
        assert!(error(|w| w.query.truncate(1)).contains("[\"metadata\"] of"));
        assert_eq!(error(|w| w.has_body = true), "a body of JSON: true");
        assert!(check(&whole(), create).is_err());
    }
}
