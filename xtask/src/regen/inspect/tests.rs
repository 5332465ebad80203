use super::*;
use crate::regen::tests::{HEAD, SERVER, USE, inputs};

const SCHEMAS: &str = "components:
  schemas:
    Plan: {type: object, required: [code], properties: {code: {type: string}, note: {type: [string, 'null']}, tax: {type: object, properties: {rate: {type: string}}}}}
";

/// What is printed of a small document that one entry of the overlay corrects.
fn inspected(step: &str, place: &str) -> String {
    let mut inputs = inputs(&format!("{HEAD}{USE}{SCHEMAS}"));
    inputs.overlay[0].text = format!(
        "{SERVER}entries:\n- {{target: Plan.code, change: nullable, why: It may, evidence: live server}}\n"
    );
    match inspect(&inputs, step, place) {
        Ok(said) => said,
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_step_shows_what_it_left() {
    let place = "Plan.code";
    let pointer = "/components/schemas/Plan/properties/code\n";
    let said = inspected("parse", place);
    assert_eq!(said, format!("{pointer}{{\n  \"type\": \"string\"\n}}"));
    let said = inspected("overlay", place);
    assert!(
        said.starts_with(pointer) && said.contains("\"null\""),
        "{said}"
    );
    let said = inspected("nullability", place);
    assert!(said.contains("\"nullable\": true"), "{said}");
    let said = inspected("references", place);
    assert!(!said.contains("\"nullable\""), "{said}");
    let said = inspected("read", place);
    assert!(said.contains("nullable: true"), "{said}");
}

#[test]
fn a_place_is_an_address_a_pointer_or_where_it_was_before_the_passes() {
    let pointer = "/components/schemas/Plan/properties/note";
    assert_eq!(
        inspected("overlay", pointer),
        inspected("overlay", "Plan.note")
    );
    let said = inspected("directions", "Plan.tax");
    assert!(said.contains("\"rate\""), "{said}");
    assert!(said.starts_with("/components/schemas/"), "{said}");
    let said = inspected("overlay", "PUT /plans");
    assert!(said.starts_with("/paths/~1plans/put\n"), "{said}");
    let said = inspected("overlay", "PUT /plans request");
    assert!(
        said.starts_with("/paths/~1plans/put/requestBody/content/"),
        "{said}"
    );
    assert!(inspected("parse", "").contains("\"openapi\": \"3.1.0\""));
    assert!(inspected("read", "PUT /plans").contains("id: \"updatePlans\""));
    assert!(inspected("read", "Plan").contains("kind: Struct("));
}

#[test]
fn what_does_not_exist_is_answered_with_what_does() {
    for (step, place, said) in [
        ("nulability", "Plan", "no step is called `nulability`"),
        (
            "nulability",
            "Plan",
            "parse, overlay, references, nullability",
        ),
        ("nulability", "Plan", "directions, read"),
        (
            "overlay",
            "Plan.cod",
            "nothing is at `Plan.cod` after `overlay`",
        ),
        ("overlay", "Plan.cod", "there are Plan.code"),
        (
            "overlay",
            "Plan.x",
            "there are Plan.code, Plan.note, Plan.tax, Plan.tax.rate",
        ),
        ("overlay", "GET /plan", "there are GET /plans 200"),
        (
            "overlay",
            "/components/schemas/Plam/properties",
            "there are /components/schemas/Plan",
        ),
        (
            "overlay",
            "/paths/~1plans/delete",
            "/paths/~1plans/get, /paths/~1plans/put",
        ),
        ("read", "Plam", "there are Plan"),
        (
            "read",
            "Plan.cod",
            "there are Plan.code, Plan.note, Plan.tax",
        ),
        (
            "read",
            "DELETE /plans",
            "nothing is at `DELETE /plans` in the IR",
        ),
    ] {
        let response = inspected(step, place);
        assert!(response.contains(said), "{step} {place}: {response}");
    }
}

#[test]
fn what_the_step_complains_of_comes_after_the_place() {
    let spec = format!(
        "{HEAD}{USE}components:\n  schemas:\n    Plan: {{type: object, properties: {{a: {{type: string, enum: [x, x]}}}}}}\n"
    );
    let inputs = inputs(&spec);
    let failed = super::super::regen(&inputs)
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(failed.contains("`x` is listed twice"), "{failed}");
    let said = inspect(&inputs, "enums", "Plan.a").unwrap();
    assert!(said.contains("#/components/schemas/PlanA"), "{said}");
    assert!(said.contains(failed.as_str()), "{said}\n---\n{failed}");
}

#[test]
fn a_refused_document_can_be_looked_at() {
    let mut refused = inputs(&format!("{HEAD}{USE}{SCHEMAS}"));
    refused.overlay[0].text = "none".to_owned();
    assert!(inspect(&refused, "overlay", "Plan").is_err());
    assert!(inspect(&refused, "parse", "Plan").is_ok());
}
