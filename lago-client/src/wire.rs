//! Writes requests: method, URL, query, JSON body. No HTTP client and no connection take part.

mod invalid;
mod path;
pub(crate) mod query;

use bytes::Bytes;
use http::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Request, Url};
use serde::Serialize;

use crate::operation::Operation;

pub(crate) use invalid::InvalidRequest;
pub(crate) use path::segment;
use query::{Query, QueryValue};

/// In bytes; what the `http` crate takes.
const LONGEST_URL: usize = 65_534;

/// Begins the request of an operation.
pub(crate) fn draft(operation: &Operation, url: String) -> Draft {
    Draft::new(operation.method.into(), url)
}

/// A request that is being written. What cannot be written is said at the end, by [`build`](Self::build).
pub(crate) struct Draft {
    method: Method,
    url: String,
    query: Query,
    body: Body,
    invalid: Option<InvalidRequest>,
}

/// How far a body is written.
enum Body {
    /// There is none.
    None,
    /// It is an object whose end is not written, for another root may follow.
    Roots(Vec<u8>),
    /// It is whole.
    Whole(Bytes),
}

impl Draft {
    fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: Query::default(),
            body: Body::None,
            invalid: None,
        }
    }

    /// A parameter of the query, or several, or none: see [`QueryValue`].
    pub(crate) fn query(mut self, name: &str, value: &impl QueryValue) -> Self {
        value.write(name, &mut self.query);
        self
    }

    /// One value of a body that is an object, under its key.
    pub(crate) fn root(mut self, key: &'static str, value: &impl Serialize) -> Self {
        let mut body = match std::mem::replace(&mut self.body, Body::None) {
            Body::Roots(mut body) => {
                body.push(b',');
                body
            }
            // A whole body has no roots: what is written last counts.
            Body::None | Body::Whole(_) => vec![b'{'],
        };
        let written = serde_json::to_writer(&mut body, key).and_then(|()| {
            body.push(b':');
            serde_json::to_writer(&mut body, value)
        });
        self.note(&body, written);
        self.body = Body::Roots(body);
        self
    }

    /// The same, where the value is there.
    pub(crate) fn root_if(self, there: bool, key: &'static str, value: &impl Serialize) -> Self {
        match there {
            true => self.root(key, value),
            false => self,
        }
    }

    /// The whole body.
    pub(crate) fn json(mut self, value: &impl Serialize) -> Self {
        let mut body = Vec::new();
        let written = serde_json::to_writer(&mut body, value);
        self.note(&body, written);
        self.body = Body::Whole(body.into());
        self
    }

    /// The whole body, which somebody has written as JSON.
    #[cfg(feature = "ingest")]
    pub(crate) fn whole(mut self, json: Bytes) -> Self {
        self.body = Body::Whole(json);
        self
    }

    /// The whole body, where there is one.
    pub(crate) fn json_if(self, value: Option<&impl Serialize>) -> Self {
        match value {
            Some(value) => self.json(value),
            None => self,
        }
    }

    /// What cannot be written is known by what was written before it.
    fn note(&mut self, body: &[u8], written: serde_json::Result<()>) {
        if let Err(error) = written {
            let why = lago_types::encode::located(body, &error);
            self.invalid.get_or_insert(InvalidRequest::body(why));
        }
    }

    /// The request, when all of it could be written.
    pub(crate) fn build(self) -> Result<Request, InvalidRequest> {
        let pairs = self.query.pairs()?;
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        let mut url = Url::parse(&self.url).map_err(InvalidRequest::url)?;
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let length = url.as_str().len();
        if length > LONGEST_URL {
            let why = format!("it has {length} bytes, and HTTP clients take {LONGEST_URL}");
            return Err(InvalidRequest::url(why));
        }
        let mut request = Request::new(self.method, url);
        let body: Bytes = match self.body {
            Body::None => return Ok(request),
            Body::Roots(mut body) => {
                body.push(b'}');
                body.into()
            }
            Body::Whole(body) => body,
        };
        *request.body_mut() = Some(body.into());
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use lago_types::Patch;
    use serde_json::json;

    use super::*;

    const URL: &str = "http://lago.test/api/v1/things";

    fn draft() -> Draft {
        Draft::new(Method::POST, URL.to_owned())
    }

    fn body(request: &Request) -> Option<&str> {
        let bytes = request.body()?.as_bytes()?;
        Some(std::str::from_utf8(bytes).unwrap())
    }

    #[test]
    fn roots_stand_beside_each_other_in_one_object() {
        let thing = json!({ "code": "a" });
        let none: Option<i64> = None;
        let cleared: Patch<i64> = Patch::Null;
        let request = draft()
            .root("thing", &thing)
            .root_if(none.is_some(), "left_out", &none)
            .root_if(!cleared.is_absent(), "cleared", &cleared)
            .build()
            .unwrap();
        assert_eq!(
            body(&request),
            Some(r#"{"thing":{"code":"a"},"cleared":null}"#)
        );
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    }

    #[test]
    fn what_is_left_out_is_no_body_and_no_query() {
        let none: Option<i64> = None;
        let request = draft()
            .query("page", &none)
            .json_if(none.as_ref())
            .build()
            .unwrap();
        assert_eq!(request.url().as_str(), URL);
        assert_eq!(request.method(), Method::POST);
        assert!(request.body().is_none() && request.headers().is_empty());
    }

    #[test]
    fn a_url_is_refused_where_no_http_client_takes_it() {
        let with = |length: usize| {
            let code = "a".repeat(length - URL.len() - "?code=".len());
            draft().query("code", &code).build()
        };
        let longest = with(LONGEST_URL).unwrap();
        assert!(longest.url().as_str().parse::<http::Uri>().is_ok());
        let longer = with(LONGEST_URL + 1).unwrap_err().to_string();
        assert_eq!(
            longer,
            "the URL of the request cannot be written: it has 65535 bytes, and HTTP clients take 65534"
        );
        let uri = "http://lago.test/".to_owned() + &"a".repeat(LONGEST_URL);
        assert!(uri.parse::<http::Uri>().is_err());
    }

    #[test]
    fn a_whole_body_is_what_it_is_without_a_root() {
        let request = draft().json(&json!([1, null])).build().unwrap();
        assert_eq!(body(&request), Some("[1,null]"));
    }

    #[test]
    fn what_json_cannot_hold_is_said_when_the_request_is_built() {
        struct Never;
        impl Serialize for Never {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("`at` is a time in milliseconds"))
            }
        }
        let said = |draft: Draft| draft.build().unwrap_err().to_string();
        assert_eq!(
            said(draft().json(&Never)),
            "the request cannot be written: `at` is a time in milliseconds"
        );
        assert_eq!(
            said(draft().root("things", &["x"].map(|_| Never))),
            "the request cannot be written: `things[0]`: `at` is a time in milliseconds"
        );
    }
}
