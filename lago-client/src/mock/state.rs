//! What a server knows: its key, what it got, and what it was told to say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap};

use super::ledger::{Ledger, Unmet};
use super::memory::Memory as Objects;
use super::permission::Permissions;
use super::record::ReceivedRequest;
use super::response::MockResponse;
use crate::operation::Operation;

/// Told of every request and its response.
pub(super) type Observer = Box<dyn Fn(&ReceivedRequest, &MockResponse) + Send + Sync>;

/// Decides what to say to a request, or leaves it to others.
pub(super) type Rule = Box<dyn Fn(&ReceivedRequest) -> Option<MockResponse> + Send + Sync>;

/// What a server is told before it starts.
pub(super) struct Settings {
    /// The only key that it takes.
    pub(super) api_key: Option<String>,
    pub(super) observers: Vec<Observer>,
    pub(super) rule: Option<Rule>,
    /// Beside it, those that may not write.
    pub(super) permissions: Permissions,
    /// How many requests are kept.
    pub(super) kept: usize,
    #[cfg(feature = "mock-validation")]
    pub(super) mode: super::validate::Mode,
    /// What it remembers of what it was sent; nothing unless it is stateful.
    pub(super) objects: Option<Objects>,
}

/// Shared by all connections of a server.
pub(super) struct State {
    settings: Settings,
    responses: AtomicU64,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    requests: VecDeque<ReceivedRequest>,
    /// By operation id.
    orders: BTreeMap<&'static str, Orders>,
    ledger: Ledger,
}

/// What to say instead of the example.
#[derive(Default)]
struct Orders {
    next: VecDeque<MockResponse>,
    always: Option<MockResponse>,
}

impl State {
    /// The only key that it takes.
    pub(super) fn api_key(&self) -> Option<&str> {
        self.settings.api_key.as_deref()
    }

    /// How requests are looked into, and for which store of events.
    #[cfg(feature = "mock-validation")]
    pub(super) fn judges(&self) -> (super::validate::Mode, super::EventStore) {
        let store = self.objects().map(Objects::event_store);
        (self.settings.mode, store.unwrap_or_default())
    }

    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            responses: AtomicU64::new(1),
            memory: Mutex::default(),
        }
    }

    /// Why a request of an operation is refused before anything is read of it: it has no key that is known, or none
    /// that permits it.
    pub(super) fn refusal(
        &self,
        operation: &'static Operation,
        headers: &HeaderMap,
    ) -> Option<MockResponse> {
        let permissions = &self.settings.permissions;
        let is_known = |key: &&str| {
            let mut known = permissions.read_only_keys.iter();
            self.api_key().is_none_or(|only| only == *key) || known.any(|known| known == key)
        };
        match key(headers).filter(is_known) {
            None => Some(MockResponse::refusal(StatusCode::UNAUTHORIZED)),
            Some(key) => permissions.refusal(operation, key),
        }
    }

    /// An id for a response: a UUID that counts.
    pub(super) fn request_id(&self) -> String {
        let number = self.responses.fetch_add(1, Ordering::Relaxed) & 0xffff_ffff_ffff;
        format!("00000000-0000-4000-8000-{number:012x}")
    }

    /// The response that someone wants for a request of an operation.
    pub(super) fn wanted(
        &self,
        operation: &'static Operation,
        request: &ReceivedRequest,
    ) -> Option<MockResponse> {
        let rule = self.settings.rule.as_ref();
        let response = rule.and_then(|rule| rule(request));
        response.or_else(|| self.ordered(operation))
    }

    fn ordered(&self, operation: &'static Operation) -> Option<MockResponse> {
        let mut memory = self.memory();
        let orders = memory.orders.get_mut(operation.id)?;
        orders.next.pop_front().or_else(|| orders.always.clone())
    }

    pub(super) fn always(&self, operation: &'static Operation, response: MockResponse) {
        let mut memory = self.memory();
        memory.orders.entry(operation.id).or_default().always = Some(response);
    }

    pub(super) fn next(&self, operation: &'static Operation, response: MockResponse) {
        let mut memory = self.memory();
        let orders = memory.orders.entry(operation.id).or_default();
        orders.next.push_back(response);
    }

    pub(super) fn record(&self, request: ReceivedRequest, response: &MockResponse) {
        for observer in &self.settings.observers {
            observer(&request, response);
        }
        let mut memory = self.memory();
        if let Some(operation) = request.operation {
            memory.ledger.count(operation);
        }
        let Some(others) = self.settings.kept.checked_sub(1) else {
            return;
        };
        let requests = &mut memory.requests;
        while requests.len() > others {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// Adds an expectation; tells its place.
    pub(super) fn expect(&self, operation: &'static Operation) -> usize {
        self.memory().ledger.expect(operation)
    }

    pub(super) fn expect_times(&self, index: usize, count: usize) {
        self.memory().ledger.times(index, count);
    }

    pub(super) fn verify(&self) -> Result<(), Unmet> {
        self.memory().ledger.verify()
    }

    pub(super) fn requests(&self) -> Vec<ReceivedRequest> {
        self.memory().requests.iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        self.memory().requests.clear();
    }

    /// What it remembers of what it was sent.
    pub(super) fn objects(&self) -> Option<&Objects> {
        self.settings.objects.as_ref()
    }

    pub(super) fn reset(&self) {
        *self.memory() = Memory::default();
        if let Some(objects) = self.objects() {
            objects.reset();
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The API key of a request, unless it is empty.
fn key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}
