//! What is said to a request.

/// What is said to a request, byte for byte, and what becomes of the connection then.
#[derive(Clone, Debug)]
pub struct ScriptedResponse {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is closed in order.
    Close,
    /// It is reset; what was sent may get lost.
    Reset,
    /// It stays open, and nothing more is said.
    Hang,
    /// It waits for the next request.
    Keep,
}

impl ScriptedResponse {
    /// These bytes, whatever they are; the connection stays open.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let (bytes, then) = (bytes.into(), Then::Keep);
        Self { bytes, then }
    }

    /// A whole response: the status line as `404 Not Found`, headers, a body of known length.
    pub fn new(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        // A response of this status has no body and must not tell its length.
        if !status.starts_with("204") {
            head += &format!("content-length: {}\r\n", body.len());
        }
        Self::raw([format!("{head}\r\n").as_bytes(), body].concat())
    }

    /// A whole response in JSON, with a request id, as the server sends it.
    pub fn json(status: &str, body: impl ToString) -> Self {
        let headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("x-request-id", "req-1"),
        ];
        Self::new(status, &headers, body.to_string())
    }

    /// 200 in chunks, the length not known before.
    pub fn chunked(chunks: &[&str]) -> Self {
        let mut text = String::from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for chunk in chunks.iter().chain(&[""]) {
            text += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
        }
        Self::raw(text)
    }

    /// No response, ever.
    pub fn silence() -> Self {
        Self::raw([]).hanging()
    }

    /// Closes the connection afterwards.
    #[must_use]
    pub fn closing(self) -> Self {
        self.then(Then::Close)
    }

    /// Says nothing more afterwards, though the connection stays open.
    #[must_use]
    pub fn hanging(self) -> Self {
        self.then(Then::Hang)
    }

    /// Does this with the connection afterwards.
    #[must_use]
    pub fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }
}
