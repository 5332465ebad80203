//! What the server says when it refuses a request.

mod details;
mod problems;
mod summary;
mod unwrapped;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use self::details::{
    Codes, Details, Fields, Items, ProviderError, ProviderLimit, ThirdPartyError,
};
pub use self::problems::Problem;

/// The body of an error, whatever JSON it is.
///
/// It holds the JSON as it came; everything else is a view of it. What is not as expected is not there for the
/// methods, and still in [`raw`](Self::raw). Nothing here fails.
///
/// ```
/// use lago_types::{ApiError, api_error::Details};
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let error: ApiError = serde_json::from_str(
///     r#"{
///         "status": 422,
///         "error": "Unprocessable Entity",
///         "code": "validation_errors",
///         "error_details": {"code": ["value_already_exist"]}
///     }"#,
/// )?;
/// assert_eq!(error.code(), Some("validation_errors"));
/// assert!(error.has("code", "value_already_exist"));
///
/// if let Details::Fields(fields) = error.details() {
///     for (field, codes) in fields.iter() {
///         assert_eq!((field, codes.iter().next()), ("code", Some("value_already_exist")));
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Batches
///
/// A refused batch of events or alerts says which of them are at fault, by their index in the request:
///
/// ```
/// use lago_types::{ApiError, api_error::Details};
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let body = r#"{"error_details": {"0": {"transaction_id": ["value_already_exist"]}}}"#;
/// let error: ApiError = serde_json::from_str(body)?;
/// let mut known = Vec::new();
/// if let Details::Items(items) = error.details() {
///     for (index, details) in items.iter() {
///         if details.only() == Some(("transaction_id", "value_already_exist")) {
///             known.push(index);
///         }
///     }
/// }
/// assert_eq!(known, [0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct ApiError {
    raw: Value,
    /// The details without what the server wraps around them, where it does.
    unwrapped: Option<Value>,
}

/// The codes of errors whose details are not about the request.
mod foreign {
    /// A payment provider refused.
    pub(super) const PROVIDER: &str = "provider_error";
    /// Another party refused.
    pub(super) const THIRD_PARTY: &str = "third_party_error";
    /// A payment provider has had too many requests.
    pub(super) const PROVIDER_LIMIT: &str = "too_many_provider_requests";

    pub(super) fn is(code: &str) -> bool {
        [PROVIDER, THIRD_PARTY, PROVIDER_LIMIT].contains(&code)
    }
}

impl ApiError {
    /// The whole body.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// The whole body.
    #[must_use]
    pub fn into_raw(self) -> Value {
        self.raw
    }

    /// The HTTP status as the body repeats it.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        u16::try_from(self.raw.get("status")?.as_u64()?).ok()
    }

    /// The server's sentence: `Unprocessable Entity`, `BadRequest: …`. A 400 of the invoice preview has a code here.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.text("error")
    }

    /// The code: `invoice_not_found`, `validation_errors`. The server sends none with 400, 401, 409 and 500.
    ///
    /// What is wrong with which field is in the details: [`has`](Self::has) asks for one code,
    /// [`problems`](Self::problems) lists all.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.text("code")
    }

    /// A further sentence; some refusals of a subscription have one.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.text("message")
    }

    /// What is wrong, in the shape in which the server says it.
    #[must_use]
    pub fn details(&self) -> Details<'_> {
        Details::of_error(self)
    }

    /// Every code with the place that it is about, in the order of the indices of a batch; of nested details as well.
    ///
    /// Empty where the details are not about the request: those of a payment provider or another third party. Where
    /// the server repeats what was sent beside its errors, that is left out.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem<'_>> {
        problems::of(self)
    }

    /// The codes of a field, which is a path as [`Problem::path`] has it. In a batch, those of any item.
    pub fn codes(&self, field: &str) -> impl Iterator<Item = &str> {
        self.problems()
            .into_iter()
            .filter(move |problem| problem.path == field)
            .map(|problem| problem.code)
    }

    /// Whether a field has a code: `error.has("transaction_id", "value_already_exist")`. In a batch, whether any item
    /// has it.
    #[doc(alias = "has_detail")]
    #[doc(alias = "has_error")]
    #[must_use]
    pub fn has(&self, field: &str, code: &str) -> bool {
        self.codes(field).any(|known| known == code)
    }

    /// The details as they are read.
    fn error_details(&self) -> Option<&Value> {
        self.unwrapped.as_ref().or(self.raw.get("error_details"))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.raw.get(key)?.as_str()
    }
}

impl From<Value> for ApiError {
    fn from(raw: Value) -> Self {
        let mut error = Self {
            raw,
            unwrapped: None,
        };
        if !error.code().is_some_and(foreign::is) {
            error.unwrapped = error.error_details().and_then(unwrapped::unwrapped);
        }
        error
    }
}

impl Serialize for ApiError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ApiError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}
