//! Which successes prove that Lago did what it was asked for: a proxy may show a page, or something else may have Lago's
//! address, and their 200 says nothing of a charge.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::operation::{Effect, Operation};

/// Whether the body of a success is one with which Lago responds to an operation, or to one that nobody here knows.
///
/// The status is not asked: Lago says no more with 201 or 202 than with 200, and a 204 has no value in its body.
pub(crate) fn is_of_lago(operation: Option<&Operation>, body: &[u8]) -> bool {
    let roots = operation.map_or(&[][..], |operation| operation.roots);
    let reads = operation.is_some_and(|operation| operation.effect == Effect::Reads);
    let is_empty = body.trim_ascii().is_empty();
    match (roots, is_empty) {
        // What only reads and has no root gives a text.
        ([], is_empty) if reads => !is_empty,
        ([], true) => true,
        // A newer Lago may have something to say where this one has nothing.
        ([], false) => keys(body).is_some(),
        (_, true) => operation.is_some_and(|operation| operation.may_be_empty),
        (roots, false) => keys(body).is_some_and(|keys| roots.iter().any(|root| keys.has(root))),
    }
}

/// The keys of an object; none when it is no object, or not whole.
fn keys(json: &[u8]) -> Option<Keys<'_>> {
    // Values are passed over, and their bytes are to be text all the same.
    let json = std::str::from_utf8(json).ok()?;
    serde_json::from_str(json).ok()
}

struct Keys<'j>(BTreeSet<Cow<'j, str>>);

impl Keys<'_> {
    fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }
}

impl<'j> Deserialize<'j> for Keys<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'j> Visitor<'j> for KeysVisitor {
    type Value = Keys<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Keys<'j>, A::Error> {
        let mut keys = BTreeSet::new();
        // Values are passed over, so that a large response costs no memory here.
        while let Some((key, IgnoredAny)) = map.next_entry()? {
            keys.insert(key);
        }
        Ok(Keys(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations::OPERATIONS;

    /// What proves each of them: with its root, as another object, empty, as a page.
    #[test]
    fn a_success_proves_what_lago_would_have_said() {
        for (resource, rooted, object, empty, page) in [
            ("plans.create", true, false, false, false),
            ("plans.delete", true, false, false, false),
            ("plans.get", true, false, false, false),
            // A file that is not made yet.
            ("invoices.download", true, false, true, false),
            ("invoices.download_xml", true, false, true, false),
            // Lago has nothing to say.
            ("invoices.retry_payment", true, true, true, false),
            ("invoices.resend_email", true, true, true, false),
            ("subscriptions.alerts.delete_all", true, true, true, false),
            // A text.
            ("webhooks.public_key", true, true, false, true),
        ] {
            let mut all = OPERATIONS.iter();
            let operation = all.find(|known| known.resource == resource).unwrap();
            let rooted_body = format!("{{\"x\": 1e400, \"{}\": []}}", operation.root());
            let bodies = [
                &rooted_body,
                "{\"status\": 500}",
                " \r\n",
                "<html>log in</html>",
            ];
            let proves = bodies.map(|body| is_of_lago(Some(operation), body.as_bytes()));
            assert_eq!(proves, [rooted, object, empty, page], "{resource}");
        }
        for (body, proves) in [("", true), ("{}", true), ("<html>", false), ("[]", false)] {
            assert_eq!(is_of_lago(None, body.as_bytes()), proves, "{body}");
        }
    }

    #[test]
    fn a_root_is_one_however_it_is_written_and_only_of_a_whole_object() {
        let mut all = OPERATIONS.iter();
        let operation = all.find(|known| known.resource == "plans.create");
        for (body, proves) in [
            ("{\"pl\\u0061n\": {}}", true),
            ("{\"a\": {\"plan\": 1}}", false),
            ("{\"plan\": {", false),
            ("{\"plan\": {}} x", false),
            ("[{\"plan\": {}}]", false),
            ("\"plan\"", false),
            ("null", false),
        ] {
            assert_eq!(is_of_lago(operation, body.as_bytes()), proves, "{body}");
        }
        assert!(!is_of_lago(operation, b"{\"plan\": \"\xff\"}"));
    }
}
