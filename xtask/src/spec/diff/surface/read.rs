//! Reads one generated file.

use std::collections::BTreeMap;

use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, LitStr, ReturnType, Token,
    Type,
};

use super::syntax::{call_of, derives, is_public, renamed, signature, text_of, tokens};
use super::{Item as Found, Kind, Surface};

const TYPES: &str = "lago-types/src/generated/";
/// The folders of calls, with the modules in which people find them.
const RESOURCES: [(&str, &str); 2] = [
    (
        "lago-client/src/generated/resources",
        "lago_client::resources",
    ),
    (
        "lago-client/src/generated/unpublished/resources",
        "lago_client::resources::unpublished",
    ),
];
const OPERATIONS: &str = "lago-client/src/generated/operations.rs";

/// Adds what is public in a file; files of no public module add nothing.
pub(super) fn file(surface: &mut Surface, path: &str, text: &str) -> syn::Result<()> {
    let module = if path == OPERATIONS {
        return operations(surface, text);
    } else if path.starts_with(TYPES) {
        "lago_types".to_owned()
    } else if let Some((rest, module)) = RESOURCES
        .iter()
        .find_map(|(folder, module)| Some((path.strip_prefix(folder)?, module)))
    {
        match rest.trim_start_matches('/').trim_end_matches(".rs") {
            "" => (*module).to_owned(),
            name => format!("{module}::{name}"),
        }
    } else {
        return Ok(());
    };
    let mut reader = Reader {
        surface,
        module,
        promised: !path.contains("/unpublished/"),
        imported: BTreeMap::new(),
    };
    for item in syn::parse_file(text)?.items {
        reader.item(item)?;
    }
    Ok(())
}

