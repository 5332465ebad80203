//! How generated code calls the client.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::pin::Pin;

use lago_client::{Client, ListCall, OPERATIONS, Page};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A call of an operation.
pub struct Call {
    /// The operation id.
    pub id: &'static str,
    /// Makes the call.
    pub call: for<'a> fn(&'a Client, &'a Args) -> Pending<'a>,
}

/// Reads responses the way that a method does.
pub struct Decoder {
    /// The operation id.
    pub id: &'static str,
    /// Which method it is: `plans.list`.
    pub method: &'static str,
    /// The key under which the response holds the value; none when the response is the value.
    pub root: Option<&'static str>,
    /// Reads the body of a response.
    pub decode: fn(&[u8]) -> Outcome,
    /// The values of enums in the body of a response that the client has no name for.
    pub unknown: fn(&[u8]) -> Result<Vec<String>, CallError>,
}

impl Decoder {
    /// What a caller gets, as the server would have sent it.
    pub fn in_envelope(&self, answered: &Answered) -> Value {
        let Some(root) = self.root else {
            return answered.value.clone();
        };
        let mut envelope = Map::new();
        envelope.insert(root.to_owned(), answered.value.clone());
        envelope.extend(answered.meta.clone().map(|meta| ("meta".to_owned(), meta)));
        Value::Object(envelope)
    }
}

/// A call under way; that it is `Send` lets users spawn it.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// How a call went.
pub type Outcome = Result<Answered, CallError>;

/// What came back, as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The value; of a list its elements.
    pub value: Value,
    /// Where in a list the elements stand.
    pub meta: Option<Value>,
}

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// The arguments do not fit what the method takes.
    Arguments(String),
    /// The client says no.
    Client(lago_client::Error),
    /// A decoder says no.
    Unreadable(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(message) => write!(f, "arguments: {message}"),
            Self::Unreadable(why) => f.write_str(why),
            Self::Client(error) => {
                let why = std::error::Error::source(error).map(|source| format!(": {source}"));
                write!(f, "{error}{}", why.unwrap_or_default())
            }
        }
    }
}

impl std::error::Error for CallError {}

impl From<lago_client::Error> for CallError {
    fn from(error: lago_client::Error) -> Self {
        Self::Client(error)
    }
}

/// What a caller says, as JSON.
#[derive(Clone, Debug)]
pub struct Args {
    /// Path values by name.
    pub path: BTreeMap<String, String>,
    /// Query values by name.
    pub query: BTreeMap<String, Value>,
    /// The body.
    pub body: Option<Value>,
    /// Whether each value of an enum has to be one that the client has a name for.
    pub only_named: bool,
}

/// What a caller says to an operation.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    args: &'a Args,
    operation: &'static str,
}

impl Deref for Said<'_> {
    type Target = Args;

    fn deref(&self) -> &Args {
        self.args
    }
}

impl<'a> Said<'a> {
    /// The value at a position in the path: arguments are in its order, which their names do not show.
    pub fn at(&self, position: usize) -> Result<&'a str, CallError> {
        let row = OPERATIONS.iter().find(|row| row.id == self.operation);
        let segments = row.into_iter().flat_map(|row| row.path.split('/'));
        let mut names = segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let name = names.nth(position);
        let value = name.and_then(|name| self.args.path.get(name));
        value.map(String::as_str).ok_or_else(|| {
            let what = name.map_or(position.to_string(), str::to_owned);
            CallError::Arguments(format!("no path value `{what}`"))
        })
    }
}

