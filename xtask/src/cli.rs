//! The commands, as they are typed.

pub(crate) mod commands;
pub(crate) mod conform;
mod forward;
pub(crate) mod mock;
mod revision;
pub(crate) mod spec;
pub(crate) mod spec_diff;
pub(crate) mod spec_update;
pub(crate) mod webhook;
