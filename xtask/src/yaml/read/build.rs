//! From the events of the YAML parser to a value and its lines.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use serde_json::{Map, Value};

use super::frame::{Frame, Key, Node, Open, text_weight};
use super::{Lines, json, scalar};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer;

/// Nodes (and each 64 bytes of text) that a document may come to once its aliases are expanded.
/// The published document has some 60,000; a few lines of nested aliases can ask for billions.
const MAX_WEIGHT: usize = 2_000_000;

/// Levels that a document may nest: everything that walks a value recurses.
const MAX_DEPTH: usize = 128;

/// Reads the one document of `text`.
pub(super) fn build(name: &str, text: &str) -> Result<(Value, Lines), Diagnostics> {
    let mut builder = Builder::new(name);
    // The parser takes a NUL for the end of the file and would drop the rest in silence.
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(builder
            .problem(
                line,
                "the file holds a NUL character",
                "save it as UTF-8 text",
            )
            .into());
    }
    let text = json::join_surrogates(text);
    for event in Parser::new_from_str(&text) {
        let (event, span) = event.map_err(|error| builder.syntax(&error))?;
        builder.take(event, span.start.line())?;
    }
    builder.finish()
}

struct Builder<'a> {
    name: &'a str,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    lines: Lines,
    weight: usize,
    documents: usize,
    root: Option<Value>,
    /// What does not keep the rest of the file from being read.
    problems: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(name: &'a str) -> Self {
        Self {
            name,
            stack: Vec::new(),
            anchors: HashMap::new(),
            lines: Lines::new(),
            weight: 0,
            documents: 0,
            root: None,
            problems: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Diagnostic> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.start_document(line),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), line)
            }
            Event::Alias(anchor) => self.alias(anchor, line),
            Event::SequenceStart(anchor, tag) => {
                self.open(Open::List(Vec::new()), anchor, tag.as_deref(), line)
            }
            Event::MappingStart(anchor, tag) => {
                let open = Open::Map {
                    entries: Map::new(),
                    key: None,
                    merges: Vec::new(),
                };
                self.open(open, anchor, tag.as_deref(), line)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(line),
        }
    }

    fn finish(self) -> Result<(Value, Lines), Diagnostics> {
        if !self.problems.is_empty() {
            return Err(Diagnostics(self.problems));
        }
        match self.root {
            Some(root) => Ok((root, self.lines)),
            None => Err(self
                .problem(
                    1,
                    "the file is empty",
                    "write a YAML or JSON document into it",
                )
                .into()),
        }
    }

    fn start_document(&mut self, line: usize) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(self.problem(
                line,
                "the file holds more than one document",
                "split it at the `---` lines",
            ));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        line: usize,
    ) -> Result<(), Diagnostic> {
        let plain = style == ScalarStyle::Plain;
        if self.stack.is_empty() && plain && text.is_empty() {
            return Ok(()); // Only comments, or a lone `---`: nothing was written.
        }
        let weight = text_weight(text);
        self.spend(weight, line)?;
        if self.wants_key() {
            if anchor != 0 {
                let value = Value::String(text.to_owned());
                self.remember(anchor, &Node::leaf(value, weight), line)?;
            }
            let key = if plain && tag.is_none() && text == "<<" {
                Key::Merge
            } else {
                Key::Entry(text.to_owned())
            };
            self.key(key, line);
            return Ok(());
        }
        self.mark_item(line);
        let value = match scalar::resolve(text, style, tag) {
            Ok(value) => value,
            Err(message) => {
                let problem = self.problem(line, message, "quote it if it is meant as text");
                self.problems.push(problem);
                Value::Null
            }
        };
        self.add(Node::leaf(value, weight), anchor, line)
    }

    fn alias(&mut self, anchor: usize, line: usize) -> Result<(), Diagnostic> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(self.problem(
                line,
                "an alias stands inside the node it repeats",
                "write the value out",
            ));
        };
        // Before the copy: it is the copy that would eat the memory.
        let (weight, height) = (node.weight, node.height);
        self.spend(weight, line)?;
        self.check_depth(height, line)?;
        let node = self.anchors[&anchor].clone();
        if !self.wants_key() {
            self.mark_item(line);
            return self.add(node, 0, line);
        }
        let text = match node.value {
            Value::String(text) => text,
            Value::Array(_) | Value::Object(_) => return Err(self.collection_as_key(line)),
            scalar => scalar.to_string(),
        };
        self.key(Key::Entry(text), line);
        Ok(())
    }

    fn open(
        &mut self,
        open: Open,
        anchor: usize,
        tag: Option<&Tag>,
        line: usize,
    ) -> Result<(), Diagnostic> {
        if self.wants_key() {
            return Err(self.collection_as_key(line));
        }
        let own_tag = match open {
            Open::List(_) => "seq",
            Open::Map { .. } => "map",
        };
        if let Some(tag) = tag.filter(|t| !(t.is_yaml_core_schema() && t.suffix == own_tag)) {
            let problem = self.problem(line, scalar::unknown_tag(tag), "remove the tag");
            self.problems.push(problem);
        }
        self.spend(1, line)?;
        self.check_depth(1, line)?;
        self.mark_item(line);
        self.stack.push(Frame::new(open, self.here(), anchor));
        Ok(())
    }

    fn close(&mut self, line: usize) -> Result<(), Diagnostic> {
        let Some(frame) = self.stack.pop() else {
            return Ok(()); // The parser closes only what it opened.
        };
        let value = match frame.open {
            Open::List(items) => Value::Array(items),
            Open::Map {
                mut entries,
                merges,
                ..
            } => {
                for merge in merges {
                    self.merge(merge, &mut entries, &frame.pointer, line);
                }
                Value::Object(entries)
            }
        };
        let node = Node {
            value,
            weight: frame.weight,
            height: frame.height,
        };
        self.add(node, frame.anchor, line)
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node, anchor: usize, line: usize) -> Result<(), Diagnostic> {
        if anchor != 0 {
            self.remember(anchor, &node, line)?;
        }
        match self.stack.last_mut() {
            None => self.root = Some(node.value),
            Some(frame) => frame.add(node),
        }
        Ok(())
    }

    fn key(&mut self, new: Key, line: usize) {
        let Some(frame) = self.stack.last_mut() else {
            return; // Only a mapping wants keys.
        };
        let Open::Map { entries, key, .. } = &mut frame.open else {
            return;
        };
        if let Key::Entry(text) = &new {
            frame.weight += text_weight(text);
            let at = pointer::join(&frame.pointer, text);
            if entries.contains_key(text) {
                let first = self.lines.get(&at).copied().unwrap_or(line);
                let problem = duplicate(self.name, at, text, first, line);
                self.problems.push(problem);
            } else {
                self.lines.insert(at, line);
            }
        }
        *key = Some(new);
    }

    /// Own keys win over merged ones, earlier merged ones over later ones.
    fn merge(&mut self, from: Value, into: &mut Map<String, Value>, at: &str, line: usize) {
        match from {
            Value::Object(from) => {
                for (key, value) in from {
                    into.entry(key).or_insert(value);
                }
            }
            Value::Array(items) if items.iter().all(Value::is_object) => {
                for item in items {
                    self.merge(item, into, at, line);
                }
            }
            _ => {
                let mut problem = self.problem(
                    self.lines.get(at).copied().unwrap_or(line),
                    "`<<` merges something that is no mapping",
                    "give it a mapping or a list of mappings, or quote the key",
                );
                problem.pointer = Some(at.to_owned());
                self.problems.push(problem);
            }
        }
    }

    fn remember(&mut self, anchor: usize, node: &Node, line: usize) -> Result<(), Diagnostic> {
        self.spend(node.weight, line)?;
        self.anchors.insert(anchor, node.clone());
        Ok(())
    }

    fn wants_key(&self) -> bool {
        self.stack.last().is_some_and(Frame::wants_key)
    }

    /// The pointer of the node that comes next.
    fn here(&self) -> String {
        self.stack
            .last()
            .map_or_else(String::new, Frame::next_pointer)
    }

    /// Notes the line of the root or of a list item; the entries of mappings have that of their key.
    fn mark_item(&mut self, line: usize) {
        let in_map = |frame: &Frame| matches!(frame.open, Open::Map { .. });
        if !self.stack.last().is_some_and(in_map) {
            self.lines.insert(self.here(), line);
        }
    }

    fn spend(&mut self, weight: usize, line: usize) -> Result<(), Diagnostic> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > MAX_WEIGHT {
            return Err(self.problem(
                line,
                "the document is too large once its aliases are expanded",
                "use fewer aliases to aliases",
            ));
        }
        Ok(())
    }

    fn check_depth(&self, height: usize, line: usize) -> Result<(), Diagnostic> {
        if self.stack.len() + height > MAX_DEPTH {
            let message = format!("the document nests deeper than {MAX_DEPTH} levels");
            return Err(self.problem(line, message, "flatten it"));
        }
        Ok(())
    }

    fn collection_as_key(&self, line: usize) -> Diagnostic {
        self.problem(
            line,
            "a list or a mapping stands as a key",
            "use text as the key, or quote it if it is text",
        )
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        self.problem(
            error.marker().line(),
            format!("this is not YAML: {}", error.info()),
            "mend the syntax here or just above",
        )
    }

    fn problem(
        &self,
        line: usize,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            file: self.name.to_owned(),
            line: Some(line.max(1)),
            pointer: (!self.stack.is_empty()).then(|| self.here()),
            message: message.into(),
            advice: advice.into(),
        }
    }
}

fn duplicate(file: &str, at: String, key: &str, first: usize, second: usize) -> Diagnostic {
    let segments = pointer::parse(&at);
    let message = match &segments[..] {
        [components, schemas, _] if components == "components" && schemas == "schemas" => {
            format!("two schemas are named `{key}`, on lines {first} and {second}")
        }
        _ => format!("the key `{key}` stands twice, on lines {first} and {second}"),
    };
    Diagnostic {
        file: file.to_owned(),
        line: Some(second),
        pointer: Some(at),
        message,
        advice: "rename or remove one of the two".to_owned(),
    }
}
