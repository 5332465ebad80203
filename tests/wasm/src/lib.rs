//! What the tests and the stand-in that they call have agreed on: codes of plans, and what becomes of calls with them.

/// It is there.
pub const THERE: &str = "pro";

/// The first request for it is refused with 503, with a pause of [`PAUSE`] seconds, the next is not.
pub const BUSY: &str = "busy";

/// In seconds.
pub const PAUSE: u64 = 1;

/// No request for it gets a response.
pub const SILENT: &str = "silent";

/// Its response breaks off in the middle.
pub const CUT: &str = "cut";

/// Whoever creates it is led to [`THERE`].
pub const MOVED: &str = "moved";

/// Whoever creates it loses the connection.
pub const LOST: &str = "lost";

/// All taxes, two of which fit on a page.
pub const TAXES: [&str; 3] = ["vat", "gst", "sales"];

/// The id of the one invoice.
pub const INVOICE: &str = "1a901a90-1a90-1a90-1a90-1a901a901a90";

/// The key with which the server signs webhooks.
pub const PUBLIC_KEY: &str = include_str!("../../../lago-client/tests/signatures/rsa2048.pem");
