//! What is public in the files that people write, as Rust without bodies.
//!
//! `unreachable_pub` warns of what is public and cannot be reached, so a public item is a promise to users
//! wherever it stands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{Attribute, Block, Fields, File, ImplItem, Item, ItemImpl, TraitItem, Type, Visibility};

#[test]
fn lago_client() {
    insta::assert_snapshot!(surface("lago-client"));
}

#[test]
fn lago_types() {
    insta::assert_snapshot!(surface("lago-types"));
}

/// Sorted by what an item is of, whichever file it stands in: to move it there is no promise broken.
fn surface(member: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(member)
        .join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let items: Vec<Item> = files
        .iter()
        .flat_map(|file| {
            let source = std::fs::read_to_string(file).unwrap();
            let parsed = syn::parse_file(&source);
            parsed
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
                .items
        })
        .collect();
    let public: BTreeSet<String> = items.iter().filter_map(public_type).collect();
    let mut promises: Vec<Item> = items
        .into_iter()
        .filter_map(|item| promised(item, &public))
        .collect();
    promises.sort_by_cached_key(|item| (subject(item), item.to_token_stream().to_string()));
    let file = File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: promises,
    };
    prettyplease::unparse(&file)
}

/// The name of a type before those of what is implemented for it, so that they stand together.
fn subject(item: &Item) -> (String, bool) {
    match item {
        Item::Impl(implementation) => (named(&implementation.self_ty).unwrap_or_default(), true),
        other => (public_type(other).unwrap_or_default(), false),
    }
}

/// The source files that people write, tests apart.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ["generated", "tests"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn public_type(item: &Item) -> Option<String> {
    let (visibility, name) = match item {
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    is_public(visibility).then(|| name.to_string())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// What of an item users may rely on; nothing when it is not theirs.
fn promised(mut item: Item, public: &BTreeSet<String>) -> Option<Item> {
    let (visibility, attributes) = match &mut item {
        Item::Const(item) => (&item.vis, &mut item.attrs),
        Item::Enum(item) => (&item.vis, &mut item.attrs),
        Item::Fn(item) => (&item.vis, &mut item.attrs),
        Item::Mod(item) => (&item.vis, &mut item.attrs),
        Item::Static(item) => (&item.vis, &mut item.attrs),
        Item::Struct(item) => (&item.vis, &mut item.attrs),
        Item::Trait(item) => (&item.vis, &mut item.attrs),
        Item::Type(item) => (&item.vis, &mut item.attrs),
        Item::Use(item) => (&item.vis, &mut item.attrs),
        Item::Impl(implementation) => {
            let is_kept = implemented(implementation, public);
            return is_kept.then_some(item);
        }
        _ => return None,
    };
    if !is_public(visibility) || !keep(attributes) {
        return None;
    }
    match &mut item {
        Item::Enum(item) => {
            for variant in &mut item.variants {
                keep(&mut variant.attrs);
                for field in &mut variant.fields {
                    keep(&mut field.attrs);
                }
            }
        }
        Item::Fn(item) => *item.block = nothing(),
        Item::Mod(item) => item.content = None,
        Item::Struct(item) => fields(&mut item.fields),
        Item::Trait(item) => item.items.retain_mut(of_trait),
        _ => {}
    }
    Some(item)
}

/// Whether an attribute is part of a promise; leaves only those. False for what is hidden or a test.
fn keep(attributes: &mut Vec<Attribute>) -> bool {
    let said = |attribute: &Attribute| attribute.meta.to_token_stream().to_string();
    let is_apart = |text: &str| text == "doc (hidden)" || text == "cfg (test)";
    if attributes
        .iter()
        .any(|attribute| is_apart(&said(attribute)))
    {
        return false;
    }
    let kept = [
        "cfg",
        "deprecated",
        "derive",
        "macro_export",
        "must_use",
        "non_exhaustive",
    ];
    attributes.retain_mut(|attribute| {
        let is_kept = kept.iter().any(|name| attribute.path().is_ident(name));
        // What it says to people is documentation.
        if attribute.path().is_ident("must_use") {
            attribute.meta = syn::Meta::Path(attribute.path().clone());
        }
        is_kept
    });
    true
}

fn nothing() -> Block {
    syn::parse_quote!({})
}

/// Leaves the public fields.
fn fields(fields: &mut Fields) {
    let all = std::mem::replace(fields, Fields::Unit);
    *fields = match all {
        Fields::Named(mut named) => {
            let pairs = named
                .named
                .into_iter()
                .filter(|field| is_public(&field.vis));
            named.named = pairs
                .map(|mut field| {
                    keep(&mut field.attrs);
                    field
                })
                .collect();
            Fields::Named(named)
        }
        Fields::Unnamed(unnamed) if unnamed.unnamed.iter().all(|field| is_public(&field.vis)) => {
            Fields::Unnamed(unnamed)
        }
        _ => Fields::Unit,
    };
}

fn of_trait(item: &mut TraitItem) -> bool {
    match item {
        TraitItem::Fn(function) => {
            function.default = function.default.as_ref().map(|_| nothing());
            keep(&mut function.attrs)
        }
        TraitItem::Type(item) => keep(&mut item.attrs),
        TraitItem::Const(item) => keep(&mut item.attrs),
        _ => true,
    }
}

/// Leaves the public functions of an implementation; of one of a trait that there is one, and its types.
fn implemented(item: &mut ItemImpl, public: &BTreeSet<String>) -> bool {
    if !keep(&mut item.attrs) {
        return false;
    }
    if item.trait_.is_some() {
        item.items
            .retain(|member| matches!(member, ImplItem::Type(_)));
        return named(&item.self_ty).is_none_or(|name| public.contains(&name));
    }
    item.items.retain_mut(|member| match member {
        ImplItem::Fn(function) => {
            function.block = nothing();
            is_public(&function.vis) && keep(&mut function.attrs)
        }
        ImplItem::Const(constant) => is_public(&constant.vis) && keep(&mut constant.attrs),
        _ => false,
    });
    !item.items.is_empty() && named(&item.self_ty).is_none_or(|name| public.contains(&name))
}

/// The name of a type of this crate.
fn named(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        Type::Reference(reference) => named(&reference.elem),
        _ => None,
    }
}
