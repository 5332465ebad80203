//! What an entry of the overlay may do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::regen::ir::LeftOut;

/// What an entry does to each of its targets.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// The value may be null.
    Nullable,
    /// The property, or the body of a request, may be left out.
    Optional,
    /// The property is always there, or has to be sent; the request needs its body.
    Required,
    /// The property, or the parameter, does not exist.
    Absent,
    /// A success may come without a body.
    MayBeEmpty,
    /// The type is right; readers need to know more.
    Note,
    /// The property does not stay as it is when an update leaves it out.
    LeftOut(LeftOut),
    /// Null says nothing there: an empty object stands for it.
    NullAsEmpty,
    /// The enum has these values as well.
    Values(Vec<String>),
    /// The object has these properties as well.
    Add(Value),
    /// Changes the keys that it names; null removes one (RFC 7396).
    Merge(Value),
    /// Puts another schema in its place.
    Replace(Value),
    /// Puts the schema under a root key.
    Wrap(String),
    /// Takes the schema out from under the root key of its envelope.
    Unwrap(String),
    /// The operation takes a parameter more.
    Parameter(Value),
    /// The operation fails in these ways as well: the codes by status.
    Errors(BTreeMap<String, Vec<String>>),
    /// An operation that the document lacks.
    Operation(Value),
    /// A component schema that the document lacks.
    Schema(Value),
    /// A webhook that the document lacks.
    Webhook(Webhook),
}

/// A webhook that the document lacks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Webhook {
    /// The `webhook_type` of its deliveries.
    pub(super) name: String,
    /// The key under which deliveries hold the object, also their `object_type`.
    pub(super) root: String,
    /// The schema of the object.
    pub(super) schema: Value,
    /// When it is sent and what it carries.
    pub(super) summary: String,
}

/// What is wrong with an entry, and what to do.
pub(super) type Complaint = (String, String);

impl Change {
    /// Reads the `change` of an entry.
    pub(super) fn read(change: &Value) -> Result<Self, Complaint> {
        if let Some(word) = change.as_str() {
            return Self::word(word).ok_or_else(|| unknown(word));
        }
        let parts: Vec<_> = change.as_object().into_iter().flatten().collect();
        let [(verb, what)] = parts.as_slice() else {
            return Err((
                "an entry makes one change".to_owned(),
                "write `change: nullable` or `change: {merge: …}`, or split the entry".to_owned(),
            ));
        };
        let schema = || what.is_object().then(|| Value::clone(what));
        let key = || what.as_str().map(str::to_owned);
        let read = match verb.as_str() {
            "left_out" => what.as_str().and_then(LeftOut::read).map(Self::LeftOut),
            "null_as" => (**what == json!({})).then_some(Self::NullAsEmpty),
            "values" => strings(what).map(Self::Values),
            "add" => schema()
                .filter(|new| new.get("properties").is_some_and(Value::is_object))
                .map(Self::Add),
            "merge" => schema().map(Self::Merge),
            "replace" => schema().map(Self::Replace),
            "wrap" => key().map(Self::Wrap),
            "unwrap" => key().map(Self::Unwrap),
            "parameter" => schema().map(Self::Parameter),
            "errors" => errors(what).map(Self::Errors),
            "operation" => schema().map(Self::Operation),
            "schema" => schema().map(Self::Schema),
            "webhook" => webhook(what).map(Self::Webhook),
            _ => None,
        };
        read.ok_or_else(|| unknown(verb))
    }

    fn word(word: &str) -> Option<Self> {
        Some(match word {
            "nullable" => Self::Nullable,
            "optional" => Self::Optional,
            "required" => Self::Required,
            "absent" => Self::Absent,
            "may be empty" => Self::MayBeEmpty,
            "note" => Self::Note,
            _ => return None,
        })
    }

    /// Whether the reason of the entry helps those who read or fill the field. That a number is
    /// text on the wire does not: its Rust type is right either way. (A note is its reason.)
    pub(super) fn is_for_readers(&self) -> bool {
        matches!(
            self,
            Self::Nullable | Self::Optional | Self::Required | Self::Values(_)
        )
    }

    /// Whether it brings nodes, or moves them, with what is said of them.
    pub(super) fn adds(&self) -> bool {
        matches!(
            self,
            Self::Add(_)
                | Self::Merge(_)
                | Self::Replace(_)
                | Self::Wrap(_)
                | Self::Unwrap(_)
                | Self::Parameter(_)
                | Self::Operation(_)
                | Self::Schema(_)
                | Self::Webhook(_)
        )
    }

    /// The place to which something that the change brings refers, and which the document lacks.
    pub(super) fn lacks<'c>(&'c self, root: &Value) -> Option<&'c str> {
        match self {
            Self::Add(new)
            | Self::Merge(new)
            | Self::Replace(new)
            | Self::Parameter(new)
            | Self::Operation(new)
            | Self::Schema(new) => dangling(root, new),
            Self::Webhook(new) => dangling(root, &new.schema),
            _ => None,
        }
    }
}

/// The first reference to a place that is not there.
fn dangling<'c>(root: &Value, node: &'c Value) -> Option<&'c str> {
    match node {
        Value::Object(map) => match map.get("$ref").and_then(Value::as_str) {
            Some(place) => {
                let target = place.strip_prefix('#');
                let known = target.is_some_and(|target| root.pointer(target).is_some());
                (!known).then_some(place)
            }
            None => map.values().find_map(|value| dangling(root, value)),
        },
        Value::Array(items) => items.iter().find_map(|item| dangling(root, item)),
        _ => None,
    }
}

fn unknown(verb: &str) -> Complaint {
    (
        format!("`{verb}` is no change that can be made like this"),
        "use nullable, optional, required, absent, `may be empty` or note; or values: [names], \
         left_out: cleared, reset or removed, null_as: {}, add: {properties}, merge: {keys}, replace: {schema}, wrap: key, unwrap: key, \
         parameter: {parameter}, errors: {status: [codes]}, operation: {operation}, \
         schema: {schema}, or webhook: {name, root, schema, summary}"
            .to_owned(),
    )
}

fn strings(list: &Value) -> Option<Vec<String>> {
    let texts = list.as_array()?.iter();
    texts.map(|text| Some(text.as_str()?.to_owned())).collect()
}

fn errors(map: &Value) -> Option<BTreeMap<String, Vec<String>>> {
    let errors = map.as_object()?.iter();
    errors
        .map(|(status, codes)| {
            let is_error = status.len() == 3 && status.starts_with(['4', '5']);
            is_error.then(|| Some((status.clone(), strings(codes)?)))?
        })
        .collect()
}

fn webhook(map: &Value) -> Option<Webhook> {
    let text = |key: &str| map[key].as_str().map(str::to_owned);
    Some(Webhook {
        name: text("name")?,
        root: text("root")?,
        schema: map
            .get("schema")
            .filter(|schema| schema.is_object())?
            .clone(),
        summary: text("summary")?,
    })
}
