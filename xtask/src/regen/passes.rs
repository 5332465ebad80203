//! The passes that turn a published document into one that generators understand.
//!
//! Each pass does one thing, in the order of [`PASSES`], and says how often it did it. What it promises
//! is checked when all have run: no later pass may break it, and what reads the result relies on it.

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
use super::problem::Problem;
pub(crate) use enums::SITES;

/// One pass over the document.
pub(crate) struct Pass {
    /// The name that reports use.
    pub(crate) name: &'static str,
    /// What it is for: said when a pass finds nothing to do in openapi.yaml.
    pub(crate) effect: &'static str,
    run: fn(&mut Value, &mut Context<'_>) -> usize,
    /// What holds from then on.
    promise: &'static str,
    /// Whether it holds; the address where it does not.
    holds: fn(&Value, &Context<'_>) -> Result<(), String>,
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

/// How a message begins that speaks of the generator, not of the document.
pub(crate) const BROKEN: &str = "this does not keep the promise of the pass";

/// All passes, in order.
pub(crate) const PASSES: &[Pass] = &[
    Pass {
        name: "references",
        effect: "writes out references to anything but a component schema",
        run: references::run,
        promise: "a reference leads to a component schema",
        holds: references::holds,
    },
    Pass {
        name: "nullability",
        effect: "writes every way to allow null as `nullable: true`",
        run: nullability::run,
        promise: "only `nullable` allows null",
        holds: nullability::holds,
    },
    Pass {
        name: "or-null",
        effect: "replaces `XOrNull` by a nullable X",
        run: or_null::run,
        promise: "components are not nullable, references are",
        holds: or_null::holds,
    },
    Pass {
        name: "all-of",
        effect: "flattens `allOf`, and references with facts beside them, into one object",
        run: all_of::run,
        promise: "no schema builds on others, and no reference has facts beside it",
        holds: all_of::holds,
    },
    Pass {
        name: "decimals",
        effect: "reads numbers, numeric patterns and the unions that names.yaml lists as decimals",
        run: decimals::run,
        promise: "numbers are decimals or times in seconds",
        holds: decimals::holds,
    },
    Pass {
        name: "open",
        effect: "takes unions, and objects that are open beside their properties, as free JSON",
        run: open::run,
        promise: "only bodies are unions, and an object has properties or is a map",
        holds: open::holds,
    },
    Pass {
        name: "envelopes",
        effect: "drops bodies' envelopes and frees their names",
        run: envelopes::run,
        promise: "an object that is a body is an envelope",
        holds: envelopes::holds,
    },
    Pass {
        name: "hoist",
        effect: "gives inline objects a component of their own",
        run: hoist::run,
        promise: "objects stand only in components and as the envelopes of bodies",
        holds: hoist::holds,
    },
    Pass {
        name: "aliases",
        effect: "writes out components that are neither objects nor enums",
        run: aliases::run,
        promise: "components are objects with properties or enums",
        holds: aliases::holds,
    },
    Pass {
        name: "prune",
        effect: "drops components that no operation and no webhook uses",
        run: prune::run,
        promise: "every component is sent or received by something",
        holds: prune::holds,
    },
    Pass {
        name: "merge-views",
        effect: "merges the schemas that are views of one noun",
        run: merge_views::run,
        promise: "the views of a noun are one component",
        holds: merge_views::holds,
    },
    Pass {
        name: "rename",
        effect: "strips `Object` from names and applies names.yaml",
        run: rename::run,
        promise: "components have names of Rust types",
        holds: rename::holds,
    },
    Pass {
        name: "enums",
        effect: "gives inline enums a name and unites what names.yaml binds",
        run: enums::run,
        promise: "enums stand only in components",
        holds: enums::holds,
    },
    Pass {
        name: "directions",
        effect: "splits what is both sent and received where it matters",
        run: directions::run,
        promise: "what null means depends on the direction only in components that go one way",
        holds: directions::holds,
    },
];

/// Runs the passes in order and says how many places each has changed. The last one is that of a name, or the
/// first that complains: later passes rely on what earlier ones promise.
pub(crate) fn run(
    root: &mut Value,
    context: &mut Context<'_>,
    last: Option<&str>,
) -> Vec<(&'static Pass, usize)> {
    let mut ran = Vec::new();
    for pass in PASSES {
        ran.push((pass, (pass.run)(root, context)));
        if last == Some(pass.name) || !context.problems.is_empty() {
            break;
        }
    }
    ran
}

/// Notes each promise that does not hold after all passes.
pub(crate) fn check(root: &Value, context: &mut Context<'_>) {
    for pass in PASSES {
        if let Err(address) = (pass.holds)(root, context) {
            context.problem(
                &address,
                format!("{BROKEN} `{}`: {}", pass.name, pass.promise),
                "mend the pass, or the one that breaks it; until then, write the schema in another way",
            );
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A component with these facts, and an operation that sends and receives it as the body.
    fn document(component: Value, body: Value) -> Value {
        let body = json!({"content": {"application/json": {"schema": body}}});
        json!({
            "components": {"schemas": {"Thing": component}},
            "paths": {"/things": {"put": {"requestBody": body, "responses": {"200": body}}}},
        })
    }

    fn broken(document: &mut Value, names: &str) -> Vec<(String, String)> {
        let addresses = super::super::address::annotate(document);
        let names = Names::parse("names.yaml", names).unwrap();
        let mut context = Context::new(&names, &addresses, true);
        check(document, &mut context);
        let pass = |message: &str| message.split('`').nth(1).unwrap_or_default().to_owned();
        let problems = context.problems.iter();
        problems
            .map(|problem| (pass(&problem.message), problem.address.clone()))
            .collect()
    }

    #[test]
    fn a_promise_that_is_broken_is_named_with_its_place() {
        let thing = || json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let with = |a: Value| json!({"type": "object", "properties": {"a": a}});
        let to_thing = || json!({"$ref": "#/components/schemas/Thing"});
        let envelope = |inner: Value| json!({"type": "object", "properties": {"thing": inner}, "x-envelope": true});
        let whole = || document(thing(), envelope(to_thing()));
        assert_eq!(broken(&mut whole(), ""), []);
        let within = |a: Value| document(with(a), envelope(to_thing()));
        let one = |pass: &str, address: &str| vec![(pass.to_owned(), address.to_owned())];
        let mut two = whole();
        two["components"]["schemas"]["Other"] = thing();
        two["components"]["schemas"]["Thing"]["properties"]["a"] =
            json!({"$ref": "#/components/schemas/Other"});
        let mut unused = whole();
        unused["components"]["schemas"]["Other"] = thing();
        let mut nullable = thing();
        nullable["nullable"] = json!(true);
        let mut badly_named = whole();
        badly_named["components"]["schemas"]["Thing"]["x-name"] = json!("Other");
        for (mut document, names, expected) in [
            (
                within(json!({"$ref": "#/components/parameters/A"})),
                "",
                one("references", "Thing.a"),
            ),
            (
                within(json!({"type": ["string", "null"]})),
                "",
                one("nullability", "Thing.a"),
            ),
            (
                document(nullable, envelope(to_thing())),
                "",
                one("or-null", "Thing"),
            ),
            (
                within(json!({"allOf": [{"type": "string"}]})),
                "",
                one("all-of", "Thing.a"),
            ),
            (
                within(json!({"type": "number"})),
                "",
                one("decimals", "Thing.a"),
            ),
            (
                within(json!({"oneOf": [{"type": "string"}]})),
                "",
                one("open", "Thing.a"),
            ),
            (
                document(
                    thing(),
                    json!({"properties": {"other": to_thing(), "more": to_thing()}}),
                ),
                "",
                one("envelopes", "PUT /things request"),
            ),
            (
                within(json!({"type": "object", "properties": {"b": {"type": "string"}}})),
                "",
                one("hoist", "Thing.a"),
            ),
            (
                document(json!({"type": "string"}), envelope(to_thing())),
                "",
                one("aliases", "Thing"),
            ),
            (unused, "", one("prune", "Other")),
            (
                two,
                "merge:\n  Thing: [Thing, Other]\n",
                one("merge-views", "Other"),
            ),
            (badly_named, "", one("rename", "Thing")),
            (
                within(json!({"type": "string", "enum": ["a", "b"]})),
                "",
                one("enums", "Thing.a"),
            ),
            (
                within(json!({"type": "string", "nullable": true})),
                "",
                one("directions", "Thing"),
            ),
        ] {
            assert_eq!(broken(&mut document, names), expected, "{document}");
        }
    }
}
