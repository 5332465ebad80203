//! Servers that do not send something.

use super::{api, source};
use crate::regen::overlay::Overlay;

/// What readers are told by an entry for `Fee.units` with these lines.
fn told(lines: &str) -> Result<String, String> {
    let text = format!("- {{target: Fee.units, change: note, {lines}}}\n");
    let overlay = Overlay::parse(&source(&text)).map_err(|errors| errors.0[0].message.clone())?;
    let mut root = api();
    let (applied, findings) = overlay.apply(&mut root);
    assert_eq!((applied, findings.len()), (1, 0), "{lines}");
    let said = &root["components"]["schemas"]["Fee"]["properties"]["units"]["description"];
    Ok(said.as_str().unwrap_or_default().to_owned())
}

#[test]
fn the_sentence_follows_the_reason_or_stands_alone() {
    for (lines, said) in [
        (
            "absent_before: 1.22.0, why: Price of one, evidence: published since 1.22.0",
            "Price of one. Not sent by Lago before 1.22.",
        ),
        (
            "absent_before: 1.34.2, evidence: published since 1.33.4",
            "Not sent by Lago before 1.34.2.",
        ),
        (
            "absent_in: [1.33.4], evidence: recording 1 of older-1.33 (without)",
            "Not sent by Lago 1.33.4.",
        ),
        (
            "absent_in: [1.16.0, 1.20.0, 1.33.4], evidence: recording 1 of older-1.16 (without); live server 1.20.0; webhook a.b of older-1.33 (without)",
            "Not sent by Lago 1.16, 1.20 and 1.33.4.",
        ),
        (
            "absent_in: [1.16.0], evidence: inferred from its source",
            "Not sent by Lago 1.16.",
        ),
    ] {
        assert_eq!(told(lines).as_deref(), Ok(said), "{lines}");
    }
}

#[test]
fn what_the_evidence_does_not_bear_out_is_refused() {
    for (lines, said) in [
        (
            "absent_before: 1.22.0, evidence: live server",
            "from 1.22 on",
        ),
        ("absent_before: 1.22.0, evidence: published", "from 1.22 on"),
        (
            "absent_before: 1.22.0, evidence: published since 1.23.0",
            "from 1.22 on",
        ),
        (
            "absent_in: [1.16.0], evidence: recording 1",
            "of a server of 1.16",
        ),
        (
            "absent_in: [1.16.0, 1.33.4], evidence: recording 1 of older-1.16 (without)",
            "of a server of 1.33.4",
        ),
        (
            "absent_in: [1.16.0], evidence: recording 1 of older-1.16 (with)",
            "of a server of 1.16",
        ),
        (
            "absent_in: [1.16.0], evidence: live server 1.16.1",
            "of a server of 1.16",
        ),
    ] {
        let refused = told(lines).expect_err(lines);
        assert!(refused.contains(said), "{lines}: {refused}");
    }
}

#[test]
fn what_says_no_versions_is_refused() {
    for (lines, said) in [
        ("absent_before: 1.30", "says 1.3, which is no version"),
        ("absent_before: '1.30'", "which is no version"),
        ("absent_in: 1.16.0", "no list of versions"),
        ("absent_in: []", "no list of versions"),
        ("absent_in: [1.16]", "which is no version"),
        ("absent_in: [1.33.4, 1.16.0]", "once, in order"),
        ("absent_in: [1.16.0, 1.16.0]", "once, in order"),
        ("absent_before: 1.16.0, absent_in: [1.16.0]", "both"),
    ] {
        let refused = told(&format!("{lines}, evidence: published since 1.1.0")).expect_err(lines);
        assert!(refused.contains(said), "{lines}: {refused}");
    }
    let refused = told("evidence: live server").unwrap_err();
    assert!(refused.contains("does not say its why"), "{refused}");
}

#[test]
fn only_what_may_be_missing_can_be_absent() {
    let text = "- {target: Fee.units, change: nullable, absent_in: [1.16.0], why: w, evidence: live server 1.16.0}\n";
    let refused = Overlay::parse(&source(text)).unwrap_err();
    assert!(refused.0[0].advice.contains("change: note"), "{refused}");
}
