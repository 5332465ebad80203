//! Where the nodes of a YAML text stand, to the byte.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::pointer;

/// The places of all nodes of a text, by pointer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    nodes: HashMap<String, Place>,
}

/// Where one node stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its key, when it stands in a mapping.
    pub(crate) key: Option<Range<usize>>,
    /// Its value, without comments and white space around it.
    pub(crate) value: Range<usize>,
    /// The pointers of its entries or items, in order.
    pub(crate) children: Vec<String>,
    /// Whether its entries stand between brackets.
    pub(crate) flow: bool,
}

impl Place {
    /// Where key and value stand.
    pub(crate) fn whole(&self) -> Range<usize> {
        let start = self.key.as_ref().map_or(self.value.start, |key| key.start);
        start..self.value.end.max(start)
    }
}

impl Spans {
    /// Looks a text through that was read without complaint.
    pub(crate) fn of(text: &str) -> Result<Self, ScanError> {
        let mut finder = Finder {
            text,
            bytes: byte_offsets(text),
            stack: Vec::new(),
            spans: Self::default(),
        };
        for event in Parser::new_from_str(text) {
            let (event, span) = event?;
            finder.take(&event, span);
        }
        Ok(finder.spans)
    }

    /// The place of a node.
    pub(crate) fn get(&self, pointer: &str) -> Option<&Place> {
        self.nodes.get(pointer)
    }

    /// The place of a node, or of its nearest ancestor that has one.
    pub(crate) fn nearest(&self, pointer: &str) -> Option<&Place> {
        let mut at = pointer;
        loop {
            if let Some(place) = self.nodes.get(at) {
                return Some(place);
            }
            at = &at[..at.rfind('/')?];
        }
    }
}

/// The byte that each character begins at, and the length; none for text of ASCII, where they are the same.
fn byte_offsets(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| {
        let starts = text.char_indices().map(|(at, _)| at);
        starts.chain([text.len()]).collect()
    })
}

struct Finder<'t> {
    text: &'t str,
    bytes: Option<Vec<usize>>,
    stack: Vec<Frame>,
    spans: Spans,
}

/// A collection that is still open.
struct Frame {
    pointer: String,
    own_key: Option<Range<usize>>,
    is_map: bool,
    flow: bool,
    start: usize,
    end: usize,
    /// A key that waits for its value.
    key: Option<(String, Range<usize>)>,
    children: Vec<String>,
}

impl Finder<'_> {
    fn take(&mut self, event: &Event<'_>, span: Span) {
        let mut found = self.trimmed(&span);
        match event {
            Event::Scalar(text, style, ..) => {
                // The span of quoted text goes on to what comes next.
                if let Some(end) = quoted(&self.text[found.clone()], *style) {
                    found.end = found.start + end;
                }
                match self.wants_key() {
                    Some(frame) => frame.key = Some((text.to_string(), found)),
                    None => self.add(found),
                }
            }
            Event::Alias(_) => match self.wants_key() {
                Some(frame) => frame.key = Some((String::new(), found)),
                None => self.add(found),
            },
            Event::SequenceStart(..) => self.open(false, found.start),
            Event::MappingStart(..) => self.open(true, found.start),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.stack.pop() {
                    // A block has no end of its own: it ends where its last entry does.
                    let end = if frame.flow { found.end } else { frame.end };
                    let value = frame.start..end.max(frame.start);
                    self.insert(
                        frame.pointer,
                        Place {
                            key: frame.own_key,
                            value,
                            children: frame.children,
                            flow: frame.flow,
                        },
                    );
                }
            }
            _ => {}
        }
    }

    fn wants_key(&mut self) -> Option<&mut Frame> {
        let frame = self.stack.last_mut()?;
        (frame.is_map && frame.key.is_none()).then_some(frame)
    }

    fn open(&mut self, is_map: bool, start: usize) {
        let (pointer, own_key) = self.next();
        self.stack.push(Frame {
            pointer,
            own_key,
            is_map,
            flow: self.text[start..].starts_with(['{', '[']),
            start,
            end: start,
            key: None,
            children: Vec::new(),
        });
    }

    /// Takes a node that holds no others.
    fn add(&mut self, mut value: Range<usize>) {
        let (pointer, key) = self.next();
        if let Some(key) = key.as_ref().filter(|_| value.is_empty()) {
            value = key.end..key.end;
        }
        self.insert(
            pointer,
            Place {
                key,
                value,
                children: Vec::new(),
                flow: false,
            },
        );
    }

    /// The pointer of the node that comes next, and where its key stands.
    fn next(&mut self) -> (String, Option<Range<usize>>) {
        match self.stack.last_mut() {
            None => (String::new(), None),
            Some(frame) => match frame.key.take() {
                Some((key, place)) => (pointer::join(&frame.pointer, &key), Some(place)),
                None => (format!("{}/{}", frame.pointer, frame.children.len()), None),
            },
        }
    }

    fn insert(&mut self, pointer: String, place: Place) {
        if let Some(frame) = self.stack.last_mut() {
            frame.end = frame.end.max(place.whole().end);
            frame.children.push(pointer.clone());
        }
        self.spans.nodes.entry(pointer).or_insert(place);
    }

    /// A span in bytes, without the white space that it ends with.
    fn trimmed(&self, span: &Span) -> Range<usize> {
        let byte = |index: usize| match &self.bytes {
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.text.len()),
            None => index.min(self.text.len()),
        };
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let within = self.text.get(start..end).unwrap_or_default();
        start..start + within.trim_end().len()
    }
}

/// The length of quoted text, with its quotes.
fn quoted(text: &str, style: ScalarStyle) -> Option<usize> {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return None,
    };
    let mut within = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = within.next() {
        if c == '\\' && quote == '"' {
            within.next();
        } else if c == quote {
            // Two single quotes are one that is quoted.
            match quote == '\'' && within.next_if(|(_, next)| *next == quote).is_some() {
                true => {}
                false => return Some(at + 1),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_found_to_the_byte() {
        let text = "# größe\na: 'é''s'  # note\nb:\n  - {c: [1, \"2\\\"\" ], d: x}\n\n  # gap\n  - e: |\n      text\n\n      more\n# less\n    f:\n\ng: end\n";
        let spans = Spans::of(text).unwrap();
        let found = |pointer: &str| &text[spans.get(pointer).unwrap().whole()];
        for (pointer, expected) in [
            ("/a", "a: 'é''s'"),
            ("/b/0", "{c: [1, \"2\\\"\" ], d: x}"),
            ("/b/0/c", r#"c: [1, "2\"" ]"#),
            ("/b/0/c/1", r#""2\"""#),
            ("/b/1/e", "e: |\n      text\n\n      more"),
            ("/b/1", "e: |\n      text\n\n      more\n# less\n    f"),
            ("/b/1/f", "f"),
            ("/g", "g: end"),
        ] {
            assert_eq!(found(pointer), expected, "{pointer}");
        }
        assert_eq!(spans.get("/b").unwrap().children, ["/b/0", "/b/1"]);
        assert!(spans.get("/b/0").unwrap().flow && !spans.get("/b/1").unwrap().flow);
        let nearest = spans.nearest("/b/0/c/9/z").unwrap();
        assert_eq!(&text[nearest.value.clone()], r#"[1, "2\"" ]"#);
    }
}
