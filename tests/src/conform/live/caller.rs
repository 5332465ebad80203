//! Calls through the client, with what went over the wire. All the IO of a live check is here and in
//! `record`.

use std::time::Duration;

use lago_client::http::{HeaderMap, HeaderName, StatusCode};
use lago_client::{Client, Operation, RetryPolicy, recording};
use reqwest::Url;

use super::settings::LiveError;
use crate::conform::recording::Exchange;
use crate::generated::calls::CALLS;
use crate::support::calling::{Args, CallError};
use crate::support::gateway::{Gateway, Passed};

/// The client waits a little longer than the gateway, which can tell why.
const LONGER: Duration = Duration::from_secs(5);

/// Calls a server.
pub(super) struct Caller {
    gateway: Gateway,
    client: Client,
    /// Where the API begins on the server, when that is not its root.
    prefix: String,
}

/// How a call went.
pub(super) enum Called {
    /// The server said something; of several attempts it is the last.
    Said(Box<Exchange>),
    /// It did not, for this reason.
    Nothing(String),
}

impl Caller {
    pub(super) async fn start(
        url: &Url,
        key: &str,
        timeout: Duration,
        retry: RetryPolicy,
    ) -> Result<Self, LiveError> {
        let gateway = Gateway::start(url, timeout).await;
        let gateway = gateway.map_err(|error| LiveError::Setup(error.to_string()))?;
        let path = url.path().trim_end_matches('/');
        // A proxy is for the server, not for this computer.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|error| LiveError::Setup(error.to_string()))?;
        let client = Client::builder()
            .api_key(key)
            .base_url(format!("{}{path}", gateway.url()))
            .http_client(http)
            .timeout(timeout + LONGER)
            .retry(retry)
            .build()
            .map_err(|error| LiveError::Setup(error.to_string()))?;
        Ok(Self {
            gateway,
            client,
            prefix: path.strip_suffix("/api/v1").unwrap_or(path).to_owned(),
        })
    }

    /// Makes a call.
    pub(super) async fn call(&self, operation: &Operation, args: &Args) -> Called {
        let Some(call) = CALLS.iter().find(|call| call.id == operation.id) else {
            return Called::Nothing("the client has no such call".to_owned());
        };
        let outcome = (call.call)(&self.client, args).await;
        match (self.gateway.take().pop(), outcome) {
            (
                Some(Passed {
                    request,
                    response: Ok(said),
                }),
                _,
            ) => {
                let target = request.target.strip_prefix(&self.prefix);
                let path = target.unwrap_or(&request.target).to_owned();
                let headers = said.headers.iter().filter_map(|(name, value)| {
                    Some((HeaderName::try_from(name).ok()?, value.parse().ok()?))
                });
                let headers = headers.collect::<HeaderMap>();
                let request = (request.method.as_str(), path.as_str(), &request.body[..]);
                match StatusCode::from_u16(said.status) {
                    Ok(status) => {
                        let said =
                            recording::Exchange::new(request, (status, &headers, &said.body));
                        Called::Said(Box::new(Exchange::of(String::new(), said)))
                    }
                    Err(why) => Called::Nothing(why.to_string()),
                }
            }
            (
                Some(Passed {
                    response: Err(why), ..
                }),
                _,
            ) => Called::Nothing(why),
            (None, Err(CallError::Arguments(why))) => {
                Called::Nothing(format!("the client cannot say this: {why}"))
            }
            (None, Err(error)) => Called::Nothing(error.to_string()),
            (None, Ok(_)) => Called::Nothing("nothing was sent".to_owned()),
        }
    }
}
