//! Whether a response is about the object that the path named.
//!
//! A path is read by others before the server reads it. A proxy that decodes `%2E` or `%2F` makes
//! another path of it, and then a call reaches another object, which says so itself. Which property
//! states what of the path is generated; what is missing or null states nothing.

use lago_types::Patch;
use uuid::Uuid;

/// The response is about another object: it has another value in this property.
#[derive(Debug, PartialEq, Eq)]
pub struct OtherObject(pub(crate) &'static str);

/// What a property states.
#[derive(PartialEq, Eq)]
pub(crate) enum Value<'v> {
    Text(&'v str),
    Id(&'v Uuid),
}

impl Value<'_> {
    /// Whether a value of the path means this. Text is compared as it is; an id as the server reads
    /// one, which looks neither at case nor at hyphens and braces.
    fn is(&self, addressed: &str) -> bool {
        match self {
            Self::Text(text) => *text == addressed,
            Self::Id(id) => {
                let mut buffer = Uuid::encode_buffer();
                let id = id.simple().encode_lower(&mut buffer).bytes();
                let digits = addressed.bytes().filter(|byte| !b"-{}".contains(byte));
                digits.map(|digit| digit.to_ascii_lowercase()).eq(id)
            }
        }
    }
}

/// A property by which an object can be told from others.
pub(crate) trait Stated {
    /// What it says, when it says something.
    fn stated(&self) -> Option<Value<'_>>;
}

impl Stated for String {
    fn stated(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl Stated for Uuid {
    fn stated(&self) -> Option<Value<'_>> {
        Some(Value::Id(self))
    }
}

impl<T: Stated> Stated for Option<T> {
    fn stated(&self) -> Option<Value<'_>> {
        self.as_ref()?.stated()
    }
}

impl<T: Stated> Stated for Patch<T> {
    fn stated(&self) -> Option<Value<'_>> {
        match self {
            Self::Value(value) => value.stated(),
            Self::Absent | Self::Null => None,
        }
    }
}

/// The property states what the path said, or nothing.
#[allow(
    dead_code,
    reason = "some versions of the document have no such responses"
)]
pub(crate) fn same(
    property: &'static str,
    addressed: &str,
    stated: &impl Stated,
) -> Result<(), OtherObject> {
    match stated.stated() {
        Some(value) if !value.is(addressed) => Err(OtherObject(property)),
        _ => Ok(()),
    }
}

/// The property states what the path said, what the body set it to, or nothing.
#[allow(
    dead_code,
    reason = "some versions of the document have no such responses"
)]
pub(crate) fn same_or_set(
    property: &'static str,
    addressed: &str,
    set: &[Option<Value<'_>>],
    stated: &impl Stated,
) -> Result<(), OtherObject> {
    let now = stated.stated();
    match now.is_some() && set.contains(&now) {
        true => Ok(()),
        false => same(property, addressed, stated),
    }
}

/// What a property says, when it says something.
#[allow(
    dead_code,
    reason = "some versions of the document have no such responses"
)]
pub(crate) fn stated(property: &impl Stated) -> Option<Value<'_>> {
    property.stated()
}

/// Whether a property states what the path said.
#[allow(
    dead_code,
    reason = "some versions of the document have no such responses"
)]
pub(crate) fn names(addressed: &str, stated: &impl Stated) -> bool {
    stated.stated().is_some_and(|value| value.is(addressed))
}

/// What was deleted is there no more.
#[allow(
    dead_code,
    reason = "some versions of the document have no such responses"
)]
pub(crate) fn gone(parameter: &'static str, is_there: bool) -> Result<(), OtherObject> {
    match is_there {
        true => Err(OtherObject(parameter)),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1a901a90-1a90-4a90-9a90-1a901a901abc";

    #[test]
    fn text_is_compared_as_it_is() {
        let code = "acme".to_owned();
        assert_eq!(same("code", "acme", &code), Ok(()));
        for other in ["acme.io", "Acme", "acme ", ""] {
            assert_eq!(same("code", other, &code), Err(OtherObject("code")));
        }
    }

    #[test]
    fn ids_are_compared_as_the_server_reads_them() {
        let id = Uuid::parse_str(ID).unwrap();
        let braced = format!("{{{ID}}}");
        for same_id in [ID, &ID.to_uppercase(), &ID.replace('-', ""), &braced] {
            assert_eq!(same("lago_id", same_id, &id), Ok(()), "{same_id}");
        }
        for other in [&ID.replace('c', "d"), &ID[1..], &format!("{ID}.pdf"), ""] {
            let expected = Err(OtherObject("lago_id"));
            assert_eq!(same("lago_id", other, &id), expected, "{other}");
        }
    }

    #[test]
    fn what_is_missing_states_nothing() {
        assert_eq!(same("code", "a", &None::<String>), Ok(()));
        assert_eq!(same("code", "a", &Patch::<String>::Null), Ok(()));
    }

    #[test]
    fn a_new_name_is_no_other_object() {
        let check = |set: Patch<String>, now: &str| {
            same_or_set("code", "old", &[None, stated(&set)], &now.to_owned())
        };
        assert_eq!(check(Patch::from("new"), "new"), Ok(()));
        assert_eq!(check(Patch::from("new"), "old"), Ok(()));
        assert_eq!(check(Patch::Absent, "old"), Ok(()));
        assert_eq!(check(Patch::from("new"), "third"), Err(OtherObject("code")));
        assert_eq!(check(Patch::Absent, "new"), Err(OtherObject("code")));
    }
}
