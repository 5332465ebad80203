//! What the emitters print: plain, sorted, with every question answered.

mod argument;
mod constructor;
mod field;
mod limits;

use std::collections::BTreeMap;

pub(crate) use argument::ArgumentForm;
pub(crate) use constructor::{takes, takes_by_name};
pub(crate) use field::{ClientGenerated, Field, LeftOut, Presence};
pub(crate) use limits::{KEYWORDS, Limits};

/// The whole API.
#[derive(Debug)]
pub(crate) struct Api {
    /// The version of the document.
    pub(crate) version: String,
    /// The types by name.
    pub(crate) types: BTreeMap<String, Type>,
    /// The operations, the published ones first, by path and method.
    pub(crate) operations: Vec<Operation>,
    /// The structs that become others field by field: from, to.
    pub(crate) conversions: Vec<(String, String)>,
    /// The field by which people know the entries of a list that the server knows by id, by the
    /// struct of the entries.
    pub(crate) identified: BTreeMap<String, String>,
    /// The types of webhook deliveries, by name.
    pub(crate) webhooks: Vec<Webhook>,
    /// The words by which people look for an operation (`createPlan`), a noun (`plans.charges`) or a type that is called
    /// otherwise.
    pub(crate) aliases: BTreeMap<String, Vec<String>>,
    /// The guides that speak of a noun, by the noun.
    pub(crate) guides: BTreeMap<String, Vec<String>>,
    /// What is found at the nouns that lead to calls (`plans.charges`), as far as that is said.
    pub(crate) nouns: BTreeMap<String, String>,
}

/// A type of lago-types.
#[derive(Debug)]
pub(crate) struct Type {
    /// What it means.
    pub(crate) doc: Option<String>,
    /// Where it stands in the document, as an address.
    pub(crate) origin: String,
    /// Whether requests use it.
    pub(crate) sent: bool,
    /// Whether responses or webhooks use it.
    pub(crate) received: bool,
    /// Whether something published uses it; code for the others stands behind a feature.
    pub(crate) published: bool,
    /// What it is.
    pub(crate) kind: Kind,
}

/// The two kinds of named types.
#[derive(Debug)]
pub(crate) enum Kind {
    /// An object, its fields in document order.
    Struct(Vec<Field>),
    /// An open enum, with the places that list values when there are several.
    Enum {
        values: Vec<String>,
        /// What they mean, by value.
        words: BTreeMap<String, String>,
        sites: Vec<EnumSite>,
    },
}

/// A place that lists values of an enum.
#[derive(Debug)]
pub(crate) struct EnumSite {
    /// Its address.
    pub(crate) origin: String,
    /// The values that it lists.
    pub(crate) values: Vec<String>,
}

/// How a decimal travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a JSON string, with every digit.
    String,
    /// As a JSON number.
    Number,
    /// A JSON number of seconds since 1970.
    Seconds,
}

/// A reference to a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeRef {
    /// One of [`Api::types`].
    Named(String),
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// An exact decimal number.
    Decimal(Form),
    /// An instant.
    DateTime,
    /// A calendar date.
    Date,
    /// A UUID.
    Uuid,
    /// Any JSON.
    Json,
    /// A list.
    List(Box<TypeRef>),
    /// A map from text.
    Map(Box<TypeRef>),
    /// Something that may be null inside a list or map.
    Nullable(Box<TypeRef>),
}

/// An operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The operation id of the document.
    pub(crate) id: String,
    /// The HTTP method, upper case.
    pub(crate) method: String,
    /// Where the path begins on the server: `/api/v1`.
    pub(crate) base_path: String,
    /// The path template.
    pub(crate) path: String,
    /// One line on what it does.
    pub(crate) summary: Option<String>,
    /// More on what it does.
    pub(crate) description: Option<String>,
    /// Whether it should not be used any more.
    pub(crate) deprecated: bool,
    /// Path parameters in path order, then query parameters in document order.
    pub(crate) parameters: Vec<Parameter>,
    /// The request body.
    pub(crate) body: Option<Body>,
    /// What a 2xx response holds.
    pub(crate) response: Response,
    /// The values of the path that the response states again.
    pub(crate) identity: Vec<Identity>,
    /// Where the response of a deletion would still have what was deleted.
    pub(crate) gone: Option<Gone>,
    /// Whether a 2xx response may come without its body.
    pub(crate) may_be_empty: bool,
    /// How it may fail, by status.
    pub(crate) failures: Vec<Failures>,
    /// Whether the published document has it; code for the others stands behind a feature.
    pub(crate) published: bool,
    /// The accessors that lead to it: `plans`, `charges`.
    pub(crate) accessors: Vec<String>,
    /// The method on the last accessor.
    pub(crate) verb: String,
    /// What it does to what is there.
    pub(crate) effect: Effect,
    /// Whether it may reach beyond the server: a payment provider, a customer's mailbox.
    pub(crate) outside: bool,
    /// Whether its response has a link or token with which one can act without an API key.
    pub(crate) grants: bool,
    /// Whether it may be sent again when nobody knows if it was executed.
    pub(crate) idempotency: Idempotency,
    /// The first published version that has it, when known.
    pub(crate) since: Option<String>,
}

