//! The responses that prove that the server did nothing for a request.
//!
//! Reviewed by hand: next to each row stands where the server's own code (getlago/lago-api) gives this
//! response before it acts, or within a transaction that it rolls back. What is not listed proves nothing,
//! in the server's words or not: a gateway can respond for a server that is still at work.

use lago_types::ApiError;
use reqwest::StatusCode;

use lago_types::words::is_code;

/// What to expect of the same request a moment later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Later {
    /// The same response.
    Same,
    /// Perhaps another: somebody else was faster, or holds a lock.
    Other,
}

/// A response: a JSON object whose `status` repeats the HTTP status. A `*` stands for any text.
struct Refusal {
    status: u16,
    /// What stands under `error`.
    error: &'static str,
    /// What stands under `code`; none where the server sends none.
    code: Option<&'static str>,
    later: Later,
}

const fn row(
    status: u16,
    error: &'static str,
    code: Option<&'static str>,
    later: Later,
) -> Refusal {
    Refusal {
        status,
        error,
        code,
        later,
    }
}

const REFUSALS: [Refusal; 16] = [
    // Rails cannot parse the body or the query, so that no controller has run. Recorded.
    row(400, "Bad Request", None, Later::Same),
    // `params.require` in a controller, before a service is called (api/base_controller.rb). Recorded.
    row(400, "BadRequest: *", None, Later::Same),
    // The preview of an invoice, which stores nothing (api/v1/invoices_controller.rb). Recorded.
    row(400, "coupons_must_be_an_array", None, Later::Same),
    // `before_action :authenticate` (api/base_controller.rb). When a payment provider refuses the
    // credentials that Lago holds, another text stands here (UnauthorizedFailure). Recorded.
    row(401, "Unauthorized", None, Later::Same),
    // `before_action :authorize` (api/base_controller.rb). Recorded.
    row(
        403,
        "Forbidden",
        Some("read_action_not_allowed_for_*"),
        Later::Same,
    ),
    row(
        403,
        "Forbidden",
        Some("write_action_not_allowed_for_*"),
        Later::Same,
    ),
    // Licences and stores, asked first in every service that was read, and in premium_feature_only.rb.
    // Recorded.
    row(403, "Forbidden", Some("feature_unavailable"), Later::Same),
    row(403, "Forbidden", Some("feature_not_available"), Later::Same),
    row(
        403,
        "Forbidden",
        Some("endpoint_not_available"),
        Later::Same,
    ),
    row(403, "Forbidden", Some("forbidden"), Later::Same),
    // NotFoundFailure: lookups come before the first write, or raise within its transaction; so does an
    // unknown route (application_controller.rb). What an order made until it failed is rolled back, and only
    // the failure is written down (orders_controller.rb), which is no reason to doubt. Recorded.
    row(404, "Not Found", Some("*_not_found"), Later::Same),
    // MethodNotAllowedFailure: the state of the object forbids it, seen before the first write or, with
    // `not_voidable`, by the transition that begins the transaction (invoices/void_service.rb,
    // invoices/retry_service.rb, credit_notes/create_service.rb, payment_requests/create_service.rb).
    // Recorded.
    row(405, "Method Not Allowed", Some("*"), Later::Same),
    // StaleObjectError: the row has a newer version, and the transaction is rolled back (wallets). Seen live.
    row(409, "Conflict", None, Later::Other),
    // The advisory lock is asked for before what it protects (customers/lock_service.rb; for the execution
    // of an order api/v1/orders_controller.rb, seen live).
    row(422, "*", Some("lock_acquisition_failed"), Later::Other),
    // An authorization wants a customer of Stripe's; the subscription comes after it
    // (api/v1/subscriptions_controller.rb).
    row(422, "*", Some("stripe_required"), Later::Same),
    // ValidationFailure: found before the first write, or raised within its transaction
    // (wallet_transactions/create_from_params_service.rb, invoices/create_one_off_service.rb,
    // credit_notes/create_service.rb, subscriptions/create_service.rb, events/create_batch_service.rb).
    // Recorded.
    row(
        422,
        "Unprocessable Entity",
        Some("validation_errors"),
        Later::Same,
    ),
];

/// What is wrong with a payment provider is found out once the customer is saved
/// (customers/upsert_from_api_service.rb; seen live): such details prove nothing.
const FOUND_LATE: &str = "provider";

