//! Choosing parts of a response by their paths.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::json::{self, Level};

/// How many paths may be asked for, and how many names are offered for one that leads nowhere.
pub(crate) const MOST: usize = 100;

/// How many names a path may have: what is chosen is looked for level by level.
const DEEPEST: usize = 16;

/// How long a path may be, in bytes.
const LONGEST: usize = 256;

/// Which parts of a response are wanted: a tree of names.
///
/// A path leads through objects by names, `invoices.customer.name`, and through each element of the lists on its way.
/// Where the response has its value under a root key, a path may also begin below it: `number` of each invoice.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    /// Reads the argument.
    pub(crate) fn read(value: &Value) -> Result<Self, InvalidFields> {
        let Value::Array(paths) = value else {
            return Err(InvalidFields);
        };
        let paths: Option<Vec<String>> = paths
            .iter()
            .map(|path| {
                let path = path.as_str()?;
                let is_path = !path.split('.').any(str::is_empty);
                let is_short = path.len() <= LONGEST && path.split('.').count() <= DEEPEST;
                (is_path && is_short).then(|| path.to_owned())
            })
            .collect();
        match paths {
            Some(paths) if (1..=MOST).contains(&paths.len()) => Ok(Self(paths)),
            _ => Err(InvalidFields),
        }
    }

    /// The parts that are wanted of a response, and a sentence on the paths that lead nowhere. What says how a list
    /// goes on is always among them.
    pub(super) fn of(&self, json: &str, roots: &[&str]) -> (String, String) {
        let (keys, has_pages) = match json::open(json) {
            Some(Level::Object(entries)) => {
                let keys: Vec<String> = entries.iter().map(|(key, _)| key.to_string()).collect();
                let has_pages = entries.iter().any(|(key, _)| key == "meta");
                (keys, has_pages)
            }
            _ => (Vec::new(), false),
        };
        let root = roots
            .iter()
            .find(|root| keys.iter().any(|key| key == *root));
        let mut wanted = Wanted::default();
        for path in &self.0 {
            let first = path.split('.').next().unwrap_or_default();
            let is_whole = keys.iter().any(|key| key == first);
            let below = root.filter(|_| !is_whole).copied();
            wanted.add(below.into_iter().chain(path.split('.')), path);
        }
        let chosen = wanted.of(json).unwrap_or_else(|| "{}".to_owned());
        let chosen = match has_pages && !wanted.below.contains_key("meta") {
            true => with_pages(&chosen, json),
            false => chosen,
        };
        let missing = wanted.missing();
        match missing.is_empty() {
            true => (chosen, String::new()),
            false => (chosen, nowhere(&missing, json, root.copied())),
        }
    }
}

/// A tree of names, at whose leaves everything is wanted.
#[derive(Debug, Default)]
struct Wanted {
    below: BTreeMap<String, Wanted>,
    /// The path as it was asked for, where one ends.
    path: Option<String>,
    is_found: Cell<bool>,
}

impl Wanted {
    fn add<'p>(&mut self, mut names: impl Iterator<Item = &'p str>, path: &str) {
        match names.next() {
            Some(name) => {
                let below = self.below.entry(name.to_owned()).or_default();
                below.add(names, path);
            }
            None => self.path = Some(path.to_owned()),
        }
    }

    /// What is wanted of a value; nothing where it has nothing of it.
    fn of(&self, json: &str) -> Option<String> {
        if self.path.is_some() {
            self.find();
            return Some(json.to_owned());
        }
        match json::open(json)? {
            Level::Object(entries) => {
                let chosen: Vec<_> = entries
                    .iter()
                    .filter_map(|(key, value)| Some((&**key, self.below.get(&**key)?.of(value)?)))
                    .collect();
                let chosen = chosen.iter().map(|(key, value)| (*key, &**value));
                Some(json::object(chosen))
            }
            Level::Array(elements) => {
                let is_empty = elements.is_empty();
                let chosen: Vec<String> = elements.iter().filter_map(|e| self.of(e)).collect();
                // Of an empty list nobody knows what its elements would have.
                if is_empty {
                    self.find();
                }
                Some(json::array(&chosen))
            }
            // So that an agent sees that there is nothing below.
            Level::Scalar if json == "null" => {
                self.find();
                Some(json.to_owned())
            }
            Level::Scalar => None,
        }
    }

    /// Counts everything below as found.
    fn find(&self) {
        self.is_found.set(true);
        self.below.values().for_each(Self::find);
    }

    /// The paths that led nowhere.
    fn missing(&self) -> Vec<&str> {
        let own = self.path.as_deref().filter(|_| !self.is_found.get());
        let below = self.below.values().flat_map(Self::missing);
        own.into_iter().chain(below).collect()
    }
}