struct Reader<'s> {
    surface: &'s mut Surface,
    module: String,
    promised: bool,
    /// The modules of accessors that stand in another file and get more methods in this one.
    imported: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn add(&mut self, path: String, kind: Kind, signature: String, attributes: &[Attribute]) {
        let found = Found {
            kind,
            signature,
            json: None,
            deprecated: attributes
                .iter()
                .any(|one| one.path().is_ident("deprecated")),
            promised: self.promised,
        };
        self.surface.items.insert(path, found);
    }

    fn path(&self, name: impl std::fmt::Display) -> String {
        format!("{}::{name}", self.module)
    }

    fn item(&mut self, item: Item) -> syn::Result<()> {
        match item {
            Item::Struct(item) if is_public(&item.vis) => self.structure(&item),
            Item::Impl(item) => self.implementation(&item),
            Item::Use(item) => {
                let path = tokens(&item.tree);
                if let Some((module, name)) = path
                    .trim_start_matches("crate::")
                    .strip_prefix("generated::resources::")
                    .and_then(|path| path.rsplit_once("::"))
                {
                    let module = format!("{}::{module}", RESOURCES[0].1);
                    self.imported.insert(name.to_owned(), module);
                }
            }
            Item::Mod(item) if is_public(&item.vis) => {
                self.add(
                    self.path(&item.ident),
                    Kind::Module,
                    String::new(),
                    &item.attrs,
                );
            }
            Item::Macro(item) if item.mac.path.is_ident("open_enum") => {
                let item: ItemEnum = syn::parse2(item.mac.tokens)?;
                let path = self.path(&item.ident);
                self.add(path.clone(), Kind::Enum, String::new(), &item.attrs);
                for variant in &item.variants {
                    let said = variant
                        .discriminant
                        .as_ref()
                        .and_then(|(_, value)| text_of(value));
                    let path = format!("{path}::{}", variant.ident);
                    self.add(
                        path.clone(),
                        Kind::Variant,
                        said.clone().unwrap_or_default(),
                        &variant.attrs,
                    );
                    self.json(&path, said);
                }
            }
            Item::Macro(item) if item.mac.path.is_ident("webhook_events") => {
                let Deliveries(deliveries) = syn::parse2(item.mac.tokens)?;
                for delivery in deliveries {
                    let path = self.path(format!("WebhookEvent::{}", delivery.variant));
                    let signature =
                        format!("{} in {}", tokens(&delivery.object), delivery.root.value());
                    self.add(path.clone(), Kind::Variant, signature, &delivery.attributes);
                    self.json(&path, Some(delivery.name.value()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn json(&mut self, path: &str, said: Option<String>) {
        if let Some(found) = self.surface.items.get_mut(path) {
            found.json = said;
        }
    }

    fn structure(&mut self, item: &ItemStruct) {
        let path = self.path(&item.ident);
        let open = item
            .attrs
            .iter()
            .any(|one| one.path().is_ident("non_exhaustive"));
        let all_public =
            !item.fields.is_empty() && item.fields.iter().all(|field| is_public(&field.vis));
        let kind = if open || !all_public {
            Kind::Struct
        } else {
            Kind::Record
        };
        self.add(path.clone(), kind, tokens(&item.generics), &item.attrs);
        for derived in derives(&item.attrs) {
            self.add(
                format!("{path}: {derived}"),
                Kind::Implementation,
                String::new(),
                &[],
            );
        }
        for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
            let Some(ident) = &field.ident else { continue };
            let path = format!("{path}::{ident}");
            self.add(path.clone(), Kind::Field, tokens(&field.ty), &field.attrs);
            let name = renamed(&field.attrs)
                .unwrap_or_else(|| ident.to_string().trim_start_matches("r#").to_owned());
            self.json(&path, Some(name));
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        // Settings of a request belong to its call.
        let owner = match call_of(&item.self_ty) {
            Some(call) => call,
            None => tokens(&item.self_ty),
        };
        let path = match owner.as_str() {
            "Client" => "lago_client::Client".to_owned(),
            owner => match self.imported.get(owner) {
                Some(module) => format!("{module}::{owner}"),
                None => self.path(owner),
            },
        };
        if let Some((implemented, _)) = &item.trait_ {
            self.add(
                format!("{path}: {}", tokens(implemented)),
                Kind::Implementation,
                String::new(),
                &[],
            );
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(function) if item.trait_.is_none() && is_public(&function.vis) => {
                    let signature = signature(&function.sig);
                    let name = format!("{path}::{}()", function.sig.ident);
                    self.add(name.clone(), Kind::Method, signature, &function.attrs);
                    if let ReturnType::Type(_, ty) = &function.sig.output
                        && let Some(call) = call_of(ty)
                    {
                        let call = self.path(call);
                        self.surface.operations.entry(call).or_default().push(name);
                    }
                }
                ImplItem::Type(ty) if item.trait_.is_some() => {
                    let name = format!("{path}: {}", ty.ident);
                    self.add(name, Kind::Output, tokens(&ty.ty), &[]);
                }
                ImplItem::Const(constant) if constant.ident == "OPERATION" => {
                    let Expr::Path(value) = &constant.expr else {
                        continue;
                    };
                    let Some(segment) = value.path.segments.last() else {
                        continue;
                    };
                    // Until the table says which operation that is.
                    let key = format!("const {}", segment.ident);
                    self.surface
                        .operations
                        .entry(key)
                        .or_default()
                        .push(path.clone());
                }
                _ => {}
            }
        }
    }
}

/// Reads the table of operations, and gives each operation the methods and calls that were found so far or will
/// be.
fn operations(surface: &mut Surface, text: &str) -> syn::Result<()> {
    let mut ids = Vec::new();
    for item in syn::parse_file(text)?.items {
        match item {
            Item::Static(item) => {
                let Expr::Reference(table) = *item.expr else {
                    continue;
                };
                let Expr::Array(rows) = *table.expr else {
                    continue;
                };
                for row in rows.elems {
                    if let Expr::Call(row) = row {
                        ids.push(row.args.first().and_then(text_of).unwrap_or_default());
                    }
                }
                let found = Found {
                    kind: Kind::Static,
                    signature: "&[Operation]".to_owned(),
                    json: None,
                    deprecated: false,
                    promised: true,
                };
                surface
                    .items
                    .insert("lago_client::OPERATIONS".to_owned(), found);
            }
            Item::Mod(item) => {
                let constants = item.content.into_iter().flat_map(|(_, items)| items);
                let constants = constants.filter(|item| matches!(item, Item::Const(_)));
                for (item, id) in constants.zip(&ids) {
                    if let Item::Const(constant) = item {
                        let key = format!("row {}", constant.ident);
                        surface.operations.entry(key).or_default().push(id.clone());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What each operation is called by, once all files have been read.
pub(super) fn joined(found: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut operations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, ids) in &found {
        let Some(constant) = key.strip_prefix("row ") else {
            continue;
        };
        let calls = found
            .get(&format!("const {constant}"))
            .into_iter()
            .flatten();
        for call in calls {
            let methods = found.get(call).into_iter().flatten();
            for id in ids {
                let paths = operations.entry(id.clone()).or_default();
                paths.extend(methods.clone().cloned());
                paths.push(call.clone());
            }
        }
    }
    operations
}

/// A line of `webhook_events!`.
struct Delivery {
    attributes: Vec<Attribute>,
    variant: syn::Ident,
    object: Type,
    name: LitStr,
    root: LitStr,
}

struct Deliveries(Vec<Delivery>);

impl Parse for Deliveries {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut found = Vec::new();
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            let variant = input.parse()?;
            let object;
            syn::parenthesized!(object in input);
            let object = object.parse()?;
            input.parse::<Token![=]>()?;
            let name = input.parse()?;
            input.parse::<Token![in]>()?;
            let root = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            found.push(Delivery {
                attributes,
                variant,
                object,
                name,
                root,
            });
        }
        Ok(Self(found))
    }
}
