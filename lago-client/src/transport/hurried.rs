//! Requests that have no more time than connecting may take.
//!
//! Other requests need no help to know whether they had a connection: the time for connecting ends before theirs, and
//! the HTTP client says which it was. For these it takes a [watched](platform::watched) client, which costs each request
//! twenty allocations, so the rest have one without.

use std::sync::OnceLock;
use std::time::Duration;

use crate::http_client::http_client;
use crate::platform;

/// The HTTP client for such requests.
#[derive(Debug)]
pub(super) struct Hurried {
    connect_timeout: Duration,
    /// With connections of its own. Made for the first such request, since most programs have none.
    http: OnceLock<Option<reqwest::Client>>,
}

impl Hurried {
    /// What stands beside a client with this time for connecting.
    pub(super) fn beside(connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            http: OnceLock::new(),
        }
    }

    /// The client for a request, if that has so little time.
    pub(super) fn client_for(&self, limit: Option<Duration>) -> Option<&reqwest::Client> {
        limit.filter(|limit| *limit <= self.connect_timeout)?;
        // Where it cannot be made, the other client sends, and running out of time leaves a doubt.
        let make = || http_client(self.connect_timeout, platform::watched).ok();
        self.http.get_or_init(make).as_ref()
    }
}

#[cfg(feature = "rustls")]
#[cfg(test)]
mod tests {
    use std::error::Error;

    use bytes::Bytes;
    use tokio::net::TcpListener;

    use crate::transport::error::Failure;
    use crate::transport::{HttpTransport, TimeLimit, Transport};

    use super::*;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(60);

    /// What a request fails with whose server takes a connection and never says a word.
    async fn failure(
        scheme: &str,
        connect_timeout: Duration,
        limit: Duration,
    ) -> Result<Failure, Box<dyn Error>> {
        let silent = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("{scheme}://{}/api/v1/events", silent.local_addr()?);
        let mut request = http::Request::post(url).body(Bytes::from_static(b"{}"))?;
        request.extensions_mut().insert(TimeLimit(limit));
        let sent = HttpTransport::new(connect_timeout)?.send(request).await;
        Ok(sent.err().ok_or("nobody said a word")?.failure)
    }

    #[tokio::test]
    async fn without_a_connection_nothing_was_sent_whichever_time_ends_first()
    -> Result<(), Box<dyn Error>> {
        let unsent = Failure::Unconnected {
            timed_out: true,
            is_proof: true,
        };
        // A connection is not made before both have agreed on TLS.
        assert_eq!(failure("https", LONG, SHORT).await?, unsent);
        assert_eq!(failure("https", SHORT, LONG).await?, unsent);
        assert_eq!(failure("http", LONG, SHORT).await?, Failure::TimedOut);
        Ok(())
    }
}
