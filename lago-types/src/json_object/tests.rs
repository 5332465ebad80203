use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Decimal, Patch};

#[derive(Clone, Debug, Default, PartialEq)]
struct Ours {
    code: String,
    cents: i64,
    parent: Option<Box<Ours>>,
    type_: Option<String>,
    note: Patch<String>,
    limit: Patch<i64>,
    rate: Option<Decimal>,
}

json_object! {
    Ours;
    required {
        0 code as Value;
        1 cents as Integer;
    }
    optional {
        2 parent as Value;
        3 type_ as Value;
        4 note as Value;
        5 limit as Integer;
        6 rate as Value;
    }
    write {
        0 always code "code";
        1 always cents "cents";
        2 always parent "parent";
        3 present type_ "type";
        4 present note "note";
        5 present limit "limit";
        6 present rate "rate" as DecimalString;
    }
}

/// The same for serde's derive.
mod derived {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub(super) struct Ours {
        code: String,
        #[serde(deserialize_with = "crate::integer::deserialize")]
        cents: i64,
        #[serde(default)]
        parent: Option<Box<Ours>>,
        #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
        type_: Option<String>,
        #[serde(default, skip_serializing_if = "Patch::is_absent")]
        note: Patch<String>,
        #[serde(
            default,
            skip_serializing_if = "Patch::is_absent",
            deserialize_with = "crate::integer::deserialize_patch"
        )]
        limit: Patch<i64>,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            serialize_with = "crate::decimal::as_string"
        )]
        rate: Option<Decimal>,
    }
}

/// What one reads from a text and writes again, or the error.
fn round<T: Serialize + for<'de> Deserialize<'de>>(json: &str) -> Result<String, String> {
    let value: T = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&value).map_err(|error| error.to_string())?;
    let tree = serde_json::to_value(&value).map_err(|error| error.to_string())?;
    assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(tree));
    Ok(text)
}

/// A field: any name with any value.
fn field() -> impl Strategy<Value = String> {
    let names = [
        "code", "cents", "parent", "type", "type_", "note", "limit", "rate", "unknown",
    ];
    let values = [
        "null",
        r#""a""#,
        "1",
        "2.0",
        "2.5",
        r#""3.0""#,
        "[]",
        "{}",
        r#"{"code":"b","cents":1}"#,
        r#"{"code":"b","code":"c"}"#,
        "true",
    ];
    (
        prop::sample::select(names.to_vec()),
        prop::sample::select(values.to_vec()),
    )
        .prop_map(|(name, value)| format!("{name:?}:{value}"))
}

proptest! {
    #[test]
    fn it_reads_and_writes_what_the_derive_does(
        fields in prop::collection::vec(field(), 0..6),
        has_code in any::<bool>(),
        has_cents in any::<bool>(),
        cut in 0..400usize,
    ) {
        let mut fields = fields;
        fields.extend(has_code.then(|| r#""code":"x""#.to_owned()));
        fields.extend(has_cents.then(|| r#""cents":7"#.to_owned()));
        let whole = format!("{{{}}}", fields.join(","));
        // Most are whole.
        let json = whole.get(..cut).unwrap_or(&whole);
        // Of an array the derive takes the fields in order.
        prop_assume!(!json.contains(r#""parent":["#));
        prop_assert_eq!(round::<Ours>(json), round::<derived::Ours>(json), "{}", json);
    }
}

#[test]
fn what_is_no_object_is_named_as_by_the_derive() {
    for json in ["1", "null", r#""a""#, "true"] {
        let ours = round::<Ours>(json);
        assert!(ours.is_err());
        assert_eq!(ours, round::<derived::Ours>(json));
    }
}

#[test]
fn an_array_is_no_object() {
    let json = r#"["a", 1]"#;
    assert!(round::<derived::Ours>(json).is_ok());
    let said = round::<Ours>(json).unwrap_err();
    assert!(
        said.contains("invalid type: sequence, expected struct Ours"),
        "{said}"
    );
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Lists {
    names: Vec<String>,
    more: Option<Vec<String>>,
}

json_object! {
    Lists;
    required {
        0 names as List;
    }
    optional {
        1 more as List;
    }
    write {
        0 always names "names";
        1 present more "more";
    }
}

#[test]
fn lists_keep_no_room_for_what_does_not_come() {
    let json = r#"{"names":["a","b","c"],"more":["d","e","f","g","h"]}"#;
    let lists: Lists = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&lists).unwrap(), json);
    assert_eq!(lists.names.capacity(), 3);
    assert_eq!(lists.more.map(|more| more.capacity()), Some(5));
    assert!(serde_json::from_str::<Lists>(r#"{"names":null}"#).is_err());
    let empty: Lists = serde_json::from_str(r#"{"names":[],"more":null}"#).unwrap();
    assert_eq!(empty, Lists::default());
}
