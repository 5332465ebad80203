//! The JSON Schemas of the types, as schemars has them, against what the types read and write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::{Draft, ValidationError, Validator};
use lago_client::types::Webhook;
use lago_tests::conform::recording::Recordings;
use lago_tests::generated::types::TYPES;
use lago_tests::support::document::Document;
use lago_tests::support::every_type::Row;
use lago_tests::support::instance::{Filled, Instances};
use schemars1::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schemas of all types by name, as they are read.
pub(super) fn definitions() -> Map<String, Value> {
    definitions_for(SchemaSettings::draft2020_12().for_deserialize())
}

fn definitions_for(settings: SchemaSettings) -> Map<String, Value> {
    let mut generator = settings.into_generator();
    lago_client::types::define_schemas(&mut generator);
    generator.take_definitions(true)
}

/// All schemas, for what is read or for what is written.
struct Schemas {
    definitions: Map<String, Value>,
    /// Of an object with a value under the name of its type: to make one for each type takes long.
    validator: Validator,
}

impl Schemas {
    fn read() -> Self {
        Self::of(SchemaSettings::draft2020_12().for_deserialize())
    }

    fn written() -> Self {
        Self::of(SchemaSettings::draft2020_12().for_serialize())
    }

    fn of(settings: SchemaSettings) -> Self {
        let definitions = definitions_for(settings);
        let properties: Map<String, Value> = definitions
            .keys()
            .map(|name| (name.clone(), reference(name)))
            .collect();
        let schema = json!({ "properties": properties, "$defs": definitions });
        assert!(jsonschema::draft202012::meta::is_valid(&schema));
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        Self {
            definitions,
            validator,
        }
    }

    /// What of a value is not as its type says.
    fn faults(&self, name: &str, value: &Value) -> Vec<String> {
        let value = json!({ name: value });
        let fault = |error: ValidationError<'_>| format!("{}: {error}", error.instance_path());
        self.validator.iter_errors(&value).map(fault).collect()
    }

    fn allow(&self, name: &str, value: Value) -> bool {
        self.faults(name, &value).is_empty()
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The names of what the source has, read without the generator.
fn names_in_the_source() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-types/src/generated");
    let mut names = BTreeSet::new();
    let folders = [folder.join("unpublished"), folder];
    let entries = folders.map(|folder| std::fs::read_dir(folder).unwrap());
    let files = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    for file in files.filter(|path| path.is_file()) {
        let source = std::fs::read_to_string(file).unwrap();
        let declared = source.lines().filter_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("pub struct ")
                .or(line.strip_prefix("pub enum "))
        });
        let types = declared.filter_map(|line| line.strip_suffix(" {"));
        // What a constructor takes is not JSON.
        let types = types.filter(|name| !name.ends_with("Required"));
        names.extend(types.map(str::to_owned));
    }
    names
}

