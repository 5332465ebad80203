//! What rustdoc says of types, fields, values, parameters and nouns: each says more than its name.

use super::*;
use crate::regen::ir::{Api, Field, Kind};
use crate::regen::sample::{self, Goes};
use crate::regen::wording::gaps::only_repeats;
use crate::sources;

/// Enums whose values are names that everybody knows, of which there is nothing else to say.
const OF_NAMES: [&str; 5] = [
    "ApiLogHttpMethod",
    "PaymentProvider",
    "PaymentProviderClass",
    "RateIntervalUnit",
    "Timezone",
];

/// Everything of the API that has no words, or only those of its name.
fn empty_words(api: &Api) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |name: String, said: Option<&str>| {
        if said.is_none_or(|said| only_repeats(&name, said)) {
            found.push(name);
        }
    };
    for (name, ty) in &api.types {
        look(name.clone(), ty.doc.as_deref());
        match &ty.kind {
            Kind::Struct(fields) => {
                for Field {
                    name: field, doc, ..
                } in fields
                {
                    look(format!("{name}.{field}"), doc.as_deref());
                }
            }
            Kind::Enum { values, words, .. } => {
                for value in values {
                    let said = words.get(value).map(String::as_str);
                    if said.is_none() || !OF_NAMES.contains(&name.as_str()) {
                        look(format!("{name} = {value}"), said);
                    }
                }
            }
        }
    }
    for operation in &api.operations {
        // What "creates a plan" is called createPlan for good reason.
        if operation.summary.is_none() {
            look(operation.id.clone(), None);
        }
        for parameter in &operation.parameters {
            look(parameter.name.clone(), parameter.doc.as_deref());
        }
        for depth in 1..=operation.accessors.len() {
            let place = operation.accessors[..depth].join(".");
            let said = api.nouns.get(&place).map(String::as_str);
            look(place, said);
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn what_has_no_words_or_only_those_of_its_name_is_found() {
    let mut api = sample::api();
    api.operations.clear();
    let mut said = sample::root("lago_id", crate::regen::ir::TypeRef::Uuid, true);
    said.doc = Some("The lago id of the thing.".to_owned());
    let fields = vec![
        said,
        sample::root("units", crate::regen::ir::TypeRef::Integer, true),
    ];
    let (name, thing) = sample::structure("ThingInput", Goes::In, fields);
    let doc = Some("What is sold.".to_owned());
    api.types.insert(name, ir::Type { doc, ..thing });
    let (name, part) = sample::structure("PlanChargeInput", Goes::In, Vec::new());
    let doc = Some("A plan charge input.".to_owned());
    api.types.insert(name, ir::Type { doc, ..part });
    let values = Kind::Enum {
        values: vec!["due".to_owned(), "paid".to_owned()],
        words: [("paid".to_owned(), "Somebody paid.".to_owned())].into(),
        sites: Vec::new(),
    };
    let (name, status) = sample::ty("Status", Goes::In, values);
    let doc = Some("How far payment is.".to_owned());
    api.types.insert(name, ir::Type { doc, ..status });
    assert_eq!(
        empty_words(&api),
        [
            "PlanChargeInput",
            "Status = due",
            "ThingInput.lago_id",
            "ThingInput.units"
        ]
    );
}

#[test]
fn everything_that_is_public_says_more_than_its_name() {
    let workspace = crate::workspace().unwrap();
    let spec = sources::own(&workspace, sources::DOCUMENT).unwrap();
    let inputs = Inputs::new(spec, sources::data(&workspace).unwrap(), true);
    let api = lower(&inputs, &mut Clock::start()).unwrap().api;
    let empty = empty_words(&api);
    assert!(
        empty.is_empty(),
        "write words in xtask/words/, for nouns in xtask/names.yaml:\n{}",
        empty.join("\n")
    );
}
