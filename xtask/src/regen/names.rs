//! Every name that generated code has is given here; whoever needs one asks.
//!
//! | names | where |
//! |---|---|
//! | what people prefer: names.yaml | [`preferences`] |
//! | types, enums, setters, variants of deliveries | [`types`] |
//! | accessors, methods, their parameters, calls, requests | [`calls`] |
//! | what a name says in English: the noun of a path, one of several | [`words`] |
//! | how any name is written in Rust | [`ident`] |
//! | what nothing may be called, because something of ours is | [`reserved`] |

pub(crate) mod calls;
pub(crate) mod ident;
mod preferences;
pub(crate) mod reserved;
pub(crate) mod types;
pub(crate) mod words;

pub(crate) use preferences::Names;
