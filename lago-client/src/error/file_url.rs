//! URLs from which no file is fetched.

use std::fmt;

/// Why a file is not fetched from where it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvalidFileUrl {
    /// What the API names is no address of a web server.
    NoAddress,
    /// A redirect leads nowhere.
    NoTarget,
    /// There are more redirects than this.
    TooMany(u32),
    /// A redirect leads from https to http, where everyone can read along.
    Insecure,
    /// The API is called over https, and its file over http.
    Plain,
    /// The file is in a private network.
    Private,
}

impl fmt::Display for InvalidFileUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("the URL in the response is no address of a web server"),
            Self::NoTarget => f.write_str("a redirect names no address of a web server"),
            Self::TooMany(most) => write!(f, "more than {most} redirects"),
            Self::Insecure => f.write_str("a redirect from https to http, which is not followed"),
            Self::Plain => f.write_str("an http URL, though the API is called over https"),
            Self::Private => f.write_str(
                "a host in a private network, which `allow_private_file_hosts` of the client's \
                 builder would allow",
            ),
        }
    }
}
