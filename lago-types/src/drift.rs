//! Tells who decodes a response of the enum values that this version of the crate does not know.
//!
//! For lago-client, which has the feature `drift` for people; not for use elsewhere. What is watched is what one
//! thread reads, so it has to be read within the closure.

use std::cell::RefCell;
use std::fmt;

/// An enum value that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue {
    /// The name of the enum.
    pub name: &'static str,
    /// The value.
    pub text: String,
}

impl UnknownValue {
    fn is(&self, name: &str, text: &str) -> bool {
        self.name == name && self.text == text
    }
}

/// The unknown values that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// How often one was read.
    pub times: u64,
    /// The first that differ.
    pub values: Vec<UnknownValue>,
}

/// How many values that differ are kept of one response.
const MOST_VALUES: usize = 16;

impl Unknown {
    fn add(&mut self, name: &'static str, text: &str) {
        self.times += 1;
        let has_room = self.values.len() < MOST_VALUES;
        if has_room && !self.values.iter().any(|value| value.is(name, text)) {
            let text = text.to_owned();
            self.values.push(UnknownValue { name, text });
        }
    }
}

enum Watch {
    /// Collect values.
    Collect(Unknown),
    /// Refuse this one, so that whoever reads learns where it stands.
    Refuse(UnknownValue),
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Does something, and says which unknown values were read meanwhile, in the order of their first time.
pub fn collect<T>(read: impl FnOnce() -> T) -> (T, Unknown) {
    let (value, watch) = watched(Watch::Collect(Unknown::default()), read);
    match watch {
        Some(Watch::Collect(seen)) => (value, seen),
        _ => (value, Unknown::default()),
    }
}

/// Does something, and lets reading fail where it meets this value.
pub fn refuse<T>(value: UnknownValue, read: impl FnOnce() -> T) -> T {
    watched(Watch::Refuse(value), read).0
}

fn watched<T>(watch: Watch, read: impl FnOnce() -> T) -> (T, Option<Watch>) {
    /// Puts back what was there, also when `read` panics.
    struct Restore(Option<Watch>);

    impl Drop for Restore {
        fn drop(&mut self) {
            WATCH.set(self.0.take());
        }
    }

    let restore = Restore(WATCH.replace(Some(watch)));
    let value = read();
    let watch = WATCH.take();
    drop(restore);
    (value, watch)
}

/// An open enum has read a value that it does not know.
pub(crate) fn read(name: &'static str, text: &str) -> Result<(), Refused> {
    let response = |watch: &RefCell<Option<Watch>>| match &mut *watch.borrow_mut() {
        Some(Watch::Refuse(value)) if value.is(name, text) => Err(Refused),
        Some(Watch::Collect(seen)) => {
            seen.add(name, text);
            Ok(())
        }
        _ => Ok(()),
    };
    // A thread that is ending watches nothing.
    WATCH.try_with(response).unwrap_or(Ok(()))
}

/// It was asked to refuse this value.
#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is the value")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Currency, PlanInterval};

    type Read = (Vec<Currency>, Option<PlanInterval>);

    fn body() -> Value {
        json!([["EUR", "XXY", "USD", "XXY", "XXZ"], "fortnightly"])
    }

    fn value(name: &'static str, text: &str) -> UnknownValue {
        let text = text.to_owned();
        UnknownValue { name, text }
    }

    #[test]
    fn unknown_values_are_counted_and_known_ones_not() {
        let (read, seen) = collect(|| serde_json::from_value::<Read>(body()).unwrap());
        assert_eq!(read.0.len(), 5);
        let values = [
            value("Currency", "XXY"),
            value("Currency", "XXZ"),
            value("PlanInterval", "fortnightly"),
        ];
        assert_eq!((seen.times, seen.values.as_slice()), (4, values.as_slice()));
        assert_eq!(collect(|| Currency::from("XXY")).1, Unknown::default());
    }

    #[test]
    fn one_value_is_refused() {
        let read = || serde_json::from_value::<Read>(body());
        assert!(refuse(value("Currency", "XXZ"), read).is_err());
        assert!(refuse(value("PlanInterval", "XXZ"), read).is_ok());
        assert!(read().is_ok());
    }

    #[test]
    fn a_watch_within_another_takes_what_is_its_own() {
        let read = |text: &str| serde_json::from_value::<Currency>(json!(text)).unwrap();
        let (inner, outer) = collect(|| {
            read("A");
            let inner = collect(|| read("B")).1;
            read("C");
            inner
        });
        assert_eq!(inner.values, [value("Currency", "B")]);
        assert_eq!(
            outer.values,
            [value("Currency", "A"), value("Currency", "C")]
        );
        let panicked = std::panic::catch_unwind(|| collect(|| -> () { panic!("within") }));
        assert!(panicked.is_err());
        read("D");
        assert_eq!(collect(|| read("EUR")).1, Unknown::default());
    }

    #[test]
    fn values_beyond_what_people_read_are_only_counted() {
        let values: Vec<String> = (0..1000).map(|number| format!("V{number}")).collect();
        let seen = collect(|| serde_json::from_value::<Vec<Currency>>(json!(values)).unwrap()).1;
        assert_eq!((seen.times, seen.values.len()), (1000, MOST_VALUES));
    }
}
