//! Every operation: the response is what openapi.yaml says, and what the client reads.

use lago_client::OPERATIONS;
use lago_client::mock::{MockServer, example};
use lago_tests::conform::compare::{differences, without_nulls};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::instance::Filled;
use lago_tests::support::sample::samples;
use serde_json::{Value, json};

use super::{Caller, Outcome, client, conforms, unchecked};

#[tokio::test]
async fn every_operation_answers_on_its_route_what_the_document_says() -> Outcome {
    let document = Document::read()?;
    let caller = Caller::unchecked().await?;
    let mut wrong = Vec::new();
    let operations = document.operations();
    assert_eq!(operations.len(), OPERATIONS.len());
    for operation in operations {
        let found = faults(&document, &operation, &caller).await?;
        wrong.extend(
            found
                .iter()
                .map(|fault| format!("{}: {fault}", operation.id)),
        );
        caller.server.clear();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Calls an operation, once for each response that it can give.
async fn faults(
    document: &Document,
    operation: &Operation,
    caller: &Caller,
) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    let (path, values) = filled(&operation.id, &operation.path);
    for schema in alternatives(operation) {
        let mut request = caller.request_at(&operation.base_path, &operation.method, &path)?;
        if let (Some(_), Some(root)) = (&operation.body, root(document, schema)) {
            request = request.body(json!({ root: {} }).to_string());
        }
        let response = request.send().await?;
        assert_eq!(response.status(), 200, "{}", operation.id);
        let is_text = response.headers()["content-type"] == "text/plain";
        assert_eq!(is_text, operation.responses_text, "{}", operation.id);
        let body = response.bytes().await?;
        match schema {
            Some(schema) => {
                let value = serde_json::from_slice(&body)?;
                found.extend(conforms::faults(document, schema, &value));
            }
            None => assert_eq!(body.is_empty(), !is_text, "{}", operation.id),
        }
        let requests = caller.server.requests();
        let request = requests.last().ok_or("the request was not kept")?;
        let route = request.operation.map(|operation| operation.id);
        assert_eq!(route, Some(operation.id.as_str()));
        let received = request.path_parameters.iter().map(|(_, value)| value);
        assert!(received.eq(&values), "{}: {request:?}", operation.id);
    }
    Ok(found)
}

/// Ids of the server are UUIDs: what is none names nothing, and is stated by no response.
#[tokio::test]
async fn what_is_no_id_names_nothing() -> Outcome {
    let document = Document::read()?;
    let caller = Caller::unchecked().await?;
    let (mut missing, mut wrong) = (0, Vec::new());
    for operation in document.operations() {
        let mut parts = operation.path.split(['{', '}']);
        let mut path = parts.next().unwrap_or_default().to_owned();
        while let (Some(_), Some(rest)) = (parts.next(), parts.next()) {
            path += "no-id";
            path += rest;
        }
        let request = caller.request_at(&operation.base_path, &operation.method, &path)?;
        let response = request.send().await?;
        if response.status() == 404 {
            missing += 1;
            continue;
        }
        let body = response.bytes().await?;
        if let (Some(Some(schema)), false) = (alternatives(&operation).first(), body.is_empty()) {
            let value = serde_json::from_slice(&body)?;
            let found = conforms::faults(&document, schema, &value);
            wrong.extend(
                found
                    .iter()
                    .map(|fault| format!("{}: {fault}", operation.id)),
            );
        }
    }
    assert!(missing > 50, "{missing}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The schemas of what an operation answers: several when it depends on the root key that is sent.
fn alternatives(operation: &Operation) -> Vec<Option<&Value>> {
    let schema = operation.response.as_ref();
    match schema.and_then(|schema| schema["oneOf"].as_array()) {
        Some(members) => members.iter().map(Some).collect(),
        None => vec![schema],
    }
}

/// The first root key of a response.
fn root(document: &Document, schema: Option<&Value>) -> Option<String> {
    let properties = document.merged(schema?).remove("properties")?;
    properties.as_object()?.keys().next().cloned()
}

/// The path with a value for each parameter, and the values: UUIDs where a response states ids.
fn filled(id: &str, path: &str) -> (String, Vec<String>) {
    let known = OPERATIONS.iter().find(|known| known.id == id);
    let identity = known.map_or(&[][..], |known| known.identity);
    let names = path.split(['{', '}']).skip(1).step_by(2);
    let value = |name: &str| {
        let mut stated = identity.iter().filter(|(parameter, _)| *parameter == name);
        let is_id = |property: &str| property.starts_with("lago_") || property == "activity_id";
        match stated.any(|(_, property)| is_id(property)) {
            true => "2b901a90-1a90-4a90-9a90-1a901a901a90".to_owned(),
            false => format!("a {name}/é%"),
        }
    };
    let values: Vec<String> = names.map(value).collect();
    let mut parts = path.split(['{', '}']).step_by(2);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (value, part) in values.iter().zip(parts) {
        filled += &value
            .replace('%', "%25")
            .replace(' ', "%20")
            .replace('/', "%2F");
        filled += part;
    }
    (filled, values)
}

#[tokio::test]
async fn the_client_reads_every_response() -> Outcome {
    let document = Document::read()?;
    let server = unchecked().await?;
    let lago = client(&server)?;
    let mut wrong = Vec::new();
    for operation in document.operations() {
        let call = CALLS.iter().find(|call| call.id == operation.id);
        let call = call.ok_or("the client lacks an operation")?;
        for sample in samples(&document, &operation, Filled::Required) {
            if let Err(error) = (call.call)(&lago, &sample.args).await {
                wrong.push(format!("{}: {error}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn what_is_read_is_what_was_said() -> Outcome {
    let server = MockServer::start().await?;
    let id = "2b901a90-1a90-4a90-9a90-1a901a901a90";
    let invoice = client(&server)?.invoices().get(id).await?;
    let read = without_nulls(serde_json::to_value(invoice)?);
    let mut said = without_nulls(example("invoices.get")?["invoice"].clone());
    said["lago_id"] = id.into();
    // Files are the server's own.
    said["file_url"] = format!("{}/files/example.pdf", server.url()).into();
    said["xml_url"] = format!("{}/files/example.xml", server.url()).into();
    assert_eq!(differences(&said, &read), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn files_of_the_examples_are_there_to_be_fetched() -> Outcome {
    let server = MockServer::builder()
        .api_key("the-only-one")
        .start()
        .await?;
    let lago = server.client()?;
    let id = "1a901a90-1a90-1a90-1a90-1a901a901a90";
    let pdf = lago.invoices().fetch_pdf(id).await?;
    assert!(pdf.starts_with(b"%PDF-"), "{pdf:?}");
    let xml = lago.credit_notes().fetch_xml(id).await?;
    assert!(xml.starts_with(b"<?xml"), "{xml:?}");
    assert!(
        lago.payment_receipts()
            .fetch_pdf(id)
            .await?
            .starts_with(b"%PDF-")
    );
    // The storage takes no key, and got none.
    let fetched = server.requests();
    let fetched = fetched.iter().filter(|request| request.operation.is_none());
    let keys: Vec<_> = fetched
        .map(|request| request.header("authorization"))
        .collect();
    assert_eq!(keys, [None, None, None]);
    Ok(())
}

#[tokio::test]
async fn what_was_deleted_is_not_in_what_is_left_and_all_else_is() -> Outcome {
    let server = MockServer::start().await?;
    let lago = client(&server)?;
    // The example has the feature `seats` with the privilege `max`.
    for (deleted, left) in [("max", 0), ("other", 1), ("name", 1), ("privileges", 1)] {
        let privileges = lago.features().privileges();
        let feature = privileges.delete("seats", deleted).await?;
        assert_eq!(feature.privileges.len(), left, "{deleted}");
        let privileges = lago.plans().entitlements().privileges();
        let entitlement = privileges.delete("pro", "seats", deleted).await?;
        assert_eq!(entitlement.privileges.len(), left, "{deleted}");
    }
    let entitlements = || lago.subscriptions().entitlements();
    for (feature, deleted, left) in [("seats", "max", 0), ("other", "max", 1), ("seats", "x", 1)] {
        let all = entitlements().privileges().delete("sub", feature, deleted);
        let all = all.await?;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].privileges.len(), left, "{feature} {deleted}");
    }
    for (deleted, left) in [("seats", 0), ("max", 1)] {
        let all = entitlements().delete("sub", deleted).await?;
        assert_eq!(all.len(), left, "{deleted}");
    }
    for (deleted, left) in [("key", 0), ("other", 1)] {
        let map = lago.plans().metadata().delete("pro", deleted).await?;
        assert_eq!(map.map(|map| map.len()), Some(left), "{deleted}");
    }
    Ok(())
}
