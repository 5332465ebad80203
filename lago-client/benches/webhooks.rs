//! What a delivery costs: signature and event, for both kinds of signature, beside the event alone.
//!
//! `cargo bench -p lago-client --bench webhooks`. The deliveries are recorded ones.

use std::error::Error;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, Throughput};
use lago_client::types::Webhook;
use lago_client::webhooks::Verifier;
use serde_json::Value;

const HMAC_KEY: &str = "hmac-local-org-0001";
const ISSUER: &str = "http://127.0.0.1:3000";

/// A small one, and the largest.
const DELIVERIES: [&str; 2] = ["feature.created", "invoice.created"];

struct Delivery {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Delivery {
    fn read(folder: &Path, name: &str) -> Result<Self, Box<dyn Error>> {
        let text = fs::read(folder.join("webhooks").join(name))?;
        let recorded: Value = serde_json::from_slice(&text)?;
        let headers = recorded["headers"].as_object().ok_or("no headers")?;
        let body = recorded["raw_body_b64"].as_str().ok_or("no body")?;
        Ok(Self {
            headers: headers
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
            body: STANDARD.decode(body)?,
        })
    }

    fn headers(&self) -> impl Iterator<Item = (&String, &String)> {
        self.headers.iter().map(|(name, value)| (name, value))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/recorded");
    let fixtures = Path::new(fixtures);
    let key = fs::read_to_string(fixtures.join("public_key.txt"))?;
    let verifiers = [
        ("hmac", Verifier::hmac(HMAC_KEY)),
        ("jwt", Verifier::jwt(key, ISSUER)?),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    for name in DELIVERIES {
        let mut group = criterion.benchmark_group(name);
        for (kind, verifier) in &verifiers {
            let delivery = Delivery::read(fixtures, &format!("{name}__{kind}__1.json"))?;
            // What is measured is a success.
            let verified = verifier.verify(delivery.headers(), &delivery.body)?;
            if let Some(malformed) = verified.malformed {
                return Err(malformed.into());
            }
            group.throughput(Throughput::Bytes(delivery.body.len().try_into()?));
            group.bench_function(*kind, |bench| {
                bench.iter(|| verifier.verify(delivery.headers(), &delivery.body));
            });
            group.bench_function(format!("{kind}, event alone"), |bench| {
                bench.iter(|| Webhook::from_slice(&delivery.body));
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
