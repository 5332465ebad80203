//! How a test runs the examples of the documentation.

use std::error::Error;
use std::pin::Pin;

use lago_client::Client;

/// How an example went.
pub type Outcome = Result<(), Box<dyn Error>>;

/// The example of a method.
pub struct Example {
    /// The method: `plans.create`.
    pub method: &'static str,
    /// The id of the operation that it calls.
    pub operation: &'static str,
    /// Runs it.
    pub run: for<'a> fn(&'a Client) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>,
}
