//! JSON objects as setters take them.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::{Patch, refused::Refusal};

/// What setters take for a JSON object: pairs of keys and values in an array, a map or an iterator, and `json!({…})`.
///
/// `Kind` tells the two apart and is always inferred. JSON that is no object is a [`Refusal`].
///
/// ```
/// use lago_types::EventEstimateFeesInput;
/// use serde_json::json;
///
/// let event = EventEstimateFeesInput::new("api_calls", "sub_1");
/// let pairs = event.clone().properties([("requests", 12)]);
/// assert_eq!(event.properties(json!({"requests": 12})), pairs);
/// ```
pub trait IntoObject<Kind> {
    /// The object.
    ///
    /// # Errors
    /// When it is none.
    fn into_object(self) -> Result<Map<String, Value>, Refusal>;
}

/// Pairs of keys and values, a [`Kind`](IntoObject) of object.
#[derive(Debug)]
pub struct Pairs<K, V>(std::marker::PhantomData<(K, V)>);

/// A JSON value, a [`Kind`](IntoObject) of object.
#[derive(Debug)]
pub struct Json;

impl<I, K, V> IntoObject<Pairs<K, V>> for I
where
    I: IntoIterator<Item = (K, V)>,
    K: Into<String>,
    V: Into<Value>,
{
    fn into_object(self) -> Result<Map<String, Value>, Refusal> {
        Ok(collect(self))
    }
}

impl IntoObject<Json> for Value {
    fn into_object(self) -> Result<Map<String, Value>, Refusal> {
        match self {
            Self::Object(object) => Ok(object),
            _ => Err(Refusal::new(
                "expected a JSON object such as json!({\"key\": 1})",
            )),
        }
    }
}

impl TryFrom<Value> for Patch<Map<String, Value>> {
    type Error = Refusal;

    /// The object, or [`Patch::Null`].
    fn try_from(value: Value) -> Result<Self, Refusal> {
        match value {
            Value::Null => Ok(Self::Null),
            value => value.into_object().map(Self::Value),
        }
    }
}

// No iterator: that would be every type, also those which the standard library may make one some day.
impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]>
    for Patch<Map<String, Value>>
{
    fn from(pairs: [(K, V); N]) -> Self {
        Self::Value(collect(pairs))
    }
}

impl<K: Into<String>, V: Into<Value>, S> From<HashMap<K, V, S>> for Patch<Map<String, Value>> {
    fn from(pairs: HashMap<K, V, S>) -> Self {
        Self::Value(collect(pairs))
    }
}

impl<K: Into<String>, V: Into<Value>> From<Vec<(K, V)>> for Patch<Map<String, Value>> {
    fn from(pairs: Vec<(K, V)>) -> Self {
        Self::Value(collect(pairs))
    }
}

impl<K: Into<String>, V: Into<Value>> From<BTreeMap<K, V>> for Patch<Map<String, Value>> {
    fn from(pairs: BTreeMap<K, V>) -> Self {
        Self::Value(collect(pairs))
    }
}

fn collect<K: Into<String>, V: Into<Value>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> Map<String, Value> {
    let pairs = pairs.into_iter();
    pairs
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object<Kind>(given: impl IntoObject<Kind>) -> Result<Value, Refusal> {
        given.into_object().map(Value::Object)
    }

    #[test]
    fn pairs_maps_and_json_are_objects() {
        let expected = json!({"a": 1, "b": 2});
        let pairs = [("a", 1), ("b", 2)];
        let map = || expected.as_object().cloned().unwrap();
        assert_eq!(object(pairs).unwrap(), expected);
        assert_eq!(object(Vec::from(pairs)).unwrap(), expected);
        assert_eq!(object(pairs.into_iter().rev()).unwrap(), expected);
        assert_eq!(object(BTreeMap::from(pairs)).unwrap(), expected);
        assert_eq!(object(map()).unwrap(), expected);
        assert_eq!(object(expected.clone()).unwrap(), expected);
        let patches: [Patch<Map<String, Value>>; 6] = [
            pairs.into(),
            Vec::from(pairs).into(),
            BTreeMap::from(pairs).into(),
            HashMap::from(pairs).into(),
            map().into(),
            expected.clone().try_into().unwrap(),
        ];
        for patch in patches {
            assert_eq!(patch, Patch::Value(map()));
        }
    }

    #[test]
    fn other_json_is_refused() {
        for json in [json!([["a", 1]]), json!("a"), json!(1), json!(true)] {
            assert!(object(json.clone()).is_err());
            assert!(Patch::<Map<_, _>>::try_from(json).is_err());
        }
        assert!(object(Value::Null).is_err());
        assert_eq!(Patch::<Map<_, _>>::try_from(Value::Null), Ok(Patch::Null));
    }
}
