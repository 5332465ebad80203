//! Maintenance commands of this workspace; `cargo xtask --help` lists them.

mod diagnostic;

fn main() {}
