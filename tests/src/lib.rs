//! Two things in one package. `conform` holds a client against what a server was recorded saying, and
//! against variations of it; `support` is what that and the tests of the generated crates stand on: a
//! reading of openapi.yaml that shares nothing with the generator, requests made up from it, and servers
//! on the loopback.

pub mod conform;
#[rustfmt::skip]
pub mod generated;
#[cfg(doctest)]
mod refused;
pub mod support;

/// The code of the README compiles and does what it says.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// So does the code of the guides.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guides/ingestion.md")]
struct IngestionGuide;

/// And that of the page that lago-types has in a registry.
#[cfg(doctest)]
#[doc = include_str!("../../lago-types/README.md")]
struct TypesReadme;
