//! One JSON object a line.

use std::io::{BufRead, Read};

use super::super::Failure;
use super::{Item, Problem, repeatable};

/// No line may be longer: something that has no ends of lines is no such file.
const LONGEST: u64 = 16 << 20;

/// The lines of a file that are not blank.
pub(super) struct Lines<R> {
    reader: R,
    name: String,
    bytes: u64,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines behind so many bytes, which are on so many lines.
    pub(super) fn new(reader: R, name: String, bytes: u64, line: u64) -> Self {
        Self {
            reader,
            name,
            bytes,
            line,
        }
    }

    /// The next line, blank or not. None at the end.
    fn line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut text = Vec::new();
        let mut limited = self.reader.by_ref().take(LONGEST);
        let read = limited.read_until(b'\n', &mut text);
        let read = read.map_err(|error| {
            format!(
                "cannot read {} behind line {}: {error}",
                self.name, self.line
            )
        })?;
        self.bytes += read as u64;
        self.line += 1;
        if read as u64 == LONGEST {
            let (name, line) = (&self.name, self.line);
            return Err(format!(
                "{name}:{line}: the line is longer than 16 MiB; is it one JSON object a line?"
            )
            .into());
        }
        Ok((read > 0).then_some(text))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Item, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = match self.line() {
                Ok(Some(text)) => text,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            if text.trim_ascii().is_empty() {
                continue;
            }
            let read = parse(&text).and_then(repeatable);
            let text = || String::from_utf8_lossy(text.trim_ascii_end()).into_owned();
            return Some(Ok(Item::new(
                self.line,
                (self.bytes, self.line),
                read,
                text,
            )));
        }
    }
}

fn parse(text: &[u8]) -> Result<lago_client::types::EventInput, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let event = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        located((field != ".").then_some(field), error.inner())
    })?;
    reader.end().map_err(|error| located(None, &error))?;
    Ok(event)
}

fn located(field: Option<String>, error: &serde_json::Error) -> Problem {
    let what = error.to_string();
    let what = what
        .rsplit_once(" at line ")
        .map_or(&*what, |(what, _)| what);
    Problem {
        column: Some(error.column() as u64),
        field,
        what: what.to_owned(),
    }
}
