//! Clients for servers on the loopback.

use std::sync::OnceLock;

use lago_client::{Client, ClientBuilder};

/// The key that the clients of these servers have.
pub const API_KEY: &str = "key-that-is-secret";

/// A client for the server at this address, to be set up further.
pub fn client_for(address: &str) -> ClientBuilder {
    Client::builder()
        .api_key(API_KEY)
        .base_url(format!("http://{address}"))
}

/// An HTTP client set up as a client of Lago sets it up, shared by many: each of its own would read the
/// certificates of the system. Connections are not shared, they belong to the runtime of a test.
pub fn plain_http() -> reqwest::Result<reqwest::Client> {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(http) = HTTP.get() {
        return Ok(http.clone());
    }
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .build()?;
    Ok(HTTP.get_or_init(|| http).clone())
}
