//! Making a response fit: whole records, and a line that says how to get the rest.

use super::fields::names;
use super::json::{self, Level};
use super::{PAGE, Paging, SIZE};

/// A response that fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fitted {
    pub(super) json: String,
    /// What is not there and how to get it; none when everything is there.
    pub(super) more: Option<String>,
}

/// As much of a response as fits into so many bytes. Of a list whole elements, from the first; of an object whole
/// entries, without the largest ones.
pub(super) fn fitted(json: String, roots: &[&str], paging: Option<Paging>, most: usize) -> Fitted {
    if json.len() <= most {
        return Fitted { json, more: None };
    }
    let entries = match json::open(&json) {
        Some(Level::Object(entries)) => entries,
        Some(Level::Array(elements)) => return of_list(&elements, "", None, most),
        _ => return too_large(&json),
    };
    let root = entries
        .iter()
        .position(|(key, value)| roots.contains(&&**key) && value.len() > most / 2);
    let Some(root) = root else {
        return of_object(&json, "", most);
    };
    // What stands beside the value: how a list goes on.
    let beside: usize = entries
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != root)
        .map(|(_, (key, value))| key.len() + value.len() + 4)
        .sum();
    let (key, value) = &entries[root];
    let most = most.saturating_sub(beside + key.len() + 6);
    let fitted = match json::open(value) {
        Some(Level::Array(elements)) => of_list(&elements, key, paging, most),
        Some(Level::Object(_)) => of_object(value, key, most),
        _ => too_large(value),
    };
    let entries = entries.iter().enumerate().map(|(at, (key, value))| {
        let value = if at == root { &fitted.json } else { *value };
        (&**key, value)
    });
    Fitted {
        json: json::object(entries),
        more: fitted.more,
    }
}

/// The first elements of a list.
fn of_list(elements: &[&str], path: &str, paging: Option<Paging>, most: usize) -> Fitted {
    let mut size = 2;
    let fitting = elements.iter().take_while(|element| {
        size += element.len() + 1;
        size <= most
    });
    let fitting = fitting.count();
    let all = elements.len();
    let Some(first) = elements.first().filter(|_| fitting == 0) else {
        let (shown, how) = going_on(fitting, paging);
        return Fitted {
            json: json::array(&elements[..shown]),
            more: Some(format!(
                "Only the first {shown} of these {all} are here, since all are too large. {how}"
            )),
        };
    };
    let first = of_object(first, path, most.saturating_sub(2));
    let more = first.more.unwrap_or_default();
    let (_, how) = going_on(1, paging);
    Fitted {
        json: json::array(&[first.json]),
        more: Some(format!(
            "Only the first of these {all} is here, and not all of it. {more} {how}"
        )),
    }
}

/// How many elements to show of those that fit, and how an agent goes on where they end: with pages of another size,
/// one of which begins exactly there.
fn going_on(fitting: usize, paging: Option<Paging>) -> (usize, String) {
    let narrower = "Ask for less of each with `fields`";
    let Some(Paging { page, per_page }) = paging else {
        return (fitting, format!("{narrower}."));
    };
    let before = (page - 1) * per_page;
    let size = (1..=fitting as u64)
        .rev()
        .find(|size| before % size == 0)
        .unwrap_or(1);
    let next = before / size + 2;
    let how = format!("{narrower}, or go on with {SIZE} {size} and {PAGE} {next}.");
    // It is no more than `fitting`.
    (size as usize, how)
}

/// An object without its largest entries.
fn of_object(json: &str, path: &str, most: usize) -> Fitted {
    let Some(Level::Object(entries)) = json::open(json) else {
        return too_large(json);
    };
    let mut by_size: Vec<usize> = (0..entries.len()).collect();
    by_size.sort_by_key(|at| std::cmp::Reverse(entries[*at].1.len()));
    let mut size = json.len();
    let mut left_out = Vec::new();
    for at in by_size {
        if size <= most {
            break;
        }
        let (key, value) = &entries[at];
        size = size.saturating_sub(key.len() + value.len() + 4);
        left_out.push(at);
    }
    let kept = entries
        .iter()
        .enumerate()
        .filter(|(at, _)| !left_out.contains(at))
        .map(|(_, (key, value))| (&**key, *value));
    let kept = json::object(kept);
    let described = left_out.iter().map(|at| {
        let (key, value) = &entries[*at];
        described(&join(path, key), value)
    });
    let described: Vec<String> = described.take(8).collect();
    Fitted {
        json: kept,
        more: Some(format!(
            "Left out, since all is too large: {}. Ask for parts of it with `fields`.",
            described.join("; ")
        )),
    }
}

