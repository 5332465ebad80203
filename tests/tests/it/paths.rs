//! Which operation the server's router finds in what the client sends, and with which values.

mod others;

use std::error::Error;

use lago_client::{Client, OPERATIONS, Operation};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::calling::Args;
use lago_tests::support::document::Document;
use lago_tests::support::instance::Filled;
use lago_tests::support::rails::{Reached, reached};
use lago_tests::support::sample::samples;
use lago_tests::support::server::Capturing;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

type Outcome = Result<(), Box<dyn Error>>;

/// What a router, a proxy or a framework may read as something else than a value.
const VALUES: [&str; 20] = [
    "acme.io",
    "a.b.c",
    "...",
    ".json",
    "a.",
    "a/b",
    "/",
    "//",
    "../customers",
    "%2F",
    "%252e%252e",
    "100%",
    "a;b=c",
    "a?b#c&d",
    r"a\b",
    " a ",
    "a\t\r\n",
    "+",
    "jane@acme.co.uk",
    "é\u{301}/😀",
];

/// The operations that have a parameter in their path, each with a request that it takes.
struct Stage {
    server: Capturing,
    lago: Client,
    requests: Vec<(&'static Operation, Args)>,
}

impl Stage {
    async fn start() -> Result<Self, Box<dyn Error>> {
        let document = Document::read()?;
        let server = Capturing::start().await?;
        let lago = Client::builder()
            .api_key("key")
            .base_url(server.base_url())
            .build()?;
        let mut requests = Vec::new();
        for described in document.operations() {
            let known = OPERATIONS.iter().find(|known| known.id == described.id);
            let known = known.ok_or("the client lacks an operation")?;
            let mut samples = samples(&document, &described, Filled::Required);
            let args = samples.swap_remove(0).args;
            if !args.path.is_empty() {
                requests.push((known, args));
            }
        }
        Ok(Self {
            server,
            lago,
            requests,
        })
    }

    /// What the server is asked, by an operation with these values in its path.
    async fn target(&self, place: usize, values: &[String]) -> String {
        let (operation, args) = &self.requests[place];
        let mut args = args.clone();
        args.path = names(operation)
            .map(str::to_owned)
            .zip(values.iter().cloned())
            .collect();
        let call = CALLS.iter().find(|call| call.id == operation.id).unwrap();
        // The response is empty, which not every call can read.
        let _ = (call.call)(&self.lago, &args).await;
        let mut sent = self.server.take();
        assert_eq!(sent.len(), 1, "{} {values:?}", operation.id);
        let sent = sent.remove(0);
        assert_eq!(sent.method, operation.method.as_str());
        sent.target
    }
}

/// The names in the path of an operation, in their order.
fn names(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let names = operation.path.split(['{', '}']);
    names.skip(1).step_by(2)
}

fn only(operation: &'static Operation, values: &[String]) -> Vec<Reached> {
    vec![Reached {
        operation,
        values: values.to_vec(),
        format: None,
    }]
}

/// The dots are what it depends on: as they are, they lead elsewhere in every path of the first version that ends with
/// a value.
#[test]
fn a_raw_dot_would_lead_elsewhere() {
    let mut elsewhere = 0;
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.path.ends_with('}') && operation.base_path == "/api/v1")
    {
        let count = names(operation).count();
        let target = names(operation).enumerate().fold(
            format!("{}{}", operation.base_path, operation.path),
            |path, (place, name)| {
                let value = if place + 1 == count { "acme.io" } else { "x" };
                path.replace(&format!("{{{name}}}"), value)
            },
        );
        let found = reached(operation.method.as_str(), &target);
        let [found] = found.as_slice() else {
            panic!("{target} reaches {found:?}");
        };
        assert_eq!(found.operation.id, operation.id);
        assert_eq!(found.values.last().map(String::as_str), Some("acme"));
        assert_eq!(found.format.as_deref(), Some("io"));
        elsewhere += 1;
    }
    assert!(elsewhere > 50, "{elsewhere}");
}

#[tokio::test]
async fn every_operation_is_reached_with_odd_values() -> Outcome {
    let stage = Stage::start().await?;
    assert!(stage.requests.len() > 100);
    for place in 0..stage.requests.len() {
        let operation = stage.requests[place].0;
        let count = names(operation).count();
        // Each value in each place, with another one beside it.
        for start in (place % 4..VALUES.len()).step_by(4) {
            let values: Vec<String> = (0..count)
                .map(|index| VALUES[(start + index) % VALUES.len()].to_owned())
                .collect();
            let target = stage.target(place, &values).await;
            let found = reached(operation.method.as_str(), &target);
            assert_eq!(found, only(operation, &values), "{target}");
        }
    }
    Ok(())
}

#[test]
fn every_operation_is_reached_with_any_values() -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let stage = runtime.block_on(Stage::start())?;
    let words: Vec<&str> = OPERATIONS
        .iter()
        .flat_map(|operation| operation.path.split(['/', '{', '}']))
        .filter(|word| !word.is_empty())
        .collect();
    let value = prop_oneof![
        "[^\\x00]{1,12}",
        r"[./\\%?#;:@+& a]{1,6}",
        proptest::sample::select(words).prop_map(str::to_owned),
    ];
    let value = value.prop_filter("a step", |value| !matches!(value.as_str(), "." | ".."));
    let arguments = (0..stage.requests.len(), proptest::collection::vec(value, 4));
    let mut runner = TestRunner::new(Config {
        cases: 256,
        failure_persistence: None,
        ..Config::default()
    });
    runner.run(&arguments, |(place, values)| {
        let operation = stage.requests[place].0;
        let values = &values[..names(operation).count()];
        let target = runtime.block_on(stage.target(place, values));
        let found = reached(operation.method.as_str(), &target);
        prop_assert_eq!(found, only(operation, values), "{}", target);
        Ok(())
    })?;
    Ok(())
}

#[tokio::test]
async fn a_nul_is_refused_and_nothing_is_sent() -> Outcome {
    let stage = Stage::start().await?;
    let error = stage.lago.customers().delete("acme\0.io").await.err();
    let error = error.ok_or("a success")?;
    assert!(error.is_usage(), "{error}");
    assert!(error.to_string().contains("`external_customer_id`"));
    assert_eq!(stage.server.take(), []);
    Ok(())
}
