//! Where files come in.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, StatusCode, Url};

use super::redirect::{self, NoWay};
use crate::clock::within;
use crate::config::PRODUCT;
use crate::error::{Error, Kind};
use crate::operation::Operation;
use crate::rate_limit::retry_after;
use crate::response::Received;
use crate::retry::{Attempt, RetryPolicy, Rules, repeat};
use crate::transport::{Shared, receive};

/// How a file is fetched.
pub(super) struct Fetch<'a> {
    pub(super) shared: &'a Shared,
    /// The one that said where the file is.
    pub(super) operation: &'static Operation,
    /// For one attempt.
    pub(super) timeout: Duration,
    pub(super) policy: &'a RetryPolicy,
}

impl Fetch<'_> {
    /// The whole file.
    pub(super) async fn whole(&self, url: &str, remaining: Duration) -> Result<Bytes, Error> {
        let url = redirect::address(url).map_err(|why| self.no_way(why))?;
        let rules = self.rules(remaining);
        let attempts = repeat(&rules, |attempt| {
            self.in_time(attempt, async {
                let answer = self.open(&url).await?;
                let received = self.receive(answer).await?;
                match received.body.is_empty() {
                    true => Err(self.error(Kind::NoFile).with(received)),
                    false => Ok(received.body),
                }
            })
        });
        Ok(attempts.await?.0)
    }

    /// The file, of which nothing was read yet.
    pub(super) async fn begin(
        &self,
        url: &str,
        remaining: Duration,
    ) -> Result<reqwest::Response, Error> {
        let url = redirect::address(url).map_err(|why| self.no_way(why))?;
        let rules = self.rules(remaining);
        let attempts = repeat(&rules, |attempt| self.in_time(attempt, self.open(&url)));
        Ok(attempts.await?.0)
    }

    /// The next piece of a file.
    pub(super) async fn chunk(
        &self,
        answer: &mut reqwest::Response,
    ) -> Result<Option<Bytes>, Error> {
        let chunk = within(self.shared.clock.as_ref(), self.timeout, answer.chunk()).await;
        let Some(chunk) = chunk else {
            return Err(self.error(Kind::Timeout));
        };
        chunk.map_err(|error| self.broken(error))
    }

    fn rules(&self, remaining: Duration) -> Rules<'_> {
        Rules {
            operation: self.operation,
            policy: self.policy,
            total: remaining,
            budget: &self.shared.budget,
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
    async fn open(&self, url: &Url) -> Result<reqwest::Response, Error> {
        let mut url = url.clone();
        let mut redirects = 0;
        loop {
            let mut request = reqwest::Request::new(Method::GET, url.clone());
            // Some gateways refuse who does not say a name.
            let agent = HeaderValue::from_static(PRODUCT);
            request.headers_mut().insert(USER_AGENT, agent);
            let answer = self.shared.http.execute(request).await;
            let answer = answer.map_err(|error| self.broken(error))?;
            // A client that callers made may follow redirects by itself.
            redirect::check(&url, answer.url()).map_err(|why| self.no_way(why))?;
            if redirect::is_redirect(answer.status()) {
                redirects += 1;
                let location = answer.headers().get(LOCATION);
                let next = redirect::next(answer.url(), location, redirects);
                url = next.map_err(|why| self.no_way(why))?;
                continue;
            }
            if answer.status() == StatusCode::OK && may_be_file(answer.headers()) {
                return Ok(answer);
            }
            return Err(self.refusal(self.receive(answer).await?));
        }
    }

    async fn receive(&self, mut answer: reqwest::Response) -> Result<Received, Error> {
        let received = receive(self.operation, self.shared.largest_response, &mut answer).await;
        received.map_err(Error::of_storage)
    }

    /// What came in place of a file.
    fn refusal(&self, received: Received) -> Error {
        if received.status == StatusCode::OK {
            return self.error(Kind::NoFile).with(received);
        }
        let now = || self.shared.clock.utc();
        let wait = retry_after(received.status, &received.headers, now);
        let refused = self.error(Kind::Refused).with(received);
        refused.retry_after_of(wait)
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        Error::transport(self.operation, error, None).of_storage()
    }

    fn no_way(&self, why: NoWay) -> Error {
        self.error(Kind::NoWay(why))
    }

    fn error(&self, kind: Kind) -> Error {
        Error::new(kind, Some(self.operation)).of_storage()
    }
}

/// Whether what comes may be a PDF or XML: pages for people and answers of programs are neither.
fn may_be_file(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value.unwrap_or_default().split(';').next();
    let media_type = media_type.unwrap_or_default().trim().to_ascii_lowercase();
    !matches!(
        media_type.as_str(),
        "text/html" | "application/xhtml+xml" | "application/json"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_answers_are_no_files_and_what_has_no_name_may_be_one() {
        let named = |value: &'static str| {
            let header = (CONTENT_TYPE, HeaderValue::from_static(value));
            may_be_file(&HeaderMap::from_iter([header]))
        };
        for file in ["application/pdf", "application/xml", "text/xml", "x", ""] {
            assert!(named(file), "{file}");
        }
        for other in ["text/html; charset=utf-8", "Text/HTML", "application/json"] {
            assert!(!named(other), "{other}");
        }
        assert!(may_be_file(&HeaderMap::new()));
    }
}
