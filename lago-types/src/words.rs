//! Words of the API, which a log may hold, as opposed to texts in which data of customers could stand.

/// Whether a text is a code or a key of the API: `value_already_exist`.
#[must_use]
pub fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text is a key of the API as the server also spells them: `addOns`.
fn is_key(text: &str) -> bool {
    let starts =
        text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    starts && is_code(&text.to_ascii_lowercase())
}

/// In bytes, of a path that is printed.
const LONGEST_PATH: usize = 200;

/// A path in keys of the API, `fees[0].units`, and as far as it goes in them: `metadata.?`. A key of a customer's may
/// have dots in it, so that nothing after the first part is known to be the API's then.
pub(crate) fn path(path: &str) -> String {
    let words = in_words(path);
    // Words have one byte for a character.
    match words.get(..LONGEST_PATH) {
        Some(start) if start.len() < words.len() => format!("{start}…"),
        _ => words,
    }
}

fn in_words(path: &str) -> String {
    let first = path.split('.').next().unwrap_or_default();
    match (path.split('.').all(is_part), is_part(first)) {
        (true, _) => path.to_owned(),
        (false, true) => format!("{first}.?"),
        (false, false) => "?".to_owned(),
    }
}

/// Whether a text is a key with any indices after it.
fn is_part(part: &str) -> bool {
    let (key, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
    let are_indices = indices
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"[]".contains(&byte));
    (part.is_empty() || !key.is_empty() && is_key(key)) && are_indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_the_keys_of_the_api_and_nothing_else() {
        for (given, printed) in [
            ("", ""),
            ("alert_type", "alert_type"),
            ("billing_items.addOns", "billing_items.addOns"),
            ("charges.0.properties.amount", "charges.0.properties.amount"),
            ("invoice.fees[0].units", "invoice.fees[0].units"),
            ("rows[0][12]", "rows[0][12]"),
            ("metadata.Jane Doe", "metadata.?"),
            ("metadata.jane.doe@example.com", "metadata.?"),
            ("Jane.doe", "?"),
            ("metadata.x[jane]", "metadata.?"),
        ] {
            assert_eq!(path(given), printed);
        }
    }
}
