//! What a key or a licence does not permit: 403, in the words of the server.

use std::collections::BTreeSet;
use std::path::Path;

use lago_client::mock::{MockServer, Mode};
use lago_client::{OPERATIONS, Operation};
use lago_tests::conform::recording::Recordings;
use lago_tests::support::yaml;
use serde_json::Value;

use super::{Caller, Outcome, read};

/// Operations that want the licence for some of what may be sent, or for another reason than the licence.
const FOR_WHAT_IS_SENT: [&str; 3] = [
    "POST /subscriptions",
    "PUT /subscriptions/{external_id}",
    "PUT /invoices/{lago_id}/refresh",
];

/// Every operation of which the overlay says that it may fail for want of a licence.
fn licensed() -> Outcome<BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/overlay");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder)? {
        let overlay = yaml::parse(&std::fs::read_to_string(file?.path())?)?;
        for entry in overlay["entries"].as_array().into_iter().flatten() {
            let codes = entry["change"]["errors"]["403"].as_array();
            if !codes.is_some_and(|codes| codes.iter().any(|code| code == "feature_unavailable")) {
                continue;
            }
            let targets = match &entry["target"] {
                Value::Array(targets) => targets.as_slice(),
                one => std::slice::from_ref(one),
            };
            found.extend(targets.iter().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    found.retain(|target| !FOR_WHAT_IS_SENT.contains(&target.as_str()));
    Ok(found)
}

/// The response to a call without a body, whose path has an id for each parameter.
async fn called(caller: &Caller, operation: &Operation, key: &str) -> Outcome<reqwest::Response> {
    let parts = operation.path.split('/');
    let filled = parts.map(|part| match part.starts_with('{') {
        true => "1a901a90-1a90-1a90-1a90-1a901a901a90",
        false => part,
    });
    let path = filled.collect::<Vec<_>>().join("/");
    let url = format!("{}{}{path}", caller.server.url(), operation.base_path);
    let request = caller.http.request(operation.method.into(), url);
    Ok(request.bearer_auth(key).send().await?)
}

#[tokio::test]
async fn without_a_licence_that_is_refused_which_the_overlay_says() -> Outcome {
    let server = MockServer::builder().mode(Mode::Off).without_licence();
    let caller = Caller::of(server.start().await?)?;
    let mut refused = BTreeSet::new();
    for operation in OPERATIONS {
        let response = called(&caller, operation, "any").await?;
        if response.status() == 403 {
            let body: Value = serde_json::from_slice(&response.bytes().await?)?;
            assert_eq!(body["code"], "feature_unavailable", "{}", operation.id);
            refused.insert(format!("{} {}", operation.method, operation.path));
        }
    }
    assert_eq!(refused, licensed()?);
    Ok(())
}

#[tokio::test]
async fn a_key_for_reading_reads_and_writes_nothing() -> Outcome {
    let server = MockServer::builder().mode(Mode::Off).api_key("one");
    let caller = Caller::of(server.read_only_key("only-looks").start().await?)?;
    for operation in OPERATIONS {
        let response = called(&caller, operation, "only-looks").await?;
        let is_write = operation.method.as_str() != "GET";
        assert_eq!(response.status() == 403, is_write, "{}", operation.id);
    }
    Ok(())
}

#[tokio::test]
async fn refusals_are_those_that_were_recorded() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let server = MockServer::builder().mode(Mode::Off).without_licence();
    let caller = Caller::of(server.read_only_key("only-looks").start().await?)?;
    let mut compared = 0;
    for exchange in Recordings::read(&folder)?.exchanges {
        let code = exchange.response_body["code"].as_str().unwrap_or_default();
        let key = match code {
            _ if exchange.status != 403 => continue,
            // An invoice that is no draft.
            _ if exchange.path.ends_with("/refresh") => continue,
            "feature_unavailable" => "any",
            code if code.starts_with("write_action_not_allowed_for_") => "only-looks",
            // Events of another store.
            _ => continue,
        };
        let method = reqwest::Method::from_bytes(exchange.method.as_bytes())?;
        let url = format!("{}{}", caller.server.url(), exchange.path);
        let request = caller.http.request(method, url).bearer_auth(key);
        let (status, body) = read(request).await?;
        assert_eq!(
            (status, &body),
            (403, &exchange.response_body),
            "{}",
            exchange.file
        );
        compared += 1;
    }
    assert!(compared >= 10, "{compared}");
    Ok(())
}
