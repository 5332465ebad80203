//! What a citation may look like.

use crate::regen::overlay::evidence::{Citation, Recorded, Recording, Version, parse};

fn exchanges(set: Option<&str>, numbers: &[u32], lack_it: bool) -> Citation {
    Citation::Recorded(Recorded {
        set: set.map(str::to_owned),
        which: numbers.iter().copied().map(Recording::Exchange).collect(),
        lack_it,
    })
}

fn version(text: &str) -> Option<Version> {
    Some(Version::read(text).expect(text))
}

#[test]
fn citations_are_told_apart() {
    for (text, expected) in [
        ("recording 058", exchanges(None, &[58], false)),
        (
            "recordings 119-121, 214 of older-1.33 (without)",
            exchanges(Some("older-1.33"), &[119, 120, 121, 214], true),
        ),
        (
            "webhooks plan.created__hmac__1, plan.updated__hmac__1 of live-2",
            Citation::Recorded(Recorded {
                set: Some("live-2".to_owned()),
                which: ["plan.created__hmac__1", "plan.updated__hmac__1"]
                    .map(|name| Recording::Delivery(name.to_owned()))
                    .into(),
                lack_it: false,
            }),
        ),
        ("app/models/fee.rb", Citation::Source),
        ("app/models/fee.rb:52,60-64 (a; b (c))", Citation::Source),
        ("spec/factories/clickhouse/activity_log*", Citation::Source),
        ("column fees.grouped_by (jsonb)", Citation::Column),
        ("published (the words on Alerts)", Citation::Published(None)),
        (
            "published since 1.34.2",
            Citation::Published(version("1.34.2")),
        ),
        ("live server (-5 and -10)", Citation::Live(None)),
        ("live server 1.16.0", Citation::Live(version("1.16.0"))),
        ("inferred from what (others) say", Citation::Inferred),
    ] {
        assert_eq!(parse(text), Ok(vec![expected]), "{text}");
    }
}

#[test]
fn citations_stand_between_semicolons_outside_of_remarks() {
    let cited = parse("app/models/fee.rb:52 (a; b); recording 129; live server");
    let expected = vec![
        Citation::Source,
        exchanges(None, &[129], false),
        Citation::Live(None),
    ];
    assert_eq!(cited, Ok(expected));
}

#[test]
fn what_cannot_be_looked_up_is_refused() {
    for text in [
        "",
        "somebody said so",
        "recording",
        "recording fifty",
        "recording 58 and 59",
        "recording 59-58",
        "recording 1-4000000000",
        "recording 4294967296",
        "recordings 2, 1",
        "recordings 1, 1",
        "recordings 1,2",
        "recording 1 of",
        "recording 1 of ../other",
        "webhook 0149",
        "webhook ../secret.json",
        "models/fee.rb:52",
        "app/models/fee",
        "app/models/fee.rb:",
        "app/models/fee.rb:2-1",
        "app/models/fee.rb STATUSES",
        "app/models/fee.rb (STATUSES) and more",
        "app/models/fee.rb, app/models/plan.rb",
        "column fees",
        "published since 1.34",
        "published since 1.34.2.1",
        "published since 1..2",
        "live",
        "live server 1.16",
        "inferred from ",
        "live server;",
    ] {
        let refused = parse(text);
        assert!(refused.is_err(), "{text}: {refused:?}");
    }
}

#[test]
fn versions_are_compared_as_numbers_and_written_as_people_do() {
    assert!(Version::read("1.9.0") < Version::read("1.10.0"));
    for (text, written, set) in [
        ("1.22.0", "1.22", "older-1.22"),
        ("1.33.4", "1.33.4", "older-1.33"),
    ] {
        let version = Version::read(text).expect(text);
        assert_eq!(
            (version.to_string(), version.set()),
            (written.to_owned(), set.to_owned())
        );
    }
}
