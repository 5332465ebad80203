//! `error_details` in all shapes that the server gives it.

use serde_json::{Map, Value};

use super::{ApiError, foreign, problems};

/// What is wrong with a request, in the shape in which the server says it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Details<'a> {
    /// The body has none.
    Absent,
    /// A sentence: why the expression of a billable metric cannot be evaluated for an event.
    Text(&'a str),
    /// Codes that are about no field.
    Codes(Codes<'a>),
    /// Codes by field: the usual shape.
    Fields(Fields<'a>),
    /// Details by index in the request: of a batch of events or alerts.
    Items(Items<'a>),
    /// What a payment provider responded to Lago (`provider_error`).
    Provider(ProviderError<'a>),
    /// What another party responded to Lago (`third_party_error`).
    ThirdParty(ThirdPartyError<'a>),
    /// A payment provider has had too many requests from Lago (`too_many_provider_requests`).
    ProviderLimit(ProviderLimit<'a>),
    /// Anything else, among it fields within fields and values of a list in a query,
    /// `{"status": {"0": [codes]}}`; [`ApiError::problems`] reads those too.
    Other(&'a Value),
}

impl<'a> Details<'a> {
    pub(super) fn of_error(error: &'a ApiError) -> Self {
        let Some(details) = error.error_details() else {
            return Self::Absent;
        };
        match error.code() {
            Some(foreign::PROVIDER) if !details.is_null() => {
                let provider = error.raw.get("provider").unwrap_or(&Value::Null);
                Self::Provider(ProviderError::of(provider, details))
            }
            Some(foreign::THIRD_PARTY) if !details.is_null() => {
                Self::ThirdParty(ThirdPartyError::of(details))
            }
            Some(foreign::PROVIDER_LIMIT) if !details.is_null() => {
                Self::ProviderLimit(ProviderLimit::of(details))
            }
            _ => Self::of(details),
        }
    }

    /// The shape of details of which no code says what they are.
    fn of(details: &'a Value) -> Self {
        match details {
            Value::Null => Self::Absent,
            Value::String(text) => Self::Text(text),
            Value::Array(_) => Codes::of(details).map_or(Self::Other(details), Self::Codes),
            Value::Object(map) => Items::of(map)
                .map(Self::Items)
                .or_else(|| Fields::of(map).map(Self::Fields))
                .unwrap_or(Self::Other(details)),
            _ => Self::Other(details),
        }
    }

    /// The field and its code when these are all that is wrong.
    #[must_use]
    pub fn only(self) -> Option<(&'a str, &'a str)> {
        let Self::Fields(fields) = self else {
            return None;
        };
        let mut fields = fields.iter();
        let (field, codes) = fields.next()?;
        let mut codes = codes.iter();
        let code = codes.next()?;
        (fields.next().is_none() && codes.next().is_none()).then_some((field, code))
    }
}

/// The codes of a field: `value_is_mandatory`. The server writes sentences here too, also after a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Codes<'a>(&'a [Value]);

impl<'a> Codes<'a> {
    /// A list of texts, or a text that stands alone.
    fn of(value: &'a Value) -> Option<Self> {
        let codes = match value {
            Value::Array(codes) => codes,
            alone => std::slice::from_ref(alone),
        };
        codes.iter().all(Value::is_string).then_some(Self(codes))
    }

    /// Every code.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(Value::as_str)
    }

    /// Whether this code is among them, alone or with a sentence after it.
    #[must_use]
    pub fn contains(self, code: &str) -> bool {
        self.iter()
            .any(|known| known == code || problems::code_and_message(known).0 == code)
    }
}

/// Codes by field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn of(map: &'a Map<String, Value>) -> Option<Self> {
        let all = map.values().all(|codes| Codes::of(codes).is_some());
        all.then_some(Self(map))
    }

    /// Every field with its codes.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Codes<'a>)> {
        self.0
            .iter()
            .filter_map(|(field, codes)| Some((field.as_str(), Codes::of(codes)?)))
    }

    /// The codes of a field.
    #[must_use]
    pub fn get(self, field: &str) -> Option<Codes<'a>> {
        Codes::of(self.0.get(field)?)
    }

    /// Whether a field has a code.
    #[must_use]
    pub fn has(self, field: &str, code: &str) -> bool {
        self.get(field).is_some_and(|codes| codes.contains(code))
    }
}

/// Details by index in the request.
///
/// An item without an entry is not at fault by itself. The server takes all of a batch or nothing, so it was refused
/// all the same; and it looks for values that exist only when there is no other problem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Items<'a>(&'a Map<String, Value>);

impl<'a> Items<'a> {
    /// Only if every key is an index: beside a field, a number is more likely the name of one.
    fn of(map: &'a Map<String, Value>) -> Option<Self> {
        let all = !map.is_empty() && map.keys().all(|key| index(key).is_some());
        all.then_some(Self(map))
    }

    /// Every item that is at fault, by its index, with its own details: fields, a text, or whatever came.
    pub fn iter(self) -> impl Iterator<Item = (usize, Details<'a>)> {
        self.raw()
            .map(|(index, details)| (index, Details::of(details)))
    }

    /// In the order of the indices; the keys are texts, of which "10" comes before "9".
    pub(super) fn raw(self) -> impl Iterator<Item = (usize, &'a Value)> {
        let items = self.0.iter();
        let mut items: Vec<_> = items
            .filter_map(|(key, details)| Some((index(key)?, details)))
            .collect();
        items.sort_by_key(|(index, _)| *index);
        items.into_iter()
    }

    /// The details of one item; none when it is not at fault.
    #[must_use]
    pub fn get(self, index: usize) -> Option<Details<'a>> {
        self.0.get(&index.to_string()).map(Details::of)
    }
}

/// An index as the server writes it; `07` and `+7` are names of something.
fn index(key: &str) -> Option<usize> {
    key.parse()
        .ok()
        .filter(|index: &usize| index.to_string() == key)
}

/// What a payment provider responded to Lago.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProviderError<'a> {
    /// The code under which Lago has the provider: `stripe_eu`.
    pub provider: Option<&'a str>,
    /// The provider's own code: `card_declined`.
    pub code: Option<&'a str>,
    /// The provider's sentence.
    pub message: Option<&'a str>,
    /// The id under which the provider logged the request.
    pub request_id: Option<&'a str>,
    /// The HTTP status of the provider's response.
    pub http_status: Option<u16>,
    /// The body of the provider's response: mostly a text.
    pub http_body: Option<&'a Value>,
    /// All of the details.
    pub raw: &'a Value,
}

