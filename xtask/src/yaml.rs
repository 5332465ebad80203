//! YAML and JSON: read with the place of every node, and written in one way.

pub(crate) mod edit;
pub(crate) mod read;
pub(crate) mod spans;
pub(crate) mod write;
