//! How much a test tries. For every change that is a part of what takes long; with `LAGO_TESTS=whole` in the
//! environment it is all.

use std::collections::BTreeMap;

/// Whether tests try everything.
pub fn is_whole() -> bool {
    std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole")
}

/// How often to try something.
pub fn cases(usually: u32, whole: u32) -> u32 {
    if is_whole() { whole } else { usually }
}

/// What to try something with: usually the largest of each kind, which have the most to break.
pub fn largest<T>(all: Vec<T>, kind: impl Fn(&T) -> String, size: impl Fn(&T) -> usize) -> Vec<T> {
    if is_whole() {
        return all;
    }
    let mut kept: BTreeMap<String, T> = BTreeMap::new();
    for item in all {
        let kind = kind(&item);
        let is_larger = |known: &T| size(known) < size(&item);
        if kept.get(&kind).is_none_or(is_larger) {
            kept.insert(kind, item);
        }
    }
    kept.into_values().collect()
}
