//! The enums that stand in queries, where they are text.

use std::collections::BTreeSet;

use quote::{format_ident, quote};

use super::{GENERATED, lowered};
use crate::regen::emit::nouns::named;
use crate::regen::emit::section::Section;
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, ParameterPlace};

const FILE: &str = "queries.rs";

/// Prints that they can stand there. Other types with a name never do: the reader refuses objects.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut known = BTreeSet::new();
    for section in Section::ALL {
        let queries = section.operations(api).flat_map(lowered::queries);
        let mut names: BTreeSet<&str> = queries
            .filter_map(|query| match &query.place {
                ParameterPlace::Query { ty, .. } => named(ty),
                _ => None,
            })
            .collect();
        names.retain(|name| known.insert(*name));
        if names.is_empty() {
            continue;
        }
        let names = names.iter().map(|name| format_ident!("{name}"));
        let text = source(
            "The enums that stand in queries.",
            quote!(crate::wire::query::query_text! { #(lago_types::#names,)* }),
        )?;
        tree.insert(format!("{}/{FILE}", section.folder(GENERATED)), text);
    }
    Ok(())
}
