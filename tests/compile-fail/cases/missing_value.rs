//! What a request needs has a name, so the compiler says what is missing.

use lago_types::{Currency, PlanInput, PlanInputRequired, PlanInterval};

fn main() {
    let _ = PlanInput::new(PlanInputRequired {
        name: "Pro".into(),
        interval: Some(PlanInterval::Monthly),
        amount_currency: Currency::Eur,
        pay_in_advance: Some(true),
    });
}
