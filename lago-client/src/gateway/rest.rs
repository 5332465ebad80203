//! A REST adapter.
