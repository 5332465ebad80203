//! Names that a type of the document cannot have.

/// Names of hand-written types: those of lago-types, and those of the client that people use
/// beside all types.
const OURS: [&str; 19] = [
    "ApiError",
    "Decimal",
    "InexactDecimalError",
    "IntoObject",
    "Keyed",
    "Malformed",
    "ParseDecimalError",
    "Patch",
    "Refusal",
    "UnixTime",
    "UnixTimeError",
    "Webhook",
    "WebhookError",
    "WebhookEvent",
    "WebhookPayload",
    "WebhookType",
    "Client",
    "Error",
    "Page",
];

/// What every module sees without importing it. Who imports all types would see ours instead.
const PRELUDE: [&str; 46] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// What the modules of calls import: a call or an accessor of that name would hide it.
const OF_CALLS: [&str; 12] = [
    "Call",
    "Client",
    "DeepObject",
    "ListCall",
    "Lookup",
    "Operation",
    "OtherObject",
    "Page",
    "Paging",
    "Read",
    "Recorded",
    "Request",
];

/// Functions of the client that are written by hand: an accessor cannot share their names.
const CLIENT_METHODS: [&str; 12] = [
    "builder",
    "clone",
    "drift",
    "from_env",
    "ingest",
    "inner",
    "new",
    "raw",
    "raw_operation",
    "with",
    "with_api_key",
    "with_credentials",
];

/// Functions of a request that are written by hand: an option cannot share their names.
const REQUEST_METHODS: [&str; 13] = [
    "call",
    "clone",
    "header",
    "items",
    "new",
    "pages",
    "response",
    "retry",
    "send",
    "timeout",
    "total_timeout",
    "wait",
    "wait_response",
];

/// Whether a type of lago-types cannot be called so.
pub(crate) fn type_name(name: &str) -> bool {
    OURS.contains(&name) || in_prelude(name)
}

/// Whether an accessor or a call cannot be called so.
pub(crate) fn call_name(name: &str) -> bool {
    OF_CALLS.contains(&name) || in_prelude(name)
}

/// Whether the client has a function of that name.
pub(crate) fn client_method(name: &str) -> bool {
    CLIENT_METHODS.contains(&name)
}

/// Whether every request has a function of that name.
pub(crate) fn request_method(name: &str) -> bool {
    REQUEST_METHODS.contains(&name)
}

fn in_prelude(name: &str) -> bool {
    PRELUDE.contains(&name)
}

#[cfg(test)]
mod tests {
    use syn::{ImplItem, Item, UseTree, Visibility};

    use super::*;

    /// The names that a `use` brings, but for what it brings all of.
    fn names(tree: &UseTree) -> Vec<String> {
        match tree {
            UseTree::Path(path) => names(&path.tree),
            UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
            UseTree::Name(name) => vec![name.ident.to_string()],
            UseTree::Rename(rename) => vec![rename.rename.to_string()],
            UseTree::Glob(_) => Vec::new(),
        }
    }

    fn read(file: &str) -> String {
        std::fs::read_to_string(crate::workspace().unwrap().join(file)).unwrap()
    }

    fn items(file: &str) -> Vec<Item> {
        syn::parse_file(&read(file)).unwrap().items
    }

    /// The names that a file brings for others.
    fn brought(file: &str) -> Vec<String> {
        let uses = items(file).into_iter().filter_map(|item| match item {
            Item::Use(item) if !matches!(item.vis, Visibility::Inherited) => Some(item),
            _ => None,
        });
        uses.flat_map(|item| names(&item.tree))
            .filter(|name| name.starts_with(char::is_uppercase))
            .collect()
    }

    /// The methods in a file that a type has of its own.
    fn methods(file: &str, ty: &str) -> Vec<String> {
        let mut found = Vec::new();
        for item in items(file) {
            let Item::Impl(item) = item else { continue };
            let syn::Type::Path(path) = &*item.self_ty else {
                continue;
            };
            if item.trait_.is_none() && path.path.segments[0].ident == ty {
                found.extend(item.items.into_iter().filter_map(|item| match item {
                    ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                }));
            }
        }
        found
    }

    #[test]
    fn every_type_that_lago_types_has_of_its_own_is_reserved() {
        let mut own = brought("lago-types/src/lib.rs");
        // A macro has them, which generated code calls.
        let macros = read("lago-types/src/webhook.rs");
        for enumeration in macros.split("pub enum ").skip(1) {
            own.extend(enumeration.split_whitespace().next().map(str::to_owned));
        }
        own.retain(|name| name.starts_with(char::is_uppercase));
        assert!(own.len() >= 9, "{own:?}");
        for name in own {
            assert!(type_name(&name), "{name}");
        }
    }

    #[test]
    fn what_calls_import_is_reserved() {
        let imported = brought("lago-client/src/resource.rs");
        assert!(imported.len() >= 9, "{imported:?}");
        for name in imported {
            assert!(call_name(&name), "{name}");
        }
    }

    #[test]
    fn methods_of_clients_and_requests_are_reserved() {
        let of_client: Vec<String> = ["client.rs", "ingest/builder.rs", "raw.rs"]
            .iter()
            .flat_map(|file| methods(&format!("lago-client/src/{file}"), "Client"))
            .collect();
        assert!(of_client.len() >= 7, "{of_client:?}");
        for name in of_client {
            assert!(client_method(&name), "{name}");
        }
        let of_request: Vec<String> = ["request.rs", "blocking.rs"]
            .iter()
            .flat_map(|file| methods(&format!("lago-client/src/{file}"), "Request"))
            .collect();
        assert!(of_request.len() >= 8, "{of_request:?}");
        for name in of_request {
            assert!(request_method(&name), "{name}");
        }
    }
}
