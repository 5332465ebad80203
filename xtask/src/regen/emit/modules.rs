//! The files that declare what stands in a folder of generated code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{EmitError, Tree, source};

/// Prints `mod.rs` for the generated part of lago-client.
pub(crate) fn client(tree: &mut Tree) -> Result<(), EmitError> {
    declare(
        tree,
        "lago-client/src/generated",
        "What is generated of the client.",
        |module| {
            let attributes = match module {
                "public_key" => Some(quote! { #[cfg(feature = "webhooks")] }),
                _ => None,
            };
            quote! { #attributes pub(crate) }
        },
    )
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
            path.strip_prefix(folder)?
                .strip_prefix('/')?
                .strip_suffix(".rs")
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
            "tests/src/generated/x.rs",
            "tests/src/generated/x/y.rs",
            "tests/src/z.rs",
        ];
        let mut tree: Tree = paths.map(|path| (path.to_owned(), String::new())).into();
        super::tests(&mut tree).unwrap();
        let text = &tree["tests/src/generated/mod.rs"];
        assert!(text.ends_with("tests.\n\npub mod x;\n"), "{text}");
    }
}
