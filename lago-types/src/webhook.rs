//! Webhook deliveries: what the body of one says, decoded in two steps.
//!
//! The first step reads what all deliveries have. The second reads the object, by the type that the
//! delivery names. A type that this version of the crate does not know, or an object that is not
//! as expected, is [`WebhookEvent::Unknown`] with everything in it: a server that is newer never
//! stops a receiver.

mod body;
mod error;
mod payload;

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

pub use self::error::{Malformed, WebhookError};
pub use self::payload::WebhookPayload;

use self::body::Entries;
use crate::decode::{JsonPath, free_form};
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
    // Inline, so that the types of deliveries are compiled only where deliveries are read.
    #[inline]
    pub fn from_slice(body: &[u8]) -> Result<Self, WebhookError> {
        let (whole, entries) = Entries::read(body).map_err(WebhookError)?;
        let webhook_type: Option<String> = entries.parse("webhook_type");
        let webhook_type = webhook_type.ok_or_else(|| {
            WebhookError(serde_json::Error::custom("there is no text `webhook_type`"))
        })?;
        let webhook_type = WebhookType::from(webhook_type);
        let known = || WebhookEvent::object_type_of(&webhook_type).map(str::to_owned);
        let object_type = entries.parse("object_type").flatten().or_else(known);
        let object_type: String = object_type.unwrap_or_default();
        let object = entries.get(&object_type);
        let (event, malformed) = match WebhookEvent::read(&webhook_type, &object_type, object) {
            Some(Ok(event)) => (event, None),
            refused => {
                let event = WebhookEvent::Unknown {
                    webhook_type: webhook_type.to_string(),
                    object_type: object_type.clone(),
                    payload: WebhookPayload::new(object.unwrap_or(whole)),
                };
                (event, refused.and_then(Result::err))
            }
        };
        Ok(Self {
            webhook_type,
            object_type,
            organization_id: entries.parse("organization_id"),
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

/// Reads the object of a delivery, which stands under this key, if it does.
pub(crate) fn object<T: DeserializeOwned>(
    key: &str,
    object: Option<&str>,
) -> Result<Box<T>, Malformed> {
    let Some(object) = object else {
        return Err(Malformed {
            path: key.to_owned(),
            reason: format!("there is no `{key}`"),
        });
    };
    free_form::within_response(|| serde_json::from_str(object))
        .map(Box::new)
        .map_err(|error| Malformed {
            path: match JsonPath::of_failure(object, &error).to_string().as_str() {
                "" => key.to_owned(),
                below if below.starts_with('[') => format!("{key}{below}"),
                below => format!("{key}.{below}"),
            },
            reason: error.to_string(),
        })
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
                /// The object; the whole body when it has none under that key.
                payload: $crate::WebhookPayload,
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
            #[inline]
            pub(crate) fn read(
                webhook_type: &WebhookType,
                object_type: &str,
                object: ::std::option::Option<&str>,
            ) -> ::std::option::Option<::std::result::Result<Self, $crate::Malformed>> {
                ::std::option::Option::Some(match webhook_type {
                    $(WebhookType::$variant => {
                        $crate::webhook::object(object_type, object).map(Self::$variant)
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
