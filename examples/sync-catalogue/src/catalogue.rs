//! What is in the file, and what it calls otherwise than requests do.

use std::collections::BTreeMap;
use std::{fs, path::Path};

use lago_client::{Client, Error};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// What is in the file, each object as the API takes it; but a charge names its metric by `billable_metric_code`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Catalogue {
    pub(crate) billable_metrics: Vec<Value>,
    pub(crate) add_ons: Vec<Value>,
    pub(crate) plans: Vec<Value>,
    pub(crate) coupons: Vec<Value>,
}

impl Catalogue {
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| error.to_string());
        let catalogue =
            text.and_then(|text| serde_saphyr::from_str(&text).map_err(|error| error.to_string()));
        catalogue.map_err(|error| format!("{}: {error}", file.display()))
    }
}

/// Metrics have a code in the file, and an id in requests.
#[derive(Default)]
pub(crate) struct MetricIds(BTreeMap<String, Uuid>);

impl MetricIds {
    /// Of those on the server. In a dry run one that is only in the file has no id yet, and needs none.
    pub(crate) async fn of(catalogue: &Catalogue, lago: &Client) -> Result<Self, Error> {
        let codes = catalogue
            .billable_metrics
            .iter()
            .filter_map(|metric| metric["code"].as_str());
        let mut ids: BTreeMap<String, Uuid> =
            codes.map(|code| (code.to_owned(), Uuid::nil())).collect();
        let mut metrics = lago.billable_metrics().list().items();
        while let Some(metric) = metrics.next().await {
            let metric = metric?;
            ids.insert(metric.code, metric.lago_id);
        }
        Ok(Self(ids))
    }

    /// An object as it is sent, with ids where the file has codes.
    pub(crate) fn named(&self, wanted: &Value) -> Result<Value, String> {
        let mut sent = wanted.clone();
        let charges = sent.get_mut("charges").and_then(Value::as_array_mut);
        for charge in charges
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            if let Some(code) = charge.remove("billable_metric_code") {
                let id = code.as_str().and_then(|code| self.0.get(code));
                let id = id.ok_or_else(|| format!("there is no metric {code}"))?;
                charge.insert("billable_metric_id".to_owned(), json!(id));
            }
        }
        Ok(sent)
    }
}
