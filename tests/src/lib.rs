//! What the tests of the generated crates stand on: a reading of openapi.yaml that shares nothing
//! with the generator, requests made up from it, and a server that keeps what it gets.

pub mod bodies;
pub mod calling;
pub mod compare;
pub mod document;
pub mod every_type;
pub mod extent;
pub mod faulty;
#[rustfmt::skip]
pub mod generated;
pub mod instance;
pub mod mutate;
mod overlay;
pub mod places;
pub mod proxy;
pub mod rails;
pub mod recording;
#[cfg(doctest)]
mod refused;
pub mod replay;
pub mod sample;
pub mod script;
pub mod server;
pub mod yaml;

/// The code of the README compiles and does what it says.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
