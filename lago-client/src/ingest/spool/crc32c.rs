//! CRC-32C (Castagnoli), the checksum of iSCSI (RFC 3720), ext4 and many logs.
//!
//! Eight bytes a step through tables that the compiler makes: a crate would add itself and `unsafe` code to the tree
//! of everyone who sends events, for a checksum that costs less than the system call beside it.

const POLYNOMIAL: u32 = 0x82f6_3b78;

static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            let carry = if crc & 1 == 1 { POLYNOMIAL } else { 0 };
            crc = (crc >> 1) ^ carry;
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let shorter = tables[table - 1][byte];
            tables[table][byte] = (shorter >> 8) ^ tables[0][(shorter & 0xff) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// A checksum in the making.
#[derive(Clone, Copy)]
pub(super) struct Crc32c(u32);

impl Crc32c {
    pub(super) const fn new() -> Self {
        Self(!0)
    }

    #[must_use]
    pub(super) fn update(self, bytes: &[u8]) -> Self {
        let mut crc = self.0;
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            let mixed = u64::from_le_bytes(*word) ^ u64::from(crc);
            let mixed = mixed.to_le_bytes();
            // The first byte has the longest way to the end.
            let steps = mixed.iter().zip(TABLES.iter().rev());
            crc = steps.fold(0, |crc, (byte, table)| crc ^ table[usize::from(*byte)]);
        }
        for byte in rest {
            let [lowest, ..] = crc.to_le_bytes();
            crc = (crc >> 8) ^ TABLES[0][usize::from(lowest ^ byte)];
        }
        Self(crc)
    }

    pub(super) const fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Crc32c, POLYNOMIAL};

    fn crc32c(bytes: &[u8]) -> u32 {
        Crc32c::new().update(bytes).finish()
    }

    /// The examples of RFC 3720, section B.4, and the usual check value.
    #[test]
    fn published_examples_hold() {
        let ascending: Vec<u8> = (0..32).collect();
        let descending: Vec<u8> = (0..32).rev().collect();
        for (bytes, expected) in [
            (&b"123456789"[..], 0xe306_9283),
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&ascending, 0x46dd_794e),
            (&descending, 0x113f_db5c),
            (b"", 0),
        ] {
            assert_eq!(crc32c(bytes), expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn tables_do_what_division_does(bytes: Vec<u8>, cut: prop::sample::Index) {
            let mut crc = !0_u32;
            for byte in &bytes {
                crc ^= u32::from(*byte);
                for _ in 0..8 {
                    crc = (crc >> 1) ^ (POLYNOMIAL * (crc & 1));
                }
            }
            prop_assert_eq!(crc32c(&bytes), !crc);
            let (one, two) = bytes.split_at(cut.index(bytes.len() + 1));
            prop_assert_eq!(Crc32c::new().update(one).update(two).finish(), !crc);
        }
    }
}