/// What was left out: `invoice.fees (412 elements, 190 KB; each has units, code)`.
fn described(path: &str, value: &str) -> String {
    let size = value.len().div_ceil(1 << 10);
    let amount = match json::open(value) {
        Some(Level::Array(elements)) => format!("{} elements, {size} KB", elements.len()),
        _ => format!("{size} KB"),
    };
    let names: Vec<String> = names(value).into_iter().take(20).collect();
    let has = match names.is_empty() {
        true => String::new(),
        false => format!("; it has {}", names.join(", ")),
    };
    format!("{path} ({amount}{has})")
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

/// Something that has no parts to choose from.
fn too_large(json: &str) -> Fitted {
    Fitted {
        json: "null".to_owned(),
        more: Some(format!(
            "It is left out, since it is too large: {} KB in one text.",
            json.len().div_ceil(1 << 10)
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn list(elements: usize, size: usize) -> String {
        let element = |at: usize| json!({"at": at, "text": "x".repeat(size)});
        let elements: Vec<Value> = (0..elements).map(element).collect();
        json!({"invoices": elements, "meta": {"next_page": 2}}).to_string()
    }

    fn positions(json: &str) -> Vec<u64> {
        let value: Value = serde_json::from_str(json).unwrap();
        let elements = value["invoices"].as_array().unwrap();
        elements.iter().map(|e| e["at"].as_u64().unwrap()).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let json = list(3, 10);
        let fits = fitted(json.clone(), &["invoices"], None, json.len());
        assert_eq!(fits, Fitted { json, more: None });
    }

    #[test]
    fn of_a_list_whole_elements_are_left_and_the_line_leads_to_the_next_one() {
        let page = |page, per_page| Some(Paging { page, per_page });
        for (paging, shown, how) in [
            (page(1, 100), 8, "or go on with per_page 8 and page 2."),
            (page(3, 20), 8, "or go on with per_page 8 and page 7."),
            (page(2, 7), 7, "or go on with per_page 7 and page 3."),
            (None, 8, "Ask for less of each with `fields`."),
        ] {
            let fits = fitted(list(100, 100), &["invoices"], paging, 1100);
            assert!(fits.json.len() <= 1100);
            assert_eq!(positions(&fits.json).len(), shown, "{paging:?}");
            let more = fits.more.unwrap();
            assert!(more.starts_with(&format!("Only the first {shown} of these 100 are here")));
            assert!(more.ends_with(how), "{more}");
        }
    }

    #[test]
    fn of_an_object_the_largest_entries_are_left_out_and_named() {
        let fees: Vec<Value> = (0..50)
            .map(|at| json!({"code": "c", "units": at}))
            .collect();
        let json = json!({"invoice": {"number": "A-1", "fees": fees, "note": "n".repeat(300)}});
        let fits = fitted(json.to_string(), &["invoice"], None, 500);
        let expected = json!({"invoice": {"number": "A-1", "note": "n".repeat(300)}});
        assert_eq!(serde_json::from_str::<Value>(&fits.json).unwrap(), expected);
        assert_eq!(
            fits.more.unwrap(),
            "Left out, since all is too large: invoice.fees (50 elements, 2 KB; it has code, units). Ask for parts \
             of it with `fields`."
        );
        let fits = fitted(list(2, 5000), &["invoices"], None, 1000);
        assert_eq!(positions(&fits.json), [0]);
        let fits = fitted(json!("x".repeat(3000)).to_string(), &[], None, 1000);
        assert_eq!(fits.json, "null");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Whoever follows the lines sees each element once, in order.
        #[test]
        fn following_the_lines_misses_nothing(
            sizes in prop::collection::vec(0_usize..400, 1..60),
            per_page in 1_u64..40,
            most in 500_usize..1500,
        ) {
            let all: Vec<Value> = sizes
                .iter()
                .enumerate()
                .map(|(at, size)| json!({"at": at, "text": "x".repeat(*size)}))
                .collect();
            let mut paging = Paging { page: 1, per_page };
            let mut seen = Vec::new();
            loop {
                let begin = ((paging.page - 1) * paging.per_page) as usize;
                let end = (begin + paging.per_page as usize).min(all.len());
                if begin >= end {
                    break;
                }
                let json = json!({"invoices": all[begin..end], "meta": {"all": all.len()}});
                let fits = fitted(json.to_string(), &["invoices"], Some(paging), most);
                prop_assert!(fits.json.len() <= most);
                seen.extend(positions(&fits.json));
                paging = match fits.more {
                    None => Paging { page: paging.page + 1, ..paging },
                    Some(more) => {
                        let (_, how) = more.rsplit_once("per_page ").unwrap();
                        let (size, page) = how.trim_end_matches('.').split_once(" and page ").unwrap();
                        Paging { page: page.parse().unwrap(), per_page: size.parse().unwrap() }
                    }
                };
            }
            prop_assert_eq!(seen, (0..all.len() as u64).collect::<Vec<_>>());
        }
    }
}
