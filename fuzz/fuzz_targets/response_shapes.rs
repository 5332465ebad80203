//! Responses of the shape that openapi.yaml gives them, with anything anywhere in them: no panic, and
//! what is read stays so. The bytes are the decisions that make the response.

#![no_main]

use std::sync::LazyLock;

use lago_tests::conform::mutate::{Dice, Valid, chaos, is_stable, schema_with};
use lago_tests::generated::calls::DECODERS;
use lago_tests::support::calling::Decoder;
use lago_tests::support::document::Document;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::read().expect("openapi.yaml"));

/// The methods that answer JSON, each with the schema of its response.
static METHODS: LazyLock<Vec<(&Decoder, Value)>> = LazyLock::new(|| {
    let operations = DOCUMENT.operations();
    let schema = |decoder: &Decoder| {
        let operation = operations.iter().find(|known| known.id == decoder.id)?;
        schema_with(&DOCUMENT, operation.response.as_ref()?, decoder.root?)
    };
    DECODERS
        .iter()
        .filter_map(|decoder| Some((decoder, schema(decoder)?)))
        .collect()
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let rolls: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let [method, rolls @ ..] = rolls.as_slice() else {
        return Corpus::Reject;
    };
    let Some((decoder, schema)) = METHODS.get(usize::from(*method)) else {
        return Corpus::Reject;
    };
    let (made, changed) = rolls.split_at(rolls.len() / 2);
    let (document, dice) = (&*DOCUMENT, Dice::new(made));
    let valid = Valid { document, dice }.of(schema);
    let body = chaos(document, &valid, Dice::new(changed));
    if let Ok(answered) = (decoder.decode)(body.to_string().as_bytes()) {
        let law = is_stable(decoder, &answered);
        assert_eq!(law, Ok(()), "{}", decoder.method);
    }
    Corpus::Keep
});
