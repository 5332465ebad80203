//! Whose API key a call has: the process's, or that of whoever sent the request.

mod lru;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};

use crate::client::{Client, ClientBuilder};
use crate::credentials::{ApiKey, CredentialsProvider};
use crate::error::Error;
use crate::gateway::refusal::Refusal;
use crate::transport::error::BoxError;
use lru::Lru;

/// The header in which a request brings an API key of Lago's.
pub(crate) const API_KEY_HEADER: &str = "x-lago-api-key";

/// For how many keys a client is kept. One that comes again after so many others begins anew with what Lago counts for
/// it: the window of its rate limit and its budget for retries.
const KEPT: usize = 256;

/// Whose API key calls have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum)]
#[non_exhaustive]
pub enum KeyMode {
    /// The one that the gateway was started with, for every request.
    #[default]
    Fixed,
    /// The one that each request brings. The gateway has none of its own.
    PerRequest,
}

/// Where a request may have its API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// In the header [`API_KEY_HEADER`] alone.
    OwnHeader,
    /// There, or where Lago's own clients put it: `Authorization: Bearer KEY`.
    OwnHeaderOrAuthorization,
}

/// Gives each request a client with the right key. All clients share connections and settings.
pub(crate) struct Tenants(Kind);

enum Kind {
    Fixed(Client),
    PerRequest {
        /// Has no key.
        template: Client,
        known: Mutex<Lru<Client>>,
    },
}

impl Tenants {
    /// All requests have the key of this client.
    pub(crate) fn fixed(client: Client) -> Self {
        Self(Kind::Fixed(client))
    }

    /// Each request has the key that it brings; everything else is as the builder says. A key that the builder has is
    /// thrown away, so that no mistake can use it.
    ///
    /// # Errors
    ///
    /// When the builder cannot make a client.
    pub(crate) fn per_request(builder: ClientBuilder) -> Result<Self, Error> {
        let template = builder.credentials(NoKey).build()?;
        let known = Mutex::new(Lru::new(KEPT));
        Ok(Self(Kind::PerRequest { template, known }))
    }

    /// Whose key calls have.
    pub(crate) fn mode(&self) -> KeyMode {
        match self.0 {
            Kind::Fixed(_) => KeyMode::Fixed,
            Kind::PerRequest { .. } => KeyMode::PerRequest,
        }
    }

    /// The client of all requests, where they share one.
    pub(crate) fn fixed_client(&self) -> Option<&Client> {
        match &self.0 {
            Kind::Fixed(client) => Some(client),
            Kind::PerRequest { .. } => None,
        }
    }

    /// The client for a request with these headers.
    ///
    /// # Errors
    ///
    /// Where each request brings its key: when this one has none, or one that no header can hold. Where the key is the
    /// gateway's: when the request brings one all the same, because whoever sent it means another organization.
    pub(crate) fn client(&self, headers: &HeaderMap, place: KeyPlace) -> Result<Client, Refusal> {
        match &self.0 {
            Kind::Fixed(_) if headers.contains_key(API_KEY_HEADER) => Err(foreign_key()),
            Kind::Fixed(client) => Ok(client.clone()),
            Kind::PerRequest { template, known } => {
                let key = sent(headers, place).ok_or_else(|| no_key(place))?;
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(client) = known.get(&key) {
                    return Ok(client.clone());
                }
                let client = template.with_api_key(key.as_str());
                let client = client.map_err(|_| no_key(place))?;
                known.put(key, client.clone());
                Ok(client)
            }
        }
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tenants").field(&self.mode()).finish()
    }
}

/// The key that a request brings. The header of its own goes before the one that every client of Lago's has. Of two
/// values in one header nobody knows which is meant.
fn sent(headers: &HeaderMap, place: KeyPlace) -> Option<String> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?.trim();
        (values.next().is_none() && !value.is_empty()).then_some(value)
    };
    if headers.contains_key(API_KEY_HEADER) || place == KeyPlace::OwnHeader {
        return only(API_KEY_HEADER).map(str::to_owned);
    }
    only(AUTHORIZATION.as_str())
        .and_then(bearer)
        .map(str::to_owned)
}

