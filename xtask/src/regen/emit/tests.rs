//! Code of lago-tests.

mod calls;

pub(super) use calls::emit;
