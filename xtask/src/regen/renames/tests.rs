//! What is taken for the same, and what is not.

use serde_json::json;

use super::*;

#[test]
fn what_refers_to_the_renamed_is_found_too() {
    let leaf = json!({"type": "object", "properties": {"description": {"type": "string"}, "b": {"type": "integer"}}});
    let holds = |name: &str| json!({"type": "object", "properties": {"leaf": {"$ref": format!("#/components/schemas/{name}")}}});
    let old = json!({"components": {"schemas": {
        "Lef": leaf, "Hold": holds("Lef"), "Text": {"type": "string"}, "Kept": {"type": "string"}}}});
    let mut told = leaf.clone();
    told["description"] = json!("A leaf");
    let new = json!({"components": {"schemas": {
        "Leaf": told, "Holder": holds("Leaf"), "Other": {"type": "string"}, "Kept": {"type": "string"}}}});
    let renames = Renames::between(&old, &new);
    let found: Vec<_> = renames
        .all()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("/components/schemas/Hold", "/components/schemas/Holder"),
            ("/components/schemas/Lef", "/components/schemas/Leaf"),
        ]
    );
    assert!(renames.same("/components/schemas/Kept", "/components/schemas/Kept"));
    assert_eq!(renames.schemas()["Lef"], "Leaf");
}

#[test]
fn names_decide_between_equals_and_nobody_guesses() {
    let text = json!({"type": ["string", "null"], "format": "uuid"});
    let kinds = json!({"type": "string", "enum": ["a", "b"]});
    let component = json!({"$ref": "#/components/schemas/Fee"});
    type List<'l> = &'l [(&'l str, &'l Value)];
    type Case<'l> = (List<'l>, List<'l>, &'l [(&'l str, &'l str)]);
    let cases: &[Case<'_>] = &[
        // One string is like any other, if its name is not.
        (&[("code", &text)], &[("units", &text)], &[]),
        (
            &[("lago_plan", &text)],
            &[("lago_plan_id", &text)],
            &[("lago_plan", "lago_plan_id")],
        ),
        (
            &[("kind", &kinds)],
            &[("sort", &kinds)],
            &[("kind", "sort")],
        ),
        (
            &[("fee", &component)],
            &[("price", &component)],
            &[("fee", "price")],
        ),
        (
            &[("fee", &component)],
            &[("price", &component), ("total", &component)],
            &[],
        ),
        // The one that is left belongs to the one that is left.
        (
            &[("fee", &component), ("taxes_old", &component)],
            &[("price", &component), ("taxes_now", &component)],
            &[("taxes_old", "taxes_now"), ("fee", "price")],
        ),
        // Both are as much like it.
        (
            &[("tax_b", &text)],
            &[("tax_a", &text), ("tax_c", &text)],
            &[],
        ),
        (
            &[("kept", &kinds)],
            &[("kept", &kinds), ("new", &kinds)],
            &[],
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(
            Renames::default().properties(old, new),
            *expected,
            "{old:?}"
        );
    }
}

#[test]
fn operations_are_known_by_id_by_path_and_perhaps_by_what_they_say() {
    let operation =
        |id: &str, body: &str| json!({"operationId": id, "responses": {"200": {"$ref": body}}});
    let old = json!({"paths": {
        "/a": {"get": operation("a", "#/1")},
        "/b/{code}": {"get": operation("b", "#/2")},
        "/thing": {"post": operation("makeThing", "#/3")},
        "/other": {"put": operation("other", "#/4")},
        "/same": {"put": operation("same", "#/5")},
    }});
    let new = json!({"paths": {
        "/moved": {"post": operation("a", "#/1")},
        "/b/{id}": {"get": operation("find", "#/2")},
        "/things": {"post": operation("createThing", "#/3")},
        "/else": {"put": operation("else", "#/6")},
        "/same": {"put": operation("renamed", "#/5")},
    }});
    let found = Renames::default().operations(&old, &new);
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.old.address(), one.new.address(), one.certain))
        .collect();
    let expected = [
        ("GET /a", "POST /moved", true),
        ("GET /b/{code}", "GET /b/{id}", true),
        ("POST /thing", "POST /things", false),
    ];
    let expected = expected.map(|(old, new, certain)| (old.to_owned(), new.to_owned(), certain));
    assert_eq!(found, expected);
}
