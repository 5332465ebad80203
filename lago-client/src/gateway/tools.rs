//! The operations as tools: what an agent is told of each, and how its arguments become a request.
//!
//! [`Tool::request`] looks at the arguments before anything is sent, and says of all that is wrong where it stands and
//! what would be right, so that an agent can mend it without asking the server.

mod check;
mod error;
mod lossless;
mod nearest;
mod request;

pub use super::tool::{Argument, Place, Tool};
pub use error::{ArgumentError, Problem};
pub use request::ToolRequest;

pub(crate) use nearest::nearest;

/// Every tool, noun by noun; those of operations that no published document has come last, with their feature.
pub fn all() -> impl Iterator<Item = &'static Tool> {
    let nouns = crate::generated::tools::TOOLS.iter();
    #[cfg(feature = "unpublished")]
    let nouns = nouns.chain(crate::generated::unpublished::tools::TOOLS);
    nouns.copied().flatten()
}

/// The tool that has this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name == name || tool.alias == Some(name))
}