#[test]
fn every_type_has_a_schema_that_is_one() {
    let names = names_in_the_source();
    assert!(names.len() > 250 && names.contains("Invoice") && names.contains("Currency"));
    for schemas in [Schemas::read(), Schemas::written()] {
        let defined: BTreeSet<String> = schemas.definitions.keys().cloned().collect();
        assert_eq!(
            names.difference(&defined).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
        // Written by hand.
        let by_hand = ["ApiError", "Decimal", "Webhook", "WebhookType"];
        assert_eq!(defined.difference(&names).collect::<Vec<_>>(), by_hand);
    }
    assert!(TYPES.iter().map(|row| row.name).eq(names));
}

#[test]
fn what_a_schema_allows_is_read_and_what_is_written_is_allowed() {
    let (read, written) = (Schemas::read(), Schemas::written());
    let document = Document::of(json!({ "$defs": read.definitions }));
    let mut wrong = Vec::new();
    for Row { name, reencode, .. } in TYPES {
        for filled in [Filled::Everything, Filled::Required, Filled::Nulls] {
            let instances = Instances {
                document: &document,
                filled,
            };
            let sample = instances.of(&reference(name), name);
            wrong.extend(read.faults(name, &sample));
            match reencode(&sample) {
                Ok(value) => wrong.extend(written.faults(name, &value)),
                Err(error) => wrong.push(format!("{name}: {error} in {sample}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The values under the root keys of real responses, by the names of their types: `billable_metrics` are of
/// `BillableMetric`.
fn recorded() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let recordings = Recordings::read(&folder).unwrap();
    let successes = recordings
        .exchanges
        .into_iter()
        .filter(|exchange| exchange.status < 300);
    let mut values = Vec::new();
    for (key, value) in successes.flat_map(|exchange| match exchange.response_body {
        Value::Object(roots) => roots.into_iter().collect(),
        _ => Vec::new(),
    }) {
        match value {
            Value::Array(items) => {
                let name = camel(key.trim_end_matches('s'));
                values.extend(items.into_iter().map(|item| (name.clone(), item)));
            }
            value => values.push((camel(&key), value)),
        }
    }
    values
}

fn camel(key: &str) -> String {
    let words = key.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

#[test]
fn what_a_real_server_sends_is_allowed_once_it_is_read() {
    let written = Schemas::written();
    let mut wrong = Vec::new();
    let mut checked = BTreeMap::<String, usize>::new();
    for (name, value) in recorded() {
        let row = TYPES.iter().find(|row| row.name == name);
        // Whether everything is read is for the replay to say.
        if let Some(Ok(value)) = row.map(|row| (row.reencode)(&value)) {
            wrong.extend(written.faults(&name, &value));
            *checked.entry(name).or_default() += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        checked.len() > 10 && checked.contains_key("Customer"),
        "{checked:?}"
    );
}

#[test]
fn a_delivery_is_allowed_with_the_object_of_its_type() {
    let schemas = Schemas::written();
    let feature = json!({
        "code": "seats", "name": "Seats", "description": null, "privileges": [],
        "created_at": "2026-05-06T07:08:09Z",
    });
    let delivery = |webhook_type: &str, object: &Value| {
        json!({
            "webhook_type": webhook_type, "object_type": "feature", "feature": object,
            "organization_id": "1a901a90-1a90-1a90-1a90-1a901a901a90",
        })
    };
    let body = delivery("feature.created", &feature).to_string();
    let webhook = Webhook::from_slice(body.as_bytes()).unwrap();
    assert_eq!(webhook.malformed, None);
    assert_eq!(
        schemas.faults("Webhook", &json!(webhook)),
        Vec::<String>::new()
    );
    assert!(!schemas.allow(
        "Webhook",
        delivery("feature.created", &json!({ "code": 1 }))
    ));
    assert!(!schemas.allow("Webhook", json!({ "webhook_type": "feature.created" })));
    assert!(!schemas.allow("Webhook", delivery("invoice.created", &feature)));
    assert!(schemas.allow(
        "Webhook",
        delivery("feature.of_tomorrow", &json!({ "code": 1 }))
    ));
}

#[test]
fn schemas_are_as_strict_and_as_open_as_the_types() {
    let (read, written) = (Schemas::read(), Schemas::written());
    for schemas in [&read, &written] {
        for currency in ["EUR", "a currency of tomorrow", ""] {
            assert!(schemas.allow("Currency", json!(currency)));
        }
        assert!(!schemas.allow("Currency", json!(978)) && !schemas.allow("Currency", json!(null)));
        for number in [
            json!("-1.50"),
            json!("+.5"),
            json!("1e-3"),
            json!(0.5),
            json!(7),
        ] {
            assert!(schemas.allow("Decimal", number));
        }
        for no_number in ["", "1,5", "NaN", " 1", "1 ", "e5", "0x1", "1\n"] {
            assert!(!schemas.allow("Decimal", json!(no_number)), "{no_number:?}");
        }
        let update = |description: Value| json!({ "description": description });
        for allowed in [json!({}), update(json!(null)), update(json!("new"))] {
            assert!(schemas.allow("PlanUpdate", allowed));
        }
        assert!(!schemas.allow("PlanUpdate", update(json!(1))));
    }
    let commitment = |cents: Value| json!({ "amount_cents": cents });
    for (cents, is_read, is_written) in [
        (json!(100), true, true),
        (json!(100.0), true, true),
        (json!("100"), true, false),
        (json!("100.0"), true, false),
        (json!("100.5"), false, false),
        (json!(0.5), false, false),
        (json!("a"), false, false),
        (json!(null), false, false),
    ] {
        assert_eq!(
            read.allow("MinimumCommitmentInput", commitment(cents.clone())),
            is_read
        );
        assert_eq!(
            written.allow("MinimumCommitmentInput", commitment(cents)),
            is_written
        );
    }
    assert!(!read.allow("MinimumCommitmentInput", json!({})));
}
