//! Writes the recorded responses as seeds of `response_bytes`.

use std::error::Error;
use std::fs;
use std::path::Path;

use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::route;
use lago_tests::generated::calls::DECODERS;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = here.join("corpus/response_bytes");
    fs::create_dir_all(&corpus)?;
    let recordings = Recordings::read(&here.join("../tests/fixtures/recorded"))?;
    for exchange in recordings.exchanges {
        let Some((operation, _)) = route(&exchange.method, &exchange.path) else {
            continue;
        };
        for (index, decoder) in DECODERS.iter().enumerate() {
            if decoder.id == operation.id {
                let body = exchange.response_body.to_string();
                let method = u16::try_from(index)?.to_be_bytes();
                let name = format!("{index}-{}", exchange.file.replace('/', "-"));
                fs::write(corpus.join(name), [&method[..], body.as_bytes()].concat())?;
            }
        }
    }
    Ok(())
}
