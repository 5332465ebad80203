//! Code of lago-tests.

mod calls;
mod examples;

use super::{EmitError, Tree};
use crate::regen::ir::Api;

/// Adds the generated code of lago-tests to the tree.
pub(super) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    calls::emit(api, tree)?;
    examples::emit(api, tree)
}
