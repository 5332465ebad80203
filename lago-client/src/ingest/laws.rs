//! The laws of the pipeline's decisions, over any script of faults, in a time of its own: what the store holds in
//! the end is what was sent without what was rejected, and nothing counts twice.

mod faults;
pub(super) mod store;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use super::converge::Ambiguous;
use super::outcome::EventOutcome;
use store::{INVALID, Kind, POISON, Row, UNNAMED, WALLED};
use world::{Script, World};

/// How many scripts for each law: all with `LAGO_TESTS=whole`, and a part for every change.
fn scripts() -> u64 {
    match std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole") {
        true => 3_000,
        false => 60,
    }
}

fn can_be_stored((_, _, code, _): &Row) -> bool {
    ![INVALID, UNNAMED, POISON, WALLED].contains(&code.as_str())
}

/// Plays scripts, and looks at each outcome.
fn for_all(kind: Kind, ambiguous: Ambiguous, crashes: bool, check: impl Fn(&World)) {
    let script = |seed| Script {
        seed,
        kind,
        ambiguous,
        crashes,
        one_by_one: false,
    };
    play(script, check);
}

/// The same with a store that takes events one by one.
fn for_all_one_by_one(kind: Kind, ambiguous: Ambiguous, check: impl Fn(&World)) {
    let script = |seed| Script {
        seed,
        kind,
        ambiguous,
        crashes: false,
        one_by_one: true,
    };
    play(script, check);
}

fn play(script: impl Fn(u64) -> Script, check: impl Fn(&World)) {
    for seed in 0..scripts() {
        let script = script(seed);
        let world = World::play(&script);
        // Of a check that fails one wants to know at which script.
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&world)));
        assert!(checked.is_ok(), "at {script:?}");
    }
}

/// Every event has exactly one outcome, but for those at which the server fails each time: they are tried again for
/// ever, or kept back. One that a firewall refuses is tried again as long as nothing else is taken.
fn every_event_is_settled_once(world: &World) {
    for (row, outcomes) in world.outcomes() {
        let is_right = match row.2.as_str() {
            POISON => outcomes
                .iter()
                .all(|outcome| *outcome == EventOutcome::InDoubt),
            WALLED => outcomes.iter().all(|outcome| match outcome {
                EventOutcome::Rejected(rejection) => {
                    rejection.status == Some(406) && rejection.may_be_stored
                }
                outcome => *outcome == EventOutcome::InDoubt,
            }),
            _ => outcomes.len() == world.offered(row),
        };
        assert!(is_right, "{row:?} {outcomes:?}");
    }
}

/// What is stored is what was sent without what was rejected; each once.
fn the_store_has_all_of_it_once(world: &World) {
    let counts = world.store.counts();
    let expected: BTreeSet<&Row> = world.rows().filter(|row| can_be_stored(row)).collect();
    let stored: BTreeSet<&Row> = counts.keys().copied().collect();
    assert_eq!(stored, expected);
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Rejected is what cannot be stored, and nothing else.
fn what_is_invalid_is_rejected(world: &World) {
    for (row, outcomes) in world.outcomes() {
        let is_rejected = |outcome: &EventOutcome| matches!(outcome, EventOutcome::Rejected(_));
        for outcome in outcomes {
            assert_eq!(
                is_rejected(outcome),
                !can_be_stored(row),
                "{row:?} {outcome:?}"
            );
        }
    }
}

#[test]
fn postgres_has_every_event_once() {
    for_all(Kind::Postgres, Ambiguous::Resend, false, |world| {
        every_event_is_settled_once(world);
        the_store_has_all_of_it_once(world);
        what_is_invalid_is_rejected(world);
        for (row, outcomes) in world.outcomes().filter(|(row, _)| can_be_stored(row)) {
            let delivered = outcomes.contains(&EventOutcome::Delivered);
            // What was there before is delivered by nobody, as far as that can be known.
            assert!(delivered || world.was_there(row), "{row:?} {outcomes:?}");
        }
    });
}

#[test]
fn postgres_has_every_event_once_after_crashes() {
    for_all(Kind::Postgres, Ambiguous::Resend, true, |world| {
        the_store_has_all_of_it_once(world);
        what_is_invalid_is_rejected(world);
    });
}

#[test]
fn clickhouse_has_every_event_once() {
    for crashes in [false, true] {
        for_all(Kind::ClickHouse, Ambiguous::Resend, crashes, |world| {
            the_store_has_all_of_it_once(world);
            what_is_invalid_is_rejected(world);
        });
    }
}

#[test]
fn a_store_that_speaks_of_each_event_has_every_event_once() {
    for kind in [Kind::ClickHouse, Kind::Postgres] {
        for_all_one_by_one(kind, Ambiguous::Resend, |world| {
            every_event_is_settled_once(world);
            the_store_has_all_of_it_once(world);
            what_is_invalid_is_rejected(world);
        });
    }
}

/// What was stored is never more than what was delivered and what is in doubt, and never less than the former.
fn what_is_missing_is_known(world: &World) {
    every_event_is_settled_once(world);
    for (row, outcomes) in world.outcomes().filter(|(row, _)| can_be_stored(row)) {
        let count = |of: EventOutcome| outcomes.iter().filter(|&it| *it == of).count();
        let (sure, doubtful) = (count(EventOutcome::Delivered), count(EventOutcome::InDoubt));
        let stored = world.store.counts().get(row).copied().unwrap_or(0);
        // What was there before was put there once by somebody else.
        let stored = stored - usize::from(world.was_there(row));
        assert!(
            (sure..=sure + doubtful).contains(&stored),
            "{row:?} {stored} {outcomes:?}"
        );
    }
}

/// Where the store keeps every repeat, and nothing in doubt is sent again.
#[test]
fn what_is_kept_back_is_never_stored_twice_and_what_is_missing_is_known() {
    let (kind, ambiguous) = (Kind::ClickHouseThatRepeats, Ambiguous::Keep);
    for_all(kind, ambiguous, false, what_is_missing_is_known);
    for_all_one_by_one(kind, ambiguous, what_is_missing_is_known);
}

/// What the docs say of such a store: a repeat counts twice. Otherwise the law above would say nothing.
#[test]
fn a_store_that_repeats_has_more_than_was_sent_when_doubtful_events_are_resent() {
    let twice = std::cell::Cell::new(0);
    for_all(
        Kind::ClickHouseThatRepeats,
        Ambiguous::Resend,
        false,
        |world| {
            let counts = world.store.counts();
            let more = |(row, count): (&&Row, &usize)| *count > world.offered(row);
            twice.set(twice.get() + usize::from(counts.iter().any(more)));
        },
    );
    assert!(twice.get() > 0);
}

/// What such a store loses nobody is told; nothing else is missing. To find it is what reconciling is for.
#[test]
fn a_store_that_loses_has_all_but_what_it_lost() {
    for_all(
        Kind::ClickHouseThatLoses,
        Ambiguous::Resend,
        false,
        |world| {
            let mut known: BTreeMap<&Row, usize> = world.store.counts();
            for row in &world.store.lost {
                *known.entry(row).or_default() += 1;
            }
            for row in world.rows().filter(|row| can_be_stored(row)) {
                assert!(known.contains_key(row), "{row:?}");
            }
        },
    );
}

#[test]
fn the_same_script_gives_the_same_end() {
    let script = Script {
        seed: 7,
        kind: Kind::Postgres,
        ambiguous: Ambiguous::Resend,
        crashes: true,
        one_by_one: false,
    };
    let ends = [0, 1].map(|_| World::play(&script).store.rows);
    assert_eq!(ends[0], ends[1]);
}
