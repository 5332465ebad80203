//! Stand-ins for what of a server's data nobody else is to see, and for the API key wherever it stands.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::private::Private::{self, Email, Text, Url};
use super::private::{CODES, FREE, HEADERS, is_private, private};

/// A key that is shorter is also a part of words that are none.
const SHORTEST_KEY: usize = 8;

/// Gives each thing that is private one stand-in, the same each time.
///
/// ```
/// use lago_client::recording::Masks;
/// use serde_json::json;
///
/// let mut masks = Masks::new("key-that-is-secret");
/// let customer = json!({ "external_id": "acme", "email": "jane@acme.test", "name": "Jane" });
/// let masked = masks.value(&customer);
/// assert_eq!(masked["external_id"], "acme");
/// assert_eq!(masked["email"], "masked-1@masked.test");
/// assert_eq!(masks.text("to jane@acme.test"), "to masked-1@masked.test");
/// ```
#[derive(Default)]
pub struct Masks {
    keys: Vec<String>,
    known: BTreeMap<(Private, String), usize>,
}

impl Masks {
    /// Masks that know the API key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        let mut masks = Self::default();
        masks.hide(key);
        masks
    }

    /// Hides another API key, wherever it stands. One with fewer than 8 characters is not looked for: it is also a part
    /// of words that are none.
    pub fn hide(&mut self, key: &str) {
        if key.len() >= SHORTEST_KEY && !self.keys.iter().any(|known| known == key) {
            self.keys.push(key.to_owned());
            // The longest first: one may begin like another.
            self.keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
        }
    }

    /// What kind of private thing stands where a JSON pointer leads to, in a word for people; none where it is nothing
    /// private.
    #[must_use]
    pub fn what_is_private(pointer: &str) -> Option<&'static str> {
        let named = || pointer.rsplit('/').find_map(private).unwrap_or(Text);
        is_private(pointer).then(|| named().word())
    }

    /// A text without the API key and without e-mail addresses.
    #[must_use]
    pub fn text(&mut self, text: &str) -> String {
        let hidden = |text: String, key: &String| text.replace(key, "masked-key");
        let mut clean = self.keys.iter().fold(text.to_owned(), hidden);
        for email in emails(&clean) {
            let stand_in = self.stand_in(Email, &email);
            clean = clean.replace(&email, &stand_in);
        }
        clean
    }

    /// A value with stand-ins for what is private in it.
    #[must_use]
    pub fn value(&mut self, value: &Value) -> Value {
        self.below(value, None, false)
    }

    fn below(&mut self, value: &Value, named: Option<Private>, is_codes: bool) -> Value {
        match (value, named) {
            (Value::Object(fields), _) => {
                let fields = fields.iter().map(|(name, value)| {
                    let is_codes = is_codes || CODES.contains(&name.as_str());
                    let inner = match name.as_str() {
                        name if is_codes => named.filter(|_| !CODES.contains(&name)),
                        name if FREE.contains(&name) && value.is_object() => Some(Text),
                        name => private(name).or(named),
                    };
                    let value = match (name.as_str(), value) {
                        ("request_path", Value::String(path)) => Value::from(self.path(path)),
                        _ if is_kept(name, value) => value.clone(),
                        _ => self.below(value, inner.filter(|_| !is_codes), is_codes),
                    };
                    (self.text(name), value)
                });
                Value::Object(fields.collect::<Map<_, _>>())
            }
            (Value::Array(items), _) => {
                let items = items.iter();
                items
                    .map(|item| self.below(item, named, is_codes))
                    .collect()
            }
            (Value::String(text), Some(private)) => Value::from(self.stand_in(private, text)),
            (Value::String(text), None) => Value::from(match json_in(text) {
                Some(inner) => self.below(&inner, None, is_codes).to_string(),
                None => self.text(text),
            }),
            (Value::Number(_), Some(private)) if private != Text => Value::from(0),
            (other, _) => other.clone(),
        }
    }

    fn stand_in(&mut self, private: Private, text: &str) -> String {
        if text.is_empty() || is_stand_in(text) {
            return text.to_owned();
        }
        let next = self.known.len() + 1;
        let number = *self.known.entry((private, text.to_owned())).or_insert(next);
        match private {
            Email => format!("masked-{number}@masked.test"),
            Url => format!("https://masked.test/{number}"),
            other => format!("masked {} {number}", other.word()),
        }
    }

    /// Path and query, percent signs and all.
    fn path(&mut self, target: &str) -> String {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path: Vec<String> = path.split('/').map(|part| self.part(part)).collect();
        let query = query.map(|query| {
            let pairs: Vec<String> = query
                .split('&')
                .map(|pair| match pair.split_once('=') {
                    Some((name, value)) => format!("{name}={}", self.part(value)),
                    None => pair.to_owned(),
                })
                .collect();
            format!("?{}", pairs.join("&"))
        });
        path.join("/") + &query.unwrap_or_default()
    }

    /// A segment of a path or a value of a query: as it was, unless something in it is masked.
    fn part(&mut self, part: &str) -> String {
        let Some(text) = decoded(part) else {
            return part.to_owned();
        };
        let masked = self.text(&text);
        match masked == text {
            true => part.to_owned(),
            false => encoded(&masked),
        }
    }

    /// An exchange that may be kept: of the headers those that say something about the response.
    #[must_use]
    pub fn exchange(&mut self, exchange: &Exchange) -> Exchange {
        let headers = exchange.response_headers.iter();
        let headers = headers.filter(|(name, _)| HEADERS.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.clone(), self.value(value)));
        let headers = headers.collect();
        Exchange {
            method: exchange.method.clone(),
            path: self.path(&exchange.path),
            status: exchange.status,
            request_body: self.value(&exchange.request_body),
            response_headers: headers,
            response_body: self.value(&exchange.response_body),
        }
    }
}

