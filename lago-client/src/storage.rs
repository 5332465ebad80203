//! The HTTP client for files: one that looks where names lead before it connects.

mod reach;
#[cfg(not(target_family = "wasm"))]
mod resolver;
#[cfg(target_family = "wasm")]
mod unguarded;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;

use crate::error::Error;
use crate::sender::Sender;

pub(crate) use reach::Reach;
#[cfg(not(target_family = "wasm"))]
use resolver as guard;
#[cfg(target_family = "wasm")]
use unguarded as guard;

pub(crate) use guard::is_private;

/// How servers that keep files are reached.
pub(crate) struct Storages {
    pub(crate) reach: Arc<Reach>,
    /// None when the caller brings what sends: it resolves names as it likes.
    connect_timeout: Option<Duration>,
    /// Made for the first file: most clients fetch none.
    sender: OnceLock<Sender>,
}

impl Storages {
    pub(crate) fn new(reach: Reach, connect_timeout: Option<Duration>) -> Self {
        Self {
            reach: Arc::new(reach),
            connect_timeout,
            sender: OnceLock::new(),
        }
    }

    /// What sends to a URL; the same as for the API where no address is refused.
    pub(crate) fn sender<'a>(&'a self, url: &Url, api: &'a Sender) -> Result<&'a Sender, Error> {
        let limit = self.connect_timeout;
        let limit = limit.filter(|_| !self.reach.is_unbounded() && !self.reach.is_api(url));
        match (limit, self.sender.get()) {
            (None, _) => Ok(api),
            (Some(_), Some(sender)) => Ok(sender),
            (Some(limit), None) => {
                let sender = Sender::Http(guard::guarded(&self.reach, limit)?);
                Ok(self.sender.get_or_init(|| sender))
            }
        }
    }
}
