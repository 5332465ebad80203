//! Calls without types, for what a newer server has and this version does not.

use std::collections::BTreeMap;
use std::fmt;
use std::future::IntoFuture;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::framing::{self, Expected, Tear};
use crate::keyed;
use crate::operation::{Effect, Idempotency, Method, Operation, RequestBody, row};
use crate::options::Options;
use crate::response::Response;
use crate::retry::RetryPolicy;
use crate::runtime::stay;
use crate::wire::{self, Draft, InvalidRequest};

/// A call without types: what is sent is JSON of the caller's, what comes back are bytes, so that no number is
/// rounded. [`Client::raw`] begins one.
///
/// It is like every other call in attempts, time limits, pacing, traces, encoding of paths and errors. Two things it
/// cannot know: whether it may be repeated ([`idempotent`](Self::idempotent)), and whether a response is about the
/// object that the path names.
#[must_use = "a request does nothing unless awaited or sent"]
#[derive(Clone)]
pub struct RawRequest {
    client: Client,
    options: Options,
    subject: Subject,
    parameters: Vec<(String, String)>,
    query: Vec<(String, String)>,
    /// A query that somebody else wrote, in place of the other.
    #[cfg(feature = "gateway")]
    written_query: Option<String>,
    body: Bytes,
}

/// What a call without types is of.
#[derive(Clone, Copy)]
enum Subject {
    /// What the caller describes.
    Described {
        method: Method,
        template: &'static str,
        is_idempotent: bool,
    },
    /// A row of the table.
    #[cfg(feature = "gateway")]
    Known(&'static Operation),
}

impl Client {
    /// A call without types, for what a newer server has and this version does not.
    ///
    /// The path is written as the API's description writes it, below `/api/v1`, its parameters in braces and each
    /// given by [`path`](RawRequest::path). One that begins with `/api/` is taken as it is, for other versions of the
    /// API. It is a literal, since errors and traces show it: what belongs to a customer is a parameter.
    ///
    /// ```
    /// # #[cfg(not(feature = "mock"))]
    /// # fn main() {}
    /// # #[cfg(feature = "mock")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use lago_client::Method;
    ///
    /// # let server = lago_client::mock::MockServer::start().await?;
    /// # let lago = server.client()?;
    /// let body = lago.raw(Method::Get, "/plans/{code}").path("code", "pro").await?;
    /// let plan: serde_json::Value = serde_json::from_slice(&body)?;
    /// println!("{}", plan["plan"]["name"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, method: Method, path: &'static str) -> RawRequest {
        let subject = Subject::Described {
            method,
            template: path,
            is_idempotent: method == Method::Get,
        };
        RawRequest::new(self, subject)
    }

    /// A call without types of an operation that is known: it may be repeated as its row says. One whose row says that
    /// it takes a key for it ([`Idempotency::WithKey`]) is repeated only when all that is sent has key and time, since
    /// nobody completes what is sent here.
    #[cfg(feature = "gateway")]
    pub(crate) fn raw_operation(&self, operation: &'static Operation) -> RawRequest {
        RawRequest::new(self, Subject::Known(operation))
    }
}

impl RawRequest {
    fn new(client: &Client, subject: Subject) -> Self {
        Self {
            client: client.clone(),
            options: Options::default(),
            subject,
            parameters: Vec::new(),
            query: Vec::new(),
            #[cfg(feature = "gateway")]
            written_query: None,
            body: Bytes::new(),
        }
    }

