use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::regen::ir::{
    Field, Form, Identity, Kind as TypeKind, ParameterPlace, Response, SetBy, TypeRef, Webhook,
};
use crate::regen::sample::{self, Goes, structure, ty};

fn fault(kind: &str, address: &str) -> Fault {
    Fault {
        kind: kind.to_owned(),
        address: address.to_owned(),
    }
}

/// The API of the samples, with types and what else a fault can be in.
fn api() -> Api {
    let mut api = sample::api();
    let nullable = Field {
        nullable: true,
        ..Field::new("note", TypeRef::String, false)
    };
    let price = Field::new("price", TypeRef::Decimal(Form::String), true);
    let values = ["on", "off"].map(str::to_owned).to_vec();
    let sites = Vec::new();
    api.types = BTreeMap::from([
        structure("Thing", Goes::In, vec![price.clone(), nullable.clone()]),
        structure("ThingInput", Goes::Out, vec![price, nullable]),
        ty(
            "ThingStatus",
            Goes::In,
            TypeKind::Enum {
                values,
                words: BTreeMap::new(),
                sites,
            },
        ),
    ]);
    let parts = &mut api.operations[0];
    parts.path = "/things/{code}/parts/{part}".into();
    parts.parameters.insert(1, sample::path("part"));
    parts.may_be_empty = true;
    parts.identity.push(Identity {
        parameter: "code".into(),
        part: None,
        property: "code".into(),
        set: SetBy::Nothing,
    });
    api.webhooks.push(Webhook {
        key: "thing_made".into(),
        name: "thing.made".into(),
        root: "thing".into(),
        ty: sample::named("Thing"),
        doc: None,
        published: true,
    });
    api
}

#[test]
fn every_kind_is_listed_and_each_fault_changes_what_is_printed() {
    let right = format!("{:?}", api());
    for kind in KINDS {
        let faults = kind.faults(&mut api());
        assert!(!faults.is_empty(), "{}", kind.name);
        for fault in faults {
            let mut api = api();
            assert!(fault.put(&mut api), "{fault}");
            assert_ne!(format!("{api:?}"), right, "{fault}");
        }
    }
    let listed = format!("{:?}", api());
    assert_eq!(listed, right, "to list changes nothing");
}

/// The API with one fault.
fn with(kind: &str, address: &str) -> Api {
    let mut api = api();
    assert!(fault(kind, address).put(&mut api), "{kind}@{address}");
    api
}

fn fields(api: &Api, name: &str) -> Vec<Field> {
    match &api.types[name].kind {
        TypeKind::Struct(fields) => fields.clone(),
        TypeKind::Enum { .. } => Vec::new(),
    }
}

#[test]
fn a_fault_is_at_its_place_and_nowhere_else() {
    let api = with("field lost", "Thing.price");
    assert_eq!(fields(&api, "Thing").len(), 1);
    assert_eq!(fields(&api, "ThingInput").len(), 2);
    let api = with("field required", "Thing.note");
    let note = &fields(&api, "Thing")[1];
    assert!(note.required && !note.nullable);
    let api = with("null lost", "ThingInput.note");
    assert!(!fields(&api, "ThingInput")[1].nullable);
    let api = with("field of another type", "Thing.price");
    assert_eq!(fields(&api, "Thing")[0].ty, TypeRef::Decimal(Form::Number));
    let api = with("field misnamed", "Thing.note");
    assert_eq!(fields(&api, "Thing")[1].name, "note_value");
}

#[test]
fn calls_go_elsewhere_or_read_elsewhere() {
    let parts = "GET /things/{code}/parts/{part}";
    let names = |api: &Api| {
        let parameters = api.operations[0].parameters.iter();
        let names: Vec<String> = parameters.map(|one| one.name.clone()).collect();
        names
    };
    let api = with("arguments swapped", parts);
    assert_eq!(names(&api)[..2], ["part", "code"]);
    let api = with("path values swapped", parts);
    assert_eq!(api.operations[0].path, "/things/{part}/parts/{code}");
    assert_eq!(names(&api)[..2], ["code", "part"]);
    let api = with("parameter misnamed", &format!("{parts}?status[]"));
    let status = &api.operations[0].parameters[3];
    assert_eq!((&*status.name, &*status.rust), ("status_value[]", "status"));
    let api = with("parameter required", &format!("{parts}?page"));
    let page = &api.operations[0].parameters[2].place;
    assert!(matches!(page, ParameterPlace::Query { required: true, .. }));
    let api = with("method wrong", "POST /things");
    assert_eq!(api.operations[1].method, "PUT");
    let api = with("response root wrong", "POST /things");
    let Response::Root { key, .. } = &api.operations[1].response else {
        panic!("{:?}", api.operations[1].response);
    };
    assert_eq!(key, "thing_value");
}