/// The token of `Bearer TOKEN`.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Where each request has to bring its key, and this one has none that can be used.
fn no_key(place: KeyPlace) -> Refusal {
    let message = match place {
        KeyPlace::OwnHeader => "send Lago's API key in the header X-LAGO-API-KEY, once",
        KeyPlace::OwnHeaderOrAuthorization => {
            "send Lago's API key, once: in the header X-LAGO-API-KEY, or as `Authorization: Bearer KEY`"
        }
    };
    Refusal::unauthorized("gateway_no_api_key", message)
}

/// Where the gateway has a key, and a request brings another one.
fn foreign_key() -> Refusal {
    let message = "this gateway calls Lago with a key of its own and does not use the one in X-LAGO-API-KEY: leave the \
                   header out, or start the gateway with `--key-mode per-request`";
    Refusal::new(StatusCode::FORBIDDEN, "gateway_fixed_key", message)
}

/// What stands in the place of a key that must not be there.
struct NoKey;

impl CredentialsProvider for NoKey {
    async fn api_key(&self) -> Result<ApiKey, BoxError> {
        Err("the gateway has no API key of its own".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_key_is_taken_from_where_it_may_be() {
        use KeyPlace::{OwnHeader, OwnHeaderOrAuthorization};
        let own = "x-lago-api-key";
        for (sent_headers, place, expected) in [
            (&[][..], OwnHeaderOrAuthorization, None),
            (&[(own, " a ")], OwnHeader, Some("a")),
            (&[(own, "")], OwnHeader, None),
            (&[(own, "a"), (own, "b")], OwnHeader, None),
            (&[("authorization", "Bearer a")], OwnHeader, None),
            (
                &[("authorization", "bearer  a")],
                OwnHeaderOrAuthorization,
                Some("a"),
            ),
            (
                &[("authorization", "Basic a")],
                OwnHeaderOrAuthorization,
                None,
            ),
            (
                &[("authorization", "Bearer ")],
                OwnHeaderOrAuthorization,
                None,
            ),
            (
                &[("authorization", "Bearer a"), (own, "b")],
                OwnHeaderOrAuthorization,
                Some("b"),
            ),
            // One that is there and cannot be used does not make another one right.
            (
                &[("authorization", "Bearer a"), (own, "")],
                OwnHeaderOrAuthorization,
                None,
            ),
        ] {
            let found = sent(&headers(sent_headers), place);
            assert_eq!(found.as_deref(), expected, "{sent_headers:?}");
        }
    }

    #[tokio::test]
    async fn the_key_of_the_builder_is_not_used() {
        let builder = Client::builder().api_key("of-the-process");
        let tenants = Tenants::per_request(builder).unwrap();
        let Kind::PerRequest { template, .. } = &tenants.0 else {
            unreachable!("it was made for requests with keys")
        };
        let error = template.taxes().list().await.unwrap_err();
        assert!(error.is_credentials() && error.attempts() == 0, "{error}");
        for key in ["", "a\u{7f}"] {
            let value = http::HeaderValue::from_bytes(key.as_bytes());
            let Ok(value) = value else { continue };
            let one = HeaderMap::from_iter([("x-lago-api-key".parse().unwrap(), value)]);
            assert!(tenants.client(&one, KeyPlace::OwnHeader).is_err());
        }
        let one = tenants.client(&headers(&[("x-lago-api-key", "a")]), KeyPlace::OwnHeader);
        assert!(one.is_ok());
    }

    #[test]
    fn a_fixed_key_is_not_used_for_who_brings_another() {
        let tenants = Tenants::fixed(Client::builder().api_key("a").build().unwrap());
        let place = KeyPlace::OwnHeaderOrAuthorization;
        assert!(tenants.client(&headers(&[]), place).is_ok());
        // That is how a client says who it is to the gateway, or what it has to have to be made.
        let with_authorization = headers(&[("authorization", "Bearer any")]);
        assert!(tenants.client(&with_authorization, place).is_ok());
        let refusal = tenants.client(&headers(&[("x-lago-api-key", "secret")]), place);
        let said = format!("{:?}", refusal.unwrap_err());
        assert!(
            said.contains("--key-mode per-request") && !said.contains("secret"),
            "{said}"
        );
    }
}
