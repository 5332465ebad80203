//! What can be asked of every type.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A type.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// How many bytes of memory a value takes, without what it holds elsewhere.
    pub size: usize,
    /// Reads a value of the type, and writes it again.
    pub reencode: fn(&Value) -> serde_json::Result<Value>,
}

impl Row {
    /// The row of a type.
    pub const fn of<T: DeserializeOwned + Serialize>(name: &'static str) -> Self {
        Self {
            name,
            size: size_of::<T>(),
            reencode: |value| serde_json::to_value(T::deserialize(value)?),
        }
    }
}
