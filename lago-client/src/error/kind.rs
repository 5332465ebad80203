//! The kinds of failures.

use super::InvalidFileUrl;

/// What kind of failure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The client cannot be made like this.
    Config(String),
    /// The request cannot be sent like this.
    Request(String),
    /// The provider of the key has none.
    NoKey,
    /// No connection to the server.
    Connect { timed_out: bool },
    /// No response within the time limit.
    Timeout,
    /// The connection broke.
    Transport,
    /// It was polled outside of the runtime in which it began.
    Elsewhere,
    /// The next window of the server's rate limit is too far away.
    Paced,
    /// The response is larger than the limit, in bytes.
    TooLarge(usize),
    /// The server refused, or something between responded for it.
    Api,
    /// A success of another URL, to which a redirect led.
    Redirected,
    /// The response is a success that cannot be read, at this JSON path.
    Decode(String),
    /// The response is a success about another object than the path, as this property says.
    OtherObject(&'static str),
    /// A list names page after page, and there is nothing on them.
    Endless,
    /// A file was not made within the time limit.
    NotReady,
    /// The storage of a file gives none.
    Refused,
    /// What the storage gives is no file.
    NoFile,
    /// No URL leads to the file.
    InvalidFileUrl(InvalidFileUrl),
}
