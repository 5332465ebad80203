//! Tools for agents: requests of the protocol as this file reads it, written by hand, over real sockets.

mod choice;
mod compact;
mod confirming;
mod ending;
mod failing;
mod faults;
mod lost;
mod messages;
mod program;
mod protocol;
mod reading;
mod tenants;

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use lago_client::gateway::mcp::{Options, start};
use lago_client::gateway::{Log, Running, StartError};
use lago_client::mock::MockServer;
use lago_client::{Client, ClientBuilder, RetryPolicy};
use lago_tests::support::clients::{API_KEY, plain_http};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The protocol with `initialize`, and the one without.
const OLD: &str = "2025-11-25";
const NEW: &str = "2026-07-28";

#[derive(Parser)]
struct Parsed {
    #[command(flatten)]
    options: Options,
}

/// A server for agents at a free port, and a client that knows no protocol.
struct Mcp {
    running: Running<()>,
    http: reqwest::Client,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Mcp {
    /// Starts one before the server of a URL, with more options.
    async fn start(url: &str, more: &[&str]) -> Outcome<Self> {
        let client = client().api_key(API_KEY);
        Ok(Self::with(client, url, more).await?)
    }

    async fn with(client: ClientBuilder, url: &str, more: &[&str]) -> Result<Self, StartError> {
        let fixed = ["mcp", "--port", "0", "--url", url];
        let options = Parsed::parse_from(fixed.iter().chain(more)).options;
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let log = {
            let lines = Arc::clone(&lines);
            Log::new(move |line| lines.lock().unwrap().push(line.to_string()))
        };
        let running = start(options, client, None, log).await?;
        let http = plain_http().map_err(|error| StartError::Missing(error.to_string()))?;
        Ok(Self {
            running,
            http,
            lines,
        })
    }

    /// The lines of its log so far, without times.
    fn lines(&self) -> Vec<String> {
        crate::timeless(&self.lines)
    }

    /// Sends what a test says; status and JSON of the response, null when it is none.
    async fn post(&self, headers: &[(&str, &str)], body: &Value) -> Outcome<(u16, Value)> {
        self.post_text(headers, body.to_string()).await
    }

    /// The same, of a body that need not be JSON.
    async fn post_text(
        &self,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Outcome<(u16, Value)> {
        let url = format!("http://{}/mcp", self.running.address());
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let response = request.body(body).send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// A request of the old protocol; the whole answer.
    async fn old(&self, method: &str, params: Value) -> Outcome<Value> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let (status, answer) = self.post(&[("mcp-protocol-version", OLD)], &body).await?;
        assert_eq!(status, 200, "{answer}");
        Ok(answer)
    }

    /// A request of the new protocol, by a client with these capabilities; the whole answer.
    async fn new_with(
        &self,
        more: &[(&str, &str)],
        capabilities: Value,
        method: &str,
        params: Value,
    ) -> Outcome<Value> {
        let (status, answer) = self.new_raw(more, capabilities, method, params).await?;
        assert_eq!(status, 200, "{answer}");
        Ok(answer)
    }

    async fn new_raw(
        &self,
        more: &[(&str, &str)],
        capabilities: Value,
        method: &str,
        mut params: Value,
    ) -> Outcome<(u16, Value)> {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": NEW,
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut headers = vec![("mcp-protocol-version", NEW), ("mcp-method", method)];
        if method == "tools/call" {
            headers.push(("mcp-name", &name));
        }
        headers.extend(more);
        self.post(&headers, &body).await
    }

    /// Calls a tool by the old protocol.
    async fn call(&self, tool: &str, arguments: Value) -> Outcome<Called> {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = self.old("tools/call", params).await?;
        Called::of(&answer["result"]).ok_or_else(|| answer.to_string().into())
    }

    /// Every tool that is listed, page by page.
    async fn tools(&self) -> Outcome<Vec<Value>> {
        let mut tools = Vec::new();
        let mut params = json!({});
        loop {
            let answer = self.old("tools/list", params).await?;
            let page = answer["result"]["tools"].as_array().ok_or("no list")?;
            tools.extend(page.iter().cloned());
            match &answer["result"]["nextCursor"] {
                Value::Null => return Ok(tools),
                cursor => params = json!({"cursor": cursor}),
            }
        }
    }

    async fn names(&self) -> Outcome<Vec<String>> {
        let tools = self.tools().await?;
        let names = tools.iter().map(|tool| tool["name"].as_str());
        Ok(names
            .map(|name| name.unwrap_or_default().to_owned())
            .collect())
    }
}

/// What an agent reads of a call.
#[derive(Clone, Debug, PartialEq)]
struct Called {
    is_error: bool,
    note: String,
    data: Option<String>,
}

impl Called {
    /// None when it is no result of a tool.
    fn of(result: &Value) -> Option<Self> {
        let texts = result["content"].as_array()?;
        let text = |at: usize| Some(texts.get(at)?["text"].as_str()?.to_owned());
        Some(Self {
            is_error: result["isError"].as_bool()?,
            note: text(0)?,
            data: text(1),
        })
    }

    fn json(&self) -> Outcome<Value> {
        let data = self.data.as_deref().ok_or("no data")?;
        Ok(serde_json::from_str(data)?)
    }
}

/// Settings of a client that does not wait long between attempts.
fn client() -> ClientBuilder {
    Client::builder().retry(RetryPolicy::new().max_backoff(Duration::from_millis(1)))
}

/// Which calls came to a server: method, path and query.
fn came(server: &MockServer) -> Vec<String> {
    let requests = server.requests();
    let lines = requests.iter().map(|request| {
        let query = request
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let query: Vec<String> = query.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let path = request.target.split('?').next().unwrap_or_default();
        format!("{} {path}{mark}{}", request.method, query.join("&"))
    });
    lines.collect()
}
