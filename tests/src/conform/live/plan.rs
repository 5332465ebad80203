//! What to ask a server next, from what it has said so far. Reads only.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::NaiveDate;
use lago_client::{Method, OPERATIONS, Operation};
use serde_json::Value;

use super::sources::{Fill, Source, needed, parameters, sources};
use crate::support::calling::Args;
use crate::support::document;

/// How many responses with something in them an operation gives.
const FEW: usize = 3;

/// How often an operation is called at most, for lists that turn out to be empty.
const MOST: usize = 10;

/// Every version of the server has it, so that it tells whether there is a server and a key for it.
const FIRST: &str = "findAllBillableMetrics";

/// The parameter of a query that says until when.
const UNTIL: &str = "to_date";

/// Values that no object of anybody's has.
const ABSENT_ID: &str = "00000000-0000-4000-8000-000000000000";
const ABSENT_CODE: &str = "lago-conform-absent";

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) operation: &'static Operation,
    pub(super) args: Args,
    /// Whether it asks for what does not exist, to see the error.
    pub(super) is_probe: bool,
}

/// The sweep.
#[derive(Debug)]
pub(super) struct Plan {
    sources: Vec<Source>,
    waiting: VecDeque<Step>,
    asked: BTreeMap<&'static str, Asked>,
    known: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Asked {
    calls: usize,
    filled: usize,
}

impl Plan {
    /// Begins with every list that needs no values, and with what does not exist. `today` is for lists that
    /// want to be told until when.
    pub(super) fn new(described: &[document::Operation], today: NaiveDate) -> Self {
        let gets = OPERATIONS.iter().filter(|one| one.method == Method::Get);
        let (needing, lists): (Vec<&'static Operation>, Vec<&'static Operation>) =
            gets.partition(|one| one.path.contains('{'));
        let is_first = |one: &&'static Operation| one.id == FIRST;
        let (first, others): (Vec<_>, Vec<_>) = lists.into_iter().partition(is_first);
        let lists = first.into_iter().chain(others).map(|operation| Step {
            operation,
            args: listing(described, operation, today),
            is_probe: false,
        });
        let probes = needing.into_iter().filter_map(probe);
        Self {
            sources: sources(described),
            waiting: lists.chain(probes).collect(),
            asked: BTreeMap::new(),
            known: BTreeSet::new(),
        }
    }

    /// The next call; none when all is asked.
    pub(super) fn next(&mut self) -> Option<Step> {
        loop {
            let step = self.waiting.pop_front()?;
            let asked = self.asked.entry(step.operation.id).or_default();
            if step.is_probe {
                return Some(step);
            }
            if asked.calls < MOST && asked.filled < FEW {
                asked.calls += 1;
                return Some(step);
            }
        }
    }

    /// How many calls wait, as far as is known.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A response of success: what is in it can be asked for, one by one.
    pub(super) fn saw(&mut self, step: &Step, body: &Value) {
        let root = step.operation.roots.first().map(|root| &body[*root]);
        let elements = match root {
            Some(Value::Array(elements)) => elements.as_slice(),
            Some(Value::Null) | None => &[],
            Some(one) => std::slice::from_ref(one),
        };
        if !elements.is_empty() && !step.is_probe {
            self.asked.entry(step.operation.id).or_default().filled += 1;
        }
        let sources = self.sources.iter();
        let sources = sources.filter(|source| source.list.id == step.operation.id);
        let next: Vec<Step> = sources
            .flat_map(|source| elements.iter().take(MOST).map(move |one| (source, one)))
            .filter_map(|(source, element)| derived(source, step, element))
            .collect();
        for step in next {
            let name = format!(
                "{} {:?} {:?}",
                step.operation.id, step.args.path, step.args.query
            );
            if self.known.insert(name) {
                self.waiting.push_back(step);
            }
        }
    }

