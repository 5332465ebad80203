//! An object that has no type here.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The JSON text of an object that has no type here, as it was delivered.
///
/// Nothing is lost, whatever it is: a [`serde_json::Value`] holds no nesting over 127 levels, no number beyond `f64`,
/// and no half of a surrogate pair.
///
/// ```
/// use lago_types::{Webhook, WebhookEvent};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let body = br#"{"webhook_type": "tea.ready", "object_type": "tea", "tea": {"cups": 2}}"#;
/// if let WebhookEvent::Unknown { payload, .. } = Webhook::from_slice(body)?.event {
///     assert_eq!(payload.as_str(), r#"{"cups": 2}"#);
///     assert_eq!(payload.parse::<serde_json::Value>()?["cups"], 2);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPayload(Box<str>);

impl WebhookPayload {
    pub(super) fn new(json: &str) -> Self {
        Self(json.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the text as a type of your own, or as a [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// When it is not of that type, or has what the type cannot hold.
    pub fn parse<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
    }
}

impl From<Value> for WebhookPayload {
    fn from(value: Value) -> Self {
        Self(value.to_string().into())
    }
}

impl fmt::Display for WebhookPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As JSON, unchanged.
impl Serialize for WebhookPayload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        json.serialize(serializer)
    }
}
