//! An import into a workspace with words.

use super::*;

const BEFORE: &str = "openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /fees/{id}:
    get:
      operationId: findFee
      summary: Find a fee.
      parameters: [{name: id, in: path, required: true, description: Its id., schema: {type: string}}]
      responses: {'200': {description: The fee., content: {application/json: {schema: {$ref: '#/components/schemas/Fee'}}}}}
components:
  schemas:
    Fee:
      description: A fee.
      properties:
        amount: {type: integer, minimum: 0, maximum: 7}
        kind: {type: string, enum: [one, other, third]}
";

/// The operation and the component have another name, and there is a component more.
const NEXT: &str = "openapi: 3.1.0
info: {title: t, version: 1.1.0}
paths:
  /fees/{id}:
    get:
      operationId: getFee
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/FeeObject'}}}}}
  /taxes:
    get:
      operationId: getTax
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Tax'}}}}}
components:
  schemas:
    FeeObject:
      properties:
        amount: {type: integer, minimum: 0, maximum: 7}
        kind: {type: string, enum: [one, other, third]}
    Tax:
      properties:
        code: {type: string}
        strange: {type: string}
";

const WORDS: &str = "# Fees.

properties:
  code: By which it is known.

places:
- at: [Fee.amount]  # in cents
  say: What it costs.

values:
- of: Fee.kind
  mean: {one: The first., other: The second., third: The third.}

operations:
- of: [findFee]
  say: Also of drafts.
";

#[test]
fn words_follow_what_they_speak_of_and_count_where_they_reach() {
    let room = tempfile::tempdir().unwrap();
    for folder in ["xtask/overlay", "xtask/words"] {
        fs::create_dir_all(room.path().join(folder)).unwrap();
    }
    for (name, text) in [
        ("openapi.yaml", BEFORE),
        ("next.yaml", NEXT),
        (
            "xtask/overlay/fees.yaml",
            "server: lago-api 0123abc\n\nentries: []\n",
        ),
        ("xtask/words/fees.yaml", WORDS),
        ("xtask/names.yaml", "enums: {}\n"),
        ("xtask/operations.yaml", "findFee: {repeatable: true}\n"),
    ] {
        fs::write(room.path().join(name), text).unwrap();
    }
    let report = import_file(room.path(), &room.path().join("next.yaml"), true).unwrap();
    let words = fs::read_to_string(room.path().join("xtask/words/fees.yaml")).unwrap();
    let followed = WORDS
        .replace("Fee.amount", "FeeObject.amount")
        .replace("Fee.kind", "FeeObject.kind")
        .replace("findFee", "getFee");
    assert_eq!(words, followed, "{report}");
    let place = |name: &str| format!("/components/schemas/Tax/properties/{name}");
    assert!(report.contains(&place("strange")), "{report}");
    // The words of its name are there already.
    assert!(!report.contains(&place("code")), "{report}");
}
