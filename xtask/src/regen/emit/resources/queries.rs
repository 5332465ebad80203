//! The enums that stand in queries, where they are text.

use std::collections::BTreeSet;

use quote::{format_ident, quote};

use super::lowered;
use crate::regen::emit::nouns::named;
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, ParameterPlace};

const FILE: &str = "lago-client/src/generated/queries.rs";

/// Prints that they can stand there. Other types with a name never do: the reader refuses objects.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let queries = api.operations.iter().flat_map(lowered::queries);
    let names: BTreeSet<&str> = queries
        .filter_map(|query| match &query.place {
            ParameterPlace::Query { ty, .. } => named(ty),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.iter().map(|name| format_ident!("{name}"));
    let text = source(
        "The enums that stand in queries.",
        quote!(crate::wire::query::query_text! { #(lago_types::#names,)* }),
    )?;
    tree.insert(FILE.to_owned(), text);
    Ok(())
}
