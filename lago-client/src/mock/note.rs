//! What is said of a request beside its response.

use std::fmt;

/// Something in a request that the API's description does not have, and what came of it.
///
/// Prints as a line: `noted at /customer/nickname: no such field, Lago ignores it`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Where: a JSON pointer into the body (`/customer/email`), a parameter of the query (`?per_page`), or a header
    /// (`content-type`). The body as a whole is an empty pointer.
    pub place: String,
    /// What is wrong there, in words.
    pub reason: String,
    /// What came of it.
    pub effect: Effect,
}

/// What came of something that a request should not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// The request was taken, as Lago takes it or as nobody knows that Lago does not.
    Noted,
    /// The request was refused, as Lago refuses it.
    Refused,
    /// The request was refused by [strict mode](super::MockServerBuilder) alone.
    RefusedByStrict,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Noted => "noted",
            Effect::Refused => "refused as Lago does",
            Effect::RefusedByStrict => "refused by strict mode alone",
        };
        let place = match self.place.as_str() {
            "" => "the body",
            place => place,
        };
        write!(f, "{effect} at {place}: {}", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_line() {
        let mut note = Note {
            place: "/customer/nickname".into(),
            reason: "no such field, Lago ignores it".into(),
            effect: Effect::Noted,
        };
        let expected = "noted at /customer/nickname: no such field, Lago ignores it";
        assert_eq!(note.to_string(), expected);
        note.place.clear();
        note.effect = Effect::RefusedByStrict;
        assert!(
            note.to_string()
                .starts_with("refused by strict mode alone at the body: ")
        );
    }
}