impl Args {
    /// The same, said to an operation.
    pub fn to(&self, operation: &'static str) -> Said<'_> {
        let args = self;
        Said { args, operation }
    }

    /// A query value.
    pub fn query<T: DeserializeOwned + fmt::Debug>(
        &self,
        name: &str,
    ) -> Result<Option<T>, CallError> {
        self.query
            .get(name)
            .map(|value| self.read(name, value))
            .transpose()
    }

    /// A query value that has to be there.
    pub fn needed<T: DeserializeOwned + fmt::Debug>(&self, name: &str) -> Result<T, CallError> {
        self.query(name)?
            .ok_or_else(|| CallError::Arguments(format!("no `{name}`")))
    }

    /// The whole body.
    pub fn body<T: DeserializeOwned + fmt::Debug>(&self) -> Result<T, CallError> {
        self.read("the body", self.body.as_ref().unwrap_or(&Value::Null))
    }

    /// The whole body, when there is one.
    pub fn optional_body<T: DeserializeOwned + fmt::Debug>(&self) -> Result<Option<T>, CallError> {
        self.body
            .as_ref()
            .map(|body| self.read("the body", body))
            .transpose()
    }

    /// Whether the body has a root key.
    pub fn has_root(&self, name: &str) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.get(name).is_some())
    }

    /// What stands under a root key of the body.
    pub fn root<T: DeserializeOwned + fmt::Debug>(&self, name: &str) -> Result<T, CallError> {
        let root = self.body.as_ref().and_then(|body| body.get(name));
        self.read(name, root.unwrap_or(&Value::Null))
    }

    /// What stands under a root key of the body, when it does.
    pub fn optional_root<T: DeserializeOwned + fmt::Debug>(
        &self,
        name: &str,
    ) -> Result<Option<T>, CallError> {
        if self.has_root(name) {
            self.root(name).map(Some)
        } else {
            Ok(None)
        }
    }

    fn read<T>(&self, name: &str, value: &Value) -> Result<T, CallError>
    where
        T: DeserializeOwned + fmt::Debug,
    {
        let refused = |why: String| CallError::Arguments(format!("{name}: {why} in {value}"));
        let read = T::deserialize(value).map_err(|error| refused(error.to_string()))?;
        match nameless(&read).as_slice() {
            unknown @ [_, ..] if self.only_named => {
                Err(refused(format!("no enum has {unknown:?}")))
            }
            _ => Ok(read),
        }
    }

    /// The body has none of the root keys that it could have.
    pub fn no_root(&self) -> CallError {
        CallError::Arguments("the body has none of its roots".to_owned())
    }
}

/// What a method answered.
pub fn json<T: Serialize>(value: &T) -> Outcome {
    let value = to_json(value)?;
    Ok(Answered { value, meta: None })
}

/// A page that a method answered.
pub fn page<T: Serialize>(page: &Page<T>) -> Outcome {
    Ok(Answered {
        value: to_json(&page.items)?,
        meta: page.meta.as_ref().map(to_json).transpose()?,
    })
}

/// Reads a response as the method does whose calls are `C`.
pub fn decode<C>(body: &[u8]) -> Outcome
where
    C: lago_client::Call<Output: Serialize>,
{
    json(&decoded::<C>(body)?)
}

/// The values of enums in a response for which the method whose calls are `C` has no name.
pub fn unknown<C>(body: &[u8]) -> Result<Vec<String>, CallError>
where
    C: lago_client::Call<Output: fmt::Debug>,
{
    Ok(nameless(&decoded::<C>(body)?))
}

/// The values of enums that have no name: only the variant for them prints itself like this, since quotes in a text are
/// escaped.
pub fn nameless(value: &impl fmt::Debug) -> Vec<String> {
    let printed = format!("{value:?}");
    let values = printed.split("Unknown(\"").skip(1);
    let values = values.filter_map(|rest| rest.split_once("\")"));
    values.map(|(value, _)| value.to_owned()).collect()
}

/// Reads a page as the method does whose calls are `C`.
pub fn decode_page<C>(body: &[u8]) -> Outcome
where
    C: ListCall<Item: Serialize>,
{
    page(&decoded::<C>(body)?)
}

fn decoded<C: lago_client::Call>(body: &[u8]) -> Result<C::Output, CallError> {
    C::decode(body).map_err(|failure| CallError::Unreadable(format!("{failure:?}")))
}

fn to_json<T: Serialize>(value: &T) -> Result<Value, CallError> {
    serde_json::to_value(value).map_err(|error| CallError::Arguments(error.to_string()))
}

#[cfg(test)]
mod tests {
    use lago_client::types::Currency;

    use super::*;

    #[test]
    fn values_without_a_name_are_told_from_text() {
        let values = [
            Currency::Eur,
            Currency::from("moon"),
            Currency::from("s\u{fc}n"),
        ];
        assert_eq!(nameless(&values), ["moon", "s\u{fc}n"]);
        assert_eq!(nameless(&"Unknown(\"moon\")"), Vec::<String>::new());
    }
}
