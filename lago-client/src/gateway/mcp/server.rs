//! The protocol, by rmcp. Nothing else names it, because it changes fast.

mod asking;
mod streams;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use rmcp::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
    ContentBlock, CustomRequest, CustomResult, ErrorCode, ErrorData, Implementation,
    InitializeRequestParams, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError, ServiceExt};
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio::time::Instant;
use tower_service::Service as _;

use super::agent::{Agent, Call, Caller, Consent, Reply};
use super::instructions::instructions;
use super::listing::Listed;
use super::message::Malformed;
use super::text::{lost_arguments, readable};
use crate::gateway::changes::Changes;
use crate::gateway::log::say;
use crate::gateway::lost::Lost;
use crate::gateway::progress::Progress;
use crate::gateway::refusal::{Body, whole};
use crate::gateway::results::Answer;
use asking::{CONFIRM, ask, is_given, round};
use streams::Streams;

/// How many tools a page of their list has. The default toolsets fit into the first, for clients that read no other.
const TOOLS_PER_PAGE: usize = 100;

/// How long a client may keep the list, in milliseconds: it changes only when the server starts with another choice.
const LIST_TTL_MS: u64 = 300_000;

/// The type of a message over HTTP.
const JSON: &str = "application/json";

/// Speaks MCP for an agent.
#[derive(Clone)]
pub(super) struct Server(Arc<Shared>);

struct Shared {
    agent: Arc<Agent>,
    tools: Vec<Tool>,
    /// Whose calls all are, where one client speaks over the standard streams; otherwise each request says.
    caller: Option<Caller>,
    /// Where requests of HTTP do not say it: what is being changed.
    changes: Changes,
}

impl Server {
    fn new(agent: Arc<Agent>, caller: Option<Caller>, changes: Changes) -> Self {
        let tools = agent.tools().into_iter().map(tool).collect();
        Self(Arc::new(Shared {
            agent,
            tools,
            caller,
            changes,
        }))
    }

    /// Serves one client over the standard streams until it closes them.
    ///
    /// # Errors
    ///
    /// When the client does not begin as the protocol says.
    pub(super) async fn stdio(
        agent: Arc<Agent>,
        caller: Caller,
        changes: Changes,
    ) -> io::Result<()> {
        let server = Self::new(agent, Some(caller), changes);
        let running = server.serve(Streams::new(stdio())).await;
        let running = running.map_err(no_beginning)?;
        running.waiting().await.map_err(io::Error::other)?;
        Ok(())
    }

    async fn reply(
        &self,
        caller: &Caller,
        call: Call,
        progress: &Progress,
        context: &RequestContext<RoleServer>,
    ) -> Reply {
        let cancelled = context.ct.cancelled();
        self.0.agent.call(caller, call, progress, cancelled).await
    }
}

/// Answers MCP over HTTP.
#[derive(Clone)]
pub(super) struct Http(StreamableHttpService<Server, NeverSessionManager>);

impl Http {
    /// Without sessions, each response in JSON. Who may send requests has been decided before they come here.
    pub(super) fn new(agent: Arc<Agent>) -> Self {
        let server = Server::new(agent, None, Changes::default());
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(usize::MAX)
            .disable_allowed_hosts()
            .disable_allowed_origins();
        let sessions = Arc::new(NeverSessionManager::default());
        Self(StreamableHttpService::new(
            move || Ok(server.clone()),
            sessions,
            config,
        ))
    }

    /// The response to a request, which has a [`Caller`] among its extensions, and its [`Progress`].
    pub(super) async fn respond(&self, mut request: Request<Bytes>) -> Response<Body> {
        let message = request.body().clone();
        let is_json = is_json(request.headers());
        let progress = request.extensions().get::<Progress>().cloned();
        if is_json && let Some(malformed) = Malformed::of_readable(&message) {
            return refusal(&malformed, progress);
        }
        let lost = lost_arguments(&message);
        if let Cow::Owned(readable) = readable(&message, &lost) {
            *request.body_mut() = readable.into();
        }
        request.extensions_mut().insert(lost);
        let Ok(response) = self.0.clone().call(request.map(Full::new)).await;
        // So it says as well that it cannot read what is JSON by its type.
        if response.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE || !is_json {
            return response;
        }
        refusal(&Malformed::of(&message), progress)
    }
}

