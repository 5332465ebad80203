//! A webhook, and how it is received by hand: the signature, then serde_json into a plain struct.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lago_client::webhooks::{SIGNATURE_HEADER, Verifier};
use serde::Deserialize;
use serde_json::Value;

use crate::subjects::{Outcome, plain};

/// The largest delivery that was recorded: an invoice.
const RECORDED: &str =
    include_str!("../../../tests/fixtures/recorded/webhooks/invoice.created__hmac__1.json");

/// The key of that server, which nobody else has.
const KEY: &str = "hmac-local-org-0001";

pub(crate) struct Delivery {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    verifier: Verifier,
    key: hmac::Key,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "webhook_type")]
    _webhook_type: String,
    #[serde(rename = "object_type")]
    _object_type: String,
    #[serde(rename = "organization_id")]
    _organization_id: String,
    invoice: plain::Invoice,
}

impl Delivery {
    pub(crate) fn read() -> Outcome<Self> {
        let recorded: Value = serde_json::from_str(RECORDED)?;
        let headers = recorded["headers"].as_object().ok_or("no headers")?;
        let headers = headers.iter().filter_map(|(name, value)| {
            let value = value.as_str()?.to_owned();
            Some((name.to_lowercase(), value))
        });
        Ok(Self {
            headers: headers.collect(),
            body: STANDARD.decode(recorded["raw_body_b64"].as_str().ok_or("no body")?)?,
            verifier: Verifier::hmac(KEY),
            key: hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()),
        })
    }

    pub(crate) fn ours(&self) -> Outcome {
        let headers = self.headers.iter().map(|(name, value)| (name, value));
        let delivery = self.verifier.verify(headers, &self.body)?;
        delivery
            .malformed
            .map_or(Ok(()), |malformed| Err(malformed.into()))
    }

    pub(crate) fn bare(&self) -> Outcome {
        let mut headers = self.headers.iter();
        let signature = headers.find(|(name, _)| name == SIGNATURE_HEADER);
        let (_, signature) = signature.ok_or("no signature")?;
        let signature = STANDARD.decode(signature)?;
        hmac::verify(&self.key, &self.body, &signature).map_err(|_| "another signature")?;
        drop(serde_json::from_slice::<Body>(&self.body)?.invoice);
        Ok(())
    }
}
