//! What real servers delivered.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lago_client::webhooks::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier};
use serde_json::Value;

/// The HMAC key of most organizations that were recorded.
pub(super) const HMAC_KEY: &str = "hmac-local-org-0001";

/// A server that was recorded.
#[derive(Debug)]
pub(super) struct Server {
    folder: &'static str,
    /// The address that it was set up with.
    pub(super) issuer: &'static str,
    /// The HMAC key of its organization.
    pub(super) hmac_key: &'static str,
    /// Where it tells its public key.
    public_key: &'static str,
}

const SERVERS: [Server; 4] = [
    Server {
        folder: "webhooks",
        issuer: "http://127.0.0.1:3000",
        hmac_key: HMAC_KEY,
        public_key: "public_key.txt",
    },
    Server {
        folder: "older-1.33/webhooks",
        issuer: "http://127.0.0.1:3001",
        hmac_key: HMAC_KEY,
        public_key: "public_key.txt",
    },
    Server {
        folder: "older-1.16/webhooks",
        issuer: "http://127.0.0.1:3002",
        hmac_key: HMAC_KEY,
        public_key: "public_key.txt",
    },
    Server {
        folder: "live-2/webhooks",
        issuer: "http://127.0.0.1:53000",
        hmac_key: "hmac-drive-0001",
        public_key: "live-2/exchanges/0339_unnamed.json",
    },
];

impl Server {
    /// The public key as the server tells it.
    pub(super) fn public_key(&self) -> String {
        let told = fs::read_to_string(folder().join(self.public_key)).unwrap();
        match serde_json::from_str::<Value>(&told) {
            Ok(exchange) => {
                let key = &exchange["response_body"]["webhook"]["public_key"];
                key.as_str().unwrap().to_owned()
            }
            Err(_) => told,
        }
    }
}

/// A delivery as it came.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) file: String,
    pub(super) server: &'static Server,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Recorded {
    pub(super) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(super) fn is_hmac(&self) -> bool {
        self.header(ALGORITHM_HEADER) == "hmac"
    }

    /// The type of webhook, from the name of the file.
    pub(super) fn webhook_type(&self) -> &str {
        let file = self.file.rsplit('/').next().unwrap_or_default();
        file.split("__").next().unwrap_or_default()
    }

    /// Pairs of names and values, with another signature.
    pub(super) fn headers_with<'a>(&'a self, signature: &'a [u8]) -> [(&'a str, &'a [u8]); 3] {
        [
            (SIGNATURE_HEADER, signature),
            (ALGORITHM_HEADER, self.header(ALGORITHM_HEADER).as_bytes()),
            (UNIQUE_KEY_HEADER, self.header(UNIQUE_KEY_HEADER).as_bytes()),
        ]
    }

    /// What trusts it.
    pub(super) fn verifier(&self) -> Verifier {
        match self.is_hmac() {
            true => Verifier::hmac(self.server.hmac_key),
            false => Verifier::jwt(self.server.public_key(), self.server.issuer).unwrap(),
        }
    }
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/recorded"))
}

/// Everything that was recorded.
pub(super) fn all() -> Vec<Recorded> {
    let mut all = Vec::new();
    for server in &SERVERS {
        let name = server.folder;
        let files = fs::read_dir(folder().join(name)).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        for path in files {
            let recording: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let headers = recording["headers"].as_object().unwrap().iter();
            let body = recording["raw_body_b64"].as_str().unwrap();
            let file = path.file_name().unwrap().to_string_lossy();
            all.push(Recorded {
                file: format!("{name}/{file}"),
                server,
                headers: headers
                    .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                    .collect(),
                body: STANDARD.decode(body).unwrap(),
            });
        }
    }
    all
}

/// The recording with the smallest body of all with HMAC, or of all with JWT.
pub(super) fn smallest(hmac: bool) -> Recorded {
    let all = all().into_iter();
    let of_kind = all.filter(|delivery| delivery.is_hmac() == hmac);
    of_kind.min_by_key(|delivery| delivery.body.len()).unwrap()
}
