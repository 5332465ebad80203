//! What a comparison finds: oasdiff's rules case by case, every edit of a document, and nothing overlooked.

mod cases;
mod edits;
mod facts;
mod pages;
mod published;
mod reading;

use serde_json::Value;

use super::{Comparison, Side, compare};
use crate::yaml::read::Document;

/// A document of a file as it is.
fn side(text: &str) -> Side {
    let document = Document::parse("api.yaml", text).unwrap();
    Side {
        root: document.root().clone(),
        document,
    }
}

fn of(value: &Value) -> Side {
    side(&value.to_string())
}

fn compared(old: &Value, new: &Value) -> Comparison {
    compare(&of(old), &of(new))
}
