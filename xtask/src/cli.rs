//! The commands, as they are typed.

pub(crate) mod commands;
pub(crate) mod conform;
mod forward;
pub(crate) mod mock;
pub(crate) mod spec;
pub(crate) mod webhook;
