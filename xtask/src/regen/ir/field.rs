//! Properties of objects: what is known of each.

use super::{Limits, TypeRef};

/// A property of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The name in JSON.
    pub(crate) name: String,
    /// Where it stands in the document, as an address.
    pub(crate) origin: String,
    /// The type of its value when there is one.
    pub(crate) ty: TypeRef,
    /// Whether it is always there.
    pub(crate) required: bool,
    /// Whether it may be null.
    pub(crate) nullable: bool,
    /// Which values it takes.
    pub(crate) limits: Limits,
    /// What it means.
    pub(crate) doc: Option<String>,
    /// An example value as JSON text.
    pub(crate) example: Option<String>,
    /// Whether it should not be used any more.
    pub(crate) deprecated: bool,
    /// What the client fills in when a request is made.
    pub(crate) client_generated: Option<ClientGenerated>,
    /// Whether the constructor takes it although it is optional.
    pub(crate) asked: bool,
    /// What becomes of it when an update leaves it out, unless it stays as it is.
    pub(crate) left_out: Option<LeftOut>,
    /// Whether null is sent as an empty object.
    pub(crate) null_as_empty: bool,
}

impl Field {
    /// A property of which no more is known than its name, its type and whether it is always there.
    pub(crate) fn new(name: &str, ty: TypeRef, required: bool) -> Self {
        Self {
            name: name.to_owned(),
            origin: String::new(),
            ty,
            required,
            nullable: false,
            limits: Limits::default(),
            doc: None,
            example: None,
            deprecated: false,
            client_generated: None,
            asked: false,
            left_out: None,
            null_as_empty: false,
        }
    }

    /// How it is there or not, in an object that servers send (`received`) or only callers do.
    pub(crate) fn presence(&self, received: bool) -> Presence {
        match (received, self.required, self.nullable) {
            (_, true, false) => Presence::Required,
            // To whoever reads, null and missing are the same.
            (true, _, _) | (false, false, false) => Presence::Optional,
            (false, true, true) => Presence::RequiredNullable,
            (false, false, true) => Presence::OptionalNullable,
        }
    }
}

/// How a property is there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Always there: `T`.
    Required,
    /// There or left out: `Option`.
    Optional,
    /// Always there, as null when there is nothing: `Option`.
    RequiredNullable,
    /// Left out, null, or a value: `Patch`.
    OptionalNullable,
}

/// What becomes of a property that an update leaves out, where it does not stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// It is empty afterwards.
    Cleared,
    /// It has a default afterwards.
    Reset,
    /// A list is replaced: entries that are not in it are gone.
    Removed,
}

impl LeftOut {
    /// All of it.
    pub(crate) const ALL: [Self; 3] = [Self::Cleared, Self::Reset, Self::Removed];

    /// Reads the word of the overlay.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.word() == word)
    }

    /// The word of the overlay.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cleared => "cleared",
            Self::Reset => "reset",
            Self::Removed => "removed",
        }
    }

    /// What rustdoc says before the reason.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Cleared => "**Cleared when left out.**",
            Self::Reset => "**Reset when left out.**",
            Self::Removed => "**Replaces what is there: an element that is left out is removed.**",
        }
    }
}

/// What the client fills in when a request is made, once and for all attempts to send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientGenerated {
    /// A new unique id.
    Id,
    /// The time in seconds since 1970.
    Now,
}
