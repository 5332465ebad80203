//! The shape of an OpenAPI document as data: which keys an object has in canonical order, which of
//! them are prose, and what stands below them.

use Context::*;
use Identity::{Keys, Position};
use Order::{Kept, Sorted};
use Shape::{Fact, License, List, Map, Object, Prose};

/// The kinds of objects that OpenAPI 3.1 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Components,
    Document,
    Encoding,
    Example,
    ExternalDocs,
    Header,
    Info,
    Link,
    MediaType,
    Operation,
    Parameter,
    PathItem,
    /// A schema that stands under a property's name.
    Property,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Upstream's, verbatim.
    Fact,
    /// Text of ours.
    Prose,
    /// The licence of the document, which is ours as well.
    License,
    Object(Context),
    List(Context, Identity),
    Map(&'static Shape, Order),
}

/// Which item of our list is the same thing as an item of theirs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Identity {
    Position,
    /// Equal values under these keys, or the same `$ref`.
    Keys(&'static [&'static str]),
}

/// How the entries of a map are ordered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// As in the document: the fields of Rust structs follow it.
    Kept,
    /// By name, so that a moved entry is no difference.
    Sorted,
}

type Fields = &'static [(&'static str, Shape)];

const EXTERNAL_DOCS: Shape = Object(ExternalDocs);
const PARAMETERS: Shape = List(Parameter, Keys(&["in", "name"]));
const SERVERS: Shape = List(Server, Keys(&["url"]));
const CONTENT: Shape = Map(&Object(MediaType), Kept);
const EXAMPLES: Shape = Map(&Object(Example), Kept);
const HEADERS: Shape = Map(&Object(Header), Kept);
const CALLBACK: Shape = Map(&Object(PathItem), Kept);
const MEMBERS: Shape = List(Schema, Position);

impl Context {
    /// The keys of such an object in canonical order. Others are facts and follow in their own.
    pub(super) const fn fields(self) -> Fields {
        match self {
            Components => COMPONENTS,
            Document => DOCUMENT,
            Encoding => ENCODING,
            Example => EXAMPLE,
            ExternalDocs => &[("description", Prose), ("url", Fact)],
            Header => HEADER,
            Info => INFO,
            Link => LINK,
            MediaType => MEDIA_TYPE,
            Operation => OPERATION,
            Parameter => PARAMETER,
            PathItem => PATH_ITEM,
            RequestBody => REQUEST_BODY,
            Response => RESPONSE,
            Property | Schema => SCHEMA,
            SecurityScheme => SECURITY_SCHEME,
            Server => SERVER,
            ServerVariable => SERVER_VARIABLE,
            Tag => TAG,
        }
    }
}

const DOCUMENT: Fields = &[
    ("openapi", Fact),
    ("info", Object(Info)),
    ("jsonSchemaDialect", Fact),
    ("servers", SERVERS),
    ("security", Fact),
    ("tags", List(Tag, Keys(&["name"]))),
    ("paths", Map(&Object(PathItem), Sorted)),
    ("webhooks", Map(&Object(PathItem), Sorted)),
    ("components", Object(Components)),
    ("externalDocs", EXTERNAL_DOCS),
];

const INFO: Fields = &[
    ("title", Prose),
    ("summary", Prose),
    ("description", Prose),
    ("version", Fact),
    ("termsOfService", Fact),
    ("contact", Fact),
    ("license", License),
];

const SERVER: Fields = &[
    ("url", Fact),
    ("description", Prose),
    ("variables", Map(&Object(ServerVariable), Kept)),
];

const SERVER_VARIABLE: Fields = &[("description", Prose), ("enum", Fact), ("default", Fact)];

const TAG: Fields = &[
    ("name", Fact),
    ("description", Prose),
    ("externalDocs", EXTERNAL_DOCS),
];

const PATH_ITEM: Fields = &[
    ("$ref", Fact),
    ("summary", Prose),
    ("description", Prose),
    ("servers", SERVERS),
    ("parameters", PARAMETERS),
    ("get", Object(Operation)),
    ("post", Object(Operation)),
    ("put", Object(Operation)),
    ("patch", Object(Operation)),
    ("delete", Object(Operation)),
    ("head", Object(Operation)),
    ("options", Object(Operation)),
    ("trace", Object(Operation)),
];

const OPERATION: Fields = &[
    ("tags", Fact),
    ("summary", Prose),
    ("description", Prose),
    ("operationId", Fact),
    ("deprecated", Fact),
    ("servers", SERVERS),
    ("security", Fact),
    ("parameters", PARAMETERS),
    ("requestBody", Object(RequestBody)),
    ("responses", Map(&Object(Response), Sorted)),
    ("callbacks", Map(&CALLBACK, Kept)),
    ("externalDocs", EXTERNAL_DOCS),
];

const PARAMETER: Fields = &[
    ("$ref", Fact),
    ("name", Fact),
    ("in", Fact),
    ("description", Prose),
    ("required", Fact),
    ("deprecated", Fact),
    ("allowEmptyValue", Fact),
    ("style", Fact),
    ("explode", Fact),
    ("allowReserved", Fact),
    ("schema", Object(Schema)),
    ("content", CONTENT),
    ("example", Fact),
    ("examples", EXAMPLES),
];

