//! The shape in which Lago says no.

use lago_types::ApiError;
use serde_json::Value;

/// `{status, error, code, error_details}`, of which only `status` and `error` always come.
#[derive(Debug)]
pub(crate) struct ApiBody(pub(crate) ApiError);

/// In bytes. A value of JSON takes up to a hundred times the memory of its text.
const LARGEST: usize = 1 << 20;

impl ApiBody {
    /// Reads the body of an error; none when it is not Lago's, or too large to be worth reading.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        if body.len() > LARGEST {
            return None;
        }
        let body: ApiError = serde_json::from_slice(body).ok()?;
        (body.error().is_some() || body.code().is_some()).then_some(Self(body))
    }

    /// The details as they came.
    pub(crate) fn details(&self) -> Option<&Value> {
        self.0
            .raw()
            .get("error_details")
            .filter(|details| !details.is_null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
