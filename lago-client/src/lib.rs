//! Client for the [Lago](https://getlago.com) billing API.
//!
//! ```no_run
//! use lago_client::{Client, types::*};
//!
//! # async fn example() -> Result<(), lago_client::Error> {
//! let lago = Client::from_env()?;
//! let customer = lago.customers().create(CustomerInput::new("acme").name("Acme")).await?;
//! for invoice in lago.invoices().list().external_customer_id("acme").per_page(20).await? {
//!     println!("{} {}", invoice.number, invoice.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is sent and what comes back are the types of the [`types`] module. [`OPERATIONS`] lists
//! everything that the API can do, [`resources`] everything that can be called.
//!
//! Operations that the server has and no published document describes stand behind the feature `unpublished`, because
//! upstream promises nothing about them.
//!
//! A call is repeated where that cannot charge anyone twice ([`RetryPolicy`]); where it may have been
//! executed and nobody knows, the error says so ([`Error::is_ambiguous`]).
//!
//! A key belongs to an organization; [`Client::with_api_key`] serves many. What sends requests can be replaced
//! ([`transport`]), what a newer server has can be called without types ([`Client::raw`]), and programs without an async
//! runtime wait for calls with the feature `blocking`.
//!
//! Ids and codes in paths may have any characters; an empty one, `.`, `..` and a NUL are refused. When
//! a proxy makes another path of one, the call fails once the response tells
//! ([`Error::is_other_object`]): with a deletion that is after the fact.

// Says on each page which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
mod background;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod connecting;
mod credentials;
mod decode;
mod download;
#[cfg(feature = "drift")]
mod drift;
mod error;
#[cfg(any(feature = "ingest", feature = "webhooks"))]
mod fields;
mod framing;
mod headers;
mod http_client;
mod identity;
#[cfg(feature = "ingest")]
pub mod ingest;
mod keyed;
mod list;
#[cfg(feature = "mock")]
pub mod mock;
mod observe;
mod operation;
mod options;
mod pace;
mod page;
mod provided;
mod rate_limit;
mod raw;
mod read_back;
#[cfg(feature = "recording")]
pub mod recording;
mod redact;
mod request;
mod resource;
mod response;
mod retry;
mod runtime;
mod send;
mod sender;
mod storage;
mod tls;
mod trace;
pub mod transport;
#[cfg(feature = "webhooks")]
pub mod webhooks;
mod wire;

// Written and laid out by `cargo xtask regen`. It stands last, so that rustdoc shows what is written by hand first.
#[rustfmt::skip]
mod generated;

pub use lago_types as types;
// Crates whose types are in the API.
pub use {bytes, http, reqwest};

pub use http::{HeaderMap, StatusCode};

pub use client::{Client, ClientBuilder, EU, US};
pub use credentials::{ApiKey, CredentialsProvider};
pub use download::{FileRequest, FileStream};
#[cfg(feature = "drift")]
pub use drift::Drift;
pub use error::Error;
pub use generated::operations::OPERATIONS;
pub use list::{Items, ListCall, Pages};
pub use observe::CallReport;
pub use operation::{Idempotency, Key, Method, Operation, RequestBody};
pub use page::Page;
pub use rate_limit::RateLimit;
pub use raw::RawRequest;
pub use request::{Call, Request};
pub use response::Response;
pub use retry::RetryPolicy;

/// What can be called: a module for each noun of the API.
pub mod resources {
    pub use crate::generated::resources::*;
    /// Calls of operations that no published document has; upstream promises nothing about them.
    #[cfg(feature = "unpublished")]
    pub mod unpublished {
        pub use crate::generated::unpublished::resources::*;
    }
}
