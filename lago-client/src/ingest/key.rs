//! By what the pipeline tells events apart: a hash of subscription and `transaction_id`.

/// Hashes keys, in another way in each pipeline, so that nobody knows beforehand which collide. A collision makes an
/// event wait for a stranger and nothing worse, so that a hash will do that costs a tenth of the standard library's.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyHash {
    seeds: [u64; 2],
}

/// The largest prime below 2^64: it spreads a length over all bits.
const PRIME: u64 = 0xffff_ffff_ffff_ffc5;

impl KeyHash {
    pub(super) fn new() -> Self {
        // Odd, and so never zero: whatever is multiplied by zero is the same.
        let seed = || fastrand::u64(..) | 1;
        Self {
            seeds: [seed(), seed()],
        }
    }

    pub(super) fn of(self, subscription: &str, transaction_id: &str) -> u64 {
        let hash = self.mix(self.seeds[0], subscription.as_bytes());
        self.mix(hash, transaction_id.as_bytes())
    }

    /// The same for bytes that are no event.
    pub(super) fn of_bytes(self, bytes: &[u8]) -> u64 {
        self.mix(self.seeds[0], bytes)
    }

    fn mix(self, begin: u64, bytes: &[u8]) -> u64 {
        let (words, rest) = bytes.as_chunks::<8>();
        let words = words.iter().map(|word| u64::from_le_bytes(*word));
        let hash = words.fold(begin, |hash, word| self.fold(hash ^ word));
        // The length tells a text from one that ends with zeros, and where the next one begins.
        let last = rest
            .iter()
            .fold(0, |last, byte| last << 8 | u64::from(*byte));
        let hash = self.fold(hash ^ last);
        hash ^ (bytes.len() as u64).wrapping_mul(PRIME)
    }

    /// All bits of a product depend on all bits before them, when its upper half is folded onto its lower one.
    fn fold(self, value: u64) -> u64 {
        let product = u128::from(value) * u128::from(self.seeds[1]);
        let (low, high) = (product as u64, (product >> 64) as u64);
        low ^ high
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn different_keys_have_different_hashes() {
        let hash = KeyHash::new();
        let mut all = HashSet::new();
        let texts: Vec<String> = (0..300).map(|number| format!("sub_{number}")).collect();
        for subscription in &texts {
            for id in &texts {
                all.insert(hash.of(subscription, id));
            }
        }
        for length in 0..40 {
            all.insert(hash.of(&"\0".repeat(length), ""));
            all.insert(hash.of("s", &"\0".repeat(length)));
        }
        // One text moved from one to the other.
        for at in 1..15 {
            let (one, other) = "0123456789abcdef".split_at(at);
            all.insert(hash.of(one, other));
        }
        assert_eq!(all.len(), 300 * 300 + 80 + 14);
        assert_eq!(hash.of("a", "b"), hash.of("a", "b"));
    }

    #[test]
    fn each_pipeline_has_hashes_of_its_own() {
        let hashes: HashSet<u64> = (0..10).map(|_| KeyHash::new().of("sub_1", "t1")).collect();
        assert_eq!(hashes.len(), 10);
    }
}