/// What was chosen, with what says how the list goes on.
fn with_pages(chosen: &str, json: &str) -> String {
    let (Some(Level::Object(chosen)), Some(Level::Object(all))) =
        (json::open(chosen), json::open(json))
    else {
        return chosen.to_owned();
    };
    let pages = all.iter().filter(|(key, _)| key == "meta");
    json::object(
        chosen
            .iter()
            .chain(pages)
            .map(|(key, value)| (&**key, *value)),
    )
}

/// Says which paths lead nowhere, and which names there are.
fn nowhere(missing: &[&str], json: &str, root: Option<&str>) -> String {
    let names = match json::open(json) {
        Some(Level::Object(entries)) => {
            let below = entries
                .iter()
                .find(|(key, _)| Some(&**key) == root)
                .map(|(_, value)| names(value));
            below.unwrap_or_else(|| names(json))
        }
        _ => names(json),
    };
    let missing = missing.join(", ");
    match names.is_empty() {
        true => format!("Nothing is there for fields {missing}."),
        false => format!(
            "Nothing is there for fields {missing}; these are: {}.",
            names.join(", ")
        ),
    }
}

/// The names in an object, or in the first object of a list, as far as they are such as Lago gives: keys of free objects
/// are texts of customers, which do not belong among words of ours.
pub(super) fn names(json: &str) -> Vec<String> {
    let is_plain = |key: &String| {
        let mut bytes = key.bytes();
        key.len() <= 64 && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match json::open(json) {
        Some(Level::Object(entries)) => {
            let keys = entries.into_iter().map(|(key, _)| key.into_owned());
            keys.filter(is_plain).take(MOST).collect()
        }
        Some(Level::Array(elements)) => elements.first().map_or_else(Vec::new, |e| names(e)),
        _ => Vec::new(),
    }
}

/// The argument is none that says which fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidFields;

impl fmt::Display for InvalidFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`fields` is a list of 1 to {MOST} paths, each of up to {DEEPEST} names with dots between them: [\"lago_id\", \"customer.name\"]."
        )
    }
}

impl std::error::Error for InvalidFields {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str = r#"{"invoices":[{"number":"A-1","total":1.10,"customer":{"name":"Acme","id":1},"fees":[]},{"number":"A-2","total":2,"customer":null,"fees":[{"units":"0.50","code":"x"}]}],"meta":{"next_page":2}}"#;

    fn chosen(paths: &[&str], json: &str, roots: &[&str]) -> (String, String) {
        Fields::read(&json!(paths)).unwrap().of(json, roots)
    }

    #[test]
    fn paths_lead_through_lists_and_may_begin_below_the_root() {
        let whole = [
            "invoices.number",
            "invoices.fees.units",
            "invoices.customer.name",
        ];
        let below = ["number", "fees.units", "customer.name"];
        let expected = r#"{"invoices":[{"number":"A-1","customer":{"name":"Acme"},"fees":[]},{"number":"A-2","customer":null,"fees":[{"units":"0.50"}]}],"meta":{"next_page":2}}"#;
        for paths in [whole, below] {
            let (json, missing) = chosen(&paths, PAGE, &["invoices"]);
            assert_eq!(json, expected);
            assert_eq!(missing, "");
        }
        let (json, _) = chosen(&["total"], PAGE, &["invoices"]);
        assert_eq!(
            json,
            r#"{"invoices":[{"total":1.10},{"total":2}],"meta":{"next_page":2}}"#
        );
        let (json, _) = chosen(&["meta.next_page"], PAGE, &["invoices"]);
        assert_eq!(json, r#"{"meta":{"next_page":2}}"#);
        let (json, _) = chosen(&["customer", "customer.name"], PAGE, &["invoices"]);
        assert!(
            json.contains(r#""customer":{"name":"Acme","id":1}"#),
            "{json}"
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told_with_the_names_that_are_there() {
        let (json, missing) = chosen(&["number", "nmae", "total.x"], PAGE, &["invoices"]);
        assert_eq!(
            json,
            r#"{"invoices":[{"number":"A-1"},{"number":"A-2"}],"meta":{"next_page":2}}"#
        );
        assert_eq!(
            missing,
            "Nothing is there for fields nmae, total.x; these are: number, total, customer, fees."
        );
        let (json, missing) = chosen(&["x"], r#"{"invoice":{"a":1}}"#, &["invoice"]);
        assert_eq!(json, r#"{"invoice":{}}"#);
        assert_eq!(missing, "Nothing is there for fields x; these are: a.");
    }

    #[test]
    fn what_is_no_list_of_paths_is_refused() {
        for value in [
            json!("number"),
            json!([]),
            json!([1]),
            json!([""]),
            json!(["a..b"]),
            json!({}),
        ] {
            assert_eq!(Fields::read(&value).unwrap_err(), InvalidFields, "{value}");
        }
        assert!(Fields::read(&json!(vec!["a"; MOST + 1])).is_err());
    }
}
