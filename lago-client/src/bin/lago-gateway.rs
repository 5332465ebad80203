//! Lago for agents and for programs in any language.

fn main() {}
