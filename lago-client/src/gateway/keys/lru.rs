//! So many values by key, of which the one goes that was used least recently.

use std::collections::HashMap;

/// Values by secret keys. They are found by hash, so that how long it takes tells nothing of the keys of others.
pub(super) struct Lru<T> {
    values: HashMap<String, Used<T>>,
    most: usize,
    /// How often a value was used so far.
    uses: u64,
}

struct Used<T> {
    value: T,
    /// Which use the latest was.
    last: u64,
}

impl<T> Lru<T> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            values: HashMap::new(),
            most,
            uses: 0,
        }
    }

    pub(super) fn get(&mut self, key: &str) -> Option<&T> {
        self.uses += 1;
        let used = self.values.get_mut(key)?;
        used.last = self.uses;
        Some(&used.value)
    }

    pub(super) fn put(&mut self, key: String, value: T) {
        if self.values.len() >= self.most && !self.values.contains_key(&key) {
            let oldest = self.values.iter().min_by_key(|(_, used)| used.last);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.values.remove(&oldest);
            }
        }
        self.uses += 1;
        let last = self.uses;
        self.values.insert(key, Used { value, last });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_not_used_for_longest_goes() {
        let mut lru = Lru::new(2);
        lru.put("a".into(), 1);
        lru.put("b".into(), 2);
        assert_eq!(lru.get("a"), Some(&1));
        lru.put("c".into(), 3);
        let left = ["a", "b", "c"].map(|key| lru.get(key).copied());
        assert_eq!(left, [Some(1), None, Some(3)]);
        lru.put("c".into(), 4);
        assert_eq!(
            ["a", "c"].map(|key| lru.get(key).copied()),
            [Some(1), Some(4)]
        );
    }
}
