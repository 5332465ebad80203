//! The shape in which Lago says no.

use lago_types::ApiError;
use serde_json::Value;

/// `{status, error, code, error_details}`, of which only `status` and `error` always come.
#[derive(Debug)]
pub(crate) struct ApiBody(pub(crate) ApiError);

/// A code or key that is a word of the API, not a text in which data of customers could stand.
pub(crate) fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// In bytes. A value of JSON takes up to a hundred times the memory of its text.
const LARGEST: usize = 1 << 20;

/// The longest summary of details that still reads as a line.
const MOST_FIELDS: usize = 4;

impl ApiBody {
    /// Reads the body of an error; none when it is not Lago's, or too large to be worth reading.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        if body.len() > LARGEST {
            return None;
        }
        let body: ApiError = serde_json::from_slice(body).ok()?;
        (body.error().is_some() || body.code().is_some()).then_some(Self(body))
    }

    /// The code, when it is a word of the API that a log may hold.
    pub(crate) fn word(&self) -> Option<&str> {
        self.0.code().filter(|code| is_code(code))
    }

    /// The details as they came.
    pub(crate) fn details(&self) -> Option<&Value> {
        self.0
            .raw()
            .get("error_details")
            .filter(|details| !details.is_null())
    }

    /// `external_id: value_already_exist`: what the details say in words of the API.
    pub(crate) fn summary(&self) -> Option<String> {
        let mut said = Vec::new();
        collect(self.details()?, "", &mut said);
        (!said.is_empty() && said.len() <= MOST_FIELDS).then(|| said.join(", "))
    }
}

fn collect(details: &Value, path: &str, said: &mut Vec<String>) {
    match details {
        Value::Object(fields) => {
            for (field, below) in fields.iter().filter(|(field, _)| is_code(field)) {
                let path = if path.is_empty() {
                    field.clone()
                } else {
                    format!("{path}.{field}")
                };
                collect(below, &path, said);
            }
        }
        Value::Array(codes) => {
            let codes: Vec<&str> = codes
                .iter()
                .filter_map(Value::as_str)
                .filter(|code| is_code(code))
                .collect();
            if !codes.is_empty() {
                said.push(format!("{path}: {}", codes.join(", ")));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_details_is_kept_and_codes_are_summed_up() {
        let summary = |details: &str| {
            let body =
                format!(r#"{{"status":422,"error":"e","code":"c","error_details":{details}}}"#);
            let body = ApiBody::parse(body.as_bytes()).unwrap();
            assert_eq!(body.details().unwrap().to_string(), details);
            body.summary()
        };
        assert_eq!(
            summary(r#"{"code":["value_already_exist"]}"#).unwrap(),
            "code: value_already_exist"
        );
        assert_eq!(
            summary(r#"{"0":{"code":["a","b"]}}"#).unwrap(),
            "0.code: a, b"
        );
        assert_eq!(summary(r#""a text about jane@example.com""#), None);
        assert_eq!(summary(r#"{"message":"card of jane@example.com"}"#), None);
        assert_eq!(summary(r#"{"code":["Jane Doe"]}"#), None);
    }

    #[test]
    fn a_body_is_read_up_to_its_limit() {
        let of_length = |length: usize| {
            let (head, end) = (r#"{"status":422,"code":"c","error":""#, r#""}"#);
            let sentence = "x".repeat(length - head.len() - end.len());
            format!("{head}{sentence}{end}")
        };
        let parse = |length| ApiBody::parse(of_length(length).as_bytes());
        assert_eq!(parse(LARGEST).unwrap().0.code(), Some("c"));
        assert!(parse(LARGEST + 1).is_none());
    }

    #[test]
    fn what_is_not_lagos_is_no_error_body() {
        assert!(ApiBody::parse(b"<html>").is_none());
        assert!(ApiBody::parse(b"{}").is_none());
        assert!(ApiBody::parse(br#"{"status":401,"error":"Unauthorized"}"#).is_some());
    }
}
