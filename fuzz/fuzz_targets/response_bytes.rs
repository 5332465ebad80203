//! Any bytes as the response of any method: no panic, and what is read stays so.

#![no_main]

use lago_tests::conform::mutate::is_stable;
use lago_tests::generated::calls::DECODERS;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // The first two bytes say which method.
    let [high, low, body @ ..] = bytes else {
        return Corpus::Reject;
    };
    let index = usize::from(u16::from_be_bytes([*high, *low]));
    let Some(decoder) = DECODERS.get(index) else {
        return Corpus::Reject;
    };
    if let Ok(answered) = (decoder.decode)(body) {
        if decoder.root.is_some() {
            let law = is_stable(decoder, &answered);
            assert_eq!(law, Ok(()), "{}", decoder.method);
        }
    }
    Corpus::Keep
});
