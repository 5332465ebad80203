//! For which Lago and which key the events of a spool were taken, so that they are billed to nobody else.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::client::Client;
use crate::credentials::Credentials;
use crate::gateway::fingerprint::Fingerprint;
use crate::gateway::log::say;
use crate::ingest::spool::sync_directory;

/// Beside the directory of the spool.
const NAME: &str = "destination";

/// What the file is called until it is whole.
const UNFINISHED: &str = "destination.tmp";

/// What is kept of it: nothing from which a key could be had.
struct Destination {
    /// As it may be shown.
    url: String,
    /// Before what is hashed, so that the same key looks different in each directory.
    salt: String,
    url_sha256: String,
    /// None where keys come from a provider and change.
    key_sha256: Option<String>,
}

impl Destination {
    fn of(client: &Client, salt: String) -> Self {
        let inner = client.inner();
        let base_url = &inner.shared.base_url;
        let key_sha256 = match &inner.credentials {
            Credentials::Fixed(header) => Some(hash(&salt, header.as_bytes())),
            Credentials::Provided(_) => None,
        };
        Self {
            url: base_url.to_string(),
            url_sha256: hash(&salt, base_url.as_str().as_bytes()),
            key_sha256,
            salt,
        }
    }

    /// None where the text is no such note.
    fn read(text: &[u8]) -> Option<Self> {
        let note: Value = serde_json::from_slice(text).ok()?;
        let word = |name: &str| note.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            url: word("url")?,
            salt: word("salt")?,
            url_sha256: word("url_sha256")?,
            key_sha256: word("key_sha256"),
        })
    }

    fn written(&self) -> String {
        let Self {
            url,
            salt,
            url_sha256,
            key_sha256,
        } = self;
        json!({ "url": url, "salt": salt, "url_sha256": url_sha256, "key_sha256": key_sha256 })
            .to_string()
    }

    /// What is different from another with the same salt.
    fn differs(&self, other: &Self) -> Option<String> {
        if self.url_sha256 != other.url_sha256 {
            return Some(format!("for {}, and not for {}", self.url, other.url));
        }
        (self.key_sha256 != other.key_sha256).then(|| "with another API key".to_owned())
    }
}

/// Takes note of where events go from now on.
///
/// # Errors
///
/// When the spool has events that were taken for another destination, in words that follow what the directory is called,
/// unless somebody says that they go to the new one; and when the note cannot be read or written.
pub(super) fn check(
    directory: &Path,
    client: &Client,
    events: u64,
    is_new: bool,
) -> Result<(), String> {
    let known = match fs::read(directory.join(NAME)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("{NAME}: {error}")),
    };
    let known = known.map(|text| Destination::read(&text));
    let difference = match &known {
        None => None,
        Some(Some(known)) => match known.differs(&Destination::of(client, known.salt.clone())) {
            None => return Ok(()),
            difference => difference,
        },
        Some(None) => Some(format!(
            "for somebody whom the file {NAME} no longer tells, as it is damaged"
        )),
    };
    if let Some(difference) = difference
        && events > 0
    {
        let taken = match events {
            1 => format!("an event that was taken {difference}"),
            _ => format!("{events} events that were taken {difference}"),
        };
        if !is_new {
            return Err(format!(
                "it has {taken}; what it has would be billed where it does not belong. Start with the former URL and key \
                 until the spool is empty, or with another directory; or, if it belongs to the same organization all the \
                 same, with `--new-destination`"
            ));
        }
        say(&format_args!(
            "the spool has {taken}; as `--new-destination` says, it goes to the new one"
        ));
    }
    let salt = format!("{:032x}", fastrand::u128(..));
    write(directory, &Destination::of(client, salt)).map_err(|error| format!("{NAME}: {error}"))
}

/// Replaces the note as a whole.
fn write(directory: &Path, destination: &Destination) -> io::Result<()> {
    let unfinished = directory.join(UNFINISHED);
    let mut file = File::create(&unfinished)?;
    file.write_all(destination.written().as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&unfinished, directory.join(NAME))?;
    sync_directory(directory)
}

fn hash(salt: &str, text: &[u8]) -> String {
    format!("{:x}", Fingerprint::of(&[salt.as_bytes(), text]))
}
