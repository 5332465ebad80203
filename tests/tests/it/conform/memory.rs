//! A server that remembers what was made on it, and breaks when it is told to.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
use serde_json::json;

/// Operations that make something: the root key, and the property that later paths have.
const MAKES: [(&str, &str, &str); 10] = [
    ("createTax", "tax", "code"),
    ("createBillableMetric", "billable_metric", "code"),
    ("createAddOn", "add_on", "code"),
    ("createCoupon", "coupon", "code"),
    ("createPlan", "plan", "code"),
    ("createCustomer", "customer", "external_id"),
    ("createSubscription", "subscription", "external_id"),
    ("createWallet", "wallet", ""),
    ("applyCoupon", "applied_coupon", ""),
    ("createInvoice", "invoice", ""),
];

/// Operations that take something away.
const ENDS: [(&str, &str); 11] = [
    ("destroyTax", "tax"),
    ("destroyBillableMetric", "billable_metric"),
    ("destroyAddOn", "add_on"),
    ("destroyCoupon", "coupon"),
    ("destroyPlan", "plan"),
    ("destroyCustomer", "customer"),
    ("destroySubscription", "subscription"),
    ("destroyWallet", "wallet"),
    ("destroyCustomerWallet", "wallet"),
    ("deleteAppliedCoupon", "applied_coupon"),
    ("voidInvoice", "invoice"),
];

/// In which way it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Refuses,
    FailsBefore,
    FailsAfter,
    HangsUpAfter,
}

impl Fault {
    pub(super) const ALL: [Self; 4] = [
        Self::Refuses,
        Self::FailsBefore,
        Self::FailsAfter,
        Self::HangsUpAfter,
    ];
}

/// What is on the server: `plan lago-conform-…-plan`.
#[derive(Clone, Debug, Default)]
pub(super) struct World(Arc<Mutex<BTreeSet<String>>>);

impl World {
    pub(super) fn there_is(&self) -> BTreeSet<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn respond(
        &self,
        request: &ReceivedRequest,
        fault: Option<(&str, Fault)>,
    ) -> Option<MockResponse> {
        let operation = request.operation?.id;
        let fault = fault
            .filter(|(id, _)| *id == operation)
            .map(|(_, fault)| fault);
        match fault {
            Some(Fault::Refuses) => {
                return Some(MockResponse::validation_errors(json!({ "code": ["x"] })));
            }
            Some(Fault::FailsBefore) => return Some(MockResponse::new(500)),
            _ => {}
        }
        let acted = self.act(request, operation);
        match fault {
            Some(Fault::FailsAfter) => Some(MockResponse::new(503)),
            Some(Fault::HangsUpAfter) => Some(MockResponse::hang_up()),
            _ => acted,
        }
    }

    /// None leaves it to the stand-in, whose example is of what was asked for.
    fn act(&self, request: &ReceivedRequest, operation: &str) -> Option<MockResponse> {
        let mut there_is = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, root, property)) = MAKES.iter().find(|(id, ..)| *id == operation) {
            let body = request.json().unwrap_or_default();
            let name = match *property {
                "" => example(operation).ok()?[*root]["lago_id"].clone(),
                property => body[*root][property].clone(),
            };
            there_is.insert(format!("{root} {}", name.as_str().unwrap_or_default()));
        }
        let (_, root) = ENDS.iter().find(|(id, _)| *id == operation)?;
        let (_, name) = request.path_parameters.last()?;
        let is_wallet = |known: &String| known.starts_with("wallet ");
        let gone = match operation {
            "destroyCustomerWallet" => there_is.iter().find(|known| is_wallet(known)).cloned(),
            _ => Some(format!("{root} {name}")),
        };
        let was_there = gone.is_some_and(|gone| there_is.remove(&gone));
        (!was_there).then(|| MockResponse::error(404, &format!("{root}_not_found")))
    }
}

/// Starts one; at this operation it breaks so.
pub(super) async fn start(
    world: &World,
    fault: Option<(&'static str, Fault)>,
    observe: impl Fn(&str) + Send + Sync + 'static,
) -> io::Result<MockServer> {
    let world = world.clone();
    let rule = move |request: &ReceivedRequest| {
        observe(request.operation.map_or("", |operation| operation.id));
        world.respond(request, fault)
    };
    MockServer::builder().respond_with(rule).start().await
}

/// The operations that make something.
pub(super) fn makes() -> Vec<&'static str> {
    MAKES.iter().map(|(id, ..)| *id).collect()
}
