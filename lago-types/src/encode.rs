//! Where in a request writing failed.
//!
//! `serde_json` says nothing of the place. What it had written until then does.

use crate::decode::JsonPath;
use crate::refused;

/// The error with the place in front: "`events[3].timestamp`: expected …", where `written` is what had been written
/// before it.
pub fn located(written: &[u8], error: &serde_json::Error) -> String {
    let text = String::from_utf8_lossy(written);
    let mut path = JsonPath::of_end(&text);
    let is_of_setters = path.pop_if(&refused::KEY);
    let place = path.in_words(|index| format!("[{index}]"));
    match is_of_setters {
        true => refused::located(&error.to_string(), &place),
        false if place.is_empty() => error.to_string(),
        false => format!("`{place}`: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Serialize, ser};
    use serde_json::Serializer;

    use super::*;
    use crate::decode::Segment;

    /// JSON in which something cannot be written.
    #[derive(Clone, Debug)]
    enum Json {
        Text(String),
        List(Vec<Json>),
        Map(BTreeMap<String, Json>),
        Fails,
    }

    impl Serialize for Json {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::Text(text) => text.serialize(serializer),
                Self::List(items) => items.serialize(serializer),
                Self::Map(entries) => entries.serialize(serializer),
                Self::Fails => Err(ser::Error::custom("no")),
            }
        }
    }

    fn json() -> impl Strategy<Value = Json> {
        let text = || "[a-z_]{0,4}|[\"\\\\{}\\[\\]:, .é]{0,4}";
        let leaf = prop_oneof![4 => text().prop_map(Json::Text), 1 => Just(Json::Fails)];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
                prop::collection::btree_map(text(), inner, 0..4).prop_map(Json::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_place_is_that_of_whoever_keeps_track_of_it(json in json()) {
            let mut written = Vec::new();
            let failed = json.serialize(&mut Serializer::new(&mut written)).is_err();
            let mut track = serde_path_to_error::Track::new();
            let mut serializer = Serializer::new(Vec::new());
            let tracked = serde_path_to_error::Serializer::new(&mut serializer, &mut track);
            prop_assert_eq!(json.serialize(tracked).is_err(), failed);
            if failed {
                let text = std::str::from_utf8(&written).unwrap();
                let expected: Vec<Segment<'_>> = track
                    .path()
                    .iter()
                    .map(|step| match step {
                        serde_path_to_error::Segment::Seq { index } => Segment::Index(*index),
                        step => Segment::Key(step.to_string().into()),
                    })
                    .collect();
                let found: Vec<Segment<'_>> = JsonPath::of_end(text).segments().cloned().collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    fn said(json: &Json) -> String {
        let mut written = Vec::new();
        let error = serde_json::to_writer(&mut written, json).unwrap_err();
        located(&written, &error)
    }

    #[test]
    fn keys_that_customers_choose_are_not_printed() {
        let inside = |key: &str, json| Json::Map([(key.to_owned(), json)].into());
        let list = |json| Json::List(vec![Json::Text("x".to_owned()), json]);
        let values = |key| inside("plan", inside("values", inside(key, list(Json::Fails))));
        assert_eq!(said(&values("seats")), "`plan.values.seats[1]`: no");
        assert_eq!(said(&values("jane@example.com")), "`plan.values.?[1]`: no");
        assert_eq!(said(&Json::Fails), "no");
    }
}
