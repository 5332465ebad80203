//! Tests of the generated crates.

// `cfg(test)` tells clippy that helpers in these files are test code too.
#[cfg(test)]
mod operations;
#[cfg(test)]
mod surface;
#[cfg(test)]
mod types;
#[cfg(test)]
mod wire;
