//! The two sections of generated code: that of the published document, and that of what the overlay adds to it, which
//! stands behind a feature of cargo in files of its own.

use proc_macro2::TokenStream;
use quote::quote;

use crate::regen::ir::{Api, Operation};

/// A section of the generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// What every program gets.
    Published,
    /// What a program gets that switches the feature on.
    Unpublished,
}

impl Section {
    /// Both, in the order in which they are printed.
    pub(crate) const ALL: [Self; 2] = [Self::Published, Self::Unpublished];

    /// Whether something stands in this section, given whether it is published.
    pub(crate) fn has(self, published: bool) -> bool {
        (self == Self::Published) == published
    }

    /// The operations of the section.
    pub(crate) fn operations(self, api: &Api) -> impl Iterator<Item = &Operation> {
        let operations = api.operations.iter();
        operations.filter(move |operation| self.has(operation.published))
    }

    /// The folder of the section, within one that is generated.
    pub(crate) fn folder(self, generated: &str) -> String {
        match self {
            Self::Published => generated.to_owned(),
            Self::Unpublished => format!("{generated}/{UNPUBLISHED}"),
        }
    }
}

/// The module of what is not published.
pub(crate) const UNPUBLISHED: &str = "unpublished";

/// What stands before what is not published, in text.
pub(crate) const CONDITION: &str = "#[cfg(feature = \"unpublished\")]";

/// The same in code.
pub(crate) fn condition() -> TokenStream {
    quote!(#[cfg(feature = "unpublished")])
}

/// Whether there is anything that is not published.
pub(crate) fn is_needed(api: &Api) -> bool {
    Section::Unpublished.operations(api).next().is_some()
}
