//! Where files come in.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, TRANSFER_ENCODING, USER_AGENT,
};
use reqwest::{Method, StatusCode, Url, Version};

use super::format::{Beginning, Format, Tail};
use super::redirect;
use crate::clock::within;
use crate::error::{Error, InvalidFileUrl, Kind};
use crate::http_client::PRODUCT;
use crate::operation::Operation;
use crate::rate_limit::retry_after;
use crate::response::Received;
use crate::retry::{Attempt, Budget, RetryPolicy, Rules, repeat};
use crate::send::{Shared, receive};
use crate::sender::Incoming;
use crate::storage::is_private;
use crate::transport::TransportError;

/// How a file is fetched.
pub(super) struct Fetch<'a> {
    pub(super) shared: &'a Shared,
    pub(super) budget: &'a Budget,
    /// The one that said where the file is.
    pub(super) operation: &'static Operation,
    pub(super) format: Format,
    /// For one attempt.
    pub(super) timeout: Duration,
    pub(super) policy: &'a RetryPolicy,
}

/// A file that has begun.
pub(super) struct File {
    response: Incoming,
    /// Read, and not handed out yet.
    read: Option<Bytes>,
    /// Present where the response does not say where the file ends.
    tail: Option<Tail>,
}

impl Fetch<'_> {
    /// The whole file.
    pub(super) async fn whole(&self, url: &str, remaining: Duration) -> Result<Bytes, Error> {
        let url = self.address(url)?;
        let rules = self.rules(remaining);
        let attempts = repeat(&rules, |attempt| {
            self.in_time(attempt, async {
                let response = self.open(&url).await?;
                let is_delimited = is_delimited(&response);
                let received = self.receive(response).await?;
                match self.format.beginning(&received.body) {
                    Beginning::File(end) => {
                        let mut tail = Tail::new(end);
                        tail.push(&received.body);
                        match is_delimited || tail.is_whole() {
                            true => Ok(received.body),
                            false => Err(self.error(Kind::Transport).with_response(received)),
                        }
                    }
                    Beginning::Unclear if !is_delimited => {
                        Err(self.error(Kind::Transport).with_response(received))
                    }
                    Beginning::Unclear | Beginning::Other => {
                        Err(self.error(Kind::NoFile).with_response(received))
                    }
                }
            })
        });
        Ok(attempts.await?.0)
    }

    /// The file, of which as much was read as shows that it is one.
    pub(super) async fn begin(&self, url: &str, remaining: Duration) -> Result<File, Error> {
        let url = self.address(url)?;
        let rules = self.rules(remaining);
        let attempts = repeat(&rules, |attempt| {
            self.in_time(attempt, async { self.peek(self.open(&url).await?).await })
        });
        Ok(attempts.await?.0)
    }

    /// Reads the beginning of a file.
    async fn peek(&self, mut response: Incoming) -> Result<File, Error> {
        let is_delimited = is_delimited(&response);
        let mut read = Bytes::new();
        let kind = loop {
            match self.format.beginning(&read) {
                Beginning::File(end) => {
                    let tail = (!is_delimited).then(|| Tail::new(end));
                    let read = Some(read);
                    return Ok(File {
                        response,
                        read,
                        tail,
                    });
                }
                Beginning::Other => break Kind::NoFile,
                Beginning::Unclear => {}
            }
            let chunk = response.chunk().await.map_err(|error| self.broken(error))?;
            match chunk {
                // As a rule one is enough, which is kept as it is.
                Some(chunk) if read.is_empty() => read = chunk,
                Some(chunk) => read = [read, chunk].concat().into(),
                None if is_delimited => break Kind::NoFile,
                None => break Kind::Transport,
            }
        };
        let received = Received {
            status: response.status(),
            headers: response.take_headers(),
            body: read,
        };
        Err(self.error(kind).with_response(received))
    }

    /// The next piece of a file.
    pub(super) async fn chunk(&self, file: &mut File) -> Result<Option<Bytes>, Error> {
        let clock = self.shared.clock.as_ref();
        let chunk = match file.read.take() {
            Some(read) => Some(read),
            None => match within(clock, self.timeout, file.response.chunk()).await {
                Some(chunk) => chunk.map_err(|error| self.broken(error))?,
                None => return Err(self.error(Kind::Timeout)),
            },
        };
        match (&chunk, &mut file.tail) {
            (Some(chunk), Some(tail)) => tail.push(chunk),
            (None, Some(tail)) if !tail.is_whole() => return Err(self.error(Kind::Transport)),
            _ => {}
        }
        Ok(chunk)
    }

    /// The URL that the API names, if that is one that files may be at.
    fn address(&self, url: &str) -> Result<Url, Error> {
        let url = redirect::address(url).map_err(|why| self.no_way(why))?;
        self.check(&url)?;
        Ok(url)
    }

    fn check(&self, url: &Url) -> Result<(), Error> {
        let checked = self.shared.storages.reach.check(url);
        checked.map_err(|why| self.no_way(why))
    }

    fn rules(&self, remaining: Duration) -> Rules<'_> {
        Rules {
            operation: self.operation,
            idempotency: self.operation.idempotency,
            policy: self.policy,
            total: remaining,
            budget: self.budget,
            // The limit is that of the API.
            pace: None,
            clock: self.shared.clock.as_ref(),
        }
    }

    /// An attempt, all of its redirects included.
    async fn in_time<T>(
        &self,
        attempt: Attempt,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let limit = self.timeout.min(attempt.remaining);
        let outcome = within(self.shared.clock.as_ref(), limit, work).await;
        outcome.unwrap_or_else(|| Err(self.error(Kind::Timeout)))
    }

    /// Goes where the URL and redirects lead, and takes only a file for one.
    async fn open(&self, url: &Url) -> Result<Incoming, Error> {
        let mut url = url.clone();
        let mut redirects = 0;
        loop {
            let mut request = reqwest::Request::new(Method::GET, url.clone());
            // Some gateways refuse who does not say a name.
            let agent = HeaderValue::from_static(PRODUCT);
            request.headers_mut().insert(USER_AGENT, agent);
            let sender = self.shared.storages.sender(&url, &self.shared.sender)?;
            let response = sender.send(None, request, None).await;
            let response = response.map_err(|error| self.broken(error))?;
            // What callers bring may follow redirects by itself.
            let from = response.url(&url);
            redirect::check(&url, from).map_err(|why| self.no_way(why))?;
            self.check(from)?;
            if redirect::is_redirect(response.status()) {
                redirects += 1;
                let location = response.headers().get(LOCATION);
                let next = redirect::next(from, location, redirects);
                url = next.map_err(|why| self.no_way(why))?;
                self.check(&url)?;
                continue;
            }
            if response.status() == StatusCode::OK && self.is_admitted(response.headers()) {
                return Ok(response);
            }
            return Err(self.refusal(self.receive(response).await?));
        }
    }

    async fn receive(&self, mut response: Incoming) -> Result<Received, Error> {
        let received = receive(
            self.operation,
            self.shared.max_response_bytes,
            &mut response,
        )
        .await;
        received.map_err(Error::of_storage)
    }

    /// What came in place of a file.
    fn refusal(&self, received: Received) -> Error {
        if received.status == StatusCode::OK {
            return self.error(Kind::NoFile).with_response(received);
        }
        let now = || self.shared.clock.utc();
        let wait = retry_after(received.status, &received.headers, now);
        let refused = self.error(Kind::Refused).with_response(received);
        refused.retry_after_of(wait)
    }

    fn is_admitted(&self, headers: &HeaderMap) -> bool {
        let content_type = headers.get(CONTENT_TYPE);
        // What cannot be read is the name of nothing.
        self.format
            .admits(content_type.map(|value| value.to_str().unwrap_or("?")))
    }

    fn broken(&self, error: TransportError) -> Error {
        if is_private(&error) {
            return self.no_way(InvalidFileUrl::Private);
        }
        Error::transport(self.operation, error, None).of_storage()
    }

    fn no_way(&self, why: InvalidFileUrl) -> Error {
        self.error(Kind::InvalidFileUrl(why))
    }

    fn error(&self, kind: Kind) -> Error {
        Error::new(kind, Some(self.operation)).of_storage()
    }
}

/// Whether a response says where its body ends. Else it does where the connection is closed, which is
/// what it also does when it breaks.
fn is_delimited(response: &Incoming) -> bool {
    let headers = response.headers();
    let coding = headers.get(TRANSFER_ENCODING);
    let is_chunked = || {
        let coding = coding.and_then(|coding| coding.to_str().ok());
        coding.is_some_and(|coding| coding.trim().to_ascii_lowercase().ends_with("chunked"))
    };
    response.is_whole()
        || response.version() >= Version::HTTP_2
        || (coding.is_none() && headers.contains_key(CONTENT_LENGTH))
        || is_chunked()
}
