//! What to say of a message that cannot be read, or of which something would be passed over.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::text::{repeated, values};
use crate::gateway::results::{Level, open};

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const INVALID_PARAMS: i32 = -32602;

/// How many bytes a message may have.
pub(super) const MOST_BYTES: usize = 10 << 20;

/// Why a message cannot be read, as JSON-RPC says it.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed {
    code: i32,
    why: String,
    /// That of the request, or null when nobody can tell.
    id: Value,
    is_notification: bool,
}

impl Malformed {
    fn new(code: i32, why: impl Into<String>, id: Value) -> Self {
        Self {
            code,
            why: why.into(),
            id,
            is_notification: false,
        }
    }

    /// That it is longer than a message may be.
    pub(super) fn too_long() -> Self {
        let why = format!("the message has more than {MOST_BYTES} bytes");
        Self::new(INVALID_REQUEST, why, Value::Null)
    }

    /// What is wrong with a message that can be read, but not without passing something over: the one of two values that
    /// have the same name, or a cursor, so that the list would begin anew.
    pub(super) fn of_readable(message: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(message).ok()?;
        let method = values(text, "method").into_iter().next()?;
        let mut params = values(text, "params").into_iter();
        params
            .any(|params| passed_over(method, params).is_some())
            .then(|| Self::of(message))
    }

    /// What is wrong with a message that could not be read.
    pub(super) fn of(message: &[u8]) -> Self {
        let json = match serde_json::from_slice::<&RawValue>(message) {
            Ok(json) => json.get(),
            Err(error) => {
                let why = format!("the message is no JSON: {error}");
                return Self::new(PARSE_ERROR, why, Value::Null);
            }
        };
        let entries = match open(json) {
            Some(Level::Object(entries)) => entries,
            Some(Level::Array(_)) => {
                let why = "batches are not taken: send each message by itself";
                return Self::new(INVALID_REQUEST, why, Value::Null);
            }
            _ => {
                let why = r#"a message is an object such as {"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
                return Self::new(INVALID_REQUEST, why, Value::Null);
            }
        };
        let all = |name: &str| {
            let named = entries.iter().filter(|(key, _)| key == name);
            named.map(|(_, value)| *value).collect::<Vec<_>>()
        };
        let text = |name: &str| match *all(name) {
            [value] => serde_json::from_str::<String>(value).ok(),
            _ => None,
        };
        let has = |name: &str| !all(name).is_empty();
        let id = match *all("id") {
            [id] => serde_json::from_str(id).ok().filter(is_id),
            _ => None,
        };
        let is_notification = !has("id") && text("method").is_some();
        let id = id.unwrap_or_default();
        let request = |why: &str| Self::new(INVALID_REQUEST, why, id.clone());
        let twice = ["jsonrpc", "id", "method", "params"];
        if let Some(name) = twice.into_iter().find(|name| all(name).len() > 1) {
            return request(&format!("`{name}` stands in the message more than once"));
        }
        if has("id") && id.is_null() {
            return request("`id` has to be text or a whole number of 64 bits");
        }
        if text("jsonrpc").as_deref() != Some("2.0") {
            return request("`jsonrpc` has to be \"2.0\"");
        }
        if has("result") || has("error") {
            return request("it is neither a request nor a response that can be read");
        }
        if text("method").is_none() {
            return request("`method` has to be the name of a method, as text");
        }
        let method = all("method").into_iter().next().unwrap_or_default();
        let params = all("params").into_iter().next().unwrap_or("{}");
        let why = passed_over(method, params).unwrap_or_else(|| unread(params));
        Self {
            is_notification,
            ..Self::new(INVALID_PARAMS, why, id)
        }
    }

    /// Whether whoever sent it waits for an answer: nobody does after a notification whose parameters are wrong.
    pub(super) fn has_answer(&self) -> bool {
        !self.is_notification
    }

    /// The answer, in JSON.
    pub(super) fn answer(&self) -> String {
        let error = json!({"code": self.code, "message": self.why});
        json!({"jsonrpc": "2.0", "id": self.id, "error": error}).to_string()
    }

    /// What to say of it in the log, which holds nothing of what came.
    pub(super) fn note(&self) -> String {
        format!("malformed{}", self.code)
    }
}

/// Whether a value can tell a request from others. MCP has no null there.
fn is_id(id: &Value) -> bool {
    id.is_string() || id.as_i64().is_some()
}

/// The method that lists the tools, as a message has it: the only list here that has pages.
const TOOLS: &str = "\"tools/list\"";

/// What would be passed over of parameters, and what is right. The method is in quotes.
fn passed_over(method: &str, params: &str) -> Option<String> {
    if let Some(pointer) = repeated(params) {
        return Some(format!(
            "in `params` `{pointer}` is given more than once: give one value"
        ));
    }
    if !method.ends_with("/list\"") {
        return None;
    }
    // Programs write null for what they leave out.
    let cursor = values(params, "cursor").into_iter().next()?;
    match (cursor.starts_with('"'), method) {
        _ if cursor == "null" => None,
        (true, TOOLS) => None,
        (true, _) => Some("the cursor is none of this list".to_owned()),
        (false, _) => {
            Some("`cursor` has to be text, the `nextCursor` of the page before".to_owned())
        }
    }
}

