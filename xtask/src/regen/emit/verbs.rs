//! In which order the methods of a noun are printed, so that its page begins with what is looked for most.

/// The verbs that come before all others.
const FIRST: [&str; 9] = [
    "create",
    "create_batch",
    "get",
    "list",
    "update",
    "replace",
    "merge",
    "delete",
    "delete_all",
];

/// The place of a verb among those of its noun; verbs of the same place keep their order.
pub(crate) fn rank(verb: &str) -> usize {
    let known = FIRST.iter().position(|first| *first == verb);
    known.unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_noun_is_made_and_read_with_comes_first() {
        let mut verbs = ["void", "list", "update", "download", "create"];
        verbs.sort_by_key(|verb| rank(verb));
        assert_eq!(verbs, ["create", "list", "update", "void", "download"]);
    }
}
