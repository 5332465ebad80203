//! Recorded responses, as another version of the server would have sent them.

use lago_tests::conform::extent::{cases, largest};
use lago_tests::conform::mutate::{Deviating, arrives, deviate};

use super::subjects::{hold, recorded};

#[test]
fn what_was_recorded_arrives_whole_from_another_version() {
    let subjects = largest(
        recorded(),
        |subject| subject.decoder.method.to_owned(),
        |subject| subject.body.to_string().len(),
    );
    hold(&subjects, cases(8, 100), |subject, dice| {
        let deviating = deviate(
            subject.document,
            &subject.schema,
            &subject.body,
            dice.changed,
        );
        let Deviating { body, expected } = deviating;
        arrives(subject.decoder, &body, &expected)
    });
}
