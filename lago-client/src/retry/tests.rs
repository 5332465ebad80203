//! The decision by itself, and the loop around it in a time of its own.

mod laws;
mod timing;

use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::generated::operations::op;
use crate::operation::{Idempotency, Operation};
use crate::response::Received;

/// An operation that may be repeated, and one that may not.
const READ: &Operation = op::FIND_INVOICE;
const CHARGE: &Operation = op::CREATE_INVOICE;

/// A time in which only sleeping and what tests say takes any, and a chance that is always the same.
struct Fake {
    /// How much longer than asked it sleeps.
    oversleeps: Duration,
    start: Instant,
    passed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
    chance: f64,
}

impl Fake {
    fn new(chance: f64) -> Self {
        Self {
            oversleeps: Duration::ZERO,
            start: Instant::now(),
            passed: Mutex::default(),
            slept: Mutex::default(),
            chance,
        }
    }

    fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

impl Clock for Fake {
    fn now(&self) -> Instant {
        self.start + self.passed()
    }

    fn utc(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.pass(pause + self.oversleeps);
        self.slept.lock().unwrap().push(pause);
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        self.chance
    }
}

/// Ways in which an attempt fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Refused,
    TimedOut,
    Reset,
    /// Cut off after this status.
    Torn(u16),
    /// This status, with or without a code of Lago's, and how many seconds to wait.
    Response(u16, Option<&'static str>, Option<u64>),
}

impl Fault {
    fn error(self, operation: &'static Operation) -> Error {
        let received = |status: u16, body: String| Received {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(body),
        };
        match self {
            Self::Refused => Error::new(Kind::Connect { timed_out: false }, Some(operation)),
            Self::TimedOut => Error::new(Kind::Timeout, Some(operation)),
            Self::Reset => Error::new(Kind::Transport, Some(operation)),
            Self::Torn(status) => Error::new(Kind::Transport, Some(operation))
                .with_response(received(status, "{".to_owned())),
            Self::Response(status, code, wait) => {
                let reason = StatusCode::from_u16(status).unwrap();
                let reason = reason.canonical_reason().unwrap_or("?");
                // As the server words it.
                let reason = reason.replace("Unprocessable Content", "Unprocessable Entity");
                let body = code.map_or_else(String::new, |code| {
                    format!(r#"{{"status":{status},"error":"{reason}","code":"{code}"}}"#)
                });
                Error::api(operation, received(status, body))
                    .retry_after_of(wait.map(Duration::from_secs))
            }
        }
    }

    /// Written apart from the code that it tests: whether the server may have acted on the request.
    fn may_be_executed(self) -> bool {
        match self {
            Self::Refused => false,
            Self::TimedOut | Self::Reset | Self::Torn(_) => true,
            Self::Response(404, Some(code), _) => code != "plan_not_found",
            // What is said of a provider may have been found out late.
            Self::Response(405, code, _) => code.is_none_or(|code| code.contains("provider")),
            Self::Response(422, Some(code), _) => {
                !matches!(code, "validation_errors" | "lock_acquisition_failed")
            }
            Self::Response(..) => true,
        }
    }
}
