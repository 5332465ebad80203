//! A server on the loopback that passes every request on to another one, and keeps what was said.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use reqwest::{Client, Method, Url};

use crate::support::server::{Behaviour, Captured, ScriptedResponse, start};

/// No response of Lago is larger; what is larger is not kept.
const MOST_BYTES: usize = 64 << 20;

/// A request that was passed on.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The request as the client sent it.
    pub request: Captured,
    /// What the server said; why there is nothing, otherwise.
    pub response: Result<Said, String>,
}

/// A response as it came.
#[derive(Clone, Debug)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// The headers whose values are text.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Stands between a client and a server, in plain HTTP towards the client.
#[derive(Debug)]
pub struct Gateway {
    address: String,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    http: Client,
    /// Scheme, host and port.
    origin: String,
    passed: Mutex<Vec<Passed>>,
}

impl Gateway {
    /// Starts one before the server of this URL; it runs as long as the runtime. A response that takes
    /// longer than the time limit is none.
    pub async fn start(upstream: &Url, timeout: Duration) -> io::Result<Self> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(timeout)
            .build()
            .map_err(io::Error::other)?;
        let state = Arc::new(State {
            http,
            origin: upstream.origin().ascii_serialization(),
            passed: Mutex::default(),
        });
        let address = start(Arc::clone(&state))?;
        Ok(Self { address, state })
    }

    /// Where it is: `http://127.0.0.1:43211`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was passed on since the last time, in its order.
    pub fn take(&self) -> Vec<Passed> {
        std::mem::take(&mut self.state.passed())
    }
}

impl State {
    fn passed(&self) -> std::sync::MutexGuard<'_, Vec<Passed>> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, request: &Captured) -> Result<Said, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|e| e.to_string())?;
        let url = format!("{}{}", self.origin, request.target);
        let mut asking = self.http.request(method, url);
        for (name, value) in &request.headers {
            if !is_of_the_connection(name) {
                asking = asking.header(name, value);
            }
        }
        if !request.body.is_empty() {
            asking = asking.body(request.body.clone());
        }
        let mut response = asking.send().await.map_err(why)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(why)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(format!("the response has more than {MOST_BYTES} bytes"));
            }
        }
        let headers = response.headers().iter();
        let headers = headers.filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        Ok(Said {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body,
        })
    }
}

impl Behaviour for State {
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let request = request?;
        let response = self.ask(&request).await;
        let again = response.as_ref().ok().map(Said::again);
        self.passed().push(Passed { request, response });
        again
    }
}

impl Said {
    fn again(&self) -> ScriptedResponse {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .filter(|(name, _)| !is_of_the_connection(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        ScriptedResponse::new(&format!("{} Passed", self.status), &headers, &self.body)
    }
}

/// Headers that are about one connection and not about what is sent over it.
fn is_of_the_connection(name: &str) -> bool {
    let others = ["connection", "host", "keep-alive"];
    others.contains(&name) || name == CONTENT_LENGTH || name == TRANSFER_ENCODING
}

/// An error and its causes, without the URL.
fn why(error: reqwest::Error) -> String {
    let is_timeout = error.is_timeout();
    let error = error.without_url();
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    match is_timeout {
        true => format!("no response in time ({said})"),
        false => said,
    }
}
