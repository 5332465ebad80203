//! The pipeline of events against servers on sockets.

mod delivery;
mod ending;
mod hostile;
mod metered;
mod notices;
mod queue;
mod refusals;
mod scripts;
mod unproven;
// The model of the server that the laws of the decisions have as well.
#[path = "../../../lago-client/src/ingest/laws/store.rs"]
pub(crate) mod store;

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lago_client::ingest::DeadLetter;
use lago_client::types::EventInput;
use lago_tests::support::server::{Captured, Scripted, ScriptedResponse};
use store::{Kind, Reply, Row, Store};

type Outcome = Result<(), Box<dyn Error>>;

/// So that a test that would hang fails; in paused time that takes none.
const FOR_EVER: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

pub(crate) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server with a store of events.
pub(crate) struct Lago {
    pub(crate) server: Scripted,
    pub(crate) store: Arc<Mutex<Store>>,
}

impl Lago {
    /// One that stores events as Postgres does.
    pub(crate) async fn start() -> std::io::Result<Self> {
        Self::with(Store::new(Kind::Postgres), |store, request| {
            said(store.post(&request.body, || false))
        })
        .await
    }

    /// One that answers by a rule.
    pub(crate) async fn with(
        store: Store,
        rule: impl Fn(&mut Store, &Captured) -> ScriptedResponse + Send + 'static,
    ) -> std::io::Result<Self> {
        let store = Arc::new(Mutex::new(store));
        let rows = Arc::clone(&store);
        let server = Scripted::start(move |request| rule(&mut lock(&rows), request)).await?;
        Ok(Self { server, store })
    }

    /// What is stored, in order.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows = lock(&self.store).rows.clone();
        rows.sort();
        rows
    }

    /// How many events each request had.
    fn sizes(&self) -> Vec<usize> {
        let requests = self.server.requests();
        let size = |request: &Captured| store::read(&request.body).map_or(0, |rows| rows.len());
        requests.iter().map(size).collect()
    }
}

/// A reply of the model as a response.
pub(crate) fn said((status, body): Reply) -> ScriptedResponse {
    let reason = match status {
        200 => "200 OK",
        400 => "400 Bad Request",
        413 => "413 Content Too Large",
        422 => "422 Unprocessable Content",
        _ => "500 Internal Server Error",
    };
    ScriptedResponse::json(reason, body)
}

pub(crate) fn unauthorized() -> ScriptedResponse {
    ScriptedResponse::json(
        "401 Unauthorized",
        r#"{"status":401,"error":"Unauthorized"}"#,
    )
}

/// An event of its own for each number.
fn event(number: usize) -> EventInput {
    EventInput::new("api_calls", "sub_1")
        .transaction_id(format!("t{number:06}"))
        .timestamp(1_700_000_000)
        .property("requests", number)
}

fn rows(events: impl IntoIterator<Item = EventInput>) -> Vec<Row> {
    let mut rows: Vec<Row> = events.into_iter().map(store::row).collect();
    rows.sort();
    rows
}

/// Keeps dead letters.
#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Vec<DeadLetter>>>);

impl Letters {
    fn take(&self) -> impl FnMut(DeadLetter) + Send + 'static {
        let kept = Arc::clone(&self.0);
        move |letter| lock(&kept).push(letter)
    }

    fn all(&self) -> Vec<DeadLetter> {
        lock(&self.0).clone()
    }
}
