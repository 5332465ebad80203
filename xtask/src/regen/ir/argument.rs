//! In which form a caller gives a value: what is easy to give is not always what is kept.

use super::{Field, Form, Presence, TypeRef};

/// In which form a function takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArgumentForm<'t> {
    /// As it is kept: nothing else becomes a `bool`.
    Plain,
    /// Anything that becomes it.
    Into,
    /// The elements of a list, each anything that becomes one.
    Elements(&'t TypeRef),
    /// The entries of a map: keys that become text, and anything that becomes a value.
    Entries {
        /// A value.
        value: &'t TypeRef,
        /// Whether null is given besides, to remove an entry.
        or_null: bool,
    },
    /// Anything that may become it and may be refused: text, which may be no number.
    TryInto,
    /// Anything that may become a time in seconds: numbers as well, which may be milliseconds.
    Time,
    /// Any JSON, which may be no object.
    Object,
}

impl<'t> ArgumentForm<'t> {
    /// Whether it takes more than is right, so that what it is given may be refused.
    pub(crate) fn may_be_refused(self) -> bool {
        match self {
            Self::TryInto | Self::Time | Self::Object => true,
            Self::Plain | Self::Into | Self::Elements(_) | Self::Entries { .. } => false,
        }
    }

    /// What is given several times, if anything: an element, or the value of an entry.
    pub(crate) fn repeated(self) -> Option<&'t TypeRef> {
        match self {
            Self::Elements(item) => Some(item),
            Self::Entries { value, .. } => Some(value),
            Self::Plain | Self::Into | Self::TryInto | Self::Time | Self::Object => None,
        }
    }
}

impl TypeRef {
    /// In which form a call takes a value of the type.
    pub(crate) fn argument_form(&self) -> ArgumentForm<'_> {
        match self {
            Self::Boolean => ArgumentForm::Plain,
            Self::List(item) => ArgumentForm::Elements(item),
            Self::Map(value) => match &**value {
                Self::Nullable(value) => ArgumentForm::Entries {
                    value,
                    or_null: true,
                },
                value => ArgumentForm::Entries {
                    value,
                    or_null: false,
                },
            },
            // To give nothing there are other ways.
            Self::Nullable(value) => value.argument_form(),
            _ => ArgumentForm::Into,
        }
    }
}

impl Field {
    /// In which form setters and constructors take a value of the property.
    pub(crate) fn argument_form(&self, presence: Presence) -> ArgumentForm<'_> {
        let is_free = matches!(&self.ty, TypeRef::Map(value) if **value == TypeRef::Json);
        match (&self.ty, presence) {
            // `None` is for null, and a text cannot be turned into an `Option`.
            (_, Presence::RequiredNullable) => ArgumentForm::Into,
            (TypeRef::Decimal(_), Presence::OptionalNullable) => ArgumentForm::TryInto,
            (_, Presence::OptionalNullable) if is_free => ArgumentForm::TryInto,
            // `Patch` takes null and values alike.
            (_, Presence::OptionalNullable) => ArgumentForm::Into,
            (TypeRef::Decimal(Form::Seconds), _) => ArgumentForm::Time,
            (TypeRef::Decimal(_), _) => ArgumentForm::TryInto,
            _ if is_free => ArgumentForm::Object,
            // Null is a value like others here: an object is sent whole.
            (TypeRef::Map(value), _) => ArgumentForm::Entries {
                value,
                or_null: false,
            },
            (ty, Presence::Required | Presence::Optional) => ty.argument_form(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(item: TypeRef) -> TypeRef {
        TypeRef::List(Box::new(item))
    }

    fn map(value: TypeRef) -> TypeRef {
        TypeRef::Map(Box::new(value))
    }

    #[test]
    fn calls_take_what_becomes_a_value() {
        let text = TypeRef::String;
        assert_eq!(TypeRef::Boolean.argument_form(), ArgumentForm::Plain);
        assert_eq!(
            list(text.clone()).argument_form(),
            ArgumentForm::Elements(&text)
        );
        let nullable = TypeRef::Nullable(Box::new(text.clone()));
        for (value, or_null) in [(text.clone(), false), (nullable.clone(), true)] {
            let value = map(value);
            let form = value.argument_form();
            assert_eq!(
                form,
                ArgumentForm::Entries {
                    value: &text,
                    or_null
                }
            );
            assert_eq!(form.repeated(), Some(&text));
        }
        let decimal = TypeRef::Decimal(Form::String);
        for ty in [text.clone(), nullable, decimal] {
            assert_eq!(ty.argument_form(), ArgumentForm::Into);
        }
    }

    #[test]
    fn setters_take_more_than_is_right_where_they_can_refuse_it() {
        let form = |ty: TypeRef, presence| {
            let field = Field::new("x", ty, true);
            let form = field.argument_form(presence);
            format!("{form:?} {}", form.may_be_refused())
        };
        let decimal = || TypeRef::Decimal(Form::Number);
        let seconds = || TypeRef::Decimal(Form::Seconds);
        let free = || map(TypeRef::Json);
        for (ty, presence, expected) in [
            (decimal(), Presence::Required, "TryInto true"),
            (decimal(), Presence::OptionalNullable, "TryInto true"),
            (decimal(), Presence::RequiredNullable, "Into false"),
            (seconds(), Presence::Optional, "Time true"),
            (seconds(), Presence::OptionalNullable, "TryInto true"),
            (free(), Presence::Required, "Object true"),
            (free(), Presence::OptionalNullable, "TryInto true"),
            (
                list(TypeRef::Boolean),
                Presence::Optional,
                "Elements(Boolean) false",
            ),
            (
                list(TypeRef::Boolean),
                Presence::OptionalNullable,
                "Into false",
            ),
            (TypeRef::Boolean, Presence::Required, "Plain false"),
            (
                map(TypeRef::Nullable(Box::new(TypeRef::String))),
                Presence::Optional,
                "Entries { value: Nullable(String), or_null: false } false",
            ),
        ] {
            let message = format!("{ty:?} {presence:?}");
            assert_eq!(form(ty, presence), expected, "{message}");
        }
    }
}
