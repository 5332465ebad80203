//! What the laws are about: the decoder of every method, with the schema of its responses.

use std::path::Path;
use std::sync::OnceLock;

use lago_tests::conform::mutate::{Dice, Valid, schema_with};
use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::route;
use lago_tests::generated::calls::DECODERS;
use lago_tests::support::calling::Decoder;
use lago_tests::support::document::{Document, Operation};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::Value;

/// A decoder with what it reads.
pub(super) struct Subject {
    /// What it is called in a report.
    name: String,
    pub(super) decoder: &'static Decoder,
    pub(super) document: &'static Document,
    pub(super) schema: Value,
    pub(super) may_be_empty: bool,
    /// What was recorded; null when nothing was.
    pub(super) body: Value,
}

/// Decisions for making a body, and for changing it.
pub(super) struct Decisions<'r> {
    pub(super) made: Dice<'r>,
    pub(super) changed: Dice<'r>,
}

impl Subject {
    /// A body that the document allows.
    pub(super) fn valid(&self, dice: Dice<'_>) -> Value {
        let document = self.document;
        Valid { document, dice }.of(&self.schema)
    }
}

/// The decoder of every method that answers JSON under a root key.
pub(super) fn methods() -> Vec<Subject> {
    let with_root = DECODERS.iter().filter(|decoder| decoder.root.is_some());
    with_root
        .map(|decoder| subject(decoder, decoder.method.to_owned(), Value::Null))
        .collect()
}

/// The responses of success that were recorded.
pub(super) fn recorded() -> Vec<Subject> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let mut subjects = Vec::new();
    for exchange in Recordings::read(&folder).unwrap().exchanges {
        let routed = route(&exchange.method, &exchange.path);
        let body = exchange.response_body;
        let Some((operation, _)) = routed.filter(|_| exchange.status < 300) else {
            continue;
        };
        let has_root = |root: &str| body.get(root).is_some();
        let decoder = DECODERS
            .iter()
            .find(|decoder| decoder.id == operation.id && decoder.root.is_some_and(has_root));
        subjects.extend(decoder.map(|decoder| subject(decoder, exchange.file, body)));
    }
    subjects
}

fn subject(decoder: &'static Decoder, name: String, body: Value) -> Subject {
    static WORLD: OnceLock<(Document, Vec<Operation>)> = OnceLock::new();
    let (document, operations) = WORLD.get_or_init(|| {
        let document = Document::read().unwrap();
        let operations = document.operations();
        (document, operations)
    });
    let described = operations.iter().find(|known| known.id == decoder.id);
    let schema = described
        .and_then(|known| known.response.as_ref())
        .zip(decoder.root)
        .and_then(|(response, root)| schema_with(document, response, root));
    Subject {
        may_be_empty: described.is_some_and(|known| known.may_be_empty),
        schema: schema.unwrap_or_else(|| panic!("openapi.yaml has no response for {name}")),
        name,
        decoder,
        document,
        body,
    }
}

/// Tries a law on every subject this many times, and names all those that break it.
pub(super) fn hold(
    subjects: &[Subject],
    cases: u32,
    law: impl Fn(&Subject, Decisions<'_>) -> Result<(), String>,
) {
    assert!(subjects.len() > 100, "{} subjects", subjects.len());
    let mut broken = Vec::new();
    for subject in subjects {
        if let Err(why) = tried(cases, |decisions| law(subject, decisions)) {
            broken.push(format!("{}: {why}", subject.name));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Tries a law this many times; says how it was broken, after the fewest decisions that break it.
pub(super) fn tried(
    cases: u32,
    law: impl Fn(Decisions<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 256,
        ..Config::with_cases(cases)
    };
    // Four rolls at a time: as many single ones would take longer than the laws.
    let rolls = || vec(any::<u64>(), 0..250);
    let outcome = TestRunner::new(config).run(&(rolls(), rolls()), |(made, changed)| {
        let (made, changed) = (single(&made), single(&changed));
        let decisions = Decisions {
            made: Dice::new(&made),
            changed: Dice::new(&changed),
        };
        law(decisions).map_err(TestCaseError::fail)
    });
    outcome.map_err(|error| match error {
        TestError::Fail(why, _) => why.to_string(),
        error => error.to_string(),
    })
}

fn single(rolls: &[u64]) -> Vec<u16> {
    let parts = |roll: &u64| [0, 16, 32, 48].map(|shift| (roll >> shift) as u16);
    rolls.iter().flat_map(parts).collect()
}
