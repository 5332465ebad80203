//! Recordings of a real server: what it was asked, what it answered, what it delivered.
//!
//! A folder holds `exchanges/*.json` and `webhooks/*.json`, and may hold folders of the same kind.
//! `accepted.json` beside them lists what may differ in them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};

/// The recordings of a folder and of those below it.
#[derive(Debug, Default)]
pub struct Recordings {
    /// Requests with their responses.
    pub exchanges: Vec<Exchange>,
    /// Webhooks.
    pub deliveries: Vec<Delivery>,
    /// What may differ.
    pub accepted: Vec<Accepted>,
}

/// A request with its response.
#[derive(Clone, Debug, Deserialize)]
pub struct Exchange {
    /// The file, below the folder that was read.
    #[serde(skip)]
    pub file: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query, raw.
    pub path: String,
    /// The HTTP status of the response.
    #[serde(deserialize_with = "status")]
    pub status: u16,
    /// The JSON that was sent; null for none.
    pub request_body: Value,
    /// The headers of the response.
    pub response_headers: Map<String, Value>,
    /// The JSON of the response, the text when it is no JSON, null for none.
    pub response_body: Value,
}

/// A webhook as it was delivered.
#[derive(Clone, Debug, Deserialize)]
pub struct Delivery {
    /// The file, below the folder that was read.
    #[serde(skip)]
    pub file: String,
    /// The headers.
    pub headers: Map<String, Value>,
    /// The body, byte for byte.
    #[serde(rename = "raw_body_b64", deserialize_with = "bytes")]
    pub body: Vec<u8>,
}

/// A difference that is known and taken as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The folder whose recordings may have it, below the one that was read.
    #[serde(skip)]
    pub folder: String,
    /// An operation id, a webhook type, or `*` for all of them.
    pub about: String,
    /// The JSON path, `[]` for every index: `invoice.fees[].units`.
    pub path: String,
    /// Why that is right.
    pub reason: String,
}

impl Exchange {
    /// What went over the wire: a body that is no JSON is its text, and one that is empty is null.
    pub fn of(
        (method, path, sent): (&str, &str, &[u8]),
        status: u16,
        headers: Map<String, Value>,
        said: &[u8],
    ) -> Self {
        let mut exchange = Self {
            file: String::new(),
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            request_body: serde_json::from_slice(sent).unwrap_or_default(),
            response_headers: headers,
            response_body: Value::Null,
        };
        let text = || Value::from(String::from_utf8_lossy(said).as_ref());
        exchange.response_body = match said {
            [] => Value::Null,
            said if exchange.is_json() => serde_json::from_slice(said).unwrap_or_else(|_| text()),
            _ => text(),
        };
        exchange
    }

    /// Whether the response is JSON, as its headers say.
    pub fn is_json(&self) -> bool {
        let kind = self.response_headers.get("content-type");
        kind.and_then(Value::as_str)
            .is_none_or(|kind| kind.contains("json"))
    }
}

/// What is wrong with a folder of recordings.
#[derive(Debug)]
pub struct RecordingError {
    /// The file or folder.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}

impl std::error::Error for RecordingError {}

impl Recordings {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// The folder is missing, holds no recording, or holds a file that is none.
    pub fn read(root: &Path) -> Result<Self, RecordingError> {
        let mut recordings = Self::default();
        recordings.add(root, root)?;
        if recordings.exchanges.is_empty() && recordings.deliveries.is_empty() {
            let why = "neither exchanges/*.json nor webhooks/*.json, here or below";
            return Err(problem(root, why));
        }
        Ok(recordings)
    }

    fn add(&mut self, root: &Path, folder: &Path) -> Result<(), RecordingError> {
        for path in entries(folder)? {
            let name = path.file_name().unwrap_or_default();
            match (path.is_dir(), name.to_str()) {
                (true, Some("exchanges")) => {
                    for path in json_files(&path)? {
                        let file = below(root, &path);
                        let exchange = read(&path)?;
                        self.exchanges.push(Exchange { file, ..exchange });
                    }
                }
                (true, Some("webhooks")) => {
                    for path in json_files(&path)? {
                        let file = below(root, &path);
                        let delivery = read(&path)?;
                        self.deliveries.push(Delivery { file, ..delivery });
                    }
                }
                (true, _) => self.add(root, &path)?,
                (false, Some("accepted.json")) => {
                    for accepted in read::<Vec<Accepted>>(&path)? {
                        let folder = below(root, folder);
                        self.accepted.push(Accepted { folder, ..accepted });
                    }
                }
                (false, _) => {}
            }
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, RecordingError> {
    let text = fs::read(path).map_err(|error| problem(path, error))?;
    serde_json::from_slice(&text).map_err(|error| problem(path, error))
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, RecordingError> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    Ok(paths)
}

/// What a folder holds, in the order of names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, RecordingError> {
    let read = || {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()
    };
    let mut paths = read().map_err(|error| problem(folder, error))?;
    paths.sort();
    Ok(paths)
}

fn below(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.display().to_string()
}

fn problem(path: &Path, why: impl ToString) -> RecordingError {
    RecordingError {
        file: path.display().to_string(),
        why: why.to_string(),
    }
}

fn status<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    // A client takes no 1xx for a response.
    match status {
        200..=599 => Ok(status),
        _ => Err(D::Error::custom(format!("{status} is no status"))),
    }
}

fn bytes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(D::Error::custom)
}
