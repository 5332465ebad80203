//! Names that somebody may have meant who wrote one that is not there.

/// How many names are offered.
const MOST: usize = 3;

/// The names that come nearest to this one, the nearest first; none when nothing is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let name = name.to_ascii_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|known| Some((distance_if_near(&name, known)?, known)))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.truncate(MOST);
    near.into_iter().map(|(_, known)| known).collect()
}

/// A question that offers the nearest names: ` Did you mean a or b?`; empty when there are none.
pub(crate) fn question<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    match nearest(name, known).as_slice() {
        [] => String::new(),
        names => format!(" Did you mean {}?", names.join(" or ")),
    }
}

fn distance_if_near(name: &str, known: &str) -> Option<usize> {
    // A part of a name is near, whatever else is missing: `void` means `invoices_void`.
    if name.len() >= 3 && known.split('_').any(|word| word == name) {
        return Some(1);
    }
    let distance = distance(name.as_bytes(), known.as_bytes());
    (distance <= name.len().max(known.len()).div_ceil(3)).then_some(distance)
}

/// How many letters have to be inserted, deleted or replaced (Levenshtein's distance).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["invoices", "wallets", "plans", "invoices_void", "analytics"];

    #[test]
    fn what_is_near_is_offered_and_nothing_else() {
        for (written, offered) in [
            ("invoice", &["invoices"][..]),
            ("Wallet", &["wallets"]),
            ("plasn", &["plans"]),
            ("void", &["invoices_void"]),
            ("quotes", &[]),
            ("", &[]),
        ] {
            assert_eq!(nearest(written, NAMES), offered, "{written}");
        }
        assert_eq!(question("plan", NAMES), " Did you mean plans?");
        assert_eq!(question("quotes", NAMES), "");
    }

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (a, b, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }
}
