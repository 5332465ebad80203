//! What a check makes is taken away again, whatever breaks.

use lago_tests::conform::extent::is_whole;
use lago_tests::conform::live::{Findings, Progress, Stop, Verdict, check};

use super::memory::{Fault, World, makes, start};
use super::{Outcome, checked, row, settings};

const PREFIX: &str = "lago-conform-test-";

/// Checks a server that breaks at an operation, and stops once all is made.
async fn broken(world: &World, operation: &'static str, fault: Fault) -> Outcome<Findings> {
    let server = start(world, Some((operation, fault)), |_| {}).await?;
    let mut settings = settings(&server)?;
    settings.write = Some(PREFIX.to_owned());
    let stop = Stop::default();
    // All is made by then, and the sweep has not gone on.
    let mut tell = |progress: Progress<'_>| {
        if progress.call == "events.get" {
            stop.ask();
        }
    };
    Ok(check(&settings, &stop, &mut tell).await?)
}

#[tokio::test]
async fn everything_is_made_read_changed_and_taken_away() -> Outcome {
    let world = World::default();
    let server = start(&world, None, |_| {}).await?;
    let mut settings = settings(&server)?;
    settings.write = Some(PREFIX.to_owned());
    let findings = checked(&settings).await?;
    assert_eq!(
        world.there_is().into_iter().collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert_eq!(findings.drifts, []);
    assert_eq!(
        findings.left_behind,
        [
            "the events of lago-conform-test-subscription: Lago deletes none",
            "the invoice of lago-conform-test-customer, voided: Lago deletes none that is final",
        ]
    );
    for id in [
        "createTax",
        "updateTax",
        "destroyTax",
        "createEvent",
        "createBatchEvents",
        "createWalletTransaction",
        "voidInvoice",
        "updateSubscription",
        "destroySubscription",
        "deleteAppliedCoupon",
    ] {
        assert_eq!(row(&findings, id)?.verdict, Verdict::Ok, "{id}");
    }
    // Nothing but what it made itself was changed.
    for request in server.requests() {
        let is_read = request.method == "GET";
        let names_it = request.target.contains(PREFIX)
            || String::from_utf8_lossy(&request.body).contains(PREFIX)
            || request.operation.is_some_and(|one| {
                one.path.contains("{lago_id}") || one.id == "createWalletTransaction"
            });
        assert!(is_read || names_it, "{} {}", request.method, request.target);
    }
    Ok(())
}

#[tokio::test]
async fn without_write_nothing_is_written() -> Outcome {
    let world = World::default();
    let server = start(&world, None, |_| {}).await?;
    checked(&settings(&server)?).await?;
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    Ok(())
}

#[tokio::test]
async fn nothing_is_left_whatever_breaks() -> Outcome {
    for (index, operation) in makes().into_iter().enumerate() {
        for (number, fault) in Fault::ALL.into_iter().enumerate() {
            // Which of them is tried for every change differs from one operation to the next.
            if !is_whole() && index % Fault::ALL.len() != number {
                continue;
            }
            let world = World::default();
            let findings = broken(&world, operation, fault).await?;
            let there_is = world.there_is();
            // What has no key of ours cannot be found again, and is named.
            let named = findings
                .left_behind
                .iter()
                .filter(|left| left.contains("perhaps"))
                .count();
            assert!(
                there_is.len() <= named,
                "{operation} {fault:?}: {there_is:?}, {findings:?}"
            );
            assert_eq!(findings.incomplete.as_deref(), Some("it was stopped"));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_wallet_whose_response_was_lost_is_taken_away_by_its_code() -> Outcome {
    let world = World::default();
    let findings = broken(&world, "createWallet", Fault::HangsUpAfter).await?;
    assert!(world.there_is().is_empty(), "{:?}", world.there_is());
    let top_up = row(&findings, "createWalletTransaction")?;
    assert_eq!(
        (top_up.verdict, top_up.why.as_str()),
        (Verdict::NotReachable, "wallet.lago_id could not be made")
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_taken_away_is_named() -> Outcome {
    let world = World::default();
    let findings = broken(&world, "destroyPlan", Fault::FailsBefore).await?;
    let left: Vec<String> = world.there_is().into_iter().collect();
    assert_eq!(left, ["plan lago-conform-test-plan"]);
    assert!(
        findings
            .left_behind
            .contains(&"plan lago-conform-test-plan: plans.delete responded 500".to_owned()),
        "{:?}",
        findings.left_behind
    );
    Ok(())
}