impl<'a> ProviderError<'a> {
    fn of(provider: &'a Value, details: &'a Value) -> Self {
        let status = details.get("http_status");
        let number = |value: &Value| match value {
            Value::String(text) => text.parse().ok(),
            value => u16::try_from(value.as_u64()?).ok(),
        };
        Self {
            provider: text(provider, "code"),
            code: text(details, "code"),
            message: text(details, "message").or(details.as_str()),
            request_id: text(details, "request_id"),
            http_status: status.and_then(number),
            http_body: details.get("http_body").filter(|body| !body.is_null()),
            raw: details,
        }
    }
}

/// What another party, such as an accounting or tax service, responded to Lago.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThirdPartyError<'a> {
    /// Its name.
    pub third_party: Option<&'a str>,
    /// Its sentence: `thirdparty_error`.
    pub message: Option<&'a str>,
    /// All of the details.
    pub raw: &'a Value,
}

impl<'a> ThirdPartyError<'a> {
    fn of(details: &'a Value) -> Self {
        Self {
            third_party: text(details, "third_party"),
            message: text(details, "thirdparty_error").or(details.as_str()),
            raw: details,
        }
    }
}

/// A payment provider that has had too many requests from Lago.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProviderLimit<'a> {
    /// Its name: `Stripe`.
    pub provider_name: Option<&'a str>,
    /// Its sentence.
    pub message: Option<&'a str>,
    /// All of the details.
    pub raw: &'a Value,
}

impl<'a> ProviderLimit<'a> {
    fn of(details: &'a Value) -> Self {
        Self {
            provider_name: text(details, "provider_name"),
            message: text(details, "message").or(details.as_str()),
            raw: details,
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}
