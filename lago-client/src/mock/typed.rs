//! A body as a type of the API.

use std::fmt;

use lago_types::decode::{self, JsonPath, Root};
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;

use super::record::ReceivedRequest;

impl ReceivedRequest {
    /// The body as a request type of [`lago_types`], taken from under its root key: of `{"customer": {…}}` it is what stands
    /// under `customer`. A body that has neither the root key of the response nor only one member is taken as a whole.
    ///
    /// ```
    /// use lago_client::mock::MockServer;
    /// use lago_client::types::CustomerInput;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::start().await?;
    /// server.expect("customers.create")?.times(1);
    ///
    /// let customer = CustomerInput::new("acme").name("Acme");
    /// server.client()?.customers().create(customer).await?;
    ///
    /// server.verify()?;
    /// let sent: CustomerInput = server.requests()[0].body()?;
    /// assert_eq!(sent.external_id, "acme");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the body is no JSON, or not of that type: the error has the path of the field.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, BodyError> {
        let text = decode::text(&self.body);
        let roots = self.operation.map_or(&[][..], |operation| operation.roots);
        let root = self.json().and_then(|body| root(&body, roots));
        let mut json = serde_json::Deserializer::from_str(&text);
        let value = match &root {
            Some(root) => Root::new(root).deserialize(&mut json),
            None => T::deserialize(&mut json),
        };
        let value = value.and_then(|value| json.end().map(|()| value));
        value.map_err(|source| BodyError::new(&text, source))
    }
}

/// The member that is called like the response of the operation, or the only one, when it holds something.
fn root(body: &Value, roots: &[&str]) -> Option<String> {
    let body = body.as_object()?;
    if let Some(root) = roots.iter().find(|root| body.contains_key(**root)) {
        return Some((*root).to_owned());
    }
    let mut members = body.iter();
    match (members.next()?, members.next()) {
        ((name, Value::Object(_) | Value::Array(_)), None) => Some(name.clone()),
        _ => None,
    }
}

/// Why a body is not of a type, and where.
#[derive(Debug)]
pub struct BodyError {
    path: String,
    source: serde_json::Error,
}

impl BodyError {
    fn new(text: &str, source: serde_json::Error) -> Self {
        let path = JsonPath::of_failure(text, &source);
        Self {
            path: path.in_words(|index| format!("[{index}]")),
            source,
        }
    }

    /// The JSON path of what cannot be read: `plan.charges[0].charge_model`. Nothing for the body itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.path.as_str() {
            "" => "the body",
            path => path,
        };
        write!(f, "{place} is not as the type has it: {}", self.source)
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