const HEADER: Fields = &[
    ("$ref", Fact),
    ("description", Prose),
    ("required", Fact),
    ("deprecated", Fact),
    ("style", Fact),
    ("explode", Fact),
    ("schema", Object(Schema)),
    ("content", CONTENT),
    ("example", Fact),
    ("examples", EXAMPLES),
];

const REQUEST_BODY: Fields = &[
    ("$ref", Fact),
    ("summary", Prose),
    ("description", Prose),
    ("required", Fact),
    ("content", CONTENT),
];

const RESPONSE: Fields = &[
    ("$ref", Fact),
    ("summary", Prose),
    ("description", Prose),
    ("headers", HEADERS),
    ("content", CONTENT),
    ("links", Map(&Object(Link), Kept)),
];

const MEDIA_TYPE: Fields = &[
    ("schema", Object(Schema)),
    ("encoding", Map(&Object(Encoding), Kept)),
    ("example", Fact),
    ("examples", EXAMPLES),
];

const ENCODING: Fields = &[
    ("contentType", Fact),
    ("headers", HEADERS),
    ("style", Fact),
    ("explode", Fact),
    ("allowReserved", Fact),
];

const EXAMPLE: Fields = &[
    ("$ref", Fact),
    ("summary", Prose),
    ("description", Prose),
    ("value", Fact),
    ("externalValue", Fact),
];

const LINK: Fields = &[
    ("$ref", Fact),
    ("operationRef", Fact),
    ("operationId", Fact),
    ("description", Prose),
    ("parameters", Fact),
    ("requestBody", Fact),
    ("server", Object(Server)),
];

const SECURITY_SCHEME: Fields = &[
    ("$ref", Fact),
    ("type", Fact),
    ("description", Prose),
    ("name", Fact),
    ("in", Fact),
    ("scheme", Fact),
    ("bearerFormat", Fact),
    ("flows", Fact),
    ("openIdConnectUrl", Fact),
];

const COMPONENTS: Fields = &[
    ("securitySchemes", Map(&Object(SecurityScheme), Sorted)),
    ("parameters", Map(&Object(Parameter), Sorted)),
    ("headers", Map(&Object(Header), Sorted)),
    ("requestBodies", Map(&Object(RequestBody), Sorted)),
    ("responses", Map(&Object(Response), Sorted)),
    ("schemas", Map(&Object(Schema), Sorted)),
    ("examples", Map(&Object(Example), Sorted)),
    ("links", Map(&Object(Link), Sorted)),
    ("callbacks", Map(&CALLBACK, Sorted)),
    ("pathItems", Map(&Object(PathItem), Sorted)),
];

const SCHEMA: Fields = &[
    ("$schema", Fact),
    ("$id", Fact),
    ("$anchor", Fact),
    ("$ref", Fact),
    ("title", Prose),
    ("description", Prose),
    ("$comment", Prose),
    ("type", Fact),
    ("format", Fact),
    ("nullable", Fact),
    ("enum", Fact),
    ("const", Fact),
    ("pattern", Fact),
    ("minLength", Fact),
    ("maxLength", Fact),
    ("minimum", Fact),
    ("exclusiveMinimum", Fact),
    ("maximum", Fact),
    ("exclusiveMaximum", Fact),
    ("multipleOf", Fact),
    ("minItems", Fact),
    ("maxItems", Fact),
    ("uniqueItems", Fact),
    ("minProperties", Fact),
    ("maxProperties", Fact),
    ("allOf", MEMBERS),
    ("oneOf", MEMBERS),
    ("anyOf", MEMBERS),
    ("not", Object(Schema)),
    ("if", Object(Schema)),
    ("then", Object(Schema)),
    ("else", Object(Schema)),
    ("discriminator", Fact),
    ("required", Fact),
    ("dependentRequired", Fact),
    ("properties", Map(&Object(Property), Kept)),
    ("patternProperties", Map(&Object(Schema), Kept)),
    ("dependentSchemas", Map(&Object(Schema), Kept)),
    ("additionalProperties", Object(Schema)),
    ("unevaluatedProperties", Object(Schema)),
    ("propertyNames", Object(Schema)),
    ("prefixItems", MEMBERS),
    ("items", Object(Schema)),
    ("unevaluatedItems", Object(Schema)),
    ("contains", Object(Schema)),
    ("minContains", Fact),
    ("maxContains", Fact),
    ("contentEncoding", Fact),
    ("contentMediaType", Fact),
    ("contentSchema", Object(Schema)),
    ("default", Fact),
    ("example", Fact),
    ("examples", Fact),
    ("deprecated", Fact),
    ("readOnly", Fact),
    ("writeOnly", Fact),
    ("xml", Fact),
    ("externalDocs", EXTERNAL_DOCS),
    ("$defs", Map(&Object(Schema), Kept)),
];
