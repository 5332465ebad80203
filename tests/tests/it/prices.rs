//! What the guides say about prices and rounding is what recorded fees come to.

use std::collections::BTreeMap;
use std::path::Path;

use lago_client::types::{Decimal, Fee, FeeAmountDetails, FeeType, decimal};
use lago_tests::conform::recording::Recordings;
use serde_json::Value;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/recorded");

/// The fees in a response, at any depth.
fn fees(value: &Value, found: &mut Vec<Fee>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| fees(value, found)),
        Value::Object(fields) => {
            // Estimates of fees that are paid in advance have no item, and amounts of another form.
            if fields.contains_key("precise_unit_amount")
                && fields.contains_key("lago_subscription_id")
            {
                found.extend(serde_json::from_value::<Fee>(value.clone()));
            }
            fields.values().for_each(|value| fees(value, found));
        }
        _ => {}
    }
}

fn recorded() -> Vec<Fee> {
    let mut found = Vec::new();
    for exchange in Recordings::read(Path::new(FIXTURES)).unwrap().exchanges {
        fees(&exchange.response_body, &mut found);
    }
    found
}

/// How many packages are begun.
fn packages(units: &Decimal, size: i64) -> i64 {
    let packages = (0..).find(|packages| *units <= packages * size);
    packages.unwrap_or_default()
}

/// The model of a fee and what it comes to by the arithmetic of the guide; none where the server says too little.
fn by_hand(fee: &Fee) -> Option<(&'static str, Decimal)> {
    let details: FeeAmountDetails = fee.amount_details.clone()?;
    if let Some(ranges) = details.graduated_ranges {
        let sum = ranges
            .into_iter()
            .map(|one| one.units * one.per_unit_amount + one.flat_unit_amount);
        return Some(("graduated", sum.sum()));
    }
    if let Some(ranges) = details.graduated_percentage_ranges {
        let sum = ranges
            .into_iter()
            .map(|one| one.units * one.rate * decimal!("0.01") + one.flat_unit_amount);
        return Some(("graduated percentage", sum.sum()));
    }
    if let Some(size) = details.per_package_size {
        let packages = packages(&details.paid_units?, size);
        return Some(("package", details.per_package_unit_amount? * packages));
    }
    if let Some(rate) = details.rate {
        let percent = details.paid_units? * rate * decimal!("0.01");
        let sum =
            percent + details.fixed_fee_total_amount? + details.min_max_adjustment_total_amount?;
        return Some(("percentage", sum));
    }
    let per_unit = details.per_unit_amount?;
    Some((
        "volume",
        fee.units.clone() * per_unit + details.flat_unit_amount?,
    ))
}

#[test]
fn fees_come_to_what_the_guide_says() {
    let mut models: BTreeMap<&str, u32> = BTreeMap::new();
    for fee in recorded() {
        let (Some((model, amount)), Some(precise)) = (by_hand(&fee), &fee.precise_amount) else {
            continue;
        };
        // A server of 2024 computed percentages with floats.
        assert_eq!(
            amount.round(12),
            precise.round(12),
            "{model}: {:?}",
            fee.amount_details
        );
        *models.entry(model).or_default() += 1;
    }
    assert!(
        models.len() == 5 && models.values().all(|count| *count > 10),
        "{models:?}"
    );
}

#[test]
fn fees_are_rounded_once_and_a_half_goes_up() {
    let (mut rounded, mut exact) = (0, 0);
    for fee in recorded() {
        let Some(precise) = &fee.precise_amount else {
            continue;
        };
        // What is missing to a minimum is taken from amounts that were rounded before.
        if fee.item.type_ == FeeType::Commitment {
            continue;
        }
        let cents = precise * 100;
        assert_eq!(cents.round(0).to_i64(), Some(fee.amount_cents), "{precise}");
        match cents.to_i64() {
            Some(_) => exact += 1,
            None => rounded += 1,
        }
    }
    assert!(
        rounded > 20 && exact > 100,
        "{rounded} rounded, {exact} exact"
    );
}

#[test]
fn an_invoice_adds_fees_that_are_rounded() {
    let mut checked = 0;
    for exchange in Recordings::read(Path::new(FIXTURES)).unwrap().exchanges {
        let invoice = &exchange.response_body["invoice"];
        let mut of_it = Vec::new();
        fees(&invoice["fees"], &mut of_it);
        if of_it.is_empty() {
            continue;
        }
        let sum: i64 = of_it.iter().map(|fee| fee.amount_cents).sum();
        assert_eq!(invoice["fees_amount_cents"], sum, "{}", exchange.file);
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}