/// What is to be expected of a request after this response; none when the response does not prove that the
/// server did nothing.
pub(crate) fn find(status: StatusCode, body: &ApiError) -> Option<Later> {
    if body.status() != Some(status.as_u16()) {
        return None;
    }
    let error = body.error()?;
    let has_code = body.raw().get("code").is_some_and(|code| !code.is_null());
    let row = REFUSALS.iter().find(|row| {
        let is_code = match row.code {
            None => !has_code,
            Some(pattern) => body
                .code()
                .is_some_and(|code| is_code(code) && matches(pattern, code)),
        };
        row.status == status.as_u16() && is_code && matches(row.error, error)
    })?;
    let is_late = body.code().is_some_and(|code| code.contains(FOUND_LATE))
        || body
            .problems()
            .iter()
            .any(|problem| problem.path.contains(FOUND_LATE) || problem.code.contains(FOUND_LATE));
    (!is_late).then_some(row.later)
}

/// Whether a text is what a pattern with at most one `*` says.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text
            .strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> Option<Later> {
        let status = StatusCode::from_u16(status).unwrap();
        find(status, &serde_json::from_str(body).unwrap())
    }

    #[test]
    fn what_the_server_says_before_it_acts_is_a_refusal() {
        for (status, body, later) in [
            (400, r#"{"status":400,"error":"Bad Request"}"#, Later::Same),
            (
                400,
                r#"{"status":400,"error":"BadRequest: param is missing: plan"}"#,
                Later::Same,
            ),
            (401, r#"{"status":401,"error":"Unauthorized"}"#, Later::Same),
            (
                403,
                r#"{"status":403,"error":"Forbidden","code":"write_action_not_allowed_for_tax"}"#,
                Later::Same,
            ),
            (
                404,
                r#"{"status":404,"error":"Not Found","code":"invoice_not_found"}"#,
                Later::Same,
            ),
            (
                405,
                r#"{"status":405,"error":"Method Not Allowed","code":"not_voidable"}"#,
                Later::Same,
            ),
            (409, r#"{"status":409,"error":"Conflict"}"#, Later::Other),
            (
                422,
                r#"{"status":422,"error":"e","code":"lock_acquisition_failed"}"#,
                Later::Other,
            ),
            (
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"0":"a text"}}"#,
                Later::Same,
            ),
        ] {
            assert_eq!(said(status, body), Some(later), "{body}");
        }
    }

    #[test]
    fn anything_else_proves_nothing() {
        for (status, body) in [
            // Another status, as a gateway may make of it.
            (
                404,
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors"}"#,
            ),
            (404, r#"{"error":"Not Found","code":"plan_not_found"}"#),
            (
                404,
                r#"{"status":"404","error":"Not Found","code":"plan_not_found"}"#,
            ),
            // Without the code, or with one of another kind.
            (404, r#"{"status":404,"error":"Not Found"}"#),
            (
                404,
                r#"{"status":404,"error":"Not Found","code":"gone fishing_not_found"}"#,
            ),
            (
                409,
                r#"{"status":409,"error":"Conflict","code":"something"}"#,
            ),
            (409, r#"{"status":409,"error":"Conflict","code":7}"#),
            (
                403,
                r#"{"status":403,"error":"Forbidden","code":"blocked_by_policy"}"#,
            ),
            // Of a payment provider or another party, which may have acted.
            (
                401,
                r#"{"status":401,"error":"Stripe authentication failed. Invalid API Key"}"#,
            ),
            (401, r#"{"status":401,"error":"unauthorized"}"#),
            (
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"provider_error"}"#,
            ),
            (
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"third_party_error"}"#,
            ),
            (
                429,
                r#"{"status":429,"error":"Too Many Provider Requests","code":"too_many_provider_requests"}"#,
            ),
            // Found out after the customer was saved.
            (
                404,
                r#"{"status":404,"error":"Not Found","code":"adyen_payment_provider_not_found"}"#,
            ),
            (
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"base":["payment_provider_not_found"]}}"#,
            ),
            (
                422,
                r#"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"provider_payment_methods":["invalid"]}}"#,
            ),
            // Statuses with which no service refuses.
            (303, r#"{"status":303,"error":"See Other"}"#),
            (500, r#"{"status":500,"error":"Internal Server Error"}"#),
            (
                600,
                r#"{"status":600,"error":"?","code":"validation_errors"}"#,
            ),
        ] {
            assert_eq!(said(status, body), None, "{body}");
        }
    }
}
