//! A server that runs, held against openapi.yaml and its overlay: what it says is recorded, replayed and
//! compared with its schema.
//!
//! `run` has the whole; `session` does what is done with every call. What to call next is decided in `plan`
//! (reads) and `steps` (what is made), both without IO.

mod caller;
mod drift;
mod entry;
mod findings;
mod lifecycle;
mod machine;
mod mask;
mod plan;
mod private;
mod record;
mod replayed;
mod run;
mod schema;
mod session;
mod settings;
mod sources;
mod steps;
mod target;
mod text;

pub use drift::{Drift, drifts};
pub use findings::{Findings, Row, Verdict};
pub use machine::{json, junit};
pub use mask::Masks;
pub use record::Recorder;
pub use replayed::replayed;
pub use run::check;
pub use schema::{Deviation, Kind, deviations};
pub use settings::{LiveError, Progress, Settings, Stop};
pub use target::{is_cloud, prefix, url};
pub use text::text;
