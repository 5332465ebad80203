//! What the reports of the producer say of a batch, in the words of the pipeline. Pure.

use lago_client::ingest::{BatchOutcome, Fault, Rejection, Verdict};
use rdkafka::error::RDKafkaErrorCode as Code;

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// All brokers that have to have it acknowledged it.
    Acknowledged,
    /// The producer did not take it.
    NotQueued(Code),
    /// The producer took it, and gave it up.
    GivenUp {
        code: Code,
        /// It was never sent, or refused each time: librdkafka knows.
        is_absent: bool,
    },
    /// The producer is gone, without a report.
    Untold,
}

impl Report {
    fn code(self) -> Option<Code> {
        match self {
            Self::NotQueued(code) | Self::GivenUp { code, .. } => Some(code),
            Self::Acknowledged | Self::Untold => None,
        }
    }

    fn is_in_doubt(self) -> bool {
        match self {
            Self::GivenUp { is_absent, .. } => !is_absent,
            Self::Untold => true,
            Self::Acknowledged | Self::NotQueued(_) => false,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self::Acknowledged => Verdict::Stored,
            // Alone it is larger than `message.max.bytes`.
            Self::NotQueued(Code::MessageSizeTooLarge) => {
                let rejection = Rejection::new(None).code("", "message_too_large");
                Verdict::Refused(Fault::Invalid(rejection))
            }
            _ => Verdict::Failed {
                in_doubt: self.is_in_doubt(),
            },
        }
    }
}

/// The broker takes less at once than the producer sends.
fn is_too_large(code: Code) -> bool {
    matches!(code, Code::MessageSizeTooLarge | Code::MessageBatchTooLarge)
}

/// What does not go away by itself, and what somebody has to look at.
fn to_be_mended(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::InvalidTopic => {
            "the topic does not exist: is it the one of LAGO_KAFKA_RAW_EVENTS_TOPIC?"
        }
        Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => {
            "the producer may not write to the topic, or not idempotently: grant it Write, and IdempotentWrite"
        }
        Code::Authentication | Code::SaslAuthenticationFailed => {
            "the brokers do not accept the credentials of the producer"
        }
        _ => return None,
    })
}

/// What came of a batch, from the report of each of its messages.
pub(crate) fn outcome(reports: &[Report]) -> BatchOutcome {
    let has_success = reports.contains(&Report::Acknowledged);
    let in_doubt = reports.iter().any(|report| report.is_in_doubt());
    let codes = || reports.iter().filter_map(|report| report.code());
    if reports.iter().all(|report| *report == Report::Acknowledged) {
        return BatchOutcome::Stored;
    }
    let was_queued = |report: &Report| matches!(report, Report::GivenUp { .. });
    if reports.iter().all(was_queued) && codes().all(is_too_large) {
        return BatchOutcome::TooLarge { in_doubt };
    }
    match codes().find_map(to_be_mended) {
        Some(reason) if !has_success => BatchOutcome::Blocked {
            reason: reason.to_owned(),
            in_doubt,
        },
        _ => BatchOutcome::Each {
            verdicts: reports.iter().map(|report| report.verdict()).collect(),
            wait: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_up(code: Code, is_absent: bool) -> Report {
        Report::GivenUp { code, is_absent }
    }

    fn failed(in_doubt: bool) -> Verdict {
        Verdict::Failed { in_doubt }
    }

    fn each(verdicts: impl Into<Vec<Verdict>>) -> BatchOutcome {
        let verdicts = verdicts.into();
        BatchOutcome::Each {
            verdicts,
            wait: None,
        }
    }

    #[test]
    fn a_batch_is_stored_when_every_message_was_acknowledged_and_not_before() {
        let stored = Report::Acknowledged;
        assert_eq!(outcome(&[stored, stored]), BatchOutcome::Stored);
        for (other, in_doubt) in [
            (given_up(Code::MessageTimedOut, false), true),
            (given_up(Code::MessageTimedOut, true), false),
            (given_up(Code::PurgeInflight, false), true),
            (Report::NotQueued(Code::QueueFull), false),
            (Report::NotQueued(Code::Fatal), false),
            (Report::Untold, true),
        ] {
            let expected = each([Verdict::Stored, failed(in_doubt)]);
            assert_eq!(outcome(&[stored, other]), expected, "{other:?}");
            assert_eq!(outcome(&[other]), each([failed(in_doubt)]), "{other:?}");
        }
    }

    #[test]
    fn a_message_that_is_too_large_for_the_producer_is_refused_and_one_for_the_broker_sent_alone() {
        let alone = outcome(&[
            Report::NotQueued(Code::MessageSizeTooLarge),
            Report::Acknowledged,
        ]);
        let BatchOutcome::Each { verdicts, .. } = alone else {
            panic!("{alone:?}");
        };
        let [Verdict::Refused(Fault::Invalid(rejection)), Verdict::Stored] = &verdicts[..] else {
            panic!("{verdicts:?}");
        };
        assert_eq!(rejection.to_string(), "message_too_large");
        let for_the_broker = [given_up(Code::MessageSizeTooLarge, true); 2];
        let too_large = BatchOutcome::TooLarge { in_doubt: false };
        assert_eq!(outcome(&for_the_broker), too_large);
    }

    #[test]
    fn what_somebody_has_to_mend_blocks_unless_something_was_stored() {
        for code in [
            Code::UnknownTopic,
            Code::UnknownTopicOrPartition,
            Code::TopicAuthorizationFailed,
            Code::ClusterAuthorizationFailed,
            Code::SaslAuthenticationFailed,
        ] {
            let report = given_up(code, true);
            let blocked = outcome(&[report, given_up(Code::MessageTimedOut, false)]);
            assert!(
                matches!(blocked, BatchOutcome::Blocked { in_doubt: true, .. }),
                "{code:?} {blocked:?}"
            );
            let partly = outcome(&[report, Report::Acknowledged]);
            assert_eq!(partly, each([failed(false), Verdict::Stored]), "{code:?}");
        }
    }
}
