//! The commands, as they are typed.

pub(crate) mod capability;
pub(crate) mod commands;
#[cfg(test)]
mod documented;
pub(crate) mod faults;
pub(crate) mod forward;
pub(crate) mod package;
mod revision;
pub(crate) mod spec;
pub(crate) mod spec_diff;
pub(crate) mod spec_update;
pub(crate) mod webhook;
