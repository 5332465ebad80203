//! Event ingestion.

pub mod spool;
