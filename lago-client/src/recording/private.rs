//! What is private, as tables: by the names of properties.

/// Kinds of what is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Private {
    Email,
    Name,
    Address,
    Phone,
    TaxNumber,
    Url,
    Secret,
    Text,
}

use Private::{Address, Email, Name, Phone, Secret, TaxNumber, Text, Url};

/// The properties that are masked, whatever object has them.
const PROPERTIES: &[(&str, Private)] = &[
    ("access_token", Secret),
    ("address_line1", Address),
    ("address_line2", Address),
    ("api_key", Secret),
    ("authorization", Secret),
    ("bcc", Email),
    ("cc", Email),
    ("checkout_url", Url),
    ("city", Address),
    ("content", Text),
    ("customer_name", Name),
    ("email", Email),
    ("file_url", Url),
    ("firstname", Name),
    ("grpc_token", Secret),
    ("hmac_key", Secret),
    ("invoice_footer", Text),
    ("ip_address", Address),
    ("lastname", Name),
    ("legal_name", Name),
    ("legal_number", TaxNumber),
    ("logo_url", Url),
    ("name", Name),
    ("password", Secret),
    ("payment_url", Url),
    ("phone", Phone),
    ("portal_url", Url),
    ("secret", Secret),
    ("signed_document_url", Url),
    ("state", Address),
    ("tax_identification_number", TaxNumber),
    ("to", Email),
    ("token", Secret),
    ("url", Url),
    ("user_email", Email),
    ("user_emails", Email),
    ("value", Text),
    ("web_url", Url),
    ("webhook_url", Url),
    ("webhook_urls", Url),
    ("xml_url", Url),
    ("zipcode", Address),
];

/// How properties end that are masked as well, those that no document has among them.
const ENDS: &[(&str, Private)] = &[
    ("_email", Email),
    ("_password", Secret),
    ("_secret", Secret),
    ("_token", Secret),
    ("_url", Url),
];

/// Maps whose values are anybody's, under any name.
pub(super) const FREE: [&str; 1] = ["metadata"];

/// Objects whose properties are names of fields, and whose values are codes.
pub(super) const CODES: [&str; 1] = ["error_details"];

/// The headers of a response that say something about it. All else may be a cookie.
pub(super) const HEADERS: [&str; 6] = [
    "content-type",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

impl Private {
    /// What a reader is told that it was.
    pub(super) fn word(self) -> &'static str {
        match self {
            Email => "e-mail",
            Name => "name",
            Address => "address",
            Phone => "phone",
            TaxNumber => "tax number",
            Url => "URL",
            Secret => "secret",
            Text => "text",
        }
    }
}

/// How a property is masked, if it is.
pub(super) fn private(name: &str) -> Option<Private> {
    let found = PROPERTIES.iter().find(|(known, _)| *known == name);
    let ends = ENDS.iter().find(|(end, _)| name.ends_with(end));
    found.or(ends).map(|(_, private)| *private)
}

/// Whether what a JSON pointer leads to is masked.
pub(super) fn is_private(pointer: &str) -> bool {
    let mut inside_codes = false;
    pointer.split('/').any(|step| {
        inside_codes |= CODES.contains(&step);
        !inside_codes && (private(step).is_some() || FREE.contains(&step))
    })
}
