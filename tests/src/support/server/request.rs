//! Requests as they come.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The HTTP method.
    pub method: String,
    /// The raw path and query.
    pub target: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Captured {
    /// The value of a header; all of them, when it is there more than once.
    pub fn header(&self, name: &str) -> String {
        let same = self.headers.iter().filter(|(known, _)| known == name);
        same.map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What a head says.
    fn of(head: &[String]) -> Self {
        let (first, rest) = head.split_first().unzip();
        let mut words = first.map_or("", String::as_str).split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let rest: &[String] = rest.unwrap_or_default();
        let headers = rest.iter().filter_map(|line| line.split_once(':'));
        Self {
            method: word(),
            target: word(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect(),
            body: Vec::new(),
        }
    }
}

/// Reads a request as a whole; none when the connection ends before.
pub(super) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Captured>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let mut request = Captured::of(&head);
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}