#[test]
fn a_method_that_another_operation_has_is_none_to_take() {
    let mut api = api();
    api.operations[2].path = "/things".into();
    api.operations[2].method = "PUT".into();
    let taken = fault("method wrong", "POST /things");
    assert!(!taken.put(&mut api));
}

#[test]
fn a_fault_is_written_as_it_is_printed() {
    let text = "overlay: null lost@xtask/overlay/things.yaml /entries/0 Thing.note";
    let fault: Fault = text.parse().unwrap();
    assert_eq!(fault.kind, "overlay: null lost");
    assert_eq!(fault.to_string(), text);
    assert!("field lost".parse::<Fault>().is_err());
}

/// A document with an overlay of which parts can be lost.
fn inputs() -> Inputs {
    use crate::regen::tests::{HEAD, SERVER, USE, inputs};

    let spec = format!(
        "{HEAD}{USE}components:\n  schemas:\n    Plan: {{type: object, required: [kind], properties: {{code: {{type: string}}, kind: {{type: string, enum: [a, b]}}}}}}\n"
    );
    let mut inputs = inputs(&spec);
    inputs.overlay[0].text = format!(
        "{SERVER}entries:
- {{target: Plan.kind, change: {{values: [c, d]}}, why: w, evidence: live server}}
- {{target: [Plan.kind, Plan.code], change: nullable, why: w, evidence: live server}}
- {{target: Plan.code, change: note, why: w, evidence: live server}}
"
    );
    inputs
}

#[test]
fn an_entry_of_the_overlay_loses_a_part_or_is_lost() {
    let inputs = inputs();
    let faults = overlay::faults(&inputs).unwrap().concat();
    let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        listed,
        [
            "overlay: null lost@overlay.yaml /entries/1/target/0 Plan.kind",
            "overlay: null lost@overlay.yaml /entries/1/target/1 Plan.code",
            "overlay: value lost@overlay.yaml /entries/0/change/values/0 Plan.kind.\"c\"",
            "overlay: value lost@overlay.yaml /entries/0/change/values/1 Plan.kind.\"d\"",
        ]
    );
    for (fault, gone) in faults
        .iter()
        .zip(["Plan.kind,", ", Plan.code", "c,", ", d"])
    {
        let (_, files) = faulty(&inputs, fault).unwrap();
        let before = &inputs.overlay[0].text;
        let lost = before.len() - files["overlay.yaml"].len();
        assert!(
            (gone.len()..=gone.len() + 1).contains(&lost),
            "{fault}: {lost}"
        );
    }
}

#[test]
fn a_sample_is_spread_over_kinds_and_the_same_again() {
    let inputs = inputs();
    let drawn = |size, seed| {
        let sample = sample(&inputs, size, seed).unwrap();
        sample
            .drawn
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let all = drawn(1_000, 1);
    assert_eq!(all, drawn(1_000, 1));
    assert_ne!(all, drawn(1_000, 2));
    let kinds = |faults: &[String]| {
        let kinds = faults
            .iter()
            .map(|fault| fault.split('@').next().unwrap_or_default().to_owned());
        kinds.collect::<BTreeSet<String>>()
    };
    let number = kinds(&all).len();
    assert!(number > 8, "{all:?}");
    assert_eq!(kinds(&all[..number]).len(), number, "one of each first");
    assert_eq!(
        all.iter().collect::<BTreeSet<_>>().len(),
        all.len(),
        "none twice"
    );
}

#[test]
fn a_fault_from_which_no_other_code_comes_is_left_out_with_the_reason() {
    let mut inputs = inputs();
    // It is said twice, so that one can be lost.
    let again = "- {target: Plan.code, change: optional, why: w, evidence: live server}\n";
    inputs.overlay[0].text.push_str(again);
    let sample = sample(&inputs, 1_000, 1).unwrap();
    let said = "overlay: absence lost@overlay.yaml /entries/3 Plan.code";
    let left_out = sample
        .left_out
        .iter()
        .find(|(fault, _)| fault.to_string() == said);
    assert_eq!(left_out.unwrap().1, "the code is the same");
    assert!(!sample.drawn.iter().any(|fault| fault.to_string() == said));
}

#[test]
fn what_is_no_fault_is_refused() {
    for (kind, address) in [
        ("field lost", "Plan.gone"),
        ("moon lost", "Plan.code"),
        ("field lost", "Plan.code"),
    ] {
        let refused = faulty(&inputs(), &fault(kind, address))
            .map(|_| ())
            .unwrap_err();
        assert!(
            refused.to_string().contains("cargo xtask faults"),
            "{refused}"
        );
    }
}
