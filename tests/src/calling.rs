//! How generated code calls the client.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;

use lago_client::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call of an operation.
pub struct Call {
    /// The operation id.
    pub id: &'static str,
    /// Makes the call.
    pub call: for<'a> fn(&'a Client, &'a Args) -> Pending<'a>,
}

/// A call under way; that it is `Send` lets users spawn it.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// How a call went: the value that came back, as JSON.
pub type Outcome = Result<Value, CallError>;

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// The arguments do not fit what the method takes.
    Arguments(String),
    /// The client says no.
    Client(lago_client::Error),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(message) => write!(f, "arguments: {message}"),
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

/// A value as JSON.
pub fn json<T: Serialize>(value: &T) -> Outcome {
    serde_json::to_value(value).map_err(|error| CallError::Arguments(error.to_string()))
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, CallError> {
    T::deserialize(value)
        .map_err(|error| CallError::Arguments(format!("{name}: {error} in {value}")))
}
