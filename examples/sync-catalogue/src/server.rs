//! What is on the server, in the words of the file.

use lago_client::types::*;
use serde_json::{Value, json, to_value};

use super::Failure;

/// What a server has, in the words of an update, which are those of the file.
pub(crate) trait IntoUpdate {
    fn into_update(self) -> Result<Value, Failure>;
}

impl IntoUpdate for BillableMetric {
    fn into_update(self) -> Result<Value, Failure> {
        Ok(to_value(self)?)
    }
}

impl IntoUpdate for AddOn {
    fn into_update(self) -> Result<Value, Failure> {
        let taxes = self.taxes.iter().flatten();
        let tax_codes: Vec<_> = taxes.map(|tax| tax.code.clone()).collect();
        let mut update = to_value(self)?;
        update["tax_codes"] = json!(tax_codes);
        Ok(update)
    }
}

impl IntoUpdate for Plan {
    fn into_update(self) -> Result<Value, Failure> {
        let charges: Vec<_> = self.charges.iter().flatten().collect();
        // Servers of before charges had codes would get a second one for each in the file.
        if charges.iter().any(|charge| charge.code.is_none()) {
            return Err(
                "on the server is a charge without a code, by which it would be known".into(),
            );
        }
        let codes = charges
            .iter()
            .map(|charge| charge.billable_metric_code.clone());
        let codes: Vec<_> = codes.collect();
        let mut update = to_value(PlanUpdate::from(self))?;
        for (index, code) in codes.into_iter().enumerate() {
            update["charges"][index]["billable_metric_code"] = json!(code);
        }
        Ok(update)
    }
}

impl IntoUpdate for Coupon {
    fn into_update(self) -> Result<Value, Failure> {
        let (plans, metrics) = (self.plan_codes.clone(), self.billable_metric_codes.clone());
        let mut update = to_value(self)?;
        update["applies_to"] = json!({"plan_codes": plans, "billable_metric_codes": metrics});
        Ok(update)
    }
}
