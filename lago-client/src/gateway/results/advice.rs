//! What an agent may do after a failure. The status alone does not say it: Lago says with 422 that arguments are wrong, and
//! also that somebody else holds a lock, or that another system refuses.

use serde_json::Value;

use crate::error::Error;
use crate::gateway::choice::reads;
use crate::gateway::tools::Tool;

const ARGUMENTS: &str = "Correct the arguments.";
/// The state passes, and what Lago says proves that nothing was done.
const PASSES: &str = "The arguments are not at fault: somebody else was changing the same thing. The same call may be made \
                      again in a moment.";
const ELSEWHERE: &str = "The arguments need not be at fault: another system behind Lago, such as a payment provider, refuses or \
                         fails, and `details` may have its words. A person may have to look there.";
const NOT_SET_UP: &str = "The payment provider that this needs is not set up in Lago, or not for this customer: correct the \
                          arguments if they name one, and otherwise have a person set it up.";
const STATE: &str = "Lago does not do this in the state that things are in, or with these arguments together; `code` says \
                     why. Repeating it does not help until that is another.";
const KEY: &str = "Whoever runs this server has to check its API key.";
const FORBIDDEN: &str = "The API key may not do this, or the feature is not part of the plan: repeating it does not help.";
const IDENTIFIERS: &str = "Check the identifiers in the arguments.";
const NO_ROUTE: &str = "Either this Lago does not have the operation, because it is older, or an identifier in the arguments \
                        is wrong: check them.";
const WAIT: &str = "Wait before the next call.";

/// What a refusal in Lago's own words says.
struct Row {
    status: u16,
    /// Where none is given, any or none. A `*` at the beginning stands for any text.
    code: Option<&'static str>,
    advice: &'static str,
}

const fn row(status: u16, code: Option<&'static str>, advice: &'static str) -> Row {
    Row {
        status,
        code,
        advice,
    }
}

/// The first that fits.
const ROWS: [Row; 14] = [
    row(400, None, ARGUMENTS),
    row(401, None, KEY),
    row(403, None, FORBIDDEN),
    row(404, Some("resource_not_found"), NO_ROUTE),
    row(404, Some("*payment_provider_not_found"), NOT_SET_UP),
    row(404, None, IDENTIFIERS),
    row(405, None, STATE),
    // Somebody else changed it in between.
    row(409, None, PASSES),
    row(422, Some("lock_acquisition_failed"), PASSES),
    row(422, Some("provider_error"), ELSEWHERE),
    row(422, Some("third_party_error"), ELSEWHERE),
    row(422, Some("stripe_required"), NOT_SET_UP),
    row(422, None, ARGUMENTS),
    row(429, None, WAIT),
];

/// What stands among the details of a 422 where an order's mode was changed while somebody else held its lock.
const LOST_LOCK: &str = "concurrency_conflict";

/// What to do next; empty where nothing is known to help.
pub(super) fn advice(tool: &Tool, error: &Error) -> &'static str {
    let is_known = reads(tool) || !error.is_ambiguous();
    let of_lago = error.api_error().and(error.status()).map(|status| {
        of_refusal(
            status.as_u16(),
            error.code(),
            error
                .details()
                .is_some_and(|details| has(details, LOST_LOCK)),
        )
    });
    match of_lago {
        // An attempt before may have been executed, which is looked at first.
        Some(PASSES) if !is_known => "",
        Some(advice) => advice,
        None if error.is_usage() => ARGUMENTS,
        None if error.is_unauthorized() || error.is_credentials() => KEY,
        None if error.is_forbidden() => FORBIDDEN,
        None if error.is_rate_limited() => WAIT,
        None => "",
    }
}

fn of_refusal(status: u16, code: Option<&str>, lost_lock: bool) -> &'static str {
    if status == 422 && lost_lock {
        return PASSES;
    }
    let is_it = |pattern: &str| {
        let code = code.unwrap_or_default();
        match pattern.strip_prefix('*') {
            Some(end) => code.ends_with(end),
            None => code == pattern,
        }
    };
    let mut rows = ROWS.iter();
    let row = rows.find(|row| row.status == status && row.code.is_none_or(is_it));
    row.map_or("", |row| row.advice)
}

/// Whether a code stands among the details of a refusal: in the lists under their fields.
fn has(details: &Value, code: &str) -> bool {
    match details {
        Value::String(text) => text == code,
        Value::Array(values) => values.iter().any(|value| has(value, code)),
        Value::Object(fields) => fields.values().any(|value| has(value, code)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_about_the_arguments_is_blamed_on_them() {
        for (status, code, advice) in [
            (400, None, ARGUMENTS),
            (401, None, KEY),
            (403, Some("feature_unavailable"), FORBIDDEN),
            (404, Some("plan_not_found"), IDENTIFIERS),
            (404, Some("resource_not_found"), NO_ROUTE),
            (404, Some("adyen_payment_provider_not_found"), NOT_SET_UP),
            (405, Some("invoices_not_overdue"), STATE),
            (409, None, PASSES),
            (422, Some("validation_errors"), ARGUMENTS),
            (422, Some("lock_acquisition_failed"), PASSES),
            (422, Some("third_party_error"), ELSEWHERE),
            (422, Some("provider_error"), ELSEWHERE),
            (422, Some("stripe_required"), NOT_SET_UP),
            (422, None, ARGUMENTS),
            (429, Some("too_many_provider_requests"), WAIT),
            (500, None, ""),
        ] {
            assert_eq!(of_refusal(status, code, false), advice, "{status} {code:?}");
        }
        assert_eq!(of_refusal(422, Some("validation_errors"), true), PASSES);
    }

    #[test]
    fn a_code_is_found_under_any_field() {
        for (details, is_there) in [
            (json!({"base": ["concurrency_conflict"]}), true),
            (json!({"0": {"base": ["concurrency_conflict"]}}), true),
            (json!({"concurrency_conflict": ["value_is_invalid"]}), false),
            (json!("concurrency_conflict"), true),
            (json!(null), false),
        ] {
            assert_eq!(has(&details, LOST_LOCK), is_there, "{details}");
        }
    }
}
