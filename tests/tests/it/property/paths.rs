//! Where reading fails is found without types, at the place where types that keep track of it find it.

use std::cell::Cell;

use lago_tests::conform::extent::{cases, largest};
use lago_tests::conform::mutate::chaos;
use lago_types::decode::JsonPath;
use lago_types::{CreditNote, Customer, Fee, Invoice, Plan, Subscription, Wallet};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::subjects::{Subject, recorded, tried};

/// Under which root a type stands, and what reading a text as that type says.
type Kind = (&'static str, fn(&str) -> Option<Places>);

/// Where reading fails, as two ways of finding out say.
struct Places {
    found: String,
    tracked: String,
    why: String,
}

const KINDS: [Kind; 7] = [
    ("credit_note", places::<CreditNote>),
    ("customer", places::<Customer>),
    ("fee", places::<Fee>),
    ("invoice", places::<Invoice>),
    ("plan", places::<Plan>),
    ("subscription", places::<Subscription>),
    ("wallet", places::<Wallet>),
];

fn places<T: DeserializeOwned>(text: &str) -> Option<Places> {
    let error = serde_json::from_str::<T>(text).err()?;
    let json = &mut serde_json::Deserializer::from_str(text);
    let tracked = serde_path_to_error::deserialize::<_, T>(json).err()?;
    Some(Places {
        found: JsonPath::of_failure(text, &error).to_string(),
        tracked: without_marks(&tracked.path().to_string()).to_owned(),
        why: error.to_string(),
    })
}

/// Without what stands for the root, and for a decimal that is taken out of the text.
fn without_marks(tracked: &str) -> &str {
    let path = tracked.trim_start_matches('.');
    path.trim_end_matches(".$serde_json::private::RawValue")
}

#[test]
fn the_place_of_a_failure_is_the_one_that_types_would_tell() {
    let failed = Cell::new(0);
    let law = |subject: &Subject, text: &dyn Fn(&Value) -> String, body: &Value| {
        let root = subject.decoder.root.unwrap_or_default();
        let kind = KINDS.iter().find(|(known, _)| *known == root);
        let Some(places) = kind.and_then(|(_, places)| places(&text(&body[root]))) else {
            return Ok(());
        };
        failed.set(failed.get() + 1);
        let Places {
            found,
            tracked,
            why,
        } = places;
        // Of two containers, one in the other, the outer may be named.
        let is_container = ["invalid type: sequence", "invalid type: map"]
            .iter()
            .any(|start| why.starts_with(start));
        let is_outer = is_container && tracked.starts_with(&found);
        match found == tracked || is_outer {
            true => Ok(()),
            false => Err(format!(
                "{found:?}, not {tracked:?}: {why} in {}",
                body[root]
            )),
        }
    };
    let has_kind = |subject: &Subject| {
        KINDS
            .iter()
            .any(|(root, _)| subject.decoder.root == Some(*root))
    };
    let subjects = recorded().into_iter().filter(has_kind).collect();
    let subjects: Vec<Subject> = largest(
        subjects,
        |subject| subject.decoder.method.to_owned(),
        |subject| subject.body.to_string().len(),
    );
    assert!(subjects.len() > 20);
    let mut broken = Vec::new();
    for subject in &subjects {
        let outcome = tried(cases(48, 500), |dice| {
            let body = chaos(subject.document, &subject.body, dice.changed);
            law(subject, &Value::to_string, &body)?;
            law(subject, &|value| format!("{value:#}"), &body)
        });
        broken.extend(outcome.err());
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(failed.get() > 1000, "{}", failed.get());
}
