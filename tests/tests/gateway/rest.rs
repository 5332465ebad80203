//! The REST adapter between a plain HTTP client and servers that stand in for Lago.

mod destination;
mod doubted;
mod ending;
mod faults;
mod keys;
mod letters;
mod passed;
mod program;
mod refused;
mod retries;
mod spool;

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use lago_client::gateway::rest::{Options, start};
use lago_client::gateway::{Log, Running, StartError};
use lago_client::ingest::Report;
use lago_client::{Client, ClientBuilder, RetryPolicy};
use lago_tests::support::clients::{API_KEY, plain_http};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Parser)]
struct Parsed {
    #[command(flatten)]
    options: Options,
}

/// An adapter at a free port, and a client that knows nothing of Lago.
struct Adapter {
    running: Running<Option<Report>>,
    http: reqwest::Client,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Adapter {
    /// Starts one before the server of a URL, with more options. Its own key is that of all clients of tests.
    async fn start(url: &str, more: &[&str]) -> Outcome<Self> {
        // Shared, since each of its own would read the certificates of the system.
        let client = client().api_key(API_KEY).http_client(plain_http()?);
        Ok(Self::with(client, url, more, None).await?)
    }

    async fn with(
        client: ClientBuilder,
        url: &str,
        more: &[&str],
        secret: Option<&str>,
    ) -> Result<Self, StartError> {
        let fixed = ["--port", "0", "--url", url];
        let options: Vec<&str> = fixed.iter().chain(more).copied().collect();
        Self::with_options(client, &options, secret).await
    }

    async fn with_options(
        client: ClientBuilder,
        options: &[&str],
        secret: Option<&str>,
    ) -> Result<Self, StartError> {
        let options = Parsed::parse_from(["adapter"].iter().chain(options)).options;
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let log = {
            let lines = Arc::clone(&lines);
            Log::new(move |line| lines.lock().unwrap().push(line.to_string()))
        };
        let running = start(options, client, secret, log).await?;
        let http = plain_http().map_err(|error| StartError::Missing(error.to_string()))?;
        Ok(Self {
            running,
            http,
            lines,
        })
    }

    fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// A request to it, to be set up further.
    fn request(&self, method: Method, target: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{target}", self.url()))
    }

    async fn get(&self, target: &str) -> Outcome<Response> {
        Ok(self.request(Method::GET, target).send().await?)
    }

    async fn post(&self, target: &str, body: impl ToString) -> Outcome<Response> {
        let request = self.request(Method::POST, target);
        Ok(request.body(body.to_string()).send().await?)
    }

    /// The lines of its log so far, without times.
    fn lines(&self) -> Vec<String> {
        crate::timeless(&self.lines)
    }
}

/// Settings of a client that does not wait long between attempts.
fn client() -> ClientBuilder {
    Client::builder().retry(RetryPolicy::new().max_backoff(Duration::from_millis(1)))
}

/// What a response says: its status, and of the adapter's headers those that are there.
fn seen(response: &Response) -> String {
    let mut seen = response.status().as_u16().to_string();
    for name in ["lago-attempts", "lago-ambiguous", "lago-validation"] {
        if let Some(value) = header(response, name) {
            seen += &format!(" {name}={value}");
        }
    }
    seen
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

/// The code of a refusal, which has Lago's shape and a message.
async fn code(response: Response) -> Outcome<String> {
    let status = response.status();
    let body: Value = serde_json::from_slice(&response.bytes().await?)?;
    assert_eq!(body["status"], status.as_u16());
    let has_words = |name: &str| body[name].as_str().is_some_and(|words| !words.is_empty());
    assert!(has_words("error") && has_words("message"), "{body}");
    Ok(body["code"].as_str().unwrap_or_default().to_owned())
}
