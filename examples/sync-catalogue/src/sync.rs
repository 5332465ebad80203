//! One object at a time: what it lacks is found, told and sent.

use lago_client::Error;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, from_value, to_value};

use super::Failure;
use super::catalogue::MetricIds;
use super::diff::{differences, merged};
use super::server::IntoUpdate;

/// What a run does, and what it needs for that.
pub(crate) struct Sync {
    is_dry: bool,
    pub(crate) metrics: MetricIds,
    /// How many objects were not as they should be.
    pub(crate) count: usize,
}

impl Sync {
    pub(crate) fn new(is_dry: bool) -> Self {
        let (metrics, count) = (MetricIds::default(), 0);
        Self {
            is_dry,
            metrics,
            count,
        }
    }

    /// Brings one object to what is wanted.
    pub(crate) async fn one<T: IntoUpdate, I: Serialize + DeserializeOwned, U: DeserializeOwned>(
        &mut self,
        noun: &str,
        wanted: &Value,
        get: impl AsyncFnOnce(&str) -> Result<T, Error>,
        create: impl AsyncFnOnce(I) -> Result<T, Error>,
        update: impl AsyncFnOnce(&str, U) -> Result<T, Error>,
    ) -> Result<(), Failure> {
        let code = wanted["code"]
            .as_str()
            .ok_or_else(|| format!("{noun}: its `code` is no text: {wanted}"))?;
        let failed = |problem: &dyn std::fmt::Display| format!("{noun} {code}: {problem}");
        let sent = self.metrics.named(wanted).map_err(|error| failed(&error))?;
        let input: I = from_value(sent.clone()).map_err(|error| failed(&error))?;
        let unknown = differences(&to_value(&input)?, &sent);
        if !unknown.is_empty() {
            return Err(failed(&format!("the API has no {}", unknown.join(", "))).into());
        }
        let there = match get(code).await {
            Ok(there) => Some(there.into_update().map_err(|error| failed(&error))?),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(failed(&error).into()),
        };
        let found = differences(there.as_ref().unwrap_or(&Value::Null), wanted);
        if found.is_empty() {
            return Ok(());
        }
        self.count += 1;
        let sign = if there.is_some() { '~' } else { '+' };
        println!("{sign} {noun} {code}\n    {}", found.join("\n    "));
        if self.is_dry {
            return Ok(());
        }
        // An update forgets a part of what it leaves out, so it says all that is there.
        let now = match there {
            Some(there) => update(code, from_value(merged(there, &sent))?).await,
            None => create(input).await,
        };
        let left = differences(&now.map_err(|error| failed(&error))?.into_update()?, wanted);
        match left.is_empty() {
            true => Ok(()),
            false => Err(failed(&format!("the server does not take {}", left.join(", "))).into()),
        }
    }
}
