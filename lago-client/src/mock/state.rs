//! What a server knows: its key, what it got, and what it was told to say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::header::{AUTHORIZATION, HeaderMap};

use super::ledger::{Ledger, Unmet};
use super::memory::Memory as Objects;
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

    /// Whether a request has the key: any that is not empty, unless there is a certain one.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
        let key = value
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, key)| key.trim());
        match (self.api_key(), key) {
            (_, None | Some("")) => false,
            (None, Some(_)) => true,
            (Some(only), Some(key)) => only == key,
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
