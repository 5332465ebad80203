//! What holds for every response that a server may send.

mod deliveries;
mod paths;
mod recorded;
mod subjects;

use std::cell::Cell;

use lago_tests::conform::extent::cases;
use lago_tests::conform::mutate::{Deviating, arrives, chaos, deviate, is_stable};
use subjects::{hold, methods};

#[test]
fn what_the_document_allows_arrives_whole() {
    hold(&methods(), cases(8, 200), |subject, dice| {
        let body = subject.valid(dice.made);
        arrives(subject.decoder, &body, &body)
    });
}

#[test]
fn what_another_version_of_the_server_sends_arrives_whole() {
    hold(&methods(), cases(8, 200), |subject, dice| {
        let valid = subject.valid(dice.made);
        let deviating = deviate(subject.document, &subject.schema, &valid, dice.changed);
        let Deviating { body, expected } = deviating;
        arrives(subject.decoder, &body, &expected)
    });
}

#[test]
fn whatever_comes_nothing_panics_and_what_is_read_stays_so() {
    let (read, refused) = (Cell::new(0), Cell::new(0));
    hold(&methods(), cases(8, 200), |subject, dice| {
        let valid = subject.valid(dice.made);
        let body = chaos(subject.document, &valid, dice.changed);
        match (subject.decoder.decode)(body.to_string().as_bytes()) {
            Ok(answered) => {
                read.set(read.get() + 1);
                is_stable(subject.decoder, &answered)
            }
            Err(_) => {
                refused.set(refused.get() + 1);
                Ok(())
            }
        }
    });
    assert!(read.get() > 100 && refused.get() > 100);
}

#[test]
fn no_body_is_a_response_where_the_document_says_so() {
    for subject in methods() {
        let method = subject.decoder.method;
        let outcome = (subject.decoder.decode)(b"");
        assert_eq!(outcome.is_ok(), subject.may_be_empty, "{method}");
    }
}

#[test]
fn what_is_torn_off_is_an_error() {
    hold(&methods(), cases(4, 100), |subject, mut dice| {
        let text = subject.valid(dice.made).to_string();
        // No body at all is another law.
        let end = 1 + dice.changed.below(text.len() - 1);
        let torn = &text.as_bytes()[..end];
        match (subject.decoder.decode)(torn) {
            Ok(answered) => Err(format!("{answered:?} from {torn:?}")),
            Err(_) => Ok(()),
        }
    });
}
