//! The passes that turn a published document into one that generators understand.
//!
//! Each pass does one thing, in the order of [`PASSES`], and says how often it did it.

mod aliases;
mod all_of;
mod decimals;
mod directions;
mod enums;
mod envelopes;
mod hoist;
mod merge_views;
mod nullability;
mod open;
mod or_null;
mod prune;
mod references;
mod rename;

use std::collections::BTreeSet;

use serde_json::Value;

use super::address::Addresses;
use super::names::Names;
pub(crate) use enums::SITES;

/// One pass over the document.
pub(crate) struct Pass {
    /// The name that reports use.
    pub(crate) name: &'static str,
    /// What it is for: said when a pass finds nothing to do in openapi.yaml.
    pub(crate) effect: &'static str,
    run: fn(&mut Value, &mut Context<'_>) -> usize,
}

/// What passes may look at besides the document, and where they complain.
pub(crate) struct Context<'a> {
    /// What people prefer to call things.
    pub(crate) names: &'a Names,
    /// What addresses stand for.
    pub(crate) addresses: &'a Addresses,
    /// Whether a choice that only people can make stops generation: it does for openapi.yaml,
    /// for another document the harmless choice is taken and reported.
    pub(crate) strict: bool,
    /// What cannot be generated.
    pub(crate) problems: Vec<Problem>,
    /// What was decided without people.
    pub(crate) reports: Vec<Problem>,
    /// The views that stay types of their own, whatever names.yaml says: they are no views of one
    /// noun in this document.
    pub(crate) apart: BTreeSet<String>,
}

/// Something that stands in the way of generation.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Where, as an address.
    pub(crate) address: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) advice: String,
}

/// All passes, in order.
pub(crate) const PASSES: &[Pass] = &[
    Pass {
        name: "references",
        effect: "writes out references to anything but a component schema",
        run: references::run,
    },
    Pass {
        name: "nullability",
        effect: "writes every way to allow null as `nullable: true`",
        run: nullability::run,
    },
    Pass {
        name: "or-null",
        effect: "replaces `XOrNull` by a nullable X",
        run: or_null::run,
    },
    Pass {
        name: "all-of",
        effect: "flattens `allOf`, and references with facts beside them, into one object",
        run: all_of::run,
    },
    Pass {
        name: "decimals",
        effect: "reads numbers, numeric patterns and the unions that names.yaml lists as decimals",
        run: decimals::run,
    },
    Pass {
        name: "open",
        effect: "takes unions, and objects that are open beside their properties, as free JSON",
        run: open::run,
    },
    Pass {
        name: "envelopes",
        effect: "drops bodies' envelopes and frees their names",
        run: envelopes::run,
    },
    Pass {
        name: "hoist",
        effect: "gives inline objects a component of their own",
        run: hoist::run,
    },
    Pass {
        name: "aliases",
        effect: "writes out components that are neither objects nor enums",
        run: aliases::run,
    },
    Pass {
        name: "prune",
        effect: "drops components that no operation and no webhook uses",
        run: prune::run,
    },
    Pass {
        name: "merge-views",
        effect: "merges the schemas that are views of one noun",
        run: merge_views::run,
    },
    Pass {
        name: "rename",
        effect: "strips `Object` from names and applies names.yaml",
        run: rename::run,
    },
    Pass {
        name: "enums",
        effect: "gives inline enums a name and unites what names.yaml binds",
        run: enums::run,
    },
    Pass {
        name: "directions",
        effect: "splits what is both sent and received where it matters",
        run: directions::run,
    },
];

impl Pass {
    /// Applies the pass and returns how many places it changed.
    pub(crate) fn apply(&self, root: &mut Value, context: &mut Context<'_>) -> usize {
        (self.run)(root, context)
    }
}

impl<'a> Context<'a> {
    /// Nothing found yet.
    pub(crate) fn new(names: &'a Names, addresses: &'a Addresses, strict: bool) -> Self {
        Self {
            names,
            addresses,
            strict,
            problems: Vec::new(),
            reports: Vec::new(),
            apart: BTreeSet::new(),
        }
    }

    /// Notes something that cannot be generated.
    pub(crate) fn problem(
        &mut self,
        address: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.problems.push(Problem {
            address: address.to_owned(),
            message: message.into(),
            advice: advice.into(),
        });
    }

    /// Notes a choice that people should make.
    pub(crate) fn choice(
        &mut self,
        address: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.problem(address, message, advice);
        if !self.strict {
            self.reports.extend(self.problems.pop());
        }
    }

    /// The pointer behind an address, for messages that name a second place.
    pub(crate) fn pointer(&self, address: &str) -> String {
        self.addresses
            .get(address)
            .cloned()
            .unwrap_or_else(|| address.to_owned())
    }
}

/// Runs one pass over a document without names: what the unit tests of passes share.
#[cfg(test)]
fn run_alone(pass: fn(&mut Value, &mut Context<'_>) -> usize, root: &mut Value) -> usize {
    run_with(pass, root, "")
}

/// Runs one pass with the names of a names.yaml text.
#[cfg(test)]
fn run_with(
    pass: fn(&mut Value, &mut Context<'_>) -> usize,
    root: &mut Value,
    names: &str,
) -> usize {
    let addresses = super::address::annotate(root);
    let names = Names::parse("names.yaml", names).unwrap();
    let mut context = Context::new(&names, &addresses, true);
    let changes = pass(root, &mut context);
    assert!(context.problems.is_empty(), "{:?}", context.problems);
    changes
}
