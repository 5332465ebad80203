//! Under which keys an error says what is wrong with a place.

/// Whether a segment of a pointer is the place of an element in a list.
pub(crate) fn is_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|digit| digit.is_ascii_digit())
}

/// Under which keys the details of an error name a place: the field without the root, and before it the index of an
/// element when the root is a list.
pub(crate) fn keys(pointer: &str) -> Vec<String> {
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    let names = |segments: &[&str]| {
        let names = segments.iter().filter(|segment| !is_index(segment));
        names.copied().collect::<Vec<_>>().join(".")
    };
    match segments.as_slice() {
        [] => vec!["base".to_owned()],
        [only] => vec![(*only).to_owned()],
        [_, index, below @ ..] if is_index(index) && !below.is_empty() => {
            vec![(*index).to_owned(), names(below)]
        }
        [root, index] if is_index(index) => vec![(*root).to_owned()],
        [_, below @ ..] => vec![names(below)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_lago() {
        for (pointer, expected) in [
            ("", vec!["base"]),
            ("/expression", vec!["expression"]),
            ("/customer/external_id", vec!["external_id"]),
            ("/events/1/code", vec!["1", "code"]),
            ("/events", vec!["events"]),
            ("/webhook_endpoint/event_types/0", vec!["event_types"]),
            (
                "/rate_card/rates/0/rate_properties",
                vec!["rates.rate_properties"],
            ),
        ] {
            assert_eq!(keys(pointer), expected, "{pointer}");
        }
    }
}
