//! Webhook deliveries: what the body of one says, decoded in two steps.
//!
//! The first step reads what all deliveries have. The second reads the object, by the type that the
//! delivery names. A type that this version of the crate does not know, or an object that is not
//! as expected, is [`WebhookEvent::Unknown`] with everything in it: a server that is newer never
//! stops a receiver.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{WebhookEvent, WebhookType};

/// The body of a webhook delivery.
///
/// ```
/// use lago_types::{Webhook, WebhookEvent};
///
/// # fn main() -> Result<(), lago_types::WebhookError> {
/// let body = br#"{
///     "webhook_type": "wallet.melted",
///     "object_type": "wallet",
///     "organization_id": "1a901a90-1a90-1a90-1a90-1a901a901a90",
///     "wallet": { "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90" }
/// }"#;
/// match Webhook::from_slice(body)?.event {
///     WebhookEvent::InvoiceCreated(invoice) => println!("{} is due", invoice.number),
///     WebhookEvent::Unknown { webhook_type, .. } => assert_eq!(webhook_type, "wallet.melted"),
///     _ => {}
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Webhook {
    /// What happened.
    pub webhook_type: WebhookType,
    /// The key under which the body holds the object.
    pub object_type: String,
    /// The organization that it happened in. Servers before 1.33 do not say it.
    pub organization_id: Option<Uuid>,
    /// What happened, with the object that it happened to.
    pub event: WebhookEvent,
    /// Why the event of a type that this version of the crate knows is `Unknown` all the same.
    pub malformed: Option<Malformed>,
}

impl Webhook {
    /// Reads the body of a delivery. Check its signature first.
    ///
    /// # Errors
    ///
    /// When the body is no JSON object that says its `webhook_type`.
    pub fn from_slice(body: &[u8]) -> Result<Self, WebhookError> {
        let head: Head = serde_json::from_slice(body).map_err(WebhookError)?;
        let webhook_type = WebhookType::from(head.webhook_type);
        let known = || WebhookEvent::object_type_of(&webhook_type).map(str::to_owned);
        let object_type = head.object_type.or_else(known).unwrap_or_default();
        let (event, malformed) = match WebhookEvent::read(&webhook_type, &object_type, body) {
            Some(Ok(event)) => (event, None),
            refused => {
                let event = WebhookEvent::Unknown {
                    webhook_type: webhook_type.to_string(),
                    object_type: object_type.clone(),
                    payload: payload(body, &object_type)?,
                };
                (event, refused.and_then(Result::err))
            }
        };
        Ok(Self {
            webhook_type,
            object_type,
            organization_id: head.organization_id.as_str().and_then(|id| id.parse().ok()),
            event,
            malformed,
        })
    }
}

/// As the body of a delivery: `{webhook_type, object_type, organization_id, <object>}`.
impl Serialize for Webhook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("webhook_type", &self.webhook_type)?;
        map.serialize_entry("object_type", &self.object_type)?;
        if let Some(id) = &self.organization_id {
            map.serialize_entry("organization_id", id)?;
        }
        self.event.write(&self.object_type, &mut map)?;
        map.end()
    }
}

/// What all deliveries say.
#[derive(Deserialize)]
struct Head {
    webhook_type: String,
    #[serde(default)]
    object_type: Option<String>,
    /// Anything: that it is no id must not fail the rest.
    #[serde(default)]
    organization_id: Value,
}

/// The object of a delivery, or all that is not in its head when there is no such key.
fn payload(body: &[u8], object_type: &str) -> Result<Value, WebhookError> {
    let mut all: Map<String, Value> = serde_json::from_slice(body).map_err(WebhookError)?;
    Ok(all.remove(object_type).unwrap_or_else(|| {
        all.retain(|key, _| !["webhook_type", "object_type", "organization_id"].contains(&&**key));
        Value::Object(all)
    }))
}

/// Reads the object from under its key.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8], key: &str) -> Result<Box<T>, Malformed> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let found = Under {
        key,
        value: std::marker::PhantomData,
    }
    .deserialize(tracked);
    found.map(Box::new).map_err(|error| Malformed {
        path: track.path().to_string(),
        reason: error.to_string(),
    })
}

