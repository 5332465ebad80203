//! An import into a workspace with an overlay.

use super::*;

const BEFORE: &str = "openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /fees:
    get:
      operationId: findFees
      summary: List fees.
      parameters: [{name: status, in: query, description: Which., schema: {type: string}}]
      responses: {'200': {description: Fees., content: {application/json: {schema: {$ref: '#/components/schemas/Fee'}}}}}
components:
  schemas:
    Fee:
      description: A fee.
      properties:
        id: {type: string, description: The id.}
";

const NEXT: &str = "openapi: 3.1.0
info: {title: t, version: 1.1.0}
paths:
  /fees:
    get:
      operationId: findFees
      parameters:
        - {name: status, in: query, description: upstream's, schema: {type: string}}
        - {name: status, in: query, schema: {type: string}}
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Fee'}}}}}
    post:
      operationId: createFee
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Fee'}}}}
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Fee'}}}}}
components:
  schemas:
    Fee:
      properties:
        id: {type: [string, 'null']}
        units: {type: integer, description: upstream's}
        kind: {type: string, enum: [a, b]}
";

const OVERLAY: &str = "# Fees.

server: lago-api 0123abc

entries:

# Null

- target: Fee.id
  change: nullable  # as it is
  why: null in drafts
  evidence: live server

# More

- target: Fee
  change:
    add:
      properties:
        units: {type: integer, description: How many.}
        code: {type: string}
  why: sent
  evidence: live server
";

/// A workspace as it is before the import.
fn workspace() -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    fs::create_dir_all(room.path().join("xtask/overlay")).unwrap();
    for (name, text) in [
        ("openapi.yaml", BEFORE),
        ("next.yaml", NEXT),
        ("xtask/overlay/fees.yaml", OVERLAY),
        ("xtask/names.yaml", "enums: {}\n"),
        (
            "xtask/operations.yaml",
            "findFees: {effect: reads, repeatable: true}\n",
        ),
    ] {
        fs::write(room.path().join(name), text).unwrap();
    }
    room
}

fn report(room: &Path, apply: bool) -> String {
    let upstream = room.join("next.yaml");
    let report = import_file(room, &upstream, apply).unwrap();
    report.replace(&upstream.display().to_string(), "next.yaml")
}

#[test]
fn what_is_to_do_is_said_and_what_is_true_goes() {
    let room = workspace();
    let file = |name: &str| fs::read_to_string(room.path().join(name)).unwrap();
    let report = report(room.path(), true);
    insta::assert_snapshot!(report);
    let left = OVERLAY
        .replace("- target: Fee.id\n  change: nullable  # as it is\n  why: null in drafts\n  evidence: live server\n\n", "")
        .replace("        units: {type: integer, description: How many.}\n", "");
    assert_eq!(file("xtask/overlay/fees.yaml"), left);
    let document = Document::parse("openapi.yaml", &file("openapi.yaml")).unwrap();
    let fee = &document.root()["components"]["schemas"]["Fee"]["properties"];
    // The words of the entry are ours; what it says of nothing is not.
    assert_eq!(fee["units"]["description"], "How many.");
    assert_eq!(fee["id"]["description"], "The id.");
    assert_eq!(fee["kind"].get("description"), None);
    let list = &document.root()["paths"]["/fees"]["get"];
    assert_eq!(list["parameters"].as_array().unwrap().len(), 1);
}

#[test]
fn nothing_but_the_document_is_written_unless_asked() {
    let room = workspace();
    let report = report(room.path(), false);
    assert!(report.contains("`--apply` removes them"), "{report}");
    let overlay = fs::read_to_string(room.path().join("xtask/overlay/fees.yaml")).unwrap();
    assert_eq!(overlay, OVERLAY);
}
