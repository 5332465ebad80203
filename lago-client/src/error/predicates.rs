//! What to ask a failure.

use reqwest::StatusCode;

use super::{Error, Kind};

impl Error {
    /// The server may have executed the call, or did. Then an operation that is not idempotent was not
    /// repeated; look whether it happened before you repeat it.
    ///
    /// It is false where no request left, and where each response proves that the server did nothing. These
    /// responses do: JSON that repeats the HTTP status in `status`, with
    ///
    /// | status | `error` | `code` |
    /// |---|---|---|
    /// | 400 | `BadRequest: …`, `Bad Request`, `coupons_must_be_an_array` | none |
    /// | 401 | `Unauthorized` | none |
    /// | 403 | `Forbidden` | `read_action_not_allowed_for_…`, `write_action_not_allowed_for_…`, `feature_unavailable`, `feature_not_available`, `endpoint_not_available`, `forbidden` |
    /// | 404 | `Not Found` | `…_not_found` |
    /// | 405 | `Method Not Allowed` | any |
    /// | 409 | `Conflict` | none |
    /// | 422 | `Unprocessable Entity` | `validation_errors` |
    /// | 422 | any | `lock_acquisition_failed`, `stripe_required` |
    ///
    /// A 404 or 422 that names a payment provider is not among them: the server saves a customer before
    /// it looks for the provider. Everything else leaves a doubt: no response or a part of one, 5xx and 429,
    /// other statuses and redirects, what a gateway says, errors of payment providers and third parties,
    /// and a success that cannot be read or is too large. So does no connection
    /// ([`is_connect`](Self::is_connect)) where the HTTP client is one of
    /// [your own](crate::ClientBuilder::http_client), or the browser's.
    ///
    /// It speaks for all attempts. A 404, 405 or 422 may be the response to a repeat of what the server
    /// had executed already: after a deletion of which the first response was lost, the second says
    /// 404. Where this is false, the server did nothing.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.0.may_be_executed
    }

    /// The request is malformed, or lacks its root (400). The server sends no code, only a
    /// [`message`](Self::message).
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.answered(StatusCode::BAD_REQUEST)
    }

    /// Nothing exists under this id or code (404). The code says which noun is missing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.answered(StatusCode::NOT_FOUND)
    }

    /// The request contradicts a rule (422); see [`details`](Self::details).
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.answered(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// The API key is not accepted (401). The server responds with the same when a payment provider
    /// refuses the credentials that it holds.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.answered(StatusCode::UNAUTHORIZED)
    }

    /// The key may not do this, or the feature is not available (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.answered(StatusCode::FORBIDDEN)
    }

    /// Someone else changed the same thing at the same time (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.answered(StatusCode::CONFLICT)
    }

    /// Too many requests, for the API or for a payment provider behind it (429), or so many that the
    /// next one was not even sent. [`retry_after`](Self::retry_after) may say how long to wait.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == Kind::Paced || self.answered(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The server or a gateway before it is in trouble (5xx).
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.0.kind == Kind::Api && self.status().is_some_and(|status| status.is_server_error())
    }

    /// The time limit passed before the response was complete, before there was a connection, or
    /// before a file was made.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Timeout | Kind::Connect { timed_out: true } | Kind::NotReady
        )
    }

    /// No connection was made, name resolution and TLS included: this attempt sent nothing, and every call
    /// is repeated after it.
    ///
    /// That is known of the HTTP client that [`ClientBuilder`](crate::ClientBuilder::http_client) makes itself.
    /// One of your own may have been redirected to a server to which there is no connection, after the first one
    /// acted: then this says no more than why there is no response, [`is_ambiguous`](Self::is_ambiguous) is true
    /// as well, and only idempotent calls are repeated. Nor does it tell apart a time limit that ends while
    /// yours is connecting.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect { .. })
    }

    /// The server says that the API is elsewhere (3xx). It is not followed: write the right address
    /// into the base URL.
    ///
    /// So it is when an HTTP client of [your own](crate::ClientBuilder::http_client) followed a redirect and
    /// brings a success of another URL, unless the call only reads: after most redirects what was a `POST` is a
    /// `GET`, and the list of what there is looks like what was created.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        let is_redirection = || self.status().is_some_and(|status| status.is_redirection());
        match self.0.kind {
            Kind::Redirected => true,
            Kind::Api => is_redirection(),
            _ => false,
        }
    }

    /// The connection broke before the response was complete, or may have: a response without a length
    /// (HTTP/1.0, `connection: close`) ends where the connection does. JSON tells whether it is whole. Text,
    /// and no body where [`None`] is a response, are believed once two attempts of the call have brought the same,
    /// so that a call that has one attempt ends with this. [`body`](Self::body) is what came.
    ///
    /// So it is when the future of a call is polled outside of the runtime in which it was first, where its
    /// connection is.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(self.0.kind, Kind::Transport | Kind::Elsewhere)
    }

    /// The response, or a file, has more bytes than
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes) allows. If Lago sent a
    /// response that says success, the call was executed; if a proxy did, perhaps not. A file can be fetched as a
    /// [`stream`](crate::FileRequest::stream).
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge(_))
    }

    /// The response says success and cannot be read. If Lago sent it, the call was executed; if a proxy did, perhaps
    /// not, so [`is_ambiguous`](Self::is_ambiguous) is true as well. Do not repeat the call for that: look at
    /// [`body`](Self::body), and whether it was done.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode(_))
    }

    /// The server said yes, and its response is about another object than the path of the call: it states
    /// another `external_id`, `code` or `lago_id` of itself or of its owner, or still has the metadata
    /// key, the privilege or the entitlement that was to be deleted.
    /// Something between, such as a proxy that decodes `%2E`, made another path of it. A call that
    /// changes or deletes was executed, on that other object: this notices it and does not prevent it.
    ///
    /// [`body`](Self::body) holds the object; [`is_ambiguous`](Self::is_ambiguous) is true as well. Do
    /// not repeat the call. Responses that state nothing of the path are not compared, and a path that
    /// became that of another operation mostly has a response that cannot be read
    /// ([`is_decode`](Self::is_decode)).
    #[must_use]
    pub fn is_other_object(&self) -> bool {
        matches!(self.0.kind, Kind::OtherObject(_))
    }

    /// A walk over a list ([`items`](crate::Request::items), [`pages`](crate::Request::pages)) came to
    /// 100 empty pages in a row, and the last one names another.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.0.kind == Kind::Endless
    }

    /// The client or the request cannot be made like this; nothing was sent.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self.0.kind, Kind::Config(_) | Kind::Request(_))
    }

    /// The server has not made a [file](crate::FileRequest) within the time limit. It may be there a
    /// little later, or never, where the server makes no such files.
    #[must_use]
    pub fn is_not_ready(&self) -> bool {
        self.0.kind == Kind::NotReady
    }

    /// The API said where a [file](crate::FileRequest) is, and it cannot be fetched from there.
    /// [`status`](Self::status), [`headers`](Self::headers) and [`body`](Self::body) are what the
    /// storage said; 403 or 404 mean that the link has expired or the file is gone.
    #[must_use]
    pub fn is_storage(&self) -> bool {
        self.0.of_storage
    }

    /// Whether it speaks of a request to which a redirect led, or may.
    pub(crate) fn is_of_another_request(&self) -> bool {
        self.0.is_of_another_request
    }

    fn answered(&self, status: StatusCode) -> bool {
        self.0.kind == Kind::Api && self.status() == Some(status)
    }
}
