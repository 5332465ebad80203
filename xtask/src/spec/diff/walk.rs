//! Two documents, walked together: what is the same thing in both is compared once, and is reported once,
//! however many operations lead to it.
//!
//! A *pair* is a part of both documents that stands for itself: an operation, a component, or two schemas that a
//! changed reference leads to. Pairs know which pairs they lead to; when all have been compared, the contexts of
//! operations flow along these edges, so that each finding knows whom it reaches.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::finding::{Context, Guard, Subject};
use super::rules::{Direction, Rule};
use crate::regen::renames::Renames;

/// A place in both documents, while it is compared.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) pair: usize,
    /// Whether it is inside of what the pair stands for.
    pub(super) inner: bool,
    pub(super) guard: Guard,
    /// Whether it is a property that has to be there.
    pub(super) required: bool,
    pub(super) old: String,
    pub(super) new: String,
}

impl Spot {
    fn of(pair: usize, old: &str, new: &str) -> Self {
        Self {
            pair,
            inner: false,
            guard: Guard::default(),
            required: false,
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }

    /// A place inside of this one.
    pub(super) fn within(&self, old: &str, new: &str) -> Self {
        Self {
            inner: true,
            required: false,
            ..self.beside(old, new)
        }
    }

    /// Another place of the same thing.
    pub(super) fn beside(&self, old: &str, new: &str) -> Self {
        Self {
            old: old.to_owned(),
            new: new.to_owned(),
            ..self.clone()
        }
    }
}

/// How what a pair leads to stands to its contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// It is the same part of the message.
    Same,
    /// It is another part.
    Part(Subject),
    /// It is what the other side says then.
    Reply,
}

/// What was found, before it is known whom it reaches.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) pair: usize,
    pub(super) inner: bool,
    pub(super) guard: Guard,
    pub(super) rule: &'static Rule,
    /// Another rule where the value is text on the wire: in parameters.
    pub(super) as_text: Option<&'static Rule>,
    pub(super) what: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

#[derive(PartialEq, Eq, Hash)]
struct Edge {
    from: usize,
    to: usize,
    inner: bool,
    step: Step,
}

/// Two nodes that may be the same thing under two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Similar {
    pub(super) old: String,
    pub(super) new: String,
}

/// The comparison under way.
pub(super) struct Walk<'d> {
    pub(super) old: &'d Value,
    pub(super) new: &'d Value,
    pub(super) renames: &'d Renames,
    pub(super) raw: Vec<Raw>,
    /// Properties that went where a like one came.
    pub(super) similar: Vec<Similar>,
    contexts: Vec<BTreeSet<Context>>,
    known: HashMap<(String, String), usize>,
    edges: HashSet<Edge>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value, renames: &'d Renames) -> Self {
        Self {
            old,
            new,
            renames,
            raw: Vec::new(),
            similar: Vec::new(),
            contexts: Vec::new(),
            known: HashMap::new(),
            edges: HashSet::new(),
        }
    }

    pub(super) fn old_at(&self, pointer: &str) -> &'d Value {
        self.old.pointer(pointer).unwrap_or(&Value::Null)
    }

    pub(super) fn new_at(&self, pointer: &str) -> &'d Value {
        self.new.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The pair of two nodes, and whether it is new: then they have to be compared.
    pub(super) fn pair(&mut self, old: &str, new: &str) -> (Spot, bool) {
        let key = (old.to_owned(), new.to_owned());
        if let Some(pair) = self.known.get(&key) {
            return (Spot::of(*pair, old, new), false);
        }
        let pair = self.contexts.len();
        self.contexts.push(BTreeSet::new());
        self.known.insert(key, pair);
        (Spot::of(pair, old, new), true)
    }

    /// A pair that an operation or webhook is.
    pub(super) fn root(&mut self, old: &str, new: &str, user: &str, direction: Direction) -> Spot {
        let (spot, _) = self.pair(old, new);
        self.contexts[spot.pair].insert(Context {
            user: user.into(),
            direction,
            subject: Subject::Body,
        });
        spot
    }

    /// Goes from a place to a pair that it leads to; the place to compare when that has not been done yet.
    pub(super) fn enter(&mut self, from: &Spot, step: Step, old: &str, new: &str) -> Option<Spot> {
        let (spot, is_new) = self.pair(old, new);
        self.edges.insert(Edge {
            from: from.pair,
            to: spot.pair,
            inner: from.inner,
            step,
        });
        is_new.then_some(spot)
    }

    /// Notes a difference between two values at a place; a side without a value stands for what holds it.
    pub(super) fn note(
        &mut self,
        spot: &Spot,
        rule: &'static Rule,
        what: &str,
        old: (&str, Option<&Value>),
        new: (&str, Option<&Value>),
    ) -> &mut Raw {
        self.raw.push(Raw {
            pair: spot.pair,
            inner: spot.inner,
            guard: spot.guard,
            rule,
            as_text: None,
            what: what.to_owned(),
            old: Some(old.0.to_owned()),
            new: Some(new.0.to_owned()),
            before: old.1.cloned(),
            after: new.1.cloned(),
        });
        let last = self.raw.len() - 1;
        &mut self.raw[last]
    }

    /// Notes what came.
    pub(super) fn came(&mut self, spot: &Spot, rule: &'static Rule, new: &str) -> &mut Raw {
        let raw = self.note(spot, rule, "", ("", None), (new, None));
        raw.old = None;
        raw
    }

    /// Notes what went.
    pub(super) fn went(&mut self, spot: &Spot, rule: &'static Rule, old: &str) -> &mut Raw {
        let raw = self.note(spot, rule, "", (old, None), ("", None));
        raw.new = None;
        raw
    }

    /// The contexts of all pairs, once everything has been compared.
    pub(super) fn contexts(&mut self) -> Vec<BTreeSet<Context>> {
        let mut contexts = std::mem::take(&mut self.contexts);
        let mut from: HashMap<usize, Vec<&Edge>> = HashMap::new();
        for edge in &self.edges {
            from.entry(edge.from).or_default().push(edge);
        }
        let mut waiting: VecDeque<usize> = (0..contexts.len()).collect();
        let mut waits = vec![true; contexts.len()];
        while let Some(pair) = waiting.pop_front() {
            waits[pair] = false;
            for edge in from.get(&pair).into_iter().flatten() {
                let flowing: Vec<Context> = contexts[pair]
                    .iter()
                    .map(|context| led(context, edge))
                    .collect();
                let before = contexts[edge.to].len();
                contexts[edge.to].extend(flowing);
                if contexts[edge.to].len() > before && !waits[edge.to] {
                    waits[edge.to] = true;
                    waiting.push_back(edge.to);
                }
            }
        }
        contexts
    }
}

/// The context of what an edge leads to.
fn led(context: &Context, edge: &Edge) -> Context {
    let mut context = context.clone();
    if edge.inner {
        context.subject = context.subject.inner();
    }
    match edge.step {
        Step::Same => {}
        Step::Part(subject) => context.subject = subject,
        Step::Reply => {
            context.subject = Subject::Body;
            context.direction = match context.direction {
                Direction::Request => Direction::Response,
                // What a receiver says to a delivery, it sends.
                Direction::Response | Direction::Webhook => Direction::Request,
            };
        }
    }
    context
}
