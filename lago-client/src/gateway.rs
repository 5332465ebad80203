//! Lago for agents and for programs in any language, from one table of operations: what the program `lago-gateway`
//! runs.
//!
//! The guide: [`guide::agents`](crate::guide::agents). It needs the feature `gateway`, and the part for agents `mcp`.

mod bearer;
mod changes;
#[cfg(feature = "mcp")]
pub mod choice;
mod cli;
#[cfg(feature = "mcp")]
mod confirm;
mod fingerprint;
mod keys;
mod listen;
mod log;
mod lost;
#[cfg(feature = "mcp")]
pub mod mcp;
mod progress;
mod proof;
mod refusal;
pub mod rest;
#[cfg(feature = "mcp")]
mod results;
mod running;
#[cfg(feature = "mcp")]
mod search;
mod settings;
mod stop;
#[cfg(feature = "mcp")]
pub(crate) mod tool;
#[cfg(feature = "mcp")]
pub mod tools;

pub use cli::main;
pub use keys::KeyMode;
pub use log::{Line, Log, Note};
pub use running::Running;
pub use settings::{BEARER, Calls, Doors, StartError};
