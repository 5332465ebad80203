//! What the table says of an operation, beside a capability file of Lago's API that others wrote: 60 operations with
//! the hints that agents get, each taken from the HTTP method alone. Where the table says otherwise, it says why.

use std::collections::BTreeMap;

use lago_client::{Effect, Idempotency, OPERATIONS, Operation};
use serde::Deserialize;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const FILE: &str = include_str!("../../fixtures/capability/capability.csv");

#[derive(Deserialize)]
struct Row {
    /// The operation id in lower case.
    name: String,
    method: String,
    path: String,
    read_only: bool,
    destructive: bool,
    idempotent: bool,
}

/// A hint of the file that the table does not give, with the reason.
struct Departure {
    hint: &'static str,
    ours: bool,
    why: &'static str,
    operations: &'static [&'static str],
}

#[rustfmt::skip]
const DEPARTURES: &[Departure] = &[
    Departure { hint: "idempotent", ours: false, why: "acts each time: voids, issues and collects, or computes anew",
        operations: &["finalizeInvoice", "refreshInvoice", "voidCreditNote"] },
    Departure { hint: "destructive", ours: true, why: "not destructive means that it only adds; this cannot be taken back",
        operations: &["finalizeInvoice", "loseDisputeInvoice", "refreshInvoice", "retryInvoice", "retryPayment",
            "voidCreditNote", "voidInvoice"] },
    Departure { hint: "destructive", ours: true, why: "not destructive means that it only adds; this writes over what is there",
        operations: &["updateAddOn", "updateBillableMetric", "updateCoupon", "updateCreditNote", "updateFee",
            "updateInvoice"] },
    Departure { hint: "destructive", ours: true, why: "writes over a customer that has the external id",
        operations: &["createCustomer"] },
    Departure { hint: "idempotent", ours: true, why: "writes the same values again",
        operations: &["createCustomer"] },
    Departure { hint: "read_only", ours: true, why: "only computes",
        operations: &["estimateCreditNote", "evaluateBillableMetricExpression", "eventEstimateFees"] },
    Departure { hint: "idempotent", ours: true, why: "only computes",
        operations: &["estimateCreditNote", "evaluateBillableMetricExpression", "eventEstimateFees"] },
    Departure { hint: "idempotent", ours: true, why: "the same key and time are the same event",
        operations: &["createBatchEvents", "createEvent"] },
    Departure { hint: "idempotent", ours: true, why: "a file or a link that is there is given again",
        operations: &["downloadCreditNote", "downloadInvoice", "generateCustomerCheckoutURL", "invoicePaymentUrl"] },
];

#[test]
fn hints_depart_from_those_of_the_method_where_the_table_knows_why() -> Outcome {
    let mut found = BTreeMap::<(&str, bool), Vec<&str>>::new();
    let mut rows = 0;
    for row in csv::Reader::from_reader(FILE.as_bytes()).deserialize() {
        let row: Row = row?;
        let known = |operation: &&Operation| operation.id.to_lowercase() == row.name;
        let operation = OPERATIONS.iter().find(known).ok_or(row.name.as_str())?;
        assert_eq!(operation.method.as_str(), row.method, "{}", operation.id);
        assert_eq!(shape(operation.path), shape(&row.path), "{}", operation.id);
        let hints = [
            (
                "read_only",
                row.read_only,
                operation.effect == Effect::Reads,
            ),
            (
                "destructive",
                row.destructive,
                operation.effect.is_destructive(),
            ),
            (
                "idempotent",
                row.idempotent,
                operation.idempotency != Idempotency::NotIdempotent,
            ),
        ];
        for (hint, theirs, ours) in hints {
            if theirs != ours {
                found.entry((hint, ours)).or_default().push(operation.id);
            }
        }
        rows += 1;
    }
    assert_eq!(rows, 60);

    let mut listed = BTreeMap::<(&str, bool), Vec<&str>>::new();
    for departure in DEPARTURES {
        assert!(!departure.why.is_empty());
        let operations = listed.entry((departure.hint, departure.ours)).or_default();
        operations.extend(departure.operations);
    }
    for operations in found.values_mut().chain(listed.values_mut()) {
        operations.sort_unstable();
    }
    assert_eq!(found, listed);
    Ok(())
}

/// What reads can neither leave a doubt nor reach outside.
#[test]
fn what_reads_is_repeatable_and_stays_inside() {
    let mut reads = 0;
    for operation in OPERATIONS {
        if operation.effect == Effect::Reads {
            assert_eq!(
                operation.idempotency,
                Idempotency::Idempotent,
                "{}",
                operation.id
            );
            assert!(!operation.outside, "{}", operation.id);
            reads += 1;
        }
    }
    assert!(reads > 90, "{reads}");
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