    /// Why an operation was never called: which list would have had the values.
    pub(super) fn lacks(&self, operation: &Operation) -> String {
        let source = self
            .sources
            .iter()
            .find(|one| one.operation.id == operation.id);
        match source {
            Some(source) => format!("{} has nothing to ask for", source.list.resource),
            None => "nothing says where its values come from".to_owned(),
        }
    }
}

/// A list as a whole: of the parameters that it needs only those are known that end a period.
fn listing(
    described: &[document::Operation],
    operation: &'static Operation,
    today: NaiveDate,
) -> Args {
    let mut args = args([], []);
    for name in needed(described, operation) {
        if name == UNTIL {
            args.query.insert(name, Value::from(today.to_string()));
        }
    }
    args
}

/// The call for what an element of a list names.
fn derived(source: &Source, list: &Step, element: &Value) -> Option<Step> {
    let of_the_list = parameters(list.operation.path);
    let mut path = BTreeMap::new();
    for (name, fill) in &source.path {
        let value = match fill {
            Fill::OfTheList(position) => list.args.path.get(*of_the_list.get(*position)?)?.clone(),
            Fill::Property(property) => text(element, property)?,
        };
        path.insert((*name).to_owned(), value);
    }
    let mut query = BTreeMap::new();
    for (name, property) in &source.query {
        query.insert((*name).to_owned(), Value::from(text(element, property)?));
    }
    Some(Step {
        operation: source.operation,
        args: Args {
            path,
            query,
            body: None,
            only_named: false,
        },
        is_probe: false,
    })
}

fn text(element: &Value, property: &str) -> Option<String> {
    let value = element.pointer(&format!("/{}", property.replace('.', "/")))?;
    let text = value.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Asks for an object that does not exist, where one parameter names it.
fn probe(operation: &'static Operation) -> Option<Step> {
    let names = parameters(operation.path);
    let [name] = names.as_slice() else {
        return None;
    };
    operation.path.ends_with('}').then_some(())?;
    let mut identity = operation.identity.iter();
    let stated = identity.find(|(known, _)| known == name);
    let property = stated.map_or(*name, |(_, property)| property);
    // Those of callers may be anything.
    let is_theirs = property.starts_with("external") || property == "transaction_id";
    let is_id = property.ends_with("_id") && !is_theirs;
    let value = if is_id { ABSENT_ID } else { ABSENT_CODE };
    Some(Step {
        operation,
        args: args([(*name, value)], []),
        is_probe: true,
    })
}

/// Arguments without a body.
pub(super) fn args<const P: usize, const Q: usize>(
    path: [(&str, &str); P],
    query: [(&str, &str); Q],
) -> Args {
    Args {
        path: path
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        query: query
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .into(),
        body: None,
        only_named: false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::support::document::Document;

    /// Every call, when the server says this to each.
    fn calls(say: impl Fn(&Step) -> Option<Value>) -> Vec<Step> {
        let document = Document::read().unwrap();
        let mut plan = Plan::new(&document.operations(), NaiveDate::default());
        let mut made = Vec::new();
        while let Some(step) = plan.next() {
            if let Some(body) = say(&step) {
                plan.saw(&step, &body);
            }
            made.push(step);
        }
        made
    }

    #[test]
    fn a_server_without_anything_is_asked_for_lists_and_for_what_does_not_exist() {
        let made = calls(|_| None);
        assert_eq!(made[0].operation.id, FIRST);
        let lists = OPERATIONS.iter().filter(|one| one.method == Method::Get);
        let lists = lists.filter(|one| !one.path.contains('{')).count();
        assert_eq!(made.iter().filter(|step| !step.is_probe).count(), lists);
        let invoice = made
            .iter()
            .find(|step| step.operation.id == "findInvoice")
            .unwrap();
        assert_eq!(
            (invoice.is_probe, invoice.args.path["lago_id"].as_str()),
            (true, ABSENT_ID)
        );
    }

    #[test]
    fn what_is_found_is_asked_for_and_what_is_below_it_too() {
        let codes = |codes: &[&str]| -> Vec<Value> {
            codes.iter().map(|code| json!({ "code": code })).collect()
        };
        let made = calls(|step| match step.operation.id {
            "findAllPlans" => Some(json!({ "plans": codes(&["a", "b", "c", "d", "e"]) })),
            // The first plans have none.
            "findAllPlanCharges" if *step.args.path["code"] > *"c" => {
                Some(json!({ "charges": codes(&["x"]) }))
            }
            "findAllPlanCharges" => Some(json!({ "charges": [] })),
            "findPlan" if !step.is_probe => Some(json!({ "plan": { "code": "a" } })),
            "findAllSubscriptions" => Some(json!({ "subscriptions": [
                { "external_id": "s", "external_customer_id": "c" }, { "external_id": null },
            ] })),
            _ => None,
        });
        let paths = |id: &str| -> Vec<String> {
            let same = made
                .iter()
                .filter(|step| step.operation.id == id && !step.is_probe);
            same.map(|step| {
                step.args
                    .path
                    .values()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
        };
        assert_eq!(paths("findPlan"), ["a", "b", "c"]);
        assert_eq!(paths("findAllPlanCharges"), ["a", "b", "c", "d", "e"]);
        assert_eq!(paths("findPlanCharge"), ["x d", "x e"]);
        assert_eq!(paths("findCustomerCurrentUsage"), ["c"]);
        assert_eq!(paths("findSubscription"), ["s"]);
    }
}
