//! RFC 6901 pointers, the names that nodes of a document go by.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_come_back_as_they_went_in() {
        let segments = ["paths", "/plans/{code}", "a~b", "~1", ""];
        let pointer = segments.iter().fold(String::new(), |at, s| join(&at, s));
        assert_eq!(pointer, "/paths/~1plans~1{code}/a~0b/~01/");
        assert_eq!(parse(&pointer), segments);
        assert!(parse("").is_empty());
    }
}
