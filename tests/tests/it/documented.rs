//! The examples in the documentation of methods, run: what they show has to be what the API takes.

use std::collections::BTreeSet;
use std::error::Error;

use lago_client::OPERATIONS;
use lago_client::mock::{MockServer, Mode};
use lago_tests::generated::calls::DECODERS;
use lago_tests::generated::examples::EXAMPLES;

#[tokio::test]
async fn every_example_makes_the_call_that_it_is_of_and_is_taken_as_it_is_written()
-> Result<(), Box<dyn Error>> {
    let server = MockServer::builder().mode(Mode::Strict).start().await?;
    let lago = server.client()?;
    let mut wrong = Vec::new();
    for example in &EXAMPLES {
        server.clear();
        let outcome = (example.run)(&lago).await;
        // A file is fetched from a path that is no operation.
        let requests = server.requests();
        let called: Vec<&str> = requests
            .iter()
            .filter_map(|request| request.operation.map(|operation| operation.id))
            .collect();
        let notes: Vec<String> = requests
            .iter()
            .flat_map(|request| &request.notes)
            .map(|note| format!("{note:?}"))
            .collect();
        if let Err(error) = outcome {
            wrong.push(format!("{}: {error}: {notes:?}", example.method));
        } else if called != [example.operation] || !notes.is_empty() {
            wrong.push(format!("{}: {called:?} {notes:?}", example.method));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_method_has_an_example() {
    let methods = DECODERS.iter().map(|decoder| (decoder.id, decoder.method));
    let methods: BTreeSet<(&str, &str)> = methods.collect();
    let operations: BTreeSet<&str> = methods.iter().map(|(id, _)| *id).collect();
    assert_eq!(operations.len(), OPERATIONS.len());
    let examples = EXAMPLES
        .iter()
        .map(|example| (example.operation, example.method));
    let examples: BTreeSet<(&str, &str)> = examples.collect();
    let without: Vec<_> = methods.difference(&examples).collect();
    assert!(without.is_empty(), "{without:?}");
}
