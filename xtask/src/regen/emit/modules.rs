//! The files that declare what stands in a folder of generated code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::section::{Section, UNPUBLISHED, condition};
use super::{EmitError, Tree, source};

const CLIENT: &str = "lago-client/src/generated";

/// Prints `mod.rs` for the generated part of lago-client, and for that in it which is not published.
pub(crate) fn client(tree: &mut Tree) -> Result<(), EmitError> {
    let unpublished = Section::Unpublished.folder(CLIENT);
    if tree.keys().any(|path| path.starts_with(&unpublished)) {
        declare(
            tree,
            &unpublished,
            "What is generated of the client for operations that no published document has.",
            |module| {
                let attributes = condition_of(module);
                quote! { #attributes pub(crate) }
            },
        )?;
    }
    declare(tree, CLIENT, "What is generated of the client.", |module| {
        let attributes = condition_of(module);
        quote! { #attributes pub(crate) }
    })
}

/// The feature without which a module is not there.
fn condition_of(module: &str) -> Option<TokenStream> {
    match module {
        "public_key" => Some(quote! { #[cfg(feature = "webhooks")] }),
        "tools" => Some(quote! { #[cfg(feature = "mcp")] }),
        UNPUBLISHED => Some(condition()),
        _ => None,
    }
}

/// Prints `mod.rs` for the generated part of lago-tests.
pub(crate) fn tests(tree: &mut Tree) -> Result<(), EmitError> {
    declare(
        tree,
        "tests/src/generated",
        "What is generated of the tests.",
        |_| quote! { pub },
    )
}

fn declare(
    tree: &mut Tree,
    folder: &str,
    doc: &str,
    head: fn(&str) -> TokenStream,
) -> Result<(), EmitError> {
    let modules = tree
        .keys()
        .filter_map(|path| {
            let file = path.strip_prefix(folder)?.strip_prefix('/')?;
            let module = file.strip_suffix("/mod.rs");
            module.or_else(|| file.strip_suffix(".rs"))
        })
        .filter(|module| !module.contains('/') && *module != "mod")
        .map(|module| {
            let (head, ident) = (head(module), format_ident!("{module}"));
            quote! { #head mod #ident; }
        });
    let text = source(doc, quote! { #(#modules)* })?;
    tree.insert(format!("{folder}/mod.rs"), text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folder_itself_is_declared() {
        let paths = [
            "tests/src/generated/w/mod.rs",
            "tests/src/generated/x.rs",
            "tests/src/generated/x/y.rs",
            "tests/src/z.rs",
        ];
        let mut tree: Tree = paths.map(|path| (path.to_owned(), String::new())).into();
        super::tests(&mut tree).unwrap();
        let text = &tree["tests/src/generated/mod.rs"];
        assert!(
            text.ends_with("tests.\n\npub mod w;\npub mod x;\n"),
            "{text}"
        );
    }

    #[test]
    fn what_is_not_published_has_one_declaration_with_its_condition() {
        let path = format!("{CLIENT}/unpublished/queries.rs");
        let mut tree = Tree::from([(path, String::new())]);
        client(&mut tree).unwrap();
        for (file, expected) in [
            (
                "mod.rs",
                "#[cfg(feature = \"unpublished\")]\npub(crate) mod unpublished;\n",
            ),
            ("unpublished/mod.rs", "\npub(crate) mod queries;\n"),
        ] {
            let text = &tree[&format!("{CLIENT}/{file}")];
            assert!(text.ends_with(expected), "{text}");
        }
    }
}
