//! Details that the server wraps once more: in a text, or beside what was sent.
//!
//! A batch of alerts is answered with `{"0": {"params": {…}, "errors": "Validation errors: {json}"}}`. `params`
//! repeats the request, so that codes and names of customers in it are no codes of an error.

use serde_json::{Map, Value};

/// What stands before JSON in a text.
const BEFORE_JSON: &str = "Validation errors: ";

/// The details, or details by index, without what is wrapped around them; none when nothing is.
pub(super) fn unwrapped(details: &Value) -> Option<Value> {
    let opened = opened(details);
    if opened.is_some() {
        return opened;
    }
    let items = details.as_object()?;
    let is_wrapped = |item: &Value| is_echo(item) || in_text(item).is_some();
    items.values().any(is_wrapped).then(|| {
        let items = items.iter().map(|(index, item)| {
            let item = self::opened(item).unwrap_or_else(|| item.clone());
            (index.clone(), item)
        });
        items.collect::<Map<_, _>>().into()
    })
}

/// What is inside a single wrapping.
fn opened(details: &Value) -> Option<Value> {
    match is_echo(details) {
        true => {
            let errors = &details["errors"];
            in_text(errors).or_else(|| Some(errors.clone()))
        }
        false => in_text(details),
    }
}

/// Whether errors stand beside the request that they are about.
fn is_echo(details: &Value) -> bool {
    details.get("errors").is_some() && details.get("params").is_some_and(Value::is_object)
}

/// The JSON object in a text.
fn in_text(details: &Value) -> Option<Value> {
    let json = details.as_str()?.strip_prefix(BEFORE_JSON)?;
    let fields: Map<String, Value> = serde_json::from_str(json).ok()?;
    Some(fields.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{ApiError, Details};
    use super::*;

    fn refused(details: Value) -> ApiError {
        ApiError::from(json!({
            "status": 422, "error": "Unprocessable Entity",
            "code": "validation_errors", "error_details": details,
        }))
    }

    fn problems(error: &ApiError) -> Vec<String> {
        let problems = error.problems().into_iter();
        problems.map(|problem| problem.to_string()).collect()
    }

    /// A batch of alerts, as a server of November 2026 refused it.
    const ALERTS: &str = r#"{"0": {
        "params": {"alert_type": "mood", "code": "jane-doe", "note": ["value_already_exist"]},
        "errors": "Validation errors: {\"alert_type\":[\"invalid_type\"]}"
    }}"#;

    #[test]
    fn a_refused_alert_says_index_field_and_code_and_nothing_of_the_request() {
        let details: Value = serde_json::from_str(ALERTS).unwrap();
        let error = refused(details.clone());
        assert!(error.has("alert_type", "invalid_type"));
        assert_eq!(problems(&error), ["0.alert_type: invalid_type"]);
        let Details::Items(items) = error.details() else {
            panic!("{:?}", error.details());
        };
        assert_eq!(
            items.get(0).and_then(Details::only),
            Some(("alert_type", "invalid_type"))
        );
        // What the server sent is all there.
        assert_eq!(error.raw()["error_details"], details);
        assert_eq!(serde_json::to_value(&error).unwrap(), *error.raw());
    }

    #[test]
    fn errors_beside_a_request_are_read_in_every_form() {
        let echo = |errors: Value| json!({"params": {"code": "jane_doe"}, "errors": errors});
        let error = refused(json!({
            "0": echo(json!("Validation errors: {\"code\":[\"value_already_exist\",\"too_long\"],\"base\":\"x_y\"}")),
            "1": echo(json!("billable_metric_not_found")),
            "2": echo(json!({"thresholds": ["value_is_mandatory"]})),
            "3": echo(json!(["feature_unavailable"])),
            "4": echo(json!("Validation errors: {\"code\":")),
            "5": echo(json!(null)),
            "6": {"name": ["value_is_mandatory"]},
            "7": "Validation errors: {\"name\":[\"value_is_mandatory\"]}",
        }));
        let mut said = problems(&error);
        // Whether serde_json keeps the order of keys is up to its features.
        said[..3].sort();
        assert_eq!(
            said,
            [
                "0.base: x_y",
                "0.code: too_long",
                "0.code: value_already_exist",
                "1: billable_metric_not_found",
                "2.thresholds: value_is_mandatory",
                "3: feature_unavailable",
                "4: Validation errors: {\"code\":",
                "6.name: value_is_mandatory",
                "7.name: value_is_mandatory",
            ]
        );
        let one = refused(echo(json!("Validation errors: {\"name\":[\"too_long\"]}")));
        assert_eq!(problems(&one), ["name: too_long"]);
    }

    #[test]
    fn fields_that_are_called_like_that_are_fields() {
        let error = refused(json!({"params": ["value_is_invalid"], "errors": ["too_long"]}));
        assert!(error.has("params", "value_is_invalid") && error.has("errors", "too_long"));
        // What another party said is left as it is.
        let said = json!({"http_body": "Validation errors: {\"a\":[\"b\"]}", "message": "m"});
        let error = ApiError::from(json!({"code": "provider_error", "error_details": said}));
        let Details::Provider(provider) = error.details() else {
            panic!("{:?}", error.details());
        };
        assert_eq!(provider.http_body, Some(&said["http_body"]));
    }
}
