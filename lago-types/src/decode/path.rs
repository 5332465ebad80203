//! Where in a JSON text reading failed.
//!
//! `serde_json` says line and column. Types that also kept track of the path would have to be compiled a
//! second time for that, so the text is walked once more instead, by code that knows no type, and only
//! after a failure.

use std::borrow::Cow;
use std::fmt;

use serde_json::error::Category;

use super::free_form;
use crate::words::is_code;

/// A place in a JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonPath<'t>(Vec<Segment<'t>>);

/// One step of a [`JsonPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<'t> {
    /// The value under a key.
    Key(Cow<'t, str>),
    /// An element of an array, counted from 0.
    Index(usize),
}

impl<'t> JsonPath<'t> {
    /// The value that `error` is about, which reading `text` gave.
    ///
    /// An object that lacks a field is the value itself. Where the text is no JSON it is the value at which
    /// it stops being some, or the object or array around that place.
    #[must_use]
    pub fn of_failure(text: &'t str, error: &serde_json::Error) -> Self {
        let reason = Reason::of(error);
        let end = offset(text.as_bytes(), error.line(), error.column());
        let mut walk = Walk::default();
        walk.until(text.as_bytes(), end);
        walk.path(text, end, reason)
    }

    /// The value that was to come next, of a text that was written so far and no further.
    #[must_use]
    pub fn of_end(text: &'t str) -> Self {
        let mut walk = Walk::default();
        walk.until(text.as_bytes(), text.len());
        let open = walk.open.iter();
        Self(open.filter_map(|open| open.segment(text)).collect())
    }

    /// The steps from the root; none for the root itself.
    pub fn segments(&self) -> impl Iterator<Item = &Segment<'t>> {
        self.0.iter()
    }

    /// Leaves out the last step, when it is this one; tells whether it was.
    pub(crate) fn pop_if(&mut self, step: &Segment<'t>) -> bool {
        self.0.pop_if(|last| last == step).is_some()
    }

    /// The path with `?` for keys that are no words of the API: keys of a map can be anything, the e-mail of
    /// a customer among it, and paths are printed.
    #[must_use]
    pub fn in_words(&self, index: impl Fn(usize) -> String) -> String {
        let mut path = String::new();
        for step in &self.0 {
            match step {
                Segment::Index(place) => path += &index(*place),
                Segment::Key(key) => {
                    path += if path.is_empty() { "" } else { "." };
                    path += if is_code(key) { key } else { "?" };
                }
            }
        }
        path
    }
}

/// `invoice.fees[0].units`; nothing for the root.
impl fmt::Display for JsonPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if place == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What kind of failure it is, as far as the place depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// The text is no JSON, or not all of it.
    Syntax,
    /// An object was found where another kind of value is expected.
    UnexpectedObject,
    /// An array was found where another kind of value is expected.
    UnexpectedArray,
    /// A field is missing; that is known at the end of its object.
    Incomplete,
    /// A value is not as expected.
    Value,
    /// The same of a value of any shape, whose keys say nothing. It is told at its end or, when it is the last one of
    /// its container, at the end of that: the container is named then.
    Whole,
}

impl Reason {
    fn of(error: &serde_json::Error) -> Self {
        if error.classify() != Category::Data {
            return Self::Syntax;
        }
        // The texts are those of serde's own constructors of errors.
        let text = error.to_string();
        let begins = |start: &str| text.starts_with(start);
        if begins("missing field") || begins("invalid length") {
            Self::Incomplete
        } else if begins("invalid type: map") {
            Self::UnexpectedObject
        } else if begins("invalid type: sequence") {
            Self::UnexpectedArray
        } else if begins(free_form::BEGIN) {
            Self::Whole
        } else {
            Self::Value
        }
    }
}

/// How many bytes were read when a failure was met at this line and column, both as `serde_json` counts
/// them: lines from 1, columns by bytes read.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    start.saturating_add(column).min(text.len())
}

/// An object or array that is not closed yet.
#[derive(Debug)]
enum Open {
    Object {
        /// Between the quotes, of the key that was read last.
        key: Option<(usize, usize)>,
        /// Whether the colon behind it was read.
        at_value: bool,
    },
    Array {
        /// Of the element that was read last, or is being read.
        index: usize,
        /// Whether it was begun.
        begun: bool,
    },
}

/// What was closed last, and where.
#[derive(Debug)]
struct Closed {
    end: usize,
    last: Open,
}

/// A walk over JSON text. It follows quotes and brackets and checks nothing.
#[derive(Debug, Default)]
struct Walk {
    open: Vec<Open>,
    /// The end of the last value that ended.
    ended: Option<usize>,
    closed: Option<Closed>,
}

