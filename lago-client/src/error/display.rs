//! One line on an error, for logs: nothing secret, no data of customers.

use std::fmt;

use super::{ApiBody, Error, Kind, is_code};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{} {}: ", operation.method, operation.path)?;
        }
        match &self.0.kind {
            Kind::Config(message) | Kind::Request(message) => f.write_str(message),
            Kind::Connect => f.write_str("no connection to the server"),
            Kind::Timeout => f.write_str("no answer within the time limit"),
            Kind::Transport => f.write_str("the connection broke before the answer was complete"),
            Kind::TooLarge(limit) => write!(f, "the answer has more than {limit} bytes"),
            Kind::Api => self.fmt_api(f),
            Kind::Decode(path) => {
                f.write_str("the answer")?;
                if let Some(status) = self.status() {
                    write!(f, " ({status}, {} bytes)", self.body().len())?;
                }
                match path.as_str() {
                    "" | "." => f.write_str(" cannot be read"),
                    path => write!(f, " cannot be read at {path}"),
                }
            }
        }
    }
}

impl Error {
    /// The cause, unless it may quote what the server said.
    fn harmless_source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.kind {
            Kind::Connect | Kind::Timeout | Kind::Transport => root_cause(self),
            _ => None,
        }
    }

    fn fmt_api(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status() {
            write!(f, "{status}")?;
        }
        match &self.0.api {
            Some(api) => {
                // Some 400s have their code where the others have a sentence.
                let sentence = api.0.error().filter(|error| is_code(error));
                if let Some(code) = api.word().or(sentence) {
                    write!(f, ", {code}")?;
                }
                if let Some(summary) = api.summary() {
                    write!(f, " ({summary})")?;
                }
            }
            None => write!(
                f,
                ", {} bytes that are no error of Lago's API",
                self.body().len()
            )?,
        }
        match self.request_id() {
            Some(id) => write!(f, ", request {id}"),
            None => Ok(()),
        }
    }
}

/// `Debug` is what `unwrap` and `?` in `main` print: what the line says, by name, and no body.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation().map(|operation| operation.id))
            .field("status", &self.status())
            .field("code", &self.0.api.as_ref().and_then(ApiBody::word))
            .field("request_id", &self.request_id())
            .field("message", &self.to_string())
            .field("source", &self.harmless_source().map(ToString::to_string))
            .finish_non_exhaustive()
    }
}

/// The last of the causes: "connection refused" says more than "error sending request".
fn root_cause(error: &dyn std::error::Error) -> Option<&(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| cause.source()).last()
}
