//! The names that somebody may have meant.

/// A longer name is none that was misspelt, and comparing it takes long.
const LONGEST: usize = 64;

/// The known names that are closest to one that is not known, the closest first; none that is far from it.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    const MOST: usize = 3;
    if name.len() > LONGEST {
        return Vec::new();
    }
    let furthest = (name.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|other| (distance(name, other), other))
        .filter(|(distance, other)| *distance <= furthest || is_part(name, other))
        .collect();
    near.sort_unstable();
    near.truncate(MOST);
    near.into_iter().map(|(_, name)| name).collect()
}

/// Whether one of two names is the other with words before or behind it.
fn is_part(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() < other.len() {
        true => (one, other),
        false => (other, one),
    };
    let is_whole = |rest: &str, edge: fn(&str) -> bool| rest.is_empty() || edge(rest);
    short.len() > 2
        && (long
            .strip_prefix(short)
            .is_some_and(|rest| is_whole(rest, |rest| rest.starts_with('_')))
            || long
                .strip_suffix(short)
                .is_some_and(|rest| is_whole(rest, |rest| rest.ends_with('_'))))
}

/// How many characters have to be added, taken away or changed to make one name of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, char) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (cell, known) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(char != *known);
            diagonal = *cell;
            left = changed.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("code", "codes", 1),
            ("naïve", "naive", 1),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_far_away_was_not_meant() {
        let known = ["code", "name", "plan_code", "interval"];
        assert_eq!(nearest("cod", known), ["code"]);
        assert_eq!(nearest("plan", known), ["plan_code"]);
        assert_eq!(nearest("billing_interval", known), ["interval"]);
        assert!(nearest("currency", known).is_empty());
        let long = format!("plan{}", "_plan".repeat(LONGEST));
        assert!(nearest(&long, known).is_empty());
    }
}
