//! From openapi.yaml to the generated code of both crates: text in, files out, no IO.

pub(crate) mod address;
mod conversions;
pub(crate) mod corrections;
pub(crate) mod emit;
pub(crate) mod faults;
pub(crate) mod follow;
mod identity;
mod inspect;
pub(crate) mod ir;
pub(crate) mod json_schema;
mod keyed;
mod moves;
mod names;
mod operations;
pub(crate) mod overlay;
mod pagination;
mod passes;
pub(crate) mod places;
mod problem;
mod prose;
mod reach;
mod read;
pub(crate) mod renames;
mod requests;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod unnamed;
mod unpaged;
pub(crate) mod validate;
pub(crate) mod wording;

use std::time::Instant;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::read::Document;
use address::Address;
use corrections::Corrections;
pub(crate) use inspect::inspect;
use names::Names;
pub(crate) use names::{ident::snake, words::singular};
use operations::OperationFacts;
pub(crate) use operations::facts_by_method;
use passes::Context;
use problem::Problem;

/// A file as a person named it, and what is in it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path for messages.
    pub(crate) name: String,
    /// The content.
    pub(crate) text: String,
}

/// Everything that generated code depends on.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    /// The OpenAPI document.
    pub(crate) spec: Source,
    /// The files of the overlay.
    pub(crate) overlay: Vec<Source>,
    /// The files of words.
    pub(crate) words: Vec<Source>,
    /// names.yaml.
    pub(crate) names: Source,
    /// operations.yaml.
    pub(crate) operations: Source,
    /// Whether entries that do nothing are errors: they are on openapi.yaml, for which they were
    /// written; another document may lack what they speak of.
    pub(crate) strict: bool,
}

impl Inputs {
    /// A document and the data beside it.
    pub(crate) fn new(spec: Source, data: follow::Data, strict: bool) -> Self {
        let follow::Data {
            overlay,
            words,
            names,
            operations,
        } = data;
        Self {
            spec,
            overlay,
            words,
            names,
            operations,
            strict,
        }
    }
}