impl Walk {
    /// Walks over the first `end` bytes.
    fn until(&mut self, text: &[u8], end: usize) {
        let mut place = 0;
        while place < end {
            let next = match text[place] {
                b' ' | b'\t' | b'\n' | b'\r' => place + 1,
                b'"' => {
                    let after = string_end(text, place);
                    self.string(place, after, end);
                    after
                }
                byte @ (b'{' | b'[') => {
                    self.begin();
                    self.open.push(match byte {
                        b'{' => Open::Object {
                            key: None,
                            at_value: false,
                        },
                        _ => Open::Array {
                            index: 0,
                            begun: false,
                        },
                    });
                    place + 1
                }
                b'}' | b']' => {
                    let end = place + 1;
                    self.ended = Some(end);
                    self.closed = self.open.pop().map(|last| Closed { end, last });
                    end
                }
                b':' => {
                    if let Some(Open::Object { at_value, .. }) = self.open.last_mut() {
                        *at_value = true;
                    }
                    place + 1
                }
                b',' => {
                    match self.open.last_mut() {
                        Some(Open::Object { key, at_value }) => (*key, *at_value) = (None, false),
                        Some(Open::Array { index, begun }) => {
                            *index += usize::from(*begun);
                            *begun = false;
                        }
                        None => {}
                    }
                    place + 1
                }
                _ => {
                    self.begin();
                    let after = scalar_end(text, place);
                    self.ended = Some(after);
                    after
                }
            };
            place = next;
        }
    }

    /// A value begins.
    fn begin(&mut self) {
        if let Some(Open::Array { begun, .. }) = self.open.last_mut() {
            *begun = true;
        }
    }

    /// A string from `start` to `after`, quotes included: a key or a value.
    fn string(&mut self, start: usize, after: usize, end: usize) {
        match self.open.last_mut() {
            Some(Open::Object {
                key,
                at_value: false,
            }) if after <= end => *key = Some((start + 1, after - 1)),
            _ => {
                self.begin();
                self.ended = Some(after);
            }
        }
    }

    fn path<'t>(&self, text: &'t str, end: usize, reason: Reason) -> JsonPath<'t> {
        let bytes = text.as_bytes();
        let mut path: Vec<Segment<'t>> = Vec::new();
        let innermost = self.open.len().saturating_sub(1);
        for (depth, open) in self.open.iter().enumerate() {
            let is_within = depth < innermost || self.is_within(open, bytes, end, reason);
            path.extend(open.segment(text).filter(|_| is_within));
        }
        // Decimals are taken out of the text before they are understood. What is wrong with the last one of
        // a container is then told at the end of the container. If it is a container itself, nothing tells
        // which of both it is, and the outer one is named.
        if let Some(closed) = &self.closed
            && closed.end == end
            && reason == Reason::Value
        {
            path.extend(
                closed
                    .last
                    .segment(text)
                    .filter(|_| closed.last.has_value()),
            );
        }
        JsonPath(path)
    }

    /// Whether the failure is about the value that the innermost container is at, not about itself.
    fn is_within(&self, open: &Open, text: &[u8], end: usize, reason: Reason) -> bool {
        let only_space_since = |start: usize| {
            let since = text.get(start..end).unwrap_or_default();
            since.iter().all(u8::is_ascii_whitespace)
        };
        let has_ended = self.ended.filter(|ended| *ended <= end);
        match (open.has_value(), reason, has_ended) {
            // In the middle of it, or right behind it.
            (true, Reason::Syntax, Some(ended)) if self.is_value_of(open, ended) => ended == end,
            (true, _, Some(ended)) if self.is_value_of(open, ended) => only_space_since(ended),
            (true, ..) => true,
            // Before the first byte of the object. An array looks the same from there whether it or its first
            // element, an array too, is not expected: the outer one is named.
            (false, Reason::UnexpectedObject, _) => {
                let next = text[end..].iter().find(|byte| !byte.is_ascii_whitespace());
                matches!(open, Open::Array { .. }) && next == Some(&b'{')
            }
            (false, ..) => false,
        }
    }

    /// Whether the value that ended there is one of this container, and not what stands before it.
    fn is_value_of(&self, open: &Open, ended: usize) -> bool {
        match open {
            Open::Object { key, .. } => key.is_some_and(|(_, key_end)| ended > key_end + 1),
            Open::Array { .. } => true,
        }
    }
}

impl Open {
    /// Whether it is at a value, or has just passed one.
    fn has_value(&self) -> bool {
        match self {
            Self::Object { at_value, .. } => *at_value,
            Self::Array { begun, .. } => *begun,
        }
    }

    fn segment<'t>(&self, text: &'t str) -> Option<Segment<'t>> {
        match self {
            Self::Object { key, .. } => {
                let (start, end) = (*key)?;
                Some(Segment::Key(unescaped(text.get(start..end)?)))
            }
            Self::Array { index, .. } => Some(Segment::Index(*index)),
        }
    }
}

/// Behind the closing quote of a string that begins at `start`; the end of the text when there is none.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while let Some(byte) = text.get(place) {
        match byte {
            b'"' => return place + 1,
            b'\\' => place += 2,
            _ => place += 1,
        }
    }
    text.len()
}

/// Behind a number, a literal, or what should be one.
fn scalar_end(text: &[u8], start: usize) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b",:]}[{\"".contains(byte);
    let length = text[start..].iter().position(is_end);
    length.map_or(text.len(), |length| start + length.max(1))
}

/// A key as it was meant.
fn unescaped(key: &str) -> Cow<'_, str> {
    if !key.contains('\\') {
        return Cow::Borrowed(key);
    }
    let meant = serde_json::from_str::<String>(&format!("\"{key}\""));
    meant.map_or(Cow::Borrowed(key), Cow::Owned)
}

#[cfg(test)]
mod tests;