/// Reads a value from under its key and skips what stands beside it.
struct Under<'k, T> {
    key: &'k str,
    value: std::marker::PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Under<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Under<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == self.key {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| serde::de::Error::custom(format_args!("there is no `{}`", self.key)))
    }
}

/// Why the object of a delivery could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// The JSON path to what is not as expected: `invoice.fees[0].units`.
    pub path: String,
    /// What is wrong there. It may quote what was delivered.
    pub reason: String,
}

/// Says neither path nor reason: both may quote what was delivered.
impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of the delivery is not as this version of the crate knows it")
    }
}

impl std::error::Error for Malformed {}

/// A body that is no delivery.
#[derive(Debug)]
pub struct WebhookError(serde_json::Error);

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is no webhook delivery: a JSON object with a `webhook_type`")
    }
}

impl std::error::Error for WebhookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Defines [`WebhookType`] and [`WebhookEvent`] from a line for each type of delivery:
///
/// ```text
/// webhook_events! {
///     /// Sent when a fee is made.
///     FeeCreated(crate::Fee) = "fee.created" in "fee",
/// }
/// ```
macro_rules! webhook_events {
    ($($(#[$doc:meta])* $variant:ident($object:ty) = $name:literal in $root:literal,)*) => {
        open_enum! {
            /// What a webhook delivery tells of, as the delivery itself names it. What an endpoint
            /// asks for may have another name: `WebhookEndpointEventType`.
            pub enum WebhookType {
                $(#[doc = concat!("`", $name, "`")] $variant = $name,)*
            }
        }

        /// What a webhook delivery tells of, with the object that it happened to.
        ///
        /// New types come with new versions of the server: match with an arm for the rest.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum WebhookEvent {
            $($(#[$doc])* $variant(::std::boxed::Box<$object>),)*
            /// A type that this version of the crate does not know, or an object that is not as it
            /// expects ([`Webhook::malformed`](crate::Webhook::malformed) then says why).
            Unknown {
                /// What the delivery tells of.
                webhook_type: ::std::string::String,
                /// The key under which the body holds the object.
                object_type: ::std::string::String,
                /// The object; without one all that stands beside the head of the delivery.
                payload: ::serde_json::Value,
            },
        }

        impl WebhookEvent {
            /// The key under which the body of a delivery of a type holds the object, for the
            /// types that this version of the crate knows.
            #[must_use]
            pub fn object_type_of(webhook_type: &WebhookType) -> ::std::option::Option<&'static str> {
                match webhook_type {
                    $(WebhookType::$variant => ::std::option::Option::Some($root),)*
                    WebhookType::Unknown(_) => ::std::option::Option::None,
                }
            }

            /// Reads the object of a known type; none when the type is unknown.
            #[allow(unreachable_code, reason = "a document may have no webhooks")]
            pub(crate) fn read(
                webhook_type: &WebhookType,
                object_type: &str,
                body: &[u8],
            ) -> ::std::option::Option<::std::result::Result<Self, $crate::Malformed>> {
                ::std::option::Option::Some(match webhook_type {
                    $(WebhookType::$variant => {
                        $crate::webhook::object(body, object_type).map(Self::$variant)
                    })*
                    WebhookType::Unknown(_) => return ::std::option::Option::None,
                })
            }

            /// The name and the key of every known type, with the schema of its object.
            #[cfg(feature = "schemars")]
            pub(crate) fn schemas(
                generator: &mut ::schemars::SchemaGenerator,
            ) -> ::std::vec::Vec<(&'static str, &'static str, ::schemars::Schema)> {
                ::std::vec![$(($name, $root, generator.subschema_for::<$object>()),)*]
            }

            /// Writes the object under its key.
            pub(crate) fn write<M: ::serde::ser::SerializeMap>(
                &self,
                object_type: &str,
                map: &mut M,
            ) -> ::std::result::Result<(), M::Error> {
                match self {
                    $(Self::$variant(object) => map.serialize_entry(object_type, object),)*
                    Self::Unknown { payload, .. } => map.serialize_entry(object_type, payload),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;
