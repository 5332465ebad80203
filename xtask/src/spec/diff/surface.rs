//! The public items of both crates, as their generated code has them: what a program can name.

mod read;
mod syntax;

use std::collections::BTreeMap;

use crate::regen::emit::Tree;

/// Everything that a program can name, by path: `lago_types::Plan::code`.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) items: BTreeMap<String, Item>,
    /// The paths of an operation: its method, and the type of its call, by operation id.
    pub(super) operations: BTreeMap<String, Vec<String>>,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// What another signature of would be another item: types, without the names of arguments.
    pub(super) signature: String,
    /// The name or text that it has in JSON, of fields and variants.
    pub(super) json: Option<String>,
    pub(super) deprecated: bool,
    /// Whether programs may rely on it: on what stands behind the feature `unpublished` they may not.
    pub(super) promised: bool,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Module,
    /// Callers can make one by its fields, so that a new field is an argument more.
    Record,
    Struct,
    Enum,
    Field,
    Variant,
    Method,
    /// What a call returns.
    Output,
    /// A trait that a type implements.
    Implementation,
    Static,
}

impl Kind {
    /// What a person calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Record | Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Field => "field",
            Self::Variant => "variant",
            Self::Method => "method",
            Self::Output => "output",
            Self::Implementation => "impl",
            Self::Static => "static",
        }
    }
}

impl Surface {
    /// Reads the generated files.
    pub(super) fn read(tree: &Tree) -> Result<Self, String> {
        let mut surface = Self::default();
        for (path, text) in tree {
            read::file(&mut surface, path, text).map_err(|error| format!("{path}: {error}"))?;
        }
        surface.operations = read::joined(std::mem::take(&mut surface.operations));
        Ok(surface)
    }
}

/// The item that a path is a part of.
pub(super) fn owner(path: &str) -> Option<&str> {
    match path.split_once(": ") {
        Some((owner, _)) => Some(owner),
        None => path.rsplit_once("::").map(|(owner, _)| owner),
    }
}
