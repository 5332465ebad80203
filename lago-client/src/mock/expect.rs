//! What a test expects to be called.

use std::fmt;
use std::sync::Arc;

use super::response::MockResponse;
use super::state::State;
use crate::operation::Operation;

/// What a test expects of one operation, as [`MockServer::expect`](super::MockServer::expect) makes it: to be called at
/// least once, unless [`times`](Self::times) says how often.
///
/// It counts whether or not it is kept; [`MockServer::verify`](super::MockServer::verify) looks at it.
pub struct Expectation<'s> {
    state: &'s Arc<State>,
    operation: &'static Operation,
    index: usize,
}

impl<'s> Expectation<'s> {
    pub(super) fn new(state: &'s Arc<State>, operation: &'static Operation) -> Self {
        let index = state.expect(operation);
        Self {
            state,
            operation,
            index,
        }
    }

    /// It is called exactly this often from now on; with zero it is not called.
    pub fn times(self, count: usize) -> Self {
        self.state.expect_times(self.index, count);
        self
    }

    /// Every call gets this response, as [`MockServer::respond`](super::MockServer::respond) has it.
    pub fn respond(self, response: MockResponse) -> Self {
        self.state.always(self.operation, response);
        self
    }

    /// The next call that has no response yet gets this one, as
    /// [`MockServer::respond_next`](super::MockServer::respond_next) has it.
    pub fn respond_next(self, response: MockResponse) -> Self {
        self.state.next(self.operation, response);
        self
    }
}

impl fmt::Debug for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation")
            .field("operation", &self.operation.resource)
            .finish_non_exhaustive()
    }
}
