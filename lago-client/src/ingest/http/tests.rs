//! What each response comes to.

use reqwest::header::HeaderMap;

use super::*;
use crate::error::{History, Stop};
use crate::response::Received;

fn answered(status: u16, body: &str) -> BatchOutcome {
    let received = Received {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    of(Error::api(OPERATION, received))
}

fn of(error: Error) -> BatchOutcome {
    of_error(&error.with_history(History::default(), Stop::Attempts), 3)
}

fn refusal(details: &str) -> BatchOutcome {
    let head = r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors""#;
    answered(422, &format!(r#"{head},"error_details":{details}}}"#))
}

/// Whether it failed for now, and says why without repeating what the server wrote.
fn is_failed(outcome: &BatchOutcome, is_in_doubt: bool) -> bool {
    let BatchOutcome::Failed {
        in_doubt,
        wait: None,
        reason,
    } = outcome
    else {
        return false;
    };
    let is_told = reason.starts_with("POST /events/batch: ") && !reason.contains("html");
    *in_doubt == is_in_doubt && is_told
}

/// The details are recorded ones.
#[test]
fn a_refusal_names_events_or_speaks_of_all() {
    let exists = refusal(r#"{"1":{"transaction_id":["value_already_exist"]}}"#);
    assert_eq!(
        exists,
        BatchOutcome::Refused(vec![(1, Fault::AlreadyExists)])
    );
    let invalid = refusal(
        r#"{"1":{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]},
            "2":"expression_evaluation_failed: Variable: b not found"}"#,
    );
    let BatchOutcome::Refused(faults) = invalid else {
        panic!("{invalid:?}");
    };
    let [
        (1, Fault::Invalid(mandatory)),
        (2, Fault::Invalid(expression)),
    ] = &faults[..]
    else {
        panic!("{faults:?}");
    };
    assert!(mandatory.has("code", "value_is_mandatory"), "{mandatory}");
    assert!(
        mandatory.has("transaction_id", "value_is_mandatory"),
        "{mandatory}"
    );
    assert_eq!(expression.codes[0].code, "expression_evaluation_failed");
    let message = expression.codes[0].message.as_deref();
    assert!(
        message.is_some_and(|message| message.ends_with("b not found")),
        "{message:?}"
    );

    let all = refusal(r#"{"events":["no_events"]}"#);
    let expected = Rejection::new(Some(422)).code("events", "no_events");
    assert_eq!(all, BatchOutcome::RefusedAsWhole(expected));
    assert_eq!(
        refusal(r#"{"events":["too_many_events"]}"#),
        BatchOutcome::TooManyEvents
    );
    // Of an event that was not sent it says nothing.
    let other = refusal(r#"{"3":{"code":["value_is_mandatory"]}}"#);
    assert!(
        matches!(other, BatchOutcome::RefusedAsWhole(_)),
        "{other:?}"
    );
    let bad = answered(
        400,
        r#"{"status":400,"error":"BadRequest: param is missing"}"#,
    );
    assert!(matches!(bad, BatchOutcome::RefusedAsWhole(_)), "{bad:?}");
}

#[test]
fn what_somebody_has_to_change_blocks_and_only_lago_leaves_no_doubt() {
    let lago = [
        (401, r#"{"status":401,"error":"Unauthorized"}"#),
        (
            403,
            r#"{"status":403,"error":"Forbidden","code":"write_action_not_allowed_for_event"}"#,
        ),
        (
            404,
            r#"{"status":404,"error":"Not Found","code":"resource_not_found"}"#,
        ),
    ];
    let gateway = [301, 302, 401, 403, 404, 405].map(|status| (status, "<html></html>"));
    for (status, body) in lago.into_iter().chain(gateway) {
        let outcome = answered(status, body);
        let BatchOutcome::Blocked { reason, in_doubt } = outcome else {
            panic!("{status} {body}: {outcome:?}");
        };
        assert_eq!(in_doubt, body.starts_with('<'), "{status} {body}");
        assert!(
            reason.contains("createBatchEvents") || reason.contains("events"),
            "{reason}"
        );
    }
}

#[test]
fn everything_else_is_tried_again() {
    let error = answered(500, "{}");
    assert!(
        matches!(&error, BatchOutcome::ServerError { reason } if reason.contains("500")),
        "{error:?}"
    );
    assert_eq!(
        answered(413, "<html>"),
        BatchOutcome::TooLarge { in_doubt: true }
    );
    let locked =
        r#"{"status":422,"error":"Unprocessable Entity","code":"lock_acquisition_failed"}"#;
    assert!(is_failed(&answered(422, locked), false));
    for (status, body) in [
        (408, ""),
        (409, "<html>"),
        (425, ""),
        (429, ""),
        (501, ""),
        (502, ""),
        (503, "{}"),
    ] {
        let outcome = answered(status, body);
        assert!(is_failed(&outcome, true), "{status} {body}: {outcome:?}");
    }
    let connect = Kind::Connect { timed_out: true };
    for (kind, in_doubt) in [
        (connect, false),
        (Kind::Timeout, true),
        (Kind::Transport, true),
        (Kind::Paced, false),
    ] {
        let outcome = of(Error::new(kind, Some(OPERATION)));
        assert!(is_failed(&outcome, in_doubt), "{outcome:?}");
    }
    let outcome = of(Error::new(Kind::NoKey, Some(OPERATION)));
    assert!(
        matches!(outcome, BatchOutcome::Blocked { .. }),
        "{outcome:?}"
    );
}

/// Every client error that no other test names.
#[test]
fn a_refusal_in_other_words_than_lagos_proves_nothing() {
    let other = [401, 403, 404, 405, 408, 409, 413, 425, 429];
    for status in (400..500).filter(|status| !other.contains(status)) {
        for body in [
            "<html>",
            "",
            r#"{"status":422,"error":"Unprocessable Entity","code":"new"}"#,
        ] {
            let outcome = answered(status, body);
            let BatchOutcome::UnprovenRefusal { rejection, reason } = &outcome else {
                panic!("{status} {body}: {outcome:?}");
            };
            assert!(outcome.is_in_doubt() && outcome.is_failure());
            assert!(reason.contains(&status.to_string()), "{reason}");
            assert!(!rejection.to_string().is_empty());
        }
    }
}

#[test]
fn only_a_list_of_events_is_a_success() {
    let stored = BatchOutcome::Stored;
    let said = |body: &[u8]| of_success(StatusCode::OK, body, 2);
    assert_eq!(
        said(br#"{"events":[{"lago_id":"a"},{"lago_id":null}]}"#),
        stored
    );
    assert_eq!(said(b"{\n  \"events\": [ {}, {} ]\n}\n"), stored);
    for other in [
        "",
        "<html></html>",
        "{}",
        r#"{"events":[{"#,
        r#"{"events": [ {} ]}"#,
        r#"{"events":[]}"#,
    ] {
        let outcome = said(other.as_bytes());
        assert!(is_failed(&outcome, true), "{other}: {outcome:?}");
    }
}
