//! Limits of numbers, lengths and counts.

use super::{Both, Walk};
use crate::spec::diff::rules;
use crate::spec::diff::walk::Spot;

/// Keyword, its word in the ids of rules, whether it is an upper limit.
const BOUNDS: [(&str, &str, bool); 12] = [
    ("maximum", "max", true),
    ("minimum", "min", false),
    ("exclusiveMaximum", "exclusive-max", true),
    ("exclusiveMinimum", "exclusive-min", false),
    ("maxLength", "max-length", true),
    ("minLength", "min-length", false),
    ("maxItems", "max-items", true),
    ("minItems", "min-items", false),
    ("maxProperties", "max-properties", true),
    ("minProperties", "min-properties", false),
    ("maxContains", "max-contains", true),
    ("minContains", "min-contains", false),
];

impl Walk<'_> {
    /// Compares a limit; false when the keyword is none.
    pub(super) fn bounds(&mut self, spot: &Spot, both: &Both<'_, '_>) -> bool {
        let number = |at: Option<&super::At<'_>>| at.map(|at| at.value.as_f64());
        let (old, new) = (number(both.old), number(both.new));
        // In OpenAPI 3.0 an exclusive limit is a yes or no.
        if old == Some(None) || new == Some(None) {
            return false;
        }
        let (old, new) = (old.flatten(), new.flatten());
        if both.key == "multipleOf" {
            let divides = |small: f64, large: f64| small != 0.0 && (large / small).fract() == 0.0;
            let rule = match (old, new) {
                (None, _) => &rules::MULTIPLE_OF_SET,
                (_, None) => &rules::MULTIPLE_OF_UNSET,
                (Some(old), Some(new)) if divides(new, old) => &rules::MULTIPLE_OF_GENERALIZED,
                (Some(old), Some(new)) if divides(old, new) => &rules::MULTIPLE_OF_SPECIALIZED,
                _ => &rules::MULTIPLE_OF_CHANGED,
            };
            self.keyword(spot, rule, "multiple-of", both);
            return true;
        }
        let Some((_, word, upper)) = BOUNDS.iter().find(|(key, ..)| *key == both.key) else {
            return false;
        };
        let rule = match (old, new, upper) {
            (None, ..) => &rules::BOUND_SET,
            (_, None, _) => &rules::BOUND_UNSET,
            (Some(old), Some(new), true) if new > old => &rules::UPPER_INCREASED,
            (_, _, true) => &rules::UPPER_DECREASED,
            (Some(old), Some(new), false) if new > old => &rules::LOWER_INCREASED,
            (_, _, false) => &rules::LOWER_DECREASED,
        };
        self.keyword(spot, rule, word, both);
        true
    }
}
