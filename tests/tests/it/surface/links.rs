//! The links from the documentation of a method to what can be set on its request.
//!
//! rustdoc checks links by path. These are addresses of pages, `type.ListRequest.html#method.status`: the page of
//! an alias, on which rustdoc shows what is implemented for the type that it stands for.

use std::collections::BTreeSet;
use std::path::Path;

use syn::{File, Item};

use super::{documentation, functions, parse, text};

/// The call of a request, `List` for `ListRequest`, when the type is a request.
pub(super) fn requested(file: &File, request: &str) -> Option<String> {
    let aliased = file.items.iter().find_map(|item| match item {
        Item::Type(item) if item.ident == request => Some(text(&item.ty)),
        _ => None,
    })?;
    let call = aliased.strip_prefix("Request<")?.strip_suffix('>')?;
    Some(call.to_owned())
}

/// What a page of rustdoc is called, and the place of a function on it.
const PAGE: &str = "type.";
const PLACE: &str = ".html#method.";

#[test]
fn every_setting_is_linked_to_where_it_stands() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-client/src");
    let of_lists = settings(&parse(&sources.join("list.rs")), "Request<C>");
    let of_lists = of_lists.into_iter().filter(|setting| is_paging(setting));
    let of_lists: BTreeSet<String> = of_lists.collect();
    assert_eq!(of_lists.len(), 2, "{of_lists:?}");
    let mut links = 0;
    let folders = ["generated/resources", "generated/unpublished/resources"];
    let files = folders.map(|folder| std::fs::read_dir(sources.join(folder)).unwrap());
    for entry in files.into_iter().flatten() {
        let path = entry.unwrap().path();
        let file = parse(&path);
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (method, returns, documentation) in methods(&file) {
            let Some(call) = requested(&file, &returns) else {
                continue;
            };
            assert_eq!(returns, format!("{call}Request"));
            let mut expected = settings(&file, &format!("Request<{call}>"));
            if is_list(&file, &call) {
                expected.extend(of_lists.clone());
            }
            // A method of an accessor that stands elsewhere is on the page of that.
            let is_here = owns(&file, &method.0);
            let folder = match is_here {
                true => String::new(),
                false => format!("../unpublished/{module}/"),
            };
            let linked = linked(&documentation, &folder, &returns);
            assert_eq!(linked, expected, "{method:?} -> {returns}");
            links += linked.len();
        }
    }
    assert!(links > 300, "{links} links");
}

/// Owner and name of a method, what it returns, its documentation.
type Documented = ((String, String), String, String);

/// Everything public in a file.
fn methods(file: &File) -> Vec<Documented> {
    let owners: BTreeSet<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(text(&item.self_ty)),
            _ => None,
        })
        .collect();
    let methods = owners.iter().flat_map(|owner| {
        let methods = functions(file, owner).map(|(function, returns)| {
            let name = (owner.clone(), function.sig.ident.to_string());
            (name, returns, documentation(function))
        });
        methods.collect::<Vec<_>>()
    });
    methods.collect()
}

/// Whether a type is defined in a file.
fn owns(file: &File, owner: &str) -> bool {
    let mut items = file.items.iter();
    items.any(|item| matches!(item, Item::Struct(item) if item.ident == owner))
}

/// The settings that a documentation links, all on the page of one type in a folder.
fn linked(documentation: &str, folder: &str, page: &str) -> BTreeSet<String> {
    let begin = format!("({folder}{PAGE}");
    let links = documentation.split(&begin).skip(1).map(|link| {
        let (target, _) = link.split_once(')').unwrap();
        let (on, setting) = target.split_once(PLACE).unwrap();
        assert_eq!(on, page);
        let text = format!("[`{setting}`]{begin}{target})");
        assert!(documentation.contains(&text), "{text}: {documentation}");
        setting.to_owned()
    });
    links.collect()
}

/// The public functions of a type.
fn settings(file: &File, owner: &str) -> BTreeSet<String> {
    let names = functions(file, owner).map(|(function, _)| function.sig.ident.to_string());
    names
        .map(|name| name.trim_start_matches("r#").to_owned())
        .collect()
}

fn is_paging(setting: &str) -> bool {
    !["items", "pages"].contains(&setting)
}

fn is_list(file: &File, call: &str) -> bool {
    file.items.iter().any(|item| match item {
        Item::Impl(item) => item.trait_.as_ref().is_some_and(|(implemented, _)| {
            text(implemented) == "ListCall" && text(&item.self_ty) == call
        }),
        _ => false,
    })
}
