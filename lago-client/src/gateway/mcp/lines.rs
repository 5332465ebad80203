//! Lines that come in, of a bounded length, and lines that go out, each whole.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;

/// Some programs begin a text with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Without its end, and not blank.
    Whole(Vec<u8>),
    /// It was longer than a line may be, and was thrown away.
    TooLong,
}

/// Takes lines apart.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: BufReader<R>,
    longest: usize,
    /// What there is of the next line.
    begun: Vec<u8>,
    /// What comes until the next line is thrown away.
    is_skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(input: R, longest: usize) -> Self {
        Self {
            input: BufReader::new(input),
            longest,
            begun: Vec::new(),
            is_skipping: false,
        }
    }

    /// The next line; none at the end. What stands there without an end of line is a line. When this is dropped while
    /// it waits, nothing is lost.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let room = (self.longest + 1).saturating_sub(self.begun.len());
            let mut input = (&mut self.input).take(room as u64);
            let is_end = input.read_until(b'\n', &mut self.begun).await? == 0;
            let is_whole = self.begun.last() == Some(&b'\n');
            if !is_whole && self.begun.len() > self.longest {
                self.begun.clear();
                if !std::mem::replace(&mut self.is_skipping, true) {
                    return Ok(Some(Line::TooLong));
                }
                continue;
            }
            if !is_whole && !is_end {
                continue;
            }
            let line = std::mem::take(&mut self.begun);
            if std::mem::replace(&mut self.is_skipping, false) {
                if is_end {
                    return Ok(None);
                }
                continue;
            }
            let text = line
                .strip_prefix(BYTE_ORDER_MARK)
                .unwrap_or(&line)
                .trim_ascii();
            match text.is_empty() {
                true if is_end => return Ok(None),
                true => {}
                false => return Ok(Some(Line::Whole(text.to_vec()))),
            }
        }
    }
}

/// Writes a line at once.
pub(super) async fn write<W: AsyncWrite + Unpin>(
    output: &Mutex<W>,
    mut line: Vec<u8>,
) -> io::Result<()> {
    line.push(b'\n');
    let mut output = output.lock().await;
    output.write_all(&line).await?;
    output.flush().await
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    async fn all(input: &[u8], longest: usize) -> io::Result<Vec<Line>> {
        let mut lines = Lines::new(input, longest);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await? {
            all.push(line);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn lines_come_without_their_ends_and_blank_ones_not_at_all() -> io::Result<()> {
        let input = "\u{feff}a b\r\n\n \t\n\u{feff}\nc\nlast".as_bytes();
        let lines = ["a b", "c", "last"].map(whole);
        assert_eq!(all(input, 100).await?, lines);
        assert_eq!(all(b"", 100).await?, []);
        Ok(())
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_told_once_and_the_next_one_read() -> io::Result<()> {
        let expected = |ends: &[Line]| {
            let told = [whole("ab"), Line::TooLong];
            told.iter().chain(ends).cloned().collect::<Vec<_>>()
        };
        let ends = [whole("abcd"), whole("c")];
        for long in ["abcde", "abcdefgh", "abcdefghi", &"x".repeat(100_000)] {
            let input = format!("ab\n{long}\nabcd\nc\n");
            assert_eq!(
                all(input.as_bytes(), 4).await?,
                expected(&ends),
                "{}",
                long.len()
            );
            let input = format!("ab\n{long}");
            assert_eq!(
                all(input.as_bytes(), 4).await?,
                expected(&[]),
                "{}",
                long.len()
            );
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_is_dropped_while_it_waits_loses_nothing() -> io::Result<()> {
        let (mut far, near) = tokio::io::duplex(64);
        let mut lines = Lines::new(near, 8);
        for part in ["ab", "cd", "ef"] {
            far.write_all(part.as_bytes()).await?;
            assert!(lines.next().now_or_never().is_none());
        }
        far.write_all(b"\nlonger than").await?;
        assert_eq!(lines.next().await?, Some(whole("abcdef")));
        assert_eq!(lines.next().await?, Some(Line::TooLong));
        far.write_all(b" that").await?;
        assert!(lines.next().now_or_never().is_none());
        far.write_all(b"\nx\n").await?;
        assert_eq!(lines.next().await?, Some(whole("x")));
        Ok(())
    }
}