/// The response to a message that cannot be read.
fn refusal(malformed: &Malformed, progress: Option<Progress>) -> Response<Body> {
    if let Some(progress) = progress {
        progress.say(&malformed.note());
    }
    let mut response = Response::new(whole(malformed.answer()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let json = HeaderValue::from_static(JSON);
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Whether a request says that its body is JSON, as the protocol demands.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = value.map(|value| value.split(';').next().unwrap_or_default());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON))
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let server = Implementation::new("lago-gateway", env!("CARGO_PKG_VERSION"))
            .with_title("Lago")
            .with_description("Usage-based billing: Lago's API as tools");
        ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(instructions(&self.0.agent))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = &self.0.tools;
        let first = match request.and_then(|request| request.cursor) {
            None => 0,
            Some(cursor) => tools
                .iter()
                .position(|tool| tool.name == cursor)
                .ok_or_else(|| {
                    ErrorData::invalid_params("the cursor is none of this list", None)
                })?,
        };
        let rest = &tools[first..];
        let page = rest.iter().take(TOOLS_PER_PAGE).cloned().collect();
        let mut result = ListToolsResult::with_all_items(page);
        result.next_cursor = rest.get(TOOLS_PER_PAGE).map(|next| next.name.to_string());
        result.ttl_ms = Some(LIST_TTL_MS);
        result.cache_scope = Some(CacheScope::Public);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tools.iter().find(|tool| tool.name == name).cloned()
    }

    /// What is no request that is known: one of another method, or one whose parameters cannot be read.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let params = request.params.unwrap_or_else(|| json!({}));
        let error = match request.method.as_str() {
            // The newer protocol has no such method any more.
            "initialize" if !has_rounds(&context) => {
                serde_json::from_value::<InitializeRequestParams>(params).err()
            }
            "tools/call" => serde_json::from_value::<CallToolRequestParams>(params).err(),
            method => {
                let shown: String = method.chars().take(100).collect();
                let why = format!("there is no method `{shown}`");
                return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, why, None));
            }
        };
        let why = error.map(|error| format!(": {error}")).unwrap_or_default();
        let why = format!("the parameters of `{}` cannot be read{why}", request.method);
        Err(ErrorData::invalid_params(why, None))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = context.extensions.get::<Parts>();
        let of_request = || parts.and_then(|parts| parts.extensions.get::<Caller>());
        let caller = self.0.caller.as_ref().or_else(of_request);
        let Some(caller) = caller.cloned() else {
            return Err(ErrorData::internal_error(
                "nobody says whose call it is",
                None,
            ));
        };
        let progress = parts.and_then(|parts| parts.extensions.get::<Progress>());
        let progress = progress.cloned();
        let progress = progress.unwrap_or_else(|| Progress::new(&self.0.changes));
        let lost = parts.map_or_else(
            || context.extensions.get::<Vec<Lost>>(),
            |parts| parts.extensions.get(),
        );
        let way = Way::of(&context, self.0.caller.is_some());
        let answered = request.input_responses.as_ref();
        let answered = answered.and_then(|responses| responses.get(CONFIRM));
        let consent = request.request_state.map(|state| Consent {
            state,
            is_given: answered.is_some_and(is_given),
        });
        let mut call = Call {
            name: request.name.into_owned(),
            arguments: request.arguments.unwrap_or_default(),
            lost: lost.cloned().unwrap_or_default(),
            consent,
            can_ask: way != Way::Nobody,
        };
        let start = Instant::now();
        let mut reply = self.reply(&caller, call.clone(), &progress, &context).await;
        if let (Way::Live, Reply::Ask { question, state }) = (way, &reply) {
            let is_given = ask(&context, question.clone()).await;
            let state = state.clone();
            call.consent = Some(Consent { state, is_given });
            reply = self.reply(&caller, call, &progress, &context).await;
        }
        if self.0.caller.is_some() {
            // There is no request of HTTP that would be told.
            let ms = start.elapsed().as_millis();
            progress.tell(|note| say(&format_args!("{} {ms}ms", note.words)));
        }
        match reply {
            Reply::Answer(answer) => Ok(result(answer).into()),
            Reply::Ask { question, state } => Ok(round(question, state).into()),
            Reply::NobodyToAsk(why) if has_rounds(&context) => Err(lacks_forms(why)),
            Reply::NobodyToAsk(why) => Ok(result(Answer::refusal(why)).into()),
            Reply::Unknown(why) => Err(ErrorData::invalid_params(why, None)),
        }
    }
}

/// Why a client could not begin, without what it sent: that may be anything.
fn no_beginning(error: ServerInitializeError) -> io::Error {
    match error {
        ServerInitializeError::ExpectedInitializeRequest(_) => {
            io::Error::other("it does not begin with a request")
        }
        other => io::Error::other(other),
    }
}

/// How a person can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The response says what is asked for, and the call comes again with the answer.
    Rounds,
    /// By a request in the other direction, while the call goes on.
    Live,
    /// In no way: the client has no form for it, or nothing can be sent to it.
    Nobody,
}

impl Way {
    fn of(context: &RequestContext<RoleServer>, is_stdio: bool) -> Self {
        let elicitation = context
            .client_capabilities()
            .and_then(|capabilities| capabilities.elicitation);
        // A client that names no kind has forms, the only kind of the first version.
        let has_forms =
            elicitation.is_some_and(|kinds| kinds.form.is_some() || kinds.url.is_none());
        match (has_forms, has_rounds(context)) {
            (true, true) => Self::Rounds,
            (true, false) if is_stdio => Self::Live,
            _ => Self::Nobody,
        }
    }
}

/// Whether the protocol is one in which a response asks and the call comes again.
fn has_rounds(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// What the newer protocol demands where a call needs what the client has not; the older ones know no such error.
fn lacks_forms(why: String) -> ErrorData {
    let forms = ClientCapabilities::builder().enable_elicitation().build();
    let mut error = ErrorData::missing_required_client_capability(forms);
    error.message = why.into();
    error
}

/// A tool as the protocol writes it.
fn tool(listed: Listed) -> Tool {
    let hints = listed.hints;
    let annotations = ToolAnnotations::new()
        .read_only(hints.reads)
        .destructive(hints.destructive)
        .idempotent(hints.idempotent)
        .open_world(hints.open_world);
    Tool::new(listed.name, listed.description, listed.input_schema)
        .with_title(listed.title)
        .with_annotations(annotations)
}

/// What an agent reads. The words stand before the data, and the data alone in a text of its own.
fn result(answer: Answer) -> CallToolResult {
    let texts = [Some(answer.note), answer.data];
    let content = texts
        .into_iter()
        .flatten()
        .map(ContentBlock::text)
        .collect();
    match answer.is_error {
        true => CallToolResult::error(content),
        false => CallToolResult::success(content),
    }
}
