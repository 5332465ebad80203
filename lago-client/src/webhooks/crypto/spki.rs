//! The numbers of an RSA key from the DER of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7, and RFC 8017,
//! appendix A.1.1): ring wants them, and RustCrypto takes them without its own readers of DER.

use std::ops::RangeInclusive;

/// How many bits a modulus may have, as for aws-lc-rs and ring.
pub(super) const SIZES: RangeInclusive<usize> = 2048..=8192;

/// The most bytes of a public exponent that the three accept: 33 bits.
const LONGEST_EXPONENT: usize = 5;

/// `rsaEncryption` with its parameters, which are null.
const RSA_ENCRYPTION: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// A public RSA key, each number without zeros before it.
#[derive(Debug, PartialEq)]
pub(super) struct RsaNumbers<'a> {
    pub(super) modulus: &'a [u8],
    pub(super) exponent: &'a [u8],
}

/// Reads a key of 2,048 to 8,192 bits. None of anything else, and of what is no DER.
pub(super) fn read(der: &[u8]) -> Option<RsaNumbers<'_>> {
    let mut info = whole(SEQUENCE, der)?;
    let algorithm = element(SEQUENCE, &mut info)?;
    let bits = whole(BIT_STRING, info)?;
    let key = bits.strip_prefix(&[0])?;
    let mut numbers = whole(SEQUENCE, key)?;
    let modulus = positive(element(INTEGER, &mut numbers)?)?;
    let exponent = positive(whole(INTEGER, numbers)?)?;
    let is_size = SIZES.contains(&bit_length(modulus));
    let is_exponent = exponent.len() <= LONGEST_EXPONENT
        && bit_length(exponent) <= 33
        && exponent != [1]
        && is_odd(exponent);
    (algorithm == RSA_ENCRYPTION && is_size && is_odd(modulus) && is_exponent)
        .then_some(RsaNumbers { modulus, exponent })
}

/// The content of an element that is all there is.
fn whole(tag: u8, mut der: &[u8]) -> Option<&[u8]> {
    let content = element(tag, &mut der)?;
    der.is_empty().then_some(content)
}

/// Takes an element off the front, and gives its content.
fn element<'a>(tag: u8, der: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [found, first, rest @ ..] = *der else {
        return None;
    };
    let (length, rest) = match *first {
        short @ ..=0x7f => (usize::from(short), rest),
        // The number of bytes that hold the length; no key needs more than two.
        long @ 0x81..=0x82 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long - 0x80))?;
            let length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            // DER has one form for each length.
            let shortest = if bytes.len() == 1 { 0x80 } else { 0x100 };
            (length >= shortest).then_some((length, rest))?
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    *der = after;
    (*found == tag).then_some(content)
}

/// The bytes of a positive integer, in its one form.
fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Some(rest),
        [0x01..=0x7f, ..] => Some(integer),
        _ => None,
    }
}

fn bit_length(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    number.len() * 8 - zeros as usize
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last & 1 == 1)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn der(pem: &str) -> Vec<u8> {
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        STANDARD.decode(lines.collect::<String>()).unwrap()
    }

    fn key() -> Vec<u8> {
        der(include_str!("../../../tests/signatures/rsa2048.pem"))
    }

    #[test]
    fn the_numbers_of_a_key_are_read() {
        let key = key();
        let numbers = read(&key).unwrap();
        assert_eq!(bit_length(numbers.modulus), 2048);
        assert_eq!(numbers.exponent, [1, 0, 1]);
        let small = der(include_str!("../../../tests/signatures/rsa1024.pem"));
        assert_eq!(read(&small), None);
    }

    #[test]
    fn what_is_cut_or_longer_or_has_another_frame_is_no_key() {
        let key = key();
        for length in 0..key.len() {
            assert_eq!(read(&key[..length]), None, "{length}");
        }
        assert_eq!(read(&[&key[..], &[0]].concat()), None);
        // Tags, lengths and the algorithm, up to the modulus; and the exponent at the end.
        let frame = (0..33).chain(key.len() - 5..key.len() - 3);
        for at in frame {
            for bit in 0..8 {
                let mut other = key.clone();
                other[at] ^= 1 << bit;
                assert_eq!(read(&other), None, "{at}");
            }
        }
    }

    #[test]
    fn an_exponent_of_one_or_an_even_one_is_none() {
        let mut key = key();
        let last = key.len() - 1;
        key[last] = 0;
        assert_eq!(read(&key), None);
    }
}
