//! Exchanges with a server, kept with personal data masked, and played back in tests (feature `recording`).
//!
//! The guide: [`guide::features`](crate::guide::features).
//!
//! A [`Recorder`] is a [transport](crate::transport) around another one. It writes each exchange of a call to a file of
//! its own, and a [`Replay`] is the transport that reads them:
//!
//! ```
//! # #[cfg(not(feature = "mock"))]
//! # fn main() {}
//! # #[cfg(feature = "mock")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use lago_client::Client;
//! use lago_client::recording::{Recorder, Replay};
//! use lago_client::transport::HttpTransport;
//!
//! # let server = lago_client::mock::MockServer::start().await?;
//! # let folder = std::env::temp_dir().join(format!("lago-recording-{}", std::process::id()));
//! // Once, with a server.
//! let recorder = Recorder::start(&folder, HttpTransport::new(Duration::from_secs(10))?)?;
//! let builder = Client::builder().api_key("your-api-key").base_url(server.url());
//! let lago = builder.clone().transport(recorder.clone()).build()?;
//! let plan = lago.plans().get("pro").await?;
//! assert_eq!(recorder.finish()?, 1);
//!
//! // In tests, without one.
//! let replay = Replay::open(&folder)?;
//! let lago = builder.transport(replay.clone()).build()?;
//! assert_eq!(lago.plans().get("pro").await?.code, plan.code);
//! assert!(replay.unused().is_empty());
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is kept
//!
//! A folder has `exchanges/0001_findPlan.json` and so on: method, path and query, status, the JSON of request and
//! response, and of the response's headers those that say something about it. Of requests no header is kept. It is
//! the format that `cargo xtask conform --replay` of this repository reads.
//!
//! What identifies people and what is secret is replaced by stand-ins before it is written ([`Masks`]): names, e-mail
//! addresses, addresses, phone and tax numbers, URLs, tokens, metadata, and the API key wherever it stands. The same
//! value has the same stand-in throughout a recording, so that what belongs together still does. Ids and codes stay as
//! they are. **Look through a recording before you give it away**: a name that somebody put into a code or into the
//! properties of an event is not known as one. What is masked in a path, a call that is replayed names by its stand-in.

mod exchange;
mod folder;
mod mask;
mod private;
mod record;
mod replay;

pub use exchange::Exchange;
pub use folder::Folder;
pub use mask::Masks;
pub use record::Recorder;
pub use replay::Replay;
