//! What can happen to a request between the pipeline and the server.

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::super::http;
use super::super::outcome::BatchOutcome;
use super::store::Reply;
use crate::error::{Error, History, Kind, Stop};
use crate::generated::operations::op;
use crate::operation::Operation;
use crate::response::Received;

const OPERATION: &Operation = op::CREATE_BATCH_EVENTS;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// No connection: nothing is sent.
    NotSent,
    /// It never arrives, and no response comes.
    RequestLost,
    /// It is executed, and the response is lost.
    ResponseLost,
    /// No response comes, and the server executes it after others.
    Late,
    /// A gateway answers instead, before or after it is executed.
    BadGateway {
        executed: bool,
    },
    Throttled,
    /// Another request holds a lock.
    Locked,
    /// The API key is not accepted for a while.
    Unauthorized,
    /// A proxy shows a page.
    Page,
    /// A gateway refuses it, before or after it is executed.
    Refusal {
        executed: bool,
    },
}

const ALL: [Fault; 12] = [
    Fault::NotSent,
    Fault::RequestLost,
    Fault::ResponseLost,
    Fault::Late,
    Fault::BadGateway { executed: false },
    Fault::BadGateway { executed: true },
    Fault::Throttled,
    Fault::Locked,
    Fault::Unauthorized,
    Fault::Page,
    Fault::Refusal { executed: false },
    Fault::Refusal { executed: true },
];

impl Fault {
    /// One of them, or none.
    pub(super) fn choose(rng: &mut Rng, rate: f64) -> Self {
        match rng.f64() < rate {
            true => rng.choice(ALL).unwrap_or(Self::None),
            false => Self::None,
        }
    }

    /// Whether the server executes the request before anything is said.
    pub(super) fn is_executed(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::ResponseLost
                | Self::BadGateway { executed: true }
                | Self::Refusal { executed: true }
        )
    }

    /// What the pipeline is told of so many events; the server's reply is what it said if it was asked.
    pub(super) fn outcome(self, reply: Option<Reply>, events: usize) -> BatchOutcome {
        let said = |status, body: &str| answered((status, body.to_owned()), None, events);
        match self {
            Self::None => answered(reply.unwrap_or_default(), None, events),
            Self::NotSent => failed(Kind::Connect { timed_out: false }, events),
            Self::RequestLost | Self::Late => failed(Kind::Timeout, events),
            Self::ResponseLost => failed(Kind::Transport, events),
            Self::BadGateway { .. } => said(502, "<html>502 Bad Gateway</html>"),
            Self::Throttled => answered((429, String::new()), Some(Duration::from_secs(5)), events),
            Self::Locked => said(
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"lock_acquisition_failed"}"#,
            ),
            Self::Unauthorized => said(401, r#"{"status":401,"error":"Unauthorized"}"#),
            Self::Refusal { .. } => said(400, "<html>400 Bad Request</html>"),
            Self::Page => said(200, "<html>Log in to the network</html>"),
        }
    }
}

/// What the sink makes of a response.
fn answered((status, body): Reply, wait: Option<Duration>, events: usize) -> BatchOutcome {
    let received = Received {
        status: StatusCode::from_u16(status).expect("a status of the model"),
        headers: HeaderMap::new(),
        body: Bytes::from(body),
    };
    match received.status.is_success() {
        true => http::of_success(received.status, &received.body, events),
        false => of_error(Error::api(OPERATION, received).retry_after_of(wait), events),
    }
}

fn failed(kind: Kind, events: usize) -> BatchOutcome {
    of_error(Error::new(kind, Some(OPERATION)), events)
}

fn of_error(error: Error, events: usize) -> BatchOutcome {
    http::of_error(
        &error.with_history(History::default(), Stop::Attempts),
        events,
    )
}
