//! How generated code calls the client.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;

use lago_client::{Client, ListCall, Page};
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
}

impl Args {
    /// A path value.
    pub fn path(&self, name: &str) -> Result<&str, CallError> {
        let value = self.path.get(name).map(String::as_str);
        value.ok_or_else(|| CallError::Arguments(format!("no path value `{name}`")))
    }

    /// A query value.
    pub fn query<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, CallError> {
        self.query
            .get(name)
            .map(|value| read(name, value))
            .transpose()
    }

    /// A query value that has to be there.
    pub fn needed<T: DeserializeOwned>(&self, name: &str) -> Result<T, CallError> {
        self.query(name)?
            .ok_or_else(|| CallError::Arguments(format!("no `{name}`")))
    }

    /// The whole body.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        read("the body", self.body.as_ref().unwrap_or(&Value::Null))
    }

    /// The whole body, when there is one.
    pub fn optional_body<T: DeserializeOwned>(&self) -> Result<Option<T>, CallError> {
        self.body
            .as_ref()
            .map(|body| read("the body", body))
            .transpose()
    }

    /// Whether the body has a root key.
    pub fn has_root(&self, name: &str) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.get(name).is_some())
    }

    /// What stands under a root key of the body.
    pub fn root<T: DeserializeOwned>(&self, name: &str) -> Result<T, CallError> {
        let root = self.body.as_ref().and_then(|body| body.get(name));
        read(name, root.unwrap_or(&Value::Null))
    }

    /// What stands under a root key of the body, when it does.
    pub fn optional_root<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, CallError> {
        if self.has_root(name) {
            self.root(name).map(Some)
        } else {
            Ok(None)
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

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, CallError> {
    T::deserialize(value)
        .map_err(|error| CallError::Arguments(format!("{name}: {error} in {value}")))
}