/// What a document became, and how.
#[derive(Debug)]
pub(crate) struct Generated {
    /// The generated files.
    pub(crate) tree: emit::Tree,
    /// The API that they were printed from.
    pub(crate) api: ir::Api,
    /// What did not apply to this document.
    pub(crate) reports: Vec<Diagnostic>,
    /// How often the overlay and each pass changed something.
    pub(crate) effects: Vec<(&'static str, usize)>,
    /// How long each step took, in milliseconds.
    pub(crate) timings: Vec<(&'static str, f64)>,
}

/// Text in, files out.
pub(crate) fn regen(inputs: &Inputs) -> Result<Generated, Diagnostics> {
    let mut clock = Clock::start();
    let prepared = lower(inputs, &mut clock)?;
    generate(prepared, clock)
}

/// Prints what was prepared.
fn generate(prepared: Prepared, mut clock: Clock) -> Result<Generated, Diagnostics> {
    let mut tree = emit::emit(&prepared.api).map_err(|error| {
        let problem = Problem {
            address: error.address.unwrap_or_default(),
            message: error.message,
            advice: "change this place in the document or in xtask/overlay/; what no emitter can print needs a pass".to_owned(),
        };
        complain(&prepared.document, &prepared.addresses, vec![problem])
    })?;
    let Prepared {
        api,
        requests,
        reports,
        effects,
        ..
    } = prepared;
    tree.extend(requests);
    clock.lap("emit");
    Ok(Generated {
        tree,
        api,
        reports,
        effects,
        timings: clock.laps,
    })
}

/// The document with the corrections of its overlay, and what did not apply to it.
pub(crate) fn corrected(inputs: &Inputs) -> Result<(Value, Vec<Diagnostic>), Diagnostics> {
    let corrected = correct(inputs, &mut Clock::start())?;
    Ok((corrected.root, corrected.reports))
}

/// The API as the emitters print it.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The API.
    pub(crate) api: ir::Api,
    requests: emit::Tree,
    document: Document,
    addresses: address::Addresses,
    reports: Vec<Diagnostic>,
    effects: Vec<(&'static str, usize)>,
}

/// A document with its corrections, and the data that decides what becomes of it.
struct Corrected {
    document: Document,
    names: Names,
    facts: OperationFacts,
    root: Value,
    reports: Vec<Diagnostic>,
    effects: Vec<(&'static str, usize)>,
}

/// Reads and corrects the document.
fn correct(inputs: &Inputs, clock: &mut Clock) -> Result<Corrected, Diagnostics> {
    let document = Document::parse(&inputs.spec.name, &inputs.spec.text)?;
    clock.lap("parse");
    validate::validate(&document)?;
    clock.lap("validate");
    let corrections = Corrections::parse(&inputs.overlay, &inputs.words)?;
    let names = Names::parse(&inputs.names.name, &inputs.names.text)?;
    let facts = OperationFacts::parse(&inputs.operations.name, &inputs.operations.text)?;

    let mut root = document.root().clone();
    clock.lap("data");
    let (corrected, reports) = corrections.apply(&mut root);
    clock.lap("overlay");
    Ok(Corrected {
        document,
        names,
        facts,
        root,
        reports,
        effects: vec![("overlay", corrected)],
    })
}

/// Reads, corrects and normalises the document.
fn lower(inputs: &Inputs, clock: &mut Clock) -> Result<Prepared, Diagnostics> {
    let Corrected {
        document,
        names,
        facts,
        mut root,
        mut reports,
        mut effects,
    } = correct(inputs, clock)?;

    let requests = requests::files(&root);
    let addresses = address::annotate(&mut root);
    let mut context = Context::new(&names, &addresses, inputs.strict);
    for (pass, changes) in passes::run(&mut root, &mut context, None) {
        effects.push((pass.name, changes));
        if changes == 0 {
            reports.push(document.diagnostic(
                "",
                format!(
                    "the pass `{}` finds nothing to do: it {}",
                    pass.name, pass.effect
                ),
                "remove the pass, or find out why what it is for is gone",
            ));
        }
    }
    if context.problems.is_empty() {
        passes::check(&root, &mut context);
    }
    if !context.problems.is_empty() {
        return Err(refused(
            complain(&document, &addresses, context.problems),
            reports,
            inputs,
        ));
    }
    reports.extend(complain(&document, &addresses, std::mem::take(&mut context.reports)).0);
    clock.lap("passes");
    let mut problems = Vec::new();
    let mut api = read::read(&root, &names, &facts, &mut problems);
    if !problems.is_empty() {
        return Err(refused(
            complain(&document, &addresses, problems),
            reports,
            inputs,
        ));
    }
    let without = unpaged::drop_pages(&mut api);
    reports.extend(complain(&document, &addresses, without).0);
    clock.lap("read");
    reports.extend(names.unused());
    reports.extend(facts.findings());
    if inputs.strict && !reports.is_empty() {
        return Err(Diagnostics(reports));
    }
    Ok(Prepared {
        api,
        requests,
        document,
        addresses,
        reports,
        effects,
    })
}

/// What stops generation, with what else is wrong already: a person mends all of it in one go.
fn refused(
    Diagnostics(mut problems): Diagnostics,
    reports: Vec<Diagnostic>,
    inputs: &Inputs,
) -> Diagnostics {
    if inputs.strict {
        problems.extend(reports);
    }
    Diagnostics(problems)
}

fn complain(
    document: &Document,
    addresses: &address::Addresses,
    problems: Vec<Problem>,
) -> Diagnostics {
    let diagnostics = problems.into_iter().map(|problem| {
        // An address that no schema has is an operation or something inside a known schema.
        let mut address = Address::new(&problem.address);
        let pointer = loop {
            match (addresses.get(address.as_str()), address.parent()) {
                (Some(pointer), _) => break pointer.clone(),
                (None, Some(parent)) => address = parent,
                (None, None) => break address.root_pointer(),
            }
        };
        document.diagnostic(&pointer, problem.message, problem.advice)
    });
    Diagnostics(diagnostics.collect())
}

struct Clock {
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Clock {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    fn lap(&mut self, step: &'static str) {
        let now = Instant::now();
        self.laps
            .push((step, (now - self.last).as_secs_f64() * 1000.0));
        self.last = now;
    }
}

#[cfg(test)]
mod tests;
