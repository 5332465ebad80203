//! MCP over HTTP, from the request that was let in to the one that the protocol sees: whose it is stands among its
//! extensions then.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::agent::{Agent, Caller};
use super::server::Http;
use crate::gateway::fingerprint::Fingerprint;
use crate::gateway::keys::{API_KEY_HEADER, KeyPlace, Tenants};
use crate::gateway::listen::{Service, refused};
use crate::gateway::progress::Progress;
use crate::gateway::refusal::{Body, Refusal};

/// Where agents find it.
const PATH: &str = "/mcp";

/// Responds to agents.
pub(super) struct Endpoint {
    protocol: Http,
    tenants: Tenants,
}

impl Endpoint {
    pub(super) fn new(agent: Arc<Agent>, tenants: Tenants) -> Self {
        Self {
            protocol: Http::new(agent),
            tenants,
        }
    }

    /// Whose request it is. Callers are told apart by their keys; where all have the server's, they are one.
    fn caller(&self, request: &Request<Bytes>) -> Result<Caller, Refusal> {
        let headers = request.headers();
        let client = self.tenants.client(headers, KeyPlace::OwnHeader)?;
        let key = headers.get(API_KEY_HEADER);
        let key = key.map(|key| key.as_bytes().trim_ascii());
        let fingerprint = Fingerprint::of(key.as_slice());
        Ok(Caller {
            client,
            fingerprint,
        })
    }

    async fn pass(
        &self,
        mut request: Request<Bytes>,
        progress: &Progress,
    ) -> Result<Response<Body>, Refusal> {
        if request.uri().path() != PATH {
            let message = "agents are served at /mcp";
            return Err(Refusal::new(
                StatusCode::NOT_FOUND,
                "gateway_not_found",
                message,
            ));
        }
        let caller = self.caller(&request)?;
        progress.set_path(PATH);
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(progress.clone());
        Ok(self.protocol.respond(request).await)
    }
}

impl Service for Endpoint {
    async fn respond(&self, request: Request<Bytes>, progress: &Progress) -> Response<Body> {
        let passed = self.pass(request, progress).await;
        passed.unwrap_or_else(|refusal| refused(refusal, progress))
    }
}