/// A value of a path that a response states again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The path parameter.
    pub(crate) parameter: String,
    /// The part of the value, or of each element of a list, that has it, unless they do themselves.
    pub(crate) part: Option<Part>,
    /// The property that is the same.
    pub(crate) property: String,
    /// Whether the body can give the property another value.
    pub(crate) set: SetBy,
}

impl Identity {
    /// The property as callers know it: `code`, `customer.external_id`.
    pub(crate) fn place(&self) -> String {
        let part = self.part.iter().map(|part| format!("{}.", part.name));
        part.collect::<String>() + &self.property
    }
}

/// A property of a response that holds an object, or a list of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name in JSON.
    pub(crate) name: String,
    /// Whether it may be null or missing.
    pub(crate) optional: bool,
}

/// Where the response of a deletion would still have what was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// As a key of the map that is the response; this path parameter names it.
    Key(String),
    /// As an element of the last of these lists, each in an element of the one before.
    Element(Vec<Elements>),
}

impl Gone {
    /// The path parameter that names what was deleted.
    pub(crate) fn parameter(&self) -> Option<&String> {
        match self {
            Self::Key(parameter) => Some(parameter),
            Self::Element(lists) => Some(&lists.last()?.parameter),
        }
    }
}

/// A list whose elements the path tells apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Elements {
    /// The property that holds the list; none when the response is the list.
    pub(crate) list: Option<Part>,
    /// The path parameter that names an element.
    pub(crate) parameter: String,
    /// The property of an element that is the same.
    pub(crate) property: String,
}

/// Where a body gives a property another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SetBy {
    /// Nowhere.
    Nothing,
    /// At its top.
    Body,
    /// Under these root keys, as far as they are there.
    Roots(Vec<String>),
}

/// What an operation does to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    Adds,
    Changes,
    Removes,
    Acts,
}

impl Effect {
    /// As operations.yaml writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Adds => "adds",
            Self::Changes => "changes",
            Self::Removes => "removes",
            Self::Acts => "acts",
        }
    }
}

/// Whether an operation may be sent again when nobody knows if it was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// It may.
    Idempotent,
    /// It may, because everything that is sent has a key by which the server recognises it.
    WithKey(Key),
    /// It may not.
    NotIdempotent,
}

/// By what the server recognises a thing that it was sent before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The property that is the key.
    pub(crate) name: String,
    /// The property that is its time.
    pub(crate) time: String,
    /// The properties that have to be equal besides.
    pub(crate) content: Vec<String>,
    /// Those of them that are amounts.
    pub(crate) amounts: Vec<String>,
    /// The operation that reads it back by its key.
    pub(crate) lookup: String,
}

/// Failures of an operation that share a status.
#[derive(Debug)]
pub(crate) struct Failures {
    /// The status.
    pub(crate) status: String,
    /// The codes that tell them apart, as far as they are known.
    pub(crate) codes: Vec<String>,
}

/// A type of webhook deliveries.
#[derive(Debug)]
pub(crate) struct Webhook {
    /// Its key in the document.
    pub(crate) key: String,
    /// The `webhook_type` of its deliveries.
    pub(crate) name: String,
    /// The key under which a delivery holds the object, also its `object_type`.
    pub(crate) root: String,
    /// The type of the object.
    pub(crate) ty: TypeRef,
    /// When it is sent and what it carries.
    pub(crate) doc: Option<String>,
    /// Whether the published document has it.
    pub(crate) published: bool,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// The name on the wire.
    pub(crate) name: String,
    /// The words of its name in Rust, which no other parameter of the operation has.
    pub(crate) rust: String,
    /// Where it stands in the document, as an address: it may be shared.
    pub(crate) origin: String,
    /// Where it goes.
    pub(crate) place: ParameterPlace,
    /// Which values it takes.
    pub(crate) limits: Limits,
    /// What it means.
    pub(crate) doc: Option<String>,
    /// An example value as JSON text.
    pub(crate) example: Option<String>,
}

/// Where a parameter goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ParameterPlace {
    /// Into the path, as text.
    Path,
    /// Into the query.
    Query { required: bool, ty: TypeRef },
    /// Into the query as `name[key]=value`, a pair for each entry.
    QueryMap { required: bool },
}

/// A request body.
#[derive(Debug)]
pub(crate) struct Body {
    /// Whether the operation needs one.
    pub(crate) required: bool,
    /// What it looks like.
    pub(crate) shape: BodyShape,
}

/// What a request body looks like.
#[derive(Debug)]
pub(crate) enum BodyShape {
    /// The type itself.
    Type(TypeRef),
    /// An object that holds the type under a root key, and options beside it.
    Roots(Vec<Field>),
    /// One of several root keys.
    Choice(Vec<Field>),
}

/// What a 2xx response holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// Nothing.
    Empty,
    /// Text that is no JSON.
    Text,
    /// The type itself.
    Type(TypeRef),
    /// An object that holds the value under a root key.
    Root { key: String, ty: TypeRef },
    /// A page of a list.
    Page { key: String, item: TypeRef },
    /// One of several of these, by root key.
    Choice(Vec<Response>),
}

impl Response {
    /// The root keys under which the value may stand.
    pub(crate) fn roots(&self) -> Vec<&str> {
        match self {
            Self::Empty | Self::Text | Self::Type(_) => Vec::new(),
            Self::Root { key, .. } | Self::Page { key, .. } => vec![key],
            Self::Choice(responses) => responses.iter().flat_map(Self::roots).collect(),
        }
    }
}
