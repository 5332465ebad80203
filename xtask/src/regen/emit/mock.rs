//! What the stand-in of the client gives: an example of every response.

mod example_responses;
pub(super) mod examples;

pub(super) use example_responses::emit;
