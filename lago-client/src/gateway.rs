//! Lago for agents and for programs in any language, from one table of operations: what the program `lago-gateway`
//! runs.

#[cfg(feature = "mcp")]
pub mod mcp;
pub mod rest;
#[cfg(feature = "mcp")]
pub(crate) mod tool;
#[cfg(feature = "mcp")]
pub mod tools;
