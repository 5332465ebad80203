//! How generated code calls the wire.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use lago_client::__wire::{DeepObject, Error, Shared};
use lago_client::Operation;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call of an operation.
pub struct Call {
    /// The operation id.
    pub id: &'static str,
    /// The row of the operations table that the client knows it by.
    pub operation: &'static Operation,
    /// Sends the request.
    pub call: for<'a> fn(&'a Arc<Shared>, &'a Args) -> Pending<'a>,
}

/// A call under way; that it is `Send` lets users spawn it.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// How a call went.
pub type Outcome = Result<(), CallError>;

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// The arguments do not fit what the wire takes.
    Arguments(String),
    /// The wire refused, or met something unexpected.
    Wire(Box<Error>),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(message) => write!(f, "arguments: {message}"),
            Self::Wire(error) => write!(f, "wire: {error}"),
        }
    }
}

impl std::error::Error for CallError {}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Wire(Box::new(error))
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

    /// A query value that is a map.
    pub fn map(&self, name: &str) -> Result<Option<DeepObject>, CallError> {
        let entries: Option<BTreeMap<String, String>> = self.query(name)?;
        Ok(entries.map(|entries| DeepObject::new(name, entries)))
    }

    /// Whether there is a body.
    pub fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// The whole body.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        read("the body", self.body.as_ref().unwrap_or(&Value::Null))
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

    /// What stands under a root key of the body that may be absent.
    pub fn optional_root<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, CallError> {
        if self.has_root(name) {
            self.root(name)
        } else {
            Ok(T::default())
        }
    }

    /// The body has none of the root keys that it could have.
    pub fn no_root(&self) -> CallError {
        CallError::Arguments("the body has none of its roots".to_owned())
    }
}

/// A value that the wire cannot do without.
pub fn needed<T>(name: &str, value: Option<T>) -> Result<T, CallError> {
    value.ok_or_else(|| CallError::Arguments(format!("no `{name}`")))
}

/// A body as JSON text.
pub fn to_bytes<T: Serialize>(body: &T) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(body).map_err(|error| CallError::Arguments(error.to_string()))
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, CallError> {
    T::deserialize(value)
        .map_err(|error| CallError::Arguments(format!("{name}: {error} in {value}")))
}
