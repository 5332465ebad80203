//! What a stand-in remembers when it is [stateful](super::MockServerBuilder::stateful).
//!
//! [`table`] says which step an operation is: a verb on a collection, the same in a list within an object, or one that
//! has rules of its own. Steps are pure: they get what is remembered and a request, and say what to respond.

mod ask;
mod collection;
mod coupons;
mod credit_notes;
mod credits;
mod crud;
mod customers;
mod entitlements;
mod events;
mod invoices;
mod list;
mod metadata;
mod nested;
mod object;
mod organization;
mod payments;
mod refusal;
mod relations;
mod snapshot;
mod store;
mod subscribed;
mod subscriptions;
mod table;
mod usage;
mod wallets;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::delivery::delivery;
use super::event_store::EventStore;
use super::files;
use super::record::ReceivedRequest;
use super::response::{self, MockResponse, UnknownOperation};
use crate::operation::Operation;
use ask::Ask;
use store::Store;

pub use snapshot::MockState;

/// Whether a [stateful](crate::mock::MockServerBuilder::stateful) server remembers what an operation does. To one that
/// it does not remember, it responds with the example.
///
/// # Errors
///
/// When there is no such operation.
pub fn remembers(operation: &str) -> Result<bool, UnknownOperation> {
    let operation = response::operation(operation)?;
    Ok(table::step(operation.resource).is_some())
}

/// What a memory begins with.
#[derive(Clone, Debug)]
pub(super) struct Beginning {
    pub(super) seed: u64,
    pub(super) now: DateTime<Utc>,
    pub(super) event_store: EventStore,
    /// Lists of objects by collection.
    pub(super) seeds: Vec<Value>,
}

impl Default for Beginning {
    fn default() -> Self {
        Self {
            seed: 0,
            // Any time will do that is always the same: the first second of 2026.
            now: DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default(),
            event_store: EventStore::default(),
            seeds: Vec::new(),
        }
    }
}

/// Takes deliveries of webhooks: an id, and a body.
pub(super) type Outlet = Box<dyn Fn(Uuid, Value) + Send + Sync>;

/// The memory of a server.
pub(super) struct Memory {
    beginning: Beginning,
    outlet: Option<Outlet>,
    store: Mutex<Store>,
}

impl Memory {
    /// Fails when a seed is none, and says why.
    pub(super) fn new(beginning: Beginning, outlet: Option<Outlet>) -> io::Result<Self> {
        let store = begun(&beginning);
        let invalid = |problem| io::Error::new(io::ErrorKind::InvalidInput, problem);
        let store = Mutex::new(store.map_err(invalid)?);
        Ok(Self {
            beginning,
            outlet,
            store,
        })
    }

    /// Forgets everything that came after the beginning.
    pub(super) fn reset(&self) {
        // It began like this before, so that it does not fail now.
        if let Ok(store) = begun(&self.beginning) {
            *self.store() = store;
        }
    }

    /// Where it keeps events.
    #[cfg(feature = "mock-validation")]
    pub(super) fn event_store(&self) -> EventStore {
        self.beginning.event_store
    }

    /// Sets the clock, and lets happen what it is time for.
    pub(super) fn set_now(&self, now: DateTime<Utc>) {
        let mut store = self.store();
        store.set_now(now);
        subscriptions::tick(&mut store);
        invoices::tick(&mut store);
        self.deliver(&mut store);
    }

    pub(super) fn state(&self) -> MockState {
        MockState::of(&self.store())
    }

    /// Settles a transaction that waits for its payment; false when there is none.
    pub(super) fn settle(&self, transaction: &str) -> bool {
        let mut store = self.store();
        let is_settled = wallets::settle(&mut store, transaction);
        self.deliver(&mut store);
        is_settled
    }

    /// The response to a request; none when its operation is not modelled.
    pub(super) fn respond(
        &self,
        operation: &'static Operation,
        request: &ReceivedRequest,
        sent: Option<&Value>,
    ) -> Option<MockResponse> {
        let ask = Ask {
            operation,
            request,
            sent,
        };
        let mut store = self.store();
        if let Err(refusal) = crud::owned(&store, &ask) {
            return Some(refusal.into_response());
        }
        let step = table::step(operation.resource)?;
        let outcome = table::take(step, &mut store, &ask);
        self.deliver(&mut store);
        Some(match outcome {
            Ok(Value::Null) => MockResponse::new(200),
            Ok(body) => MockResponse::new(200).json(files::at_home(body, request)),
            Err(refusal) => refusal.into_response(),
        })
    }

    /// Gives away what there is to tell, as deliveries in the form of their examples.
    fn deliver(&self, store: &mut Store) {
        for told in store.take_told() {
            let Some(outlet) = &self.outlet else { continue };
            let Some(mut body) = delivery(told.webhook_type) else {
                continue;
            };
            let name = body["object_type"].as_str().unwrap_or_default().to_owned();
            if let (Some(model), Some(fields)) = (body[&name].as_object(), told.object.as_object())
            {
                body[&name] = ask::view(model, fields);
                outlet(store.id(), body);
            }
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begun(beginning: &Beginning) -> Result<Store, String> {
    let mut store = Store::new(beginning.seed, beginning.now);
    store.event_store = beginning.event_store;
    for seed in &beginning.seeds {
        snapshot::plant(seed, &mut store)?;
    }
    Ok(store)
}
