//! The types of the [Lago](https://getlago.com) billing API: what you send, what you get back and what webhooks
//! deliver. No HTTP and no async here; the `lago-client` crate makes the calls.
//!
//! Four things look different from a plain mapping of JSON, because the API needs them:
//!
//! - [`Patch`] is a request field with three states: leave it alone, clear it, set it.
//! - [`Decimal`] is an amount or a quantity with every digit that the server sent.
//! - Enums are open. A value that this version of the crate does not know becomes `Unknown` and keeps its text.
//! - Amounts in cents are `i64`, also where the server writes them as `68880.0` or `"52.0"`.
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

// So that its derive finds it under the name that people know; the manifest says why it has another.
#[cfg(feature = "schemars")]
extern crate schemars1 as schemars;

// First, so that `open_enum!` is in scope of everything below.
#[macro_use]
mod open_enum;
#[macro_use]
mod webhook;
pub mod api_error;
mod decimal;
#[cfg(feature = "drift")]
#[doc(hidden)]
pub mod drift;
// Written and laid out by `cargo xtask regen`.
#[rustfmt::skip]
mod generated;
mod integer;
mod keyed;
mod mint;
mod patch;
#[cfg(feature = "schemars")]
mod schema;

pub use api_error::ApiError;
#[cfg(feature = "rust_decimal")]
pub use decimal::InexactDecimalError;
pub use decimal::{Decimal, ParseDecimalError};
pub use generated::*;
pub use keyed::Keyed;
pub use patch::Patch;
#[cfg(feature = "schemars")]
pub use schema::define_schemas;
pub use webhook::{Malformed, Webhook, WebhookError};