    /// The value of a parameter of the path; any characters are encoded as the server's router needs them.
    pub fn path(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    /// A parameter of the query. Several of one name are a list, as `status[]` is.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// The whole query as somebody else wrote it.
    #[cfg(feature = "gateway")]
    pub(crate) fn written_query(mut self, query: &str) -> Self {
        self.written_query = Some(query.to_owned());
        self
    }

    /// The body, whole: with its root key, `{"plan": {…}}`. What cannot be written as JSON is an error of the call
    /// ([`is_usage`](Error::is_usage)).
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.body = json.into(),
            Err(error) => {
                let problem = format!("the body cannot be written: {error}");
                self.options.problem.get_or_insert(problem);
            }
        }
        self
    }

    /// The body as it is, which is JSON; none when it is empty.
    #[cfg(feature = "gateway")]
    pub(crate) fn body(mut self, json: Bytes) -> Self {
        self.body = json;
        self
    }

    /// Whether it may be sent again when nobody knows if the server executed it: so it is for `GET` unless set, and
    /// for nothing else. Say it only of what leaves behind the same when it happens twice; a `POST` that buys
    /// something does not, and with Lago neither does every `DELETE`.
    pub fn idempotent(mut self, is: bool) -> Self {
        match &mut self.subject {
            Subject::Described { is_idempotent, .. } => *is_idempotent = is,
            #[cfg(feature = "gateway")]
            Subject::Known(_) => self.options.may_repeat = Some(is),
        }
        self
    }

    /// A header for this call: see [`Request::header`](crate::Request::header).
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.options.header(name, value);
        self
    }

    /// How long one attempt may take; zero is an error of the call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout(timeout);
        self
    }

    /// How long the call may take with all its attempts and the waits between them; zero is an error of the call.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.options.total_timeout(timeout);
        self
    }

    /// How often and how long it is tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Makes the call; what comes is the body of a success.
    ///
    /// # Errors
    ///
    /// See [`Error`]. A parameter without a value, or a value without a parameter, is [`is_usage`](Error::is_usage).
    pub async fn send(self) -> Result<Bytes, Error> {
        Ok(self.response().await?.value)
    }

    /// Makes the call and keeps status, headers, request id and rate limit beside the body.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn response(self) -> Result<Response<Bytes>, Error> {
        let operation = self.operation();
        let shared = Arc::clone(&self.client.inner().shared);
        let observed = shared.observe(operation);
        let call = pin!(self.call(operation));
        let refuse = |outside| Error::outside(operation, outside);
        let outcome = observed.around(stay(call, refuse)).await;
        observed.end(outcome.as_ref());
        outcome
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// What is known of it.
    pub(crate) fn operation(&self) -> &'static Operation {
        match self.subject {
            Subject::Described {
                method,
                template,
                is_idempotent,
            } => operation(method, template, is_idempotent),
            #[cfg(feature = "gateway")]
            Subject::Known(operation) => operation,
        }
    }

    async fn call(mut self, operation: &'static Operation) -> Result<Response<Bytes>, Error> {
        let Idempotency::WithKey(key) = operation.idempotency else {
            return self.attempts(operation).await;
        };
        let things = keyed::recognisable(key, &self.body);
        self.options.may_repeat.get_or_insert(things.is_some());
        let failure = |error: Error| error.after_sending(things.unwrap_or_default());
        self.attempts(operation).await.map_err(failure)
    }

    async fn attempts(self, operation: &'static Operation) -> Result<Response<Bytes>, Error> {
        let inner = self.client.inner();
        let base_url = inner.shared.base_url.of(operation);
        let write = || self.request(operation, &base_url);
        let success = inner.send(operation, &self.options, &write, tear).await?;
        let body = success.received.body.clone();
        Ok(Response::new(body, success))
    }

    fn request(
        &self,
        operation: &'static Operation,
        base_url: &str,
    ) -> Result<reqwest::Request, InvalidRequest> {
        let path = filled(operation.path, &self.parameters)?;
        let draft: Draft = wire::draft(operation, format!("{base_url}{path}"));
        let draft = self
            .query
            .iter()
            .fold(draft, |draft, (name, value)| draft.query(name, value));
        #[cfg(feature = "gateway")]
        let draft = draft.written_query(self.written_query.as_deref());
        draft.build_with(self.body.clone())
    }
}

/// A path with values in place of its parameters.
fn filled(template: &str, parameters: &[(String, String)]) -> Result<String, InvalidRequest> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_-.{}".contains(c);
    let is_step = |segment: &str| matches!(segment, "." | "..");
    if !template.starts_with('/')
        || !template.chars().all(is_plain)
        || template.split('/').any(is_step)
    {
        return Err(InvalidRequest::new(format!(
            "`{template}` is no path: write it as `/plans/{{code}}`, with a query by `query`"
        )));
    }
    let mut used = 0;
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(InvalidRequest::new(format!(
                "`{template}` has a brace that does not end"
            )));
        };
        let mut given = parameters.iter().filter(|(known, _)| known == name);
        let (Some((_, value)), None) = (given.next(), given.next()) else {
            return Err(InvalidRequest::new(format!(
                "`{name}` of the path needs one value"
            )));
        };
        path.push_str(before);
        path.push_str(&wire::segment(name, value)?);
        used += 1;
        rest = after;
    }
    path.push_str(rest);
    match used == parameters.len() {
        true => Ok(path),
        false => Err(InvalidRequest::new(format!(
            "`{template}` does not have all the parameters that were given"
        ))),
    }
}

/// Whether a body whose end nobody marks is cut off.
fn tear(body: &[u8]) -> Tear {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    framing::tear(
        body,
        Expected::Json,
        is_json || !body.trim_ascii_start().starts_with(b"{"),
    )
}

/// What is known of an operation that nobody described. Each is kept for ever, which is no more than there are
/// literals in a program.
fn operation(method: Method, template: &'static str, is_idempotent: bool) -> &'static Operation {
    type Known = BTreeMap<(&'static str, &'static str, bool), &'static Operation>;
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (method.as_str(), template, is_idempotent);
    known.entry(key).or_insert_with(|| {
        let (base_path, path) = parts(template);
        let idempotency = match is_idempotent {
            true => Idempotency::Idempotent,
            false => Idempotency::NotIdempotent,
        };
        // Nobody has reviewed it: what may do anything is taken for that.
        let (effect, outside) = match method {
            Method::Get | Method::Head | Method::Options => (Effect::Reads, false),
            _ => (Effect::Acts, true),
        };
        Box::leak(Box::new(row(
            "raw",
            method,
            base_path,
            path,
            "raw",
            effect,
            outside,
            idempotency,
            RequestBody::Optional,
            &[],
            &[],
            None,
            None,
        )))
    })
}

/// Where a path begins on the server, and what stands below that.
fn parts(template: &'static str) -> (&'static str, &'static str) {
    const FIRST: &str = "/api/v1";
    let version = template
        .strip_prefix("/api/")
        .and_then(|rest| rest.split('/').next());
    match version {
        Some(version) => template.split_at("/api/".len() + version.len()),
        None => (FIRST, template),
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<Bytes, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation();
        f.debug_struct("RawRequest")
            .field("method", &operation.method)
            .field("path", &operation.path)
            .finish_non_exhaustive()
    }
}
