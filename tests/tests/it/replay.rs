//! Recordings go once more to a caller, and what does not arrive is named.

mod recorded;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lago_tests::conform::recording::Recordings;
use lago_tests::support::bodies::{page, tax};
use serde_json::{Value, json};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn what_arrives_as_it_was_recorded_is_no_failure() -> Outcome {
    let folder = TempDir::new()?;
    let list = page("taxes", vec![tax("a"), tax("b")], Some(2));
    let missing = json!({ "status": 404, "error": "Not Found", "code": "tax_not_found" });
    let details = json!({ "0": { "rate": ["value_is_invalid"] } });
    let invalid = json!({ "status": 422, "error": "Unprocessable Entity", "code": "validation_errors", "error_details": details });
    let file = |name: &str| format!("exchanges/{name}.json");
    write(
        &folder,
        &file("1"),
        &exchange("GET /taxes/a%2Fb", 200, json!({ "tax": tax("a/b") })),
    )?;
    write(
        &folder,
        &file("2"),
        &exchange("GET /taxes?per_page=2", 200, list),
    )?;
    write(
        &folder,
        &file("3"),
        &exchange("GET /taxes/none", 404, missing),
    )?;
    write(&folder, &file("4"), &exchange("POST /taxes", 422, invalid))?;
    let update = asking(json!({ "tax": { "rate": 20.5, "description": null } }));
    write(&folder, &file("5"), &update)?;
    write(
        &folder,
        "older/exchanges/1.json",
        &exchange("GET /tariffs", 200, json!({ "tariffs": [] })),
    )?;
    write(&folder, "webhooks/1.json", &delivery(&feature()?))?;
    let unknown =
        json!({ "webhook_type": "tariff.created", "object_type": "tariff", "tariff": {} });
    write(&folder, "webhooks/2.json", &delivery(&unknown))?;
    insta::assert_snapshot!(conform(&["--replay", path(&folder)])?);
    Ok(())
}

#[test]
fn what_does_not_arrive_is_named_with_file_operation_path_and_expectation() -> Outcome {
    let folder = TempDir::new()?;
    let mut unknown = tax("a");
    unknown["surprise"] = json!({ "deep": [7] });
    unknown["tolerated"] = json!("x");
    let mut unreadable = tax("b");
    unreadable["lago_id"] = Value::Null;
    unreadable["created_at"] = json!("yesterday");
    unreadable["surprise"] = json!(1);
    unreadable["name"] = json!(["B"]);
    let mut list = page("taxes", vec![tax("a"), unreadable.clone()], None);
    list["meta"]["per_page"] = json!(100);
    let get = |code: &str, body| exchange(&format!("GET /taxes/{code}"), 200, body);
    let exchanges = [
        ("unknown", get("a", json!({ "tax": unknown }))),
        ("unreadable", get("b", json!({ "tax": unreadable }))),
        ("list", exchange("GET /taxes", 200, list)),
        ("beside", get("a", json!({ "tax": tax("a"), "taxes": [1] }))),
        ("bare", get("a", tax("a"))),
        ("empty", get("a", Value::Null)),
        ("text", get("a", json!("no tax"))),
        (
            "error",
            exchange(
                "GET /taxes/a",
                404,
                json!({ "error": "Not Found", "code": 5 }),
            ),
        ),
    ];
    let lost = asking(json!({ "tax": { "rate": "20.50", "colour": "blue" } }));
    let refused = asking(json!({ "tax": { "description": 5 } }));
    let exchanges = exchanges
        .into_iter()
        .chain([("lost", lost), ("refused", refused)]);
    for (name, exchange) in exchanges {
        write(&folder, &format!("exchanges/{name}.json"), &exchange)?;
    }
    let mut feature = feature()?;
    feature["surprise"] = json!(true);
    feature["feature"]["surprise"] = json!(1);
    feature["feature"]["code"] = Value::Null;
    let deliveries = [
        ("feature", feature),
        ("number", json!(5)),
        ("no-type", json!({ "object_type": "feature" })),
        ("text", json!("{")),
    ];
    for (name, body) in deliveries {
        write(&folder, &format!("webhooks/{name}.json"), &delivery(&body))?;
    }
    let accepted = json!([
        { "about": "findTax", "path": "tax.tolerated", "reason": "as an example" },
        { "about": "findTax", "path": "tax.never", "reason": "it was so once" },
    ]);
    write(&folder, "accepted.json", &accepted)?;
    insta::assert_snapshot!(conform(&["--replay", path(&folder)])?);
    Ok(())
}

