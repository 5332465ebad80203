//! What a setter was given and could not take.
//!
//! Setters return the request, so that they can be chained; a text that is no number has to be said later. The request
//! remembers it, and cannot be written as JSON until the setter is given something right: so it is never sent without
//! what was meant to be in it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::{error, fmt};

use serde::{Serialize, Serializer, ser::Error};

use crate::decode::Segment;
use crate::{ParseDecimalError, UnixTimeError};

/// Why a setter or a conversion does not take a value. It does not quote the value, which may be private.
///
/// A request keeps what its setters refuse: writing it as JSON fails, and a call that sends it is an error that names
/// the field with its path, before anything is sent.
///
/// ```
/// use lago_types::WalletTransactionInput;
///
/// # let wallet_id = uuid::Uuid::nil();
/// let credits = WalletTransactionInput::new(wallet_id).paid_credits("10,5");
/// let error = serde_json::to_string(&credits).unwrap_err();
/// assert_eq!(error.to_string(), r#"`paid_credits`: expected a number such as "12.50""#);
///
/// let credits = credits.paid_credits("10.5");
/// assert!(serde_json::to_string(&credits).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl Refusal {
    pub(crate) fn new(why: impl ToString) -> Self {
        Self(why.to_string())
    }

    /// Of a conversion that finds nothing for a field that is needed.
    pub(crate) fn missing(field: &str) -> Self {
        Self(format!(
            "`{field}` is missing, and nothing can stand in for it: set it first"
        ))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Refusal {}

impl From<Infallible> for Refusal {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<ParseDecimalError> for Refusal {
    fn from(error: ParseDecimalError) -> Self {
        Self::new(error.reason())
    }
}

impl From<UnixTimeError> for Refusal {
    fn from(error: UnixTimeError) -> Self {
        Self::new(error.reason())
    }
}

/// The key under which a request would be written with what it remembers.
pub(crate) const KEY: Segment<'static> = Segment::Key(Cow::Borrowed("refused_"));

/// What stands before a field that is said to be refused, after another one.
const NEXT: &str = "; `";

/// What a request says of its fields, when the request stands at this place in another one.
pub(crate) fn located(said: &str, place: &str) -> String {
    match said.strip_prefix('`').filter(|_| !place.is_empty()) {
        Some(fields) => format!(
            "`{place}.{}",
            fields.replace(NEXT, &format!("{NEXT}{place}."))
        ),
        None => said.to_owned(),
    }
}

/// What a setter was given, when it is taken.
pub(crate) type Given<T> = Result<T, Refusal>;

/// Converts what a setter is given.
pub(crate) fn convert<T>(given: impl TryInto<T, Error: Into<Refusal>>) -> Given<T> {
    given.try_into().map_err(Into::into)
}

/// The fields of a request whose setters were last given something that they do not take.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Refused(Vec<(&'static str, Refusal)>);

impl Refused {
    /// The value for a field, unless it is refused.
    pub(crate) fn take<T>(&mut self, field: &'static str, given: Given<T>) -> Option<T> {
        self.0.retain(|(refused, _)| *refused != field);
        given.map_err(|why| self.0.push((field, why))).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Refused {
    /// Fails: it is written only when there is something.
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        let said = self
            .0
            .iter()
            .map(|(field, Refusal(why))| format!("{field}`: {why}"));
        let said = said.collect::<Vec<_>>().join(NEXT);
        Err(S::Error::custom(format_args!("`{said}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decimal;

    #[test]
    fn the_last_value_of_a_field_counts() {
        let mut refused = Refused::default();
        assert_eq!(refused.take::<Decimal>("amount", convert("1,5")), None);
        assert_eq!(refused.take::<Decimal>("rate", convert("1e")), None);
        assert_eq!(refused.take::<Decimal>("amount", convert("abc")), None);
        let said = serde_json::to_string(&refused).unwrap_err().to_string();
        let why = r#"expected a number such as "12.50""#;
        assert_eq!(said, format!("`rate`: {why}; `amount`: {why}"));
        assert_eq!(
            refused.take("amount", convert("1.5")),
            Some(Decimal::from_f64(1.5).unwrap())
        );
        assert_eq!(refused.take("rate", convert(7)), Some(Decimal::from(7)));
        assert!(refused.is_empty());
    }
}
