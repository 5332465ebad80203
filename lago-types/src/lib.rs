//! The types of the [Lago](https://getlago.com) billing API: what you send, what you get back and what webhooks
//! deliver. No HTTP and no async here; the `lago-client` crate makes the calls.
//!
//! Four things look different from a plain mapping of JSON, because the API needs them:
//!
//! - [`Patch`] is a request field with three states: leave it alone, clear it, set it.
//! - [`Decimal`] is an amount or a quantity with every digit that the server sent, and computes exactly.
//! - Enums are open. A value that this version of the crate does not know becomes `Unknown` and keeps its text.
//! - Amounts in cents are `i64`, also where the server writes them as `68880.0` or `"52.0"`. What it computes and never
//!   stores, usage and analytics, has no bound: that is [`Decimal`], so that one absurd event does not make the rest
//!   unreadable.
//!
//! ```
//! use lago_types::{Decimal, Patch};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let units: Decimal = serde_json::from_str(r#""10.50""#)?;
//! assert_eq!(units.to_string(), "10.50");
//! assert_eq!(units, Decimal::parse("10.5")?);
//!
//! let description: Patch<String> = "Gold".into();
//! assert_eq!(serde_json::to_string(&description)?, r#""Gold""#);
//! assert!(Patch::<String>::default().is_absent());
//! # Ok(())
//! # }
//! ```

// Says on each page which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

// So that its derive finds it under the name that people know; the manifest says why it has another.
#[cfg(feature = "schemars")]
extern crate schemars1 as schemars;

// First, so that their macros are in scope of everything below.
#[macro_use]
mod json_object;
#[macro_use]
mod open_enum;
#[macro_use]
mod webhook;
pub mod api_error;
mod decimal;
#[doc(hidden)]
pub mod decode;
#[cfg(feature = "drift")]
#[doc(hidden)]
pub mod drift;
#[doc(hidden)]
pub mod encode;
// Written and laid out by `cargo xtask regen`.
#[rustfmt::skip]
mod generated;
mod client_generated;
mod integer;
mod keyed;
pub mod object;
mod patch;
mod refused;
mod rfc3339;
#[cfg(feature = "schemars")]
mod schema;
mod unix_time;
#[doc(hidden)]
pub mod words;

pub use api_error::ApiError;
#[cfg(feature = "rust_decimal")]
pub use decimal::InexactDecimalError;
pub use decimal::{Decimal, ParseDecimalError};
pub use generated::*;
pub use keyed::Keyed;
pub use object::IntoObject;
pub use patch::Patch;
pub use refused::Refusal;
#[cfg(feature = "schemars")]
pub use schema::define_schemas;
pub use unix_time::{UnixTime, UnixTimeError};
pub use webhook::{Malformed, Webhook, WebhookError, WebhookPayload};
