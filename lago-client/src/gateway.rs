//! Lago for agents and for programs in any language, from one table of operations: what the program `lago-gateway`
//! runs.

#[expect(dead_code, reason = "what uses it follows")]
mod bearer;
#[expect(dead_code, reason = "what uses it follows")]
mod keys;
#[expect(dead_code, reason = "what uses it follows")]
mod listen;
mod log;
#[cfg(feature = "mcp")]
pub mod mcp;
mod refusal;
pub mod rest;
#[cfg(feature = "mcp")]
pub mod tools;

pub use keys::KeyMode;
pub use log::{Line, Log};
