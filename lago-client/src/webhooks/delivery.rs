//! What a verified request says.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use lago_types::{Malformed, Webhook, WebhookEvent, WebhookType};
use uuid::Uuid;

use super::error::{Reason, VerifyError};
use crate::redact;

/// A webhook whose signature is genuine.
///
/// `Debug` shows what a log may hold: neither the event nor the body, which are data of customers.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The id of the webhook, from the header `X-Lago-Unique-Key`: the same when Lago delivers it
    /// again, because the response was lost, late or no success. Whoever has seen it before is done.
    ///
    /// The signature does not cover it. Someone who recorded a delivery can send it again under
    /// another id, so what must not happen twice has to be safe in itself.
    pub id: String,
    /// What happened, as the server names it: `invoice.created`.
    pub webhook_type: WebhookType,
    /// The organization. Servers before 1.33 do not say.
    pub organization_id: Option<Uuid>,
    /// What happened, and to what.
    pub event: WebhookEvent,
    /// Why the event has no type of its own although the `webhook_type` is known.
    pub malformed: Option<Malformed>,
    /// The body as it came.
    pub body: Bytes,
}

impl Delivery {
    /// Reads a body that was verified.
    // Inline as what it calls: see there.
    #[inline]
    pub(super) fn read(
        id: String,
        body: Bytes,
        organization: Option<Uuid>,
    ) -> Result<Self, VerifyError> {
        let webhook = Webhook::from_slice(&body)
            .map_err(|error| VerifyError::from(Reason::NoWebhook).with_source(Arc::new(error)))?;
        if organization.is_some() && organization != webhook.organization_id {
            return Err(Reason::Organization.into());
        }
        Ok(Self {
            id,
            webhook_type: webhook.webhook_type,
            organization_id: webhook.organization_id,
            event: webhook.event,
            malformed: webhook.malformed,
            body,
        })
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("webhook_type", &redact::value(self.webhook_type.as_str()))
            .field("organization_id", &self.organization_id)
            .field("malformed", &self.malformed.is_some())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
