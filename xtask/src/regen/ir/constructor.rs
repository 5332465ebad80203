//! What the constructor of a type takes, and how.

use super::{Field, Presence};

/// More arguments than this say too little about themselves.
const MOST_ARGUMENTS: usize = 3;

impl Field {
    /// Whether a caller has to give it.
    pub(crate) fn is_required(&self, presence: Presence) -> bool {
        let is_sent = matches!(presence, Presence::Required | Presence::RequiredNullable);
        is_sent && self.client_generated.is_none()
    }
}

/// Whether a constructor takes the field, because it is needed nearly always if not always.
pub(crate) fn takes(field: &Field, presence: Presence) -> bool {
    field.is_required(presence) || field.asked
}

/// Whether a constructor takes what it needs as a struct, where each has its name, and not as arguments.
pub(crate) fn takes_by_name(needed: &[(&Field, Presence)]) -> bool {
    let mut fields = needed.iter();
    needed.len() > MOST_ARGUMENTS || !fields.all(|(field, presence)| field.is_required(*presence))
}
