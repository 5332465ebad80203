//! What names of a document say in English.

use super::ident;

/// The singular of an English plural as APIs use them.
pub(crate) fn singular(plural: &str) -> String {
    for (suffix, one) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", "")] {
        if let Some(stem) = plural.strip_suffix(suffix)
            && !stem.is_empty()
            && !(suffix == "s" && (stem.ends_with('s') || stem.ends_with("statu")))
        {
            return format!("{stem}{one}");
        }
    }
    plural.to_owned()
}

/// The singular of the last literal segment of a path: what an operation is about.
pub(crate) fn noun_of(path: &str) -> String {
    let literal = path
        .split('/')
        .rfind(|segment| !segment.is_empty() && !segment.contains('{'));
    ident::snake(&singular(literal.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_have_a_singular() {
        assert_eq!(singular("taxes"), "tax");
        assert_eq!(singular("billing_entities"), "billing_entity");
        assert_eq!(singular("status"), "status");
        assert_eq!(noun_of("/plans/{code}/charges/{id}"), "charge");
    }
}