/// Why parameters cannot be read.
fn unread(params: &str) -> String {
    if !params.starts_with('{') {
        return "`params` has to be an object".to_owned();
    }
    match serde_json::from_str::<Value>(params) {
        Err(error) => format!("`params` cannot be read: {error}"),
        Ok(_) => "`params` or its `_meta` is not what the method takes".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn malformed(message: &str) -> (i64, Value, String) {
        let answer: Value =
            serde_json::from_str(&Malformed::of(message.as_bytes()).answer()).unwrap();
        assert_eq!(answer["jsonrpc"], "2.0");
        let error = &answer["error"];
        let words = error["message"].as_str().unwrap().to_owned();
        (error["code"].as_i64().unwrap(), answer["id"].clone(), words)
    }

    #[test]
    fn what_is_wrong_is_said_to_whoever_asked() {
        let half = r#""\ud800""#;
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for (message, code, id, words) in [
            ("", PARSE_ERROR, json!(null), "no JSON: EOF"),
            ("hello", PARSE_ERROR, json!(null), "line 1 column 1"),
            (
                r#"{"jsonrpc":"2.0","id":1"#,
                PARSE_ERROR,
                json!(null),
                "EOF",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1} {}"#,
                PARSE_ERROR,
                json!(null),
                "trailing",
            ),
            ("[]", INVALID_REQUEST, json!(null), "batches"),
            (
                r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
                INVALID_REQUEST,
                json!(null),
                "by itself",
            ),
            ("1", INVALID_REQUEST, json!(null), "an object such as"),
            (
                r#"{"id":7,"method":"ping"}"#,
                INVALID_REQUEST,
                json!(7),
                "`jsonrpc`",
            ),
            (
                r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#,
                INVALID_REQUEST,
                json!("a"),
                "`jsonrpc`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                INVALID_REQUEST,
                json!(null),
                "`id`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
                INVALID_REQUEST,
                json!(null),
                "`id`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"ping"}"#,
                INVALID_REQUEST,
                json!(null),
                "`id`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
                INVALID_REQUEST,
                json!(null),
                "`id` stands",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1}"#,
                INVALID_REQUEST,
                json!(1),
                "`method`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":1}"#,
                INVALID_REQUEST,
                json!(1),
                "`method`",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#,
                INVALID_REQUEST,
                json!(1),
                "neither",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#,
                INVALID_PARAMS,
                json!(1),
                "an object",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"a":1e400}}}"#,
                INVALID_PARAMS,
                json!(1),
                "`params` cannot be read: number out of range",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","n\u0061me":"y"}}"#,
                INVALID_PARAMS,
                json!(1),
                "in `params` `/name` is given more than once",
            ),
            (
                &format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{{"a":{half}}}}}"#),
                INVALID_PARAMS,
                json!(1),
                "`params` cannot be read",
            ),
            (
                &format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{{"a":{deep}}}}}"#),
                INVALID_PARAMS,
                json!(1),
                "recursion limit",
            ),
        ] {
            let (its_code, its_id, its_words) = malformed(message);
            assert_eq!((its_code, its_id), (code.into(), id), "{message}");
            assert!(its_words.contains(words), "{message}: {its_words}");
        }
        let of_bytes = Malformed::of(b"{\"a\": \"\xff\"}");
        assert_eq!(of_bytes.code, PARSE_ERROR);
    }

    #[test]
    fn only_a_notification_whose_form_is_right_is_not_answered() {
        let of = |message: &str| Malformed::of(message.as_bytes()).has_answer();
        assert!(!of(
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#
        ));
        assert!(of(r#"{"method":"notifications/cancelled"}"#));
        assert!(of(
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#
        ));
        assert!(of("no JSON"));
    }

    #[test]
    fn a_value_that_is_one_of_several_is_told_by_where_it_is() {
        let of = |params: &str| {
            let message = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{params}}}"#);
            Malformed::of_readable(message.as_bytes()).map(|it| it.why)
        };
        for (params, pointer) in [
            (r#"{"name":"a","name":"b"}"#, "/name"),
            (r#"{"arguments":{},"argum\u0065nts":{}}"#, "/arguments"),
            (
                r#"{"inputResponses":{"confirm":{"a":1,"a":2}}}"#,
                "/inputResponses/confirm/a",
            ),
        ] {
            let why = of(params).unwrap_or_default();
            assert!(
                why.contains(&format!("`{pointer}` is given more")),
                "{params}: {why}"
            );
        }
        // The call says it of its arguments.
        for params in [
            r#"{"arguments":{"a":1,"a":2}}"#,
            r#"{"a":{"b":1},"b":[1,1]}"#,
            "[]",
        ] {
            assert_eq!(of(params), None, "{params}");
        }
    }

    #[test]
    fn a_cursor_that_nobody_gave_is_none() {
        let of = |method: &str, params: &str| {
            let message =
                format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
            Malformed::of_readable(message.as_bytes()).map(|it| it.why)
        };
        for cursor in ["1", "[]", "{}", "true", "[\"plans_list\"]"] {
            for method in ["tools/list", "prompts/list", "resources/templates/list"] {
                let why = of(method, &format!(r#"{{"cursor":{cursor}}}"#)).unwrap_or_default();
                assert!(
                    why.starts_with("`cursor` has to be text"),
                    "{method} {cursor}: {why}"
                );
            }
        }
        let why = of("resources/list", r#"{"cursor":"a"}"#).unwrap_or_default();
        assert_eq!(why, "the cursor is none of this list");
        for (method, params) in [
            ("tools/list", r#"{"cursor":"a"}"#),
            ("tools/list", r#"{"cursor":null}"#),
            ("prompts/list", "{}"),
            ("tools/call", r#"{"cursor":1}"#),
        ] {
            assert_eq!(of(method, params), None, "{method} {params}");
        }
    }
}
