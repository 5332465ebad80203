//! Servers on the loopback. One engine has the connections; what is said to whom, a behaviour decides:
//! always the same, by a rule, when a test says so, or wrongly.

mod capturing;
mod engine;
mod faulty;
mod prompted;
mod request;
mod response;
mod scripted;

pub use capturing::Capturing;
pub use engine::Reads;
pub(super) use engine::{Behaviour, start};
pub use faulty::{Act, Faulty, Late};
pub use prompted::{Prompted, Waiting};
pub use request::Captured;
pub use response::{ScriptedResponse, Then};
pub use scripted::Scripted;
