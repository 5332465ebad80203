//! A refusal in words of the API, for logs: nothing that customers wrote.

use std::fmt;

use super::{ApiError, Problem};
use crate::words::is_code;

/// The most places that still read as a line.
const MOST_PLACES: usize = 4;

/// The most codes of one place.
const MOST_CODES: usize = 8;

impl ApiError {
    /// The code and what is wrong, in words of the API: `validation_errors (external_id: value_already_exist)`. None
    /// when the server gives no code.
    ///
    /// Sentences and values are left out, as they may hold data of customers; so it can go into a log.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let code = self.code().filter(|code| is_code(code));
        // Some 400s have their code where the others have a sentence.
        let code = code.or(self.error().filter(|error| is_code(error)));
        match (code, places(&self.problems())) {
            (Some(code), Some(places)) => Some(format!("{code} ({places})")),
            (code, places) => code.map(str::to_owned).or(places),
        }
    }
}

/// What the problems say in words of the API: `0.code: value_is_mandatory, value_is_invalid`. Of a sentence only the
/// place is left.
fn places(problems: &[Problem<'_>]) -> Option<String> {
    let by_place =
        problems.chunk_by(|one, other| (one.index, &one.path) == (other.index, &other.path));
    let places = by_place.map(|problems| {
        let place = problems[0].place_in_words();
        let codes = problems.iter().map(|problem| problem.code);
        let codes: Vec<_> = codes
            .filter(|code| is_code(code))
            .take(MOST_CODES)
            .collect();
        match (place.is_empty(), codes.is_empty()) {
            (_, true) => place,
            (true, false) => codes.join(", "),
            (false, false) => format!("{place}: {}", codes.join(", ")),
        }
    });
    let mut places: Vec<_> = places.filter(|place| !place.is_empty()).collect();
    let more = places.len().saturating_sub(MOST_PLACES);
    places.truncate(MOST_PLACES);
    if more > 0 {
        places.push(format!("{more} more"));
    }
    (!places.is_empty()).then(|| places.join(", "))
}

/// A line for logs: the status, as the body repeats it, and the [`summary`](ApiError::summary).
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status(), self.summary()) {
            (Some(status), Some(summary)) => write!(f, "{status}, {summary}"),
            (Some(status), None) => write!(f, "{status}"),
            (None, Some(summary)) => f.write_str(&summary),
            (None, None) => f.write_str("an error without status and code"),
        }
    }
}

/// The line, and with `{:#?}` its parts; the body, which may hold data of customers, is [`raw`](ApiError::raw).
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f
                .debug_struct("ApiError")
                .field("status", &self.status())
                .field("summary", &self.summary())
                .finish_non_exhaustive(),
            false => write!(f, "{self}"),
        }
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn summary(details: Value) -> Option<String> {
        ApiError::from(json!({"error_details": details})).summary()
    }

    #[test]
    fn codes_and_fields_are_summed_up_in_a_line() {
        for (details, line) in [
            (
                json!({"code": ["value_already_exist"]}),
                "code: value_already_exist",
            ),
            (json!({"0": {"code": ["a", "b"]}}), "0.code: a, b"),
            (
                json!({"status": {"0": ["must be one of: draft"]}}),
                "status.0",
            ),
            (
                json!({"billing_items.addOns": ["value_is_mandatory"]}),
                "billing_items.addOns: value_is_mandatory",
            ),
            (json!("lock_acquisition_failed"), "lock_acquisition_failed"),
            (
                json!({"2": "expression_evaluation_failed: Variable: jane not found"}),
                "2: expression_evaluation_failed",
            ),
            (
                json!({"1": {"params": {"code": "jane_doe"}, "errors": "Validation errors: {\"code\":[\"too_long\"]}"}}),
                "1.code: too_long",
            ),
            (
                json!({"0": {"a": "x"}, "1": {"a": "x"}, "2": {"a": "x"}, "3": {"a": "x"}, "4": {"a": "x"}, "5": {"a": "x"}}),
                "0.a: x, 1.a: x, 2.a: x, 3.a: x, 2 more",
            ),
        ] {
            assert_eq!(summary(details).as_deref(), Some(line));
        }
    }

    #[test]
    fn nothing_that_customers_wrote_is_printed() {
        let jane = "Jane Doe";
        for details in [
            json!(jane),
            json!([jane]),
            json!({"name": [jane]}),
            json!({jane: ["value_is_invalid"]}),
            json!({"metadata": {jane: ["value_is_invalid"]}}),
            json!({"0": {"params": {"name": jane}, "errors": jane}}),
            json!({"0": format!("expression_evaluation_failed: {jane}")}),
            json!({"event_types": [format!("contains invalid types: {jane}")]}),
        ] {
            let error = ApiError::from(
                json!({"status": 422, "error": jane, "code": jane, "message": jane, "error_details": details}),
            );
            for printed in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                assert!(
                    !printed.contains("Jane") && !printed.is_empty(),
                    "{printed}"
                );
            }
        }
    }

    #[test]
    fn an_error_is_a_line_with_status_and_code() {
        let line = |body: Value| ApiError::from(body).to_string();
        assert_eq!(line(json!({"status": 401, "error": "Unauthorized"})), "401");
        assert_eq!(
            line(json!({"status": 400, "error": "coupons_must_be_an_array"})),
            "400, coupons_must_be_an_array"
        );
        assert_eq!(
            line(
                json!({"status": 422, "code": "validation_errors", "error_details": {"rate": ["value_is_invalid"]}})
            ),
            "422, validation_errors (rate: value_is_invalid)"
        );
        assert_eq!(line(json!({})), "an error without status and code");
    }
}
