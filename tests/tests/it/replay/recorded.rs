//! The recordings of this repository: servers of three ages, and every response arrives whole.

use std::error::Error;
use std::path::Path;

use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::{Tally, replay};

#[tokio::test]
async fn everything_recorded_arrives() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let report = replay(&Recordings::read(&folder)?).await?;
    assert!(report.failures.is_empty(), "{report}");
    for Tally {
        total,
        decoded,
        leaves,
        kept,
    } in [
        &report.requests,
        &report.responses,
        &report.errors,
        &report.deliveries,
    ] {
        assert!(*total > 0 && decoded <= total && kept <= leaves);
    }
    // What cannot be asked or read is accepted with a reason, and then it is a request, or in a request what
    // the server ignores.
    let paths = report.accepted.iter().map(|(failure, _)| &*failure.path);
    let (whole, parts): (Vec<_>, Vec<_>) = paths.partition(|path| *path == "request");
    assert_eq!(report.requests.total - report.requests.decoded, whole.len());
    assert!(
        parts.iter().all(|path| path.starts_with("request.")),
        "{parts:?}"
    );
    for tally in [&report.responses, &report.errors, &report.deliveries] {
        assert_eq!((tally.decoded, tally.kept), (tally.total, tally.leaves));
    }
    // What is not in this crate, and how much there is of everything else.
    insta::assert_snapshot!(report);
    Ok(())
}
