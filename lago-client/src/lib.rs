//! Client for the [Lago](https://getlago.com) billing API.
//!
//! ```no_run
//! use lago_client::{Client, types::*};
//!
//! # async fn example() -> Result<(), lago_client::Error> {
//! let lago = Client::from_env()?;
//! let customer = lago.customers().create(CustomerInput::new("acme").name("Acme")).await?;
//! // The newest 20. All of them: `.items()`, or page by page, `.pages()`.
//! for invoice in lago.invoices().list().external_customer_id("acme").per_page(20).await? {
//!     println!("{} {}", invoice.number, invoice.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It is not the crate `lago-client` of the public registry, which is Lago's own: depend on a checkout of this repository,
//! by `path` or `git`. [Getting started](guide::getting_started) has the lines, and a whole program.
//!
//! # Guides
//!
//! | guide | about |
//! |---|---|
//! | [Getting started](guide::getting_started) | from an API key to usage that is billed |
//! | [Modelling prices](guide::prices) | metrics, charge models with worked examples, filters, fixed charges |
//! | [Money and decimals](guide::money) | cents, currencies without cents, rounding, exact arithmetic |
//! | [What the types promise](guide::types) | open enums, exact numbers, required fields, null and absent |
//! | [Creating and updating](guide::create_or_update) | which calls may be made twice, and what an update forgets |
//! | [Sending usage events](guide::ingestion) | single, in batches, through a pipeline that survives crashes |
//! | [Wallets and top-ups](guide::wallets) | prepaid credits, without charging twice |
//! | [Lists, exports and files](guide::lists) | pages, streams, exports of millions, PDF and XML |
//! | [Errors, retries and doubt](guide::errors) | what an error says, and what to do then |
//! | [Webhooks](guide::webhooks) | verifying, deduplicating, ordering, testing |
//! | [Many organizations](guide::organizations) | one client for each key, keys that change |
//! | [Without an async runtime](guide::blocking) | `.wait()` in place of `.await` |
//! | [In browsers and workers](guide::browser) | WebAssembly, and where a key may be |
//! | [Testing without Lago](guide::testing) | the stand-in server |
//! | [Self-hosting and versions](guide::self_hosting) | addresses, proxies, older and newer servers |
//! | [Features](guide::features) | TLS, build time, traces, metrics, transports, calls without types |
//! | [Agents and other languages](guide::agents) | the program `lago-gateway`: MCP, and a REST adapter |
//! | [From the official Rust client](guide::from_the_official_client) | its calls beside ours |
//!
//! # What people look for first
//!
//! | you want | it stands in |
//! |---|---|
//! | a first call, and a first bill | [Getting started](guide::getting_started#the-client) |
//! | a plan with graduated prices | [Modelling prices](guide::prices#the-models-in-code) |
//! | to send a million events a day without losing any | [Sending usage events](guide::ingestion#to-lose-nothing) |
//! | the invoices of a customer for a month | [Lists, exports and files](guide::lists#last-months-invoices-of-a-customer) |
//! | to read a list page by page, or all of it | [Lists, exports and files](guide::lists#a-page-or-everything) |
//! | to know what to do about an error | [Errors, retries and doubt](guide::errors#what-to-do) |
//! | to top a wallet up once, even when a response is lost | [Wallets and top-ups](guide::wallets#topping-up-without-charging-twice) |
//! | to receive webhooks that nobody forged | [Webhooks](guide::webhooks#who-signed-it) |
//! | to test your code without an account | [Testing without Lago](guide::testing#a-server-that-remembers) |
//!
//! # The calls used most
//!
//! | call | does |
//! |---|---|
//! | [`customers().create(input)`](resources::customers::Customers::create) | creates a customer, or changes the one with this `external_id` |
//! | [`billable_metrics().create(input)`](resources::billable_metrics::BillableMetrics::create) | says what is counted |
//! | [`plans().create(input)`](resources::plans::Plans::create) | says what it costs |
//! | [`subscriptions().create(input)`](resources::subscriptions::Subscriptions::create) | puts a customer on a plan |
//! | [`subscriptions().delete(id)`](resources::subscriptions::Subscriptions::delete) | ends a subscription |
//! | [`events().create_batch(events)`](resources::events::Events::create_batch) | sends usage |
//! | [`customers().current_usage(customer, subscription)`](resources::customers::Customers::current_usage) | says what it comes to so far |
//! | [`invoices().list()`](resources::invoices::Invoices::list) | lists invoices, by customer, state, date and more |
//! | [`invoices().fetch_pdf(id)`](resources::invoices::Invoices::fetch_pdf) | fetches one as a file |
//! | [`wallet_transactions().create(input)`](resources::wallet_transactions::WalletTransactions::create) | tops up a wallet |
//!
//! [`resources`] has all that can be called, a module for each noun; [`types`] what is sent and what comes back;
//! [`OPERATIONS`] everything that the API can do, as data for programs.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `rustls` | yes | TLS, with the cryptography of AWS-LC |
//! | `rustls-ring`, `native-tls` | | TLS with that of ring, or of the operating system; of several that are on, the last in this order is used |
//! | `ingest` | yes | the module `ingest`: a pipeline for usage events |
//! | `webhooks` | yes | the module `webhooks`: deliveries that can be trusted |
//! | `webhooks-rustcrypto` | | the same without a compiler of C |
//! | `tracing` | yes | a span for each call, an event for each retry |
//! | `blocking` | | `.wait()` in place of `.await`, for programs without an async runtime |
//! | `recording` | | transports that record exchanges, with personal data masked, and play them back |
//! | `axum` | | an extractor of deliveries |
//! | `mock`, `mock-validation` | | the module `mock`: a stand-in server, which also looks into requests with the second |
//! | `gateway` | | the program `lago-gateway` and the module `gateway`: Lago's API at a port of this computer, for programs in any language |
//! | `mcp` | | the same program for AI agents as well: the operations as tools of the Model Context Protocol |
//! | `drift` | | counts what a newer server sends and this version does not know |
//! | `rust_decimal` | | exact conversions to and from that crate's decimals |
//! | `schemars` | | JSON Schema of every type |
//! | `unpublished` | | operations that the server has and no published document describes; upstream promises nothing about them |
//!
//! # Beyond the calls
//!
//! [`Client::with_api_key`] serves many organizations with one client. What sends requests can be replaced ([`transport`]),
//! [`ClientBuilder::on_response`] tells of each call, and [`Client::raw`] calls what a newer server has without types.
//!
//! # Three promises
//!
//! - **Nothing is charged twice by a retry.** A call is repeated where that cannot do anything twice ([`RetryPolicy`]); where
//!   it may have been executed and nobody knows, the error says so ([`Error::is_ambiguous`]).
//! - **A call reaches the object that you name, or fails.** Ids and codes may have any characters; those that no path can carry,
//!   an empty one, `.`, `..` and one with a NUL, are refused. If a proxy rewrites the path, the call fails when the response is
//!   about another object ([`Error::is_other_object`]); a change or a deletion has happened by then.
//! - **A newer server breaks nothing.** Values of enums that it adds are kept, fields are skipped.

// Says on each page which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
mod background;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
#[cfg(not(target_family = "wasm"))]
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
#[cfg(feature = "gateway")]
pub mod gateway;
// Only where it is read. Its code is run by the package of the tests, where all features are on.
#[cfg(all(doc, not(doctest)))]
pub mod guide;
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
mod platform;
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
#[cfg(any(feature = "gateway", feature = "mock"))]
mod route;
mod runtime;
mod send;
mod sender;
mod storage;
#[cfg(not(target_family = "wasm"))]
mod tls;
mod trace;
pub mod transport;
#[cfg(any(feature = "gateway", feature = "mock-validation"))]
mod validate;
#[cfg(feature = "webhooks")]
pub mod webhooks;
mod wire;

// Written and laid out by `cargo xtask regen`. It stands last, so that rustdoc shows what is written by hand first.
#[rustfmt::skip]
mod generated;

pub use lago_types as types;
// Crates whose types are in the API.
pub use {bytes, chrono, http, reqwest, serde_json, uuid};

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
pub use operation::{Effect, Idempotency, Key, Method, Operation, RequestBody};
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