impl fmt::Debug for Masks {
    /// Without what they hide.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masks")
            .field("keys", &self.keys.len())
            .field("known", &self.known.len())
            .finish()
    }
}

/// Values of billing that happen to stand under a name that is private elsewhere.
fn is_kept(name: &str, value: &Value) -> bool {
    // Thresholds of alerts and rates have numbers there, as text.
    let text = value.as_str().unwrap_or_default();
    name == "value" && text.parse::<f64>().is_ok()
}

/// The object or list that a text is: logs have changes so.
fn json_in(text: &str) -> Option<Value> {
    text.starts_with(['{', '[']).then_some(())?;
    serde_json::from_str(text).ok()
}

fn is_stand_in(text: &str) -> bool {
    let is_numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    text.ends_with("@masked.test")
        || text
            .strip_prefix("https://masked.test/")
            .is_some_and(is_numbered)
        || text.starts_with("masked ") && text.rsplit(' ').next().is_some_and(is_numbered)
}

/// The e-mail addresses in a text.
fn emails(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || "._%+-@".contains(c);
    let words = text.split(|c: char| !is_part(c));
    let words = words.map(|word| word.trim_matches('.'));
    let is_email = |word: &&str| {
        word.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.starts_with('.') && host.contains('.') && !host.contains('@')
        })
    };
    let mut found: Vec<String> = words.filter(is_email).map(str::to_owned).collect();
    // The longest first: one may end like another.
    found.sort_by_key(|email| std::cmp::Reverse(email.len()));
    found.dedup();
    found
}

fn decoded(part: &str) -> Option<String> {
    let form = format!("x={}", part.replace('+', "%2B"));
    let url = reqwest::Url::parse(&format!("http://lago.test/?{form}")).ok()?;
    let (_, value) = url.query_pairs().next()?;
    Some(value.into_owned())
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        _ if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_value_has_the_same_stand_in_everywhere() {
        let mut masks = Masks::new("key-that-is-secret");
        let body = json!({ "customer": {
            "external_id": "jo@acme.test", "email": "jo@acme.test", "name": "Jo", "phone": 5,
            "firstname": "", "metadata": [{ "key": "k", "value": "private" }], "code": "pro",
            "note": "Bearer key-that-is-secret", "emails": ["a, jo@acme.test"], "url": null,
        }, "error_details": { "email": ["invalid"] } });
        let masked = masks.value(&body);
        let customer = &masked["customer"];
        assert_eq!(customer["external_id"], customer["email"]);
        assert_eq!(customer["email"], "masked-1@masked.test");
        assert_eq!(
            (&customer["phone"], &customer["firstname"]),
            (&json!(0), &json!(""))
        );
        assert_eq!(customer["code"], "pro");
        assert_eq!(customer["note"], "Bearer masked-key");
        assert_eq!(customer["emails"], json!(["a, masked-1@masked.test"]));
        assert_eq!(masked["error_details"], body["error_details"]);
        let said = masked.to_string();
        assert!(
            !said.contains("private") && !said.contains("\"Jo\""),
            "{said}"
        );
        assert_eq!(
            masks.path("/api/v1/customers/jo%40acme%2Etest/wallets?code=a+b&x=jo@acme.test"),
            "/api/v1/customers/masked-1%40masked%2Etest/wallets?code=a+b&x=masked-1%40masked%2Etest"
        );
        assert_eq!(
            masks.value(&masked),
            masked,
            "masking twice changes nothing"
        );
    }
}
