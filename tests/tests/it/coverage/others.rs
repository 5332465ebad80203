//! A response that is about another object than the path names is an error, wherever the document has a property of the
//! same name as a value of the path.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use lago_client::mock::{MockResponse, MockServer, Mode};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::calling::CallError;
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::instance::Filled;
use lago_tests::support::sample::{Sample, samples};
use lago_tests::support::yaml;
use serde_json::{Map, Value};

/// What no sample has: an id, which any text may be too.
const OTHER: &str = "7b7b7b7b-7b7b-4b7b-8b7b-7b7b7b7b7b7b";

/// The values of the path that a response states again.
fn names(operation: &Operation) -> impl Iterator<Item = &str> {
    let in_path = operation.parameters.iter();
    let in_path = in_path.filter(|parameter| parameter["in"] == "path");
    in_path.filter_map(|parameter| parameter["name"].as_str())
}

/// The response to a sample, with another value; none where it does not state this one, or the body sets it.
fn about_another(sample: &Sample, name: &str) -> Option<Value> {
    let sets = |body: &Value| {
        let roots = body.as_object().into_iter().flat_map(Map::values);
        [body]
            .into_iter()
            .chain(roots)
            .any(|part| part.get(name).is_some())
    };
    if sample.body.as_ref().is_some_and(sets) {
        return None;
    }
    let mut response: Map<String, Value> = serde_json::from_slice(&sample.response).ok()?;
    let (_, object) = response.iter_mut().find(|(key, _)| *key != "meta")?;
    let stated = object.as_object_mut()?.get_mut(name)?;
    stated.is_string().then_some(())?;
    *stated = Value::from(OTHER);
    Some(Value::Object(response))
}

#[tokio::test]
async fn a_response_about_another_object_is_an_error() -> Result<(), Box<dyn Error>> {
    let document = Document::read()?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/operations.yaml");
    let reviewed = yaml::parse(&std::fs::read_to_string(file)?)?;
    let server = MockServer::builder().mode(Mode::Off).start().await?;
    let lago = super::once(server.url())?;
    let mut checked = BTreeSet::new();
    let mut wrong = Vec::new();
    for operation in document.operations() {
        let id = operation.id.as_str();
        let call = CALLS.iter().find(|call| call.id == id);
        let call = call.ok_or_else(|| format!("the client has no {id}"))?;
        for filled in [Filled::Required, Filled::Everything] {
            for sample in samples(&document, &operation, filled) {
                for name in names(&operation) {
                    let response = about_another(&sample, name);
                    let returns_another = !reviewed[id]["returns_another"][name].is_null();
                    let Some(response) = response.filter(|_| !returns_another) else {
                        continue;
                    };
                    server.respond_next(id, MockResponse::new(200).json(response))?;
                    let outcome = (call.call)(&lago, &sample.args).await;
                    server.reset();
                    checked.insert(format!("{id} {name}"));
                    match outcome {
                        Err(CallError::Client(error)) if error.is_other_object() => {}
                        other => {
                            wrong.push(format!("{id}: another `{name}` came back as {other:?}"))
                        }
                    }
                }
            }
        }
    }
    assert!(checked.len() > 100, "{checked:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
