//! For which Lago and which key the events of a spool were taken, so that they are billed to nobody else.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

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

/// The note of where events go from now on. No event is taken before it is there, since the next process would not know for
/// whom it was taken.
pub(super) struct Note {
    directory: PathBuf,
    text: String,
    written: OnceCell<()>,
}

impl Note {
    fn new(directory: &Path, destination: &Destination, is_written: bool) -> Arc<Self> {
        Arc::new(Self {
            directory: directory.to_owned(),
            text: destination.written(),
            written: OnceCell::new_with(is_written.then_some(())),
        })
    }

    /// Writes it, unless it is there.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    pub(super) async fn write(self: &Arc<Self>) -> io::Result<()> {
        let write = || async {
            let note = Arc::clone(self);
            let writing = spawn_blocking(move || replace(&note.directory, &note.text));
            writing.await.map_err(io::Error::other)?
        };
        self.written.get_or_try_init(write).await.copied()
    }
}

/// Whether what the spool has goes where events go from now on, and the note of that.
///
/// # Errors
///
/// When the spool has events that were taken for another destination, in words that follow what the directory is called,
/// unless it is agreed that they go to the new one; and when the note cannot be read.
pub(super) fn check(
    directory: &Path,
    client: &Client,
    events: u64,
    agreed: Option<&str>,
) -> Result<Arc<Note>, String> {
    let known = match fs::read(directory.join(NAME)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            return Err(format!(
                "{NAME} cannot be read ({error}), and says for whom its events were taken: let the gateway read it"
            ));
        }
    };
    if let Some(text) = known {
        let former = Destination::read(&text);
        let salt = former.as_ref().map(|former| former.salt.clone());
        let new = Destination::of(client, salt.unwrap_or_default());
        let difference = match &former {
            Some(former) => former.differs(&new),
            None => Some(format!(
                "for somebody whom the file {NAME} no longer tells, as it is damaged"
            )),
        };
        match difference {
            None => return Ok(Note::new(directory, &new, true)),
            Some(difference) if events > 0 => {
                let agreement = agreement(&text, &new);
                let taken = match events {
                    1 => format!("an event that was taken {difference}"),
                    _ => format!("{events} events that were taken {difference}"),
                };
                allow(&taken, agreed, &agreement)?;
            }
            Some(_) => {}
        }
    }
    let salt = format!("{:032x}", fastrand::u128(..));
    Ok(Note::new(directory, &Destination::of(client, salt), false))
}

/// What stands for this change of destination and no other one: a new note has another salt.
fn agreement(former: &[u8], new: &Destination) -> String {
    let key = new.key_sha256.as_deref().unwrap_or_default();
    let texts = [former, new.url_sha256.as_bytes(), key.as_bytes()];
    let mut agreement = format!("{:x}", Fingerprint::of(&texts));
    agreement.truncate(12);
    agreement
}

/// Whether this change was agreed to.
fn allow(taken: &str, agreed: Option<&str>, agreement: &str) -> Result<(), String> {
    if agreed == Some(agreement) {
        say(&format_args!(
            "the spool has {taken}; as `--new-destination {agreement}` says, it goes to the new one"
        ));
        return Ok(());
    }
    let other = match agreed {
        Some(_) => "; the one that is given is for another change",
        None => "",
    };
    Err(format!(
        "it has {taken}; what it has would be billed where it does not belong. Start with the former URL and key until the \
         spool is empty, or with another directory; or, if it belongs to the same organization all the same, with \
         `--new-destination {agreement}`, which is for this change alone{other}"
    ))
}

/// Replaces the note as a whole.
fn replace(directory: &Path, text: &str) -> io::Result<()> {
    let unfinished = directory.join(UNFINISHED);
    let written = write_unfinished(&unfinished, text)
        .and_then(|()| fs::rename(&unfinished, directory.join(NAME)))
        .and_then(|()| sync_directory(directory));
    written.inspect_err(|_| {
        // On a full disk it would take room that others wait for. The error that counts is the first one.
        let _ = fs::remove_file(&unfinished);
    })
}

fn write_unfinished(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn hash(salt: &str, text: &[u8]) -> String {
    format!("{:x}", Fingerprint::of(&[salt.as_bytes(), text]))
}
