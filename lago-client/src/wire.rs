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
///
/// A body comes last, and is one thing or the other: the type of what [`json`](Self::json) and
/// [`root`](Self::root) give back has no function that would write over it.
pub(crate) struct Draft {
    method: Method,
    url: String,
    query: Query,
    /// A query that somebody else wrote, in place of the other.
    written_query: Option<String>,
}

/// A request whose body is an object that is written root by root. Without a root there is no body.
pub(crate) struct RootsDraft {
    draft: Draft,
    body: Body,
}

/// A request with all that is in it.
pub(crate) struct WholeDraft {
    draft: Draft,
    body: Body,
}

/// What is written of a body, and what could not be.
#[derive(Default)]
struct Body {
    json: Vec<u8>,
    invalid: Option<InvalidRequest>,
}

impl Draft {
    fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: Query::default(),
            written_query: None,
        }
    }

    /// The whole query as somebody else wrote it, if there is such a one.
    #[cfg(feature = "gateway")]
    pub(crate) fn written_query(mut self, query: Option<&str>) -> Self {
        self.written_query = query.map(str::to_owned);
        self
    }

    /// A parameter of the query, or several, or none: see [`QueryValue`].
    pub(crate) fn query(mut self, name: &str, value: &impl QueryValue) -> Self {
        value.write(name, &mut self.query);
        self
    }

    /// One value of a body that is an object, under its key.
    pub(crate) fn root(self, key: &'static str, value: &impl Serialize) -> RootsDraft {
        self.root_if(true, key, value)
    }

    /// The same, where the value is there.
    pub(crate) fn root_if(
        self,
        there: bool,
        key: &'static str,
        value: &impl Serialize,
    ) -> RootsDraft {
        let roots = RootsDraft {
            draft: self,
            body: Body::default(),
        };
        roots.root_if(there, key, value)
    }

    /// The whole body.
    pub(crate) fn json(self, value: &impl Serialize) -> WholeDraft {
        self.json_if(Some(value))
    }

    /// The whole body, where there is one.
    pub(crate) fn json_if(self, value: Option<&impl Serialize>) -> WholeDraft {
        let mut body = Body::default();
        if let Some(value) = value {
            body.write(value);
        }
        WholeDraft { draft: self, body }
    }

    /// The request, without a body.
    pub(crate) fn build(self) -> Result<Request, InvalidRequest> {
        self.build_with(Bytes::new())
    }

    /// The request, with a body that is written as JSON already.
    pub(crate) fn build_with(self, json: Bytes) -> Result<Request, InvalidRequest> {
        let pairs = self.query.pairs()?;
        let mut url = Url::parse(&self.url).map_err(InvalidRequest::url)?;
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        if let Some(query) = &self.written_query {
            url.set_query(Some(query));
        }
        let length = url.as_str().len();
        if length > LONGEST_URL {
            let why = format!("it has {length} bytes, and HTTP clients take {LONGEST_URL}");
            return Err(InvalidRequest::url(why));
        }
        let mut request = Request::new(self.method, url);
        if !json.is_empty() {
            *request.body_mut() = Some(json.into());
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        Ok(request)
    }
}

impl RootsDraft {
    /// One more value under its key.
    pub(crate) fn root(mut self, key: &'static str, value: &impl Serialize) -> Self {
        let before = if self.body.json.is_empty() {
            b'{'
        } else {
            b','
        };
        self.body.json.push(before);
        self.body.write(&key);
        self.body.json.push(b':');
        self.body.write(value);
        self
    }

    /// The same, where the value is there.
    pub(crate) fn root_if(self, there: bool, key: &'static str, value: &impl Serialize) -> Self {
        match there {
            true => self.root(key, value),
            false => self,
        }
    }

    /// The request, when all of it could be written.
    pub(crate) fn build(mut self) -> Result<Request, InvalidRequest> {
        if !self.body.json.is_empty() {
            self.body.json.push(b'}');
        }
        self.body.build(self.draft)
    }
}

impl WholeDraft {
    /// The request, when all of it could be written.
    pub(crate) fn build(self) -> Result<Request, InvalidRequest> {
        self.body.build(self.draft)
    }
}

impl Body {
    /// What cannot be written is known by what was written before it.
    fn write(&mut self, value: &impl Serialize) {
        if let Err(error) = serde_json::to_writer(&mut self.json, value) {
            let why = lago_types::encode::located(&self.json, &error);
            self.invalid.get_or_insert(InvalidRequest::body(why));
        }
    }

    /// The request that it is the body of, when all of it could be written.
    fn build(self, draft: Draft) -> Result<Request, InvalidRequest> {
        match self.invalid {
            // The query stands before it.
            Some(invalid) => draft.query.pairs().and(Err(invalid)),
            None => draft.build_with(self.json.into()),
        }
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
        let said = |built: Result<Request, InvalidRequest>| built.unwrap_err().to_string();
        assert_eq!(
            said(draft().json(&Never).build()),
            "the request cannot be written: `at` is a time in milliseconds"
        );
        assert_eq!(
            said(draft().root("things", &["x"].map(|_| Never)).build()),
            "the request cannot be written: `things[0]`: `at` is a time in milliseconds"
        );
    }
}