#[test]
fn what_cannot_be_replayed_is_named_with_its_file() -> Outcome {
    let good = exchange("GET /taxes/a", 200, json!({ "tax": tax("a") }));
    let without = |key: &str| {
        let mut exchange = good.clone();
        exchange.as_object_mut().and_then(|map| map.remove(key));
        exchange
    };
    let mut status = good.clone();
    status["status"] = json!(0);
    let encoded = |body: &str| json!({ "headers": {}, "raw_body_b64": body });
    let cases = [
        ("exchanges/text.json", json!("{")),
        ("exchanges/no-body.json", without("response_body")),
        ("exchanges/no-status.json", without("status")),
        ("exchanges/status-0.json", status),
        ("older/webhooks/base64.json", encoded("a!")),
        ("older/webhooks/headers.json", json!({ "raw_body_b64": "" })),
        (
            "accepted.json",
            json!([{ "about": "findTax", "path": "tax" }]),
        ),
        ("exchanges/README.md", json!("no recording at all")),
    ];
    let mut said = String::new();
    for (file, content) in cases {
        let folder = TempDir::new()?;
        if file != "exchanges/README.md" {
            write(&folder, "exchanges/good.json", &good)?;
        }
        write(&folder, file, &content)?;
        said += &conform(&["--replay", path(&folder)])?.replace(path(&folder), "DIR");
    }
    said += &conform(&["--replay", "/there/is/no/such/folder"])?;
    for arguments in [&[][..], &["--replay"], &["--record", "x"]] {
        said += &conform(arguments)?;
    }
    insta::assert_snapshot!(said);
    Ok(())
}

fn exchange(what: &str, status: u16, body: Value) -> Value {
    let (method, path) = what.split_once(' ').unwrap_or_default();
    json!({
        "method": method,
        "path": format!("/api/v1{path}"),
        "status": status,
        "request_body": null,
        "response_headers": { "content-type": "application/json", "x-request-id": "req-1" },
        "response_body": body,
    })
}

/// A request with this body, and a response.
fn asking(body: Value) -> Value {
    let mut asking = exchange("PUT /taxes/a", 200, json!({ "tax": tax("a") }));
    asking["request_body"] = body;
    asking
}

/// A delivery of a small noun, as it was recorded.
fn feature() -> Result<Value, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let recordings = Recordings::read(&folder)?;
    let file = "webhooks/feature.created__hmac__1.json";
    let mut deliveries = recordings.deliveries.into_iter();
    let recorded = deliveries.find(|delivery| delivery.file == file);
    Ok(serde_json::from_slice(&recorded.ok_or(file)?.body)?)
}

fn delivery(body: &Value) -> Value {
    json!({ "headers": {}, "raw_body_b64": STANDARD.encode(text(body)) })
}

/// A text stands for itself: what is no JSON can be written as well.
fn text(content: &Value) -> String {
    let text = content.as_str().map(str::to_owned);
    text.unwrap_or_else(|| content.to_string())
}

fn write(folder: &TempDir, file: &str, content: &Value) -> Outcome {
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    fs::write(path, text(content))?;
    Ok(())
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap_or_default()
}

/// What the command says, and the status it ends with.
fn conform(arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let ended = Command::new(env!("CARGO_BIN_EXE_conform"))
        .args(arguments)
        .output()?;
    let said = [ended.stdout, ended.stderr].concat();
    let code = ended.status.code().map(|code| code.to_string());
    Ok(format!(
        "{}-> {}\n",
        String::from_utf8(said)?,
        code.unwrap_or_default()
    ))
}
