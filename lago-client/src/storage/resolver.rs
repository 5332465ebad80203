//! Names lead to addresses that files may be at, or nowhere.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Reach;
use crate::error::Error;
use crate::http_client::http_client;
use crate::transport::HttpTransport;

/// Sends to where files may be.
pub(super) fn guarded(
    reach: &Arc<Reach>,
    connect_timeout: Duration,
) -> Result<HttpTransport, Error> {
    let resolver = Arc::new(Resolver(Arc::clone(reach)));
    let http = http_client(connect_timeout, |builder| builder.dns_resolver(resolver))?;
    Ok(HttpTransport::with_ours(http))
}

/// Resolves names as the system does, to those addresses that files may be at.
struct Resolver(Arc<Reach>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = Arc::clone(&self.0);
        Box::pin(async move {
            let name = name.as_str();
            let found = tokio::net::lookup_host((name, 0)).await?;
            let mut found: Vec<SocketAddr> = found.collect();
            // The proxy connects to the storage then, and nobody else sees its address.
            if !reach.is_proxy(name) {
                found.retain(|found| reach.admits(found.ip()));
            }
            match found.is_empty() {
                true => Err(PrivateHost.into()),
                false => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// A name leads to none but addresses that files may not be at.
#[derive(Clone, Copy, Debug)]
struct PrivateHost;

impl fmt::Display for PrivateHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to private addresses alone")
    }
}

impl std::error::Error for PrivateHost {}

/// Whether a request failed because of where the name of its host leads.
pub(crate) fn is_private(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.any(|cause| cause.is::<PrivateHost>())
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::super::Storages;
    use super::*;
    use crate::sender::Sender;

    async fn resolve(api: &str, name: &str) -> Result<Vec<SocketAddr>, String> {
        let api = Url::parse(api).unwrap();
        let resolver = Resolver(Arc::new(Reach::new(&api, false, |_| None)));
        let found = resolver.resolve(name.parse().unwrap()).await;
        found
            .map(Iterator::collect)
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_name_leads_to_addresses_that_files_may_be_at() {
        let found = resolve("http://127.0.0.1:3000", "localhost").await.unwrap();
        assert!(found.iter().all(|found| found.ip().is_loopback()) && !found.is_empty());
        let refused = resolve("https://api.example.com", "localhost").await;
        assert!(refused.unwrap_err().contains("private"));
    }

    #[tokio::test]
    async fn the_client_for_files_does_not_connect_to_others() {
        let reach = Reach::new(
            &Url::parse("http://api.example.com").unwrap(),
            false,
            |_| None,
        );
        let storages = Storages::new(reach, Some(Duration::from_secs(10)));
        let api = Sender::Http(HttpTransport::with_client(reqwest::Client::new()));
        let url = Url::parse("http://localhost:9/a").unwrap();
        let sender = storages.sender(&url, &api).unwrap();
        let request = reqwest::Request::new(reqwest::Method::GET, url);
        let error = sender.send(None, request, None).await.err().unwrap();
        assert!(is_private(&error), "{error:?}");
    }
}
