//! What stands in the way of generation.

/// Something that cannot be generated, or that people should decide.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Where, as an address.
    pub(crate) address: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) advice: String,
}
