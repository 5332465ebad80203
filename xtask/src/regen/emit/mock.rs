//! What the stand-in of the client gives: an example of every response.

mod answers;
mod examples;

pub(super) use answers::emit;
