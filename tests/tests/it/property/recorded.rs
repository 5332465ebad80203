//! Recorded answers, as another version of the server would have sent them.

use lago_tests::mutate::{Deviating, arrives, deviate};

use super::subjects::{hold, recorded};

#[test]
fn what_was_recorded_arrives_whole_from_another_version() {
    hold(&recorded(), 8, |subject, dice| {
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
