//! What is known of an operation before it is called.

/// An operation of the API, as [`OPERATIONS`](crate::OPERATIONS) lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation id of the published document: `findAllPlans`. Those that it lacks have one of ours.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Where `path` begins on the server: `/api/v1` for all that is published.
    pub base_path: &'static str,
    /// The path below that, parameters in braces: `/plans/{code}`.
    pub path: &'static str,
    /// Where this crate has it: `plans.charges.filters.get`.
    pub resource: &'static str,
    /// What it does to what is there.
    pub effect: Effect,
    /// Whether it may reach beyond the server: charge through a payment provider, e-mail a customer, ask a tax or an
    /// accounting system, or make Lago deliver to an address of the caller's.
    pub outside: bool,
    /// Whether its response has a link or token with which one can act without an API key: a customer's portal, a
    /// payment, events.
    pub grants: bool,
    /// Whether it may be sent again when nobody knows if the server executed it.
    pub idempotency: Idempotency,
    /// Whether a request has a body.
    pub body: RequestBody,
    /// The keys under which a response holds its value; none when the response is the value.
    pub roots: &'static [&'static str],
    /// Whether a success may have no body in place of the value: the server took the call and has nothing to give yet.
    pub(crate) may_be_empty: bool,
    /// Parameters of the path that a response states again, each with the property of the value, or of
    /// each element of a list, that is the same: `code`, or `customer.external_id` of an object in it.
    /// A response that states another is an [error](crate::Error::is_other_object).
    pub identity: &'static [(&'static str, &'static str)],
    /// Where the response of a deletion would still have what was deleted.
    pub(crate) gone: Option<Gone>,
    /// The first published version of the API that has it, when known.
    pub since: Option<&'static str>,
}

impl Operation {
    /// The same, whose response has a link or token with which one can act.
    #[allow(dead_code, reason = "some documents have no such operation")]
    pub(crate) const fn granting(mut self) -> Self {
        self.grants = true;
        self
    }

    /// The same, whose success may have no body in place of the value.
    #[allow(dead_code, reason = "some documents have no such operation")]
    pub(crate) const fn or_nothing(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// The first root key; empty when a response is the value. Most operations have one.
    pub(crate) const fn root(&self) -> &'static str {
        match self.roots {
            [first, ..] => first,
            [] => "",
        }
    }
}

/// Where the response of a deletion would still have what was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "some versions of the document have no such deletions, and only the stand-in reads them here: the checks \
              of calls are generated, with types"
)]
pub(crate) enum Gone {
    /// As a key of the map that is the response; this path parameter names it.
    Key(&'static str),
    /// As an element of the last of these lists, each in an element of the one before.
    Element(&'static [Elements]),
}

/// A list whose elements the path tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "as above")]
pub(crate) struct Elements {
    /// The property that holds the list; none when the response is the list.
    pub(crate) list: Option<&'static str>,
    /// The path parameter that names an element.
    pub(crate) parameter: &'static str,
    /// The property of an element that is the same.
    pub(crate) property: &'static str,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `TRACE`
    Trace,
}

impl Method {
    /// The method as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Trace => "TRACE",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Delete => Self::DELETE,
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
            Method::Patch => Self::PATCH,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Trace => Self::TRACE,
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What an operation does to what is there. Reviewed for each operation: the HTTP method does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: it reads or computes.
    Reads,
    /// It adds something, and leaves everything else as it is.
    Adds,
    /// It gives what is there other values.
    Changes,
    /// Something is gone after it, or has ended.
    Removes,
    /// It sets going what cannot be taken back: an invoice is issued or voided, a customer charged, an e-mail sent.
    Acts,
}

impl Effect {
    /// Whether what was there is another after it: all but to read and to add.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Self::Changes | Self::Removes | Self::Acts)
    }
}

/// Whether executing an operation twice leaves behind what one execution would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// Twice leaves behind what once would have: no second charge, object or e-mail, and nothing else deleted.
    Idempotent,
    /// Twice is as good as once because everything that is sent has a key by which the server recognises it. A call
    /// refuses what has none before anything is sent ([`is_usage`](crate::Error::is_usage)), so that every call that is
    /// made may be repeated.
    WithKey(Key),
    /// Twice may do it twice, or may be refused the second time. Look before you call it again.
    NotIdempotent,
}

impl Idempotency {
    /// Whether a call that was made may be repeated.
    pub(crate) fn may_repeat(self) -> bool {
        match self {
            Self::Idempotent | Self::WithKey(_) => true,
            Self::NotIdempotent => false,
        }
    }
}

/// How the server recognises something that it was sent before: by the names of properties in its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Key {
    /// The key: `transaction_id` of an event. Another thing needs another one.
    pub name: &'static str,
    /// When it happened, which counts as well in some stores of the server. A call that leaves it out
    /// fixes it before the first attempt.
    pub time: &'static str,
    /// What else has to be equal for two things to be the same one.
    pub content: &'static [&'static str],
    /// Which of that are amounts, equal when their values are: `12.5` and `12.50`.
    pub amounts: &'static [&'static str],
}

/// Whether a request has a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestBody {
    /// It has none.
    Absent,
    /// It may have one.
    Optional,
    /// It must have one.
    Required,
}

/// A row of the generated table.
#[expect(
    clippy::too_many_arguments,
    reason = "the table is read by columns, a line for each row"
)]
pub(crate) const fn row(
    id: &'static str,
    method: Method,
    base_path: &'static str,
    path: &'static str,
    resource: &'static str,
    effect: Effect,
    outside: bool,
    idempotency: Idempotency,
    body: RequestBody,
    roots: &'static [&'static str],
    identity: &'static [(&'static str, &'static str)],
    gone: Option<Gone>,
    since: Option<&'static str>,
) -> Operation {
    Operation {
        id,
        method,
        base_path,
        path,
        resource,
        effect,
        outside,
        grants: false,
        idempotency,
        body,
        roots,
        may_be_empty: false,
        identity,
        gone,
        since,
    }
}
