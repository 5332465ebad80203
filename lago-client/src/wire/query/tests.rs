use std::sync::LazyLock;

use lago_types::InvoiceStatus;
use proptest::prelude::*;
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::json;

use super::super::Draft;
use super::*;

const URL: &str = "http://lago.test/";

fn ours(name: &str, value: &impl QueryValue) -> Url {
    let draft = Draft::new(Method::GET, URL.to_owned()).query(name, value);
    draft.build().unwrap().url().clone()
}

/// What progenitor's own client would send.
fn progenitors(name: &str, value: &impl Serialize) -> Url {
    // Made once, as it reads all certificates of the system.
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    let query = progenitor_client::QueryParam::new(name, value);
    let request = HTTP.get(URL).query(&query).build();
    let mut url = request.unwrap().url().clone();
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

fn refusal(map: &DeepObject) -> Option<String> {
    let mut query = Query::default();
    map.write("metadata", &mut query);
    query.pairs().err().map(|invalid| invalid.to_string())
}

#[test]
fn keys_that_the_server_reads_as_others_are_refused_and_not_quoted() {
    for (key, why) in [
        ("jane[b]", "a bracket"),
        ("jane[b", "a bracket"),
        ("jane]", "a bracket"),
        ("[", "a bracket"),
        ("", "empty"),
        ("jane\0b", "a NUL"),
    ] {
        let map = DeepObject::new([("region", "eu"), (key, "1")]);
        let message = refusal(&map).unwrap();
        assert!(message.starts_with("a key of `metadata` "), "{message}");
        assert!(
            message.contains(why) && !message.contains("jane"),
            "{message}"
        );
    }
    assert_eq!(refusal(&DeepObject::new([("a&b=c;d+e%5B", "")])), None);
}

#[test]
fn entries_are_parameters_of_their_own() {
    let metadata = DeepObject::new([("region", "eu & us"), ("a b", "")]);
    assert_eq!(
        ours("metadata", &Some(metadata)).query(),
        Some("metadata%5Bregion%5D=eu+%26+us&metadata%5Ba+b%5D=")
    );
}

#[test]
fn json_of_no_known_type_is_taken_apart_once() {
    assert_eq!(
        ours("filter", &json!(["a b", 1, [2]])).query(),
        Some("filter=a+b&filter=1&filter=%5B2%5D")
    );
    assert_eq!(
        ours("filter", &json!({ "a": null })).query(),
        Some("a=null")
    );
    assert_eq!(ours("filter", &Value::Null).query(), None);
}

proptest! {
    #[test]
    fn a_query_is_the_one_that_progenitor_would_write(
        name in "[a-z_]{1,8}(\\[\\])?",
        number: Option<i64>,
        switch: bool,
        text in proptest::option::of(".{0,12}|[ &=+%#;\\[\\]]{1,4}"),
        texts in proptest::collection::vec(".{0,6}", 0..4),
        seconds in 0_i64..4_102_444_800,
        nanos in 0_u32..1_000_000_000,
        id: [u8; 16],
        digits in -999_999_999_i64..999_999_999,
    ) {
        let time = DateTime::from_timestamp(seconds, nanos).unwrap();
        let statuses = texts.iter().map(|text| InvoiceStatus::from(text.as_str()));
        let statuses: Vec<_> = statuses.chain([InvoiceStatus::Draft]).collect();
        let decimal: Decimal = format!("{digits}.25").parse().unwrap();
        let id = Uuid::from_bytes(id);
        let pairs = [
            (ours(&name, &number), progenitors(&name, &number)),
            (ours(&name, &switch), progenitors(&name, &switch)),
            (ours(&name, &text), progenitors(&name, &text)),
            (ours(&name, &texts), progenitors(&name, &texts)),
            (ours(&name, &Some(texts.clone())), progenitors(&name, &Some(&texts))),
            (ours(&name, &statuses), progenitors(&name, &statuses)),
            (ours(&name, &time), progenitors(&name, &time)),
            (ours(&name, &time.date_naive()), progenitors(&name, &time.date_naive())),
            (ours(&name, &id), progenitors(&name, &id)),
            (ours(&name, &decimal), progenitors(&name, &decimal)),
        ];
        for (ours, progenitors) in pairs {
            prop_assert_eq!(ours, progenitors);
        }
    }
}
