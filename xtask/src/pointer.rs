//! RFC 6901 pointers, the names that nodes of a document go by.

use serde_json::Value;

/// One segment as it stands in a pointer.
pub(crate) fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// The pointer to a child.
pub(crate) fn join(pointer: &str, segment: &str) -> String {
    format!("{pointer}/{}", escape(segment))
}

/// The segments of a pointer, unescaped; the root has none.
pub(crate) fn parse(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// What a `$ref` to a place in its own document leads to. Its fragment may be percent-encoded.
pub(crate) fn follow<'v>(root: &'v Value, reference: &str) -> Option<&'v Value> {
    root.pointer(&decoded(reference.strip_prefix('#')?)?)
}

/// A fragment without percent-encoding; none when that is broken.
pub(crate) fn decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_may_be_percent_encoded() {
        let root = json!({"paths": {"/a/{id}": 1, "é": 2, "%": 3}});
        for (reference, found) in [
            ("#/paths/~1a~1%7Bid%7D", Some(1)),
            ("#/paths/~1a~1{id}", Some(1)),
            ("#/paths/%C3%A9", Some(2)),
            ("#/paths/%25", Some(3)),
            ("#/paths/%", None),
            ("#/paths/%ff", None),
            ("other.yaml#/paths", None),
        ] {
            let value = follow(&root, reference).and_then(Value::as_i64);
            assert_eq!(value, found, "{reference}");
        }
    }

    #[test]
    fn segments_come_back_as_they_went_in() {
        let segments = ["paths", "/plans/{code}", "a~b", "~1", ""];
        let pointer = segments.iter().fold(String::new(), |at, s| join(&at, s));
        assert_eq!(pointer, "/paths/~1plans~1{code}/a~0b/~01/");
        assert_eq!(parse(&pointer), segments);
        assert!(parse("").is_empty());
    }
}
