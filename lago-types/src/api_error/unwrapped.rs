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
    let is_wrapped = |item: &Value| has_request(item) || in_text(item).is_some();
    items.values().any(is_wrapped).then(|| {
        let items = items.iter().map(|(index, item)| {
            let opened = match has_request(item) {
                true => Some(without_request(item)),
                false => in_text(item),
            };
            (index.clone(), opened.unwrap_or_else(|| item.clone()))
        });
        items.collect::<Map<_, _>>().into()
    })
}

/// What is inside a single wrapping. A list under `params` is the codes of a field of that name.
fn opened(details: &Value) -> Option<Value> {
    match has_request(details) && !details["params"].is_array() {
        true => Some(without_request(details)),
        false => in_text(details),
    }
}

/// Whether the request, in whatever form, stands beside what is said of it.
fn has_request(details: &Value) -> bool {
    details.get("params").is_some()
}

/// What is said of a request: its errors, or all that stands beside it.
fn without_request(details: &Value) -> Value {
    if let Some(errors) = details.get("errors") {
        return in_text(errors).unwrap_or_else(|| errors.clone());
    }
    let fields = details.as_object().into_iter().flatten();
    let others = fields.filter(|(name, _)| *name != "params");
    let others = others.map(|(name, value)| (name.clone(), value.clone()));
    others.collect::<Map<_, _>>().into()
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
    fn a_request_in_any_form_and_beside_anything_is_never_told() {
        let params = [
            json!({"code": "jane_doe"}),
            json!(["jane_doe"]),
            json!("jane_doe"),
            json!([{"code": "jane_doe"}]),
            json!(null),
        ];
        for params in params {
            for (item, said) in [
                (
                    json!({"params": params, "error": "x_y"}),
                    vec!["0.error: x_y"],
                ),
                (json!({"params": params, "errors": ["x_y"]}), vec!["0: x_y"]),
                (json!({"params": params}), vec![]),
            ] {
                let error = refused(json!({"0": item}));
                assert_eq!(problems(&error), said, "{params}");
                assert!(!error.to_string().contains("jane_doe"), "{error}");
            }
        }
        let one = refused(json!({"params": {"code": "jane_doe"}, "error": "x_y"}));
        assert_eq!(problems(&one), ["error: x_y"]);
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
