//! Decimals in JSON.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, Unexpected, Visitor},
    ser,
};

use super::number::{Parts, without_leading_zeros};
use super::{Decimal, Excerpt, Form, raw};
use crate::Patch;

/// Writes the decimals of a field as strings: `#[serde(serialize_with = "crate::decimal::as_string")]`.
pub(crate) fn as_string<T: DecimalField, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field.serialize_in(Form::String, serializer)
}

/// Writes the decimals of a field as JSON numbers: `#[serde(serialize_with = "crate::decimal::as_number")]`.
///
/// JSON text keeps every digit. Other formats and buffers get an integer of 64 bits, or the nearest `f64`.
///
/// # Errors
/// Where it comes to an `f64`: when the value is so large or so small that it would be infinite or zero.
pub(crate) fn as_number<T: DecimalField, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field.serialize_in(Form::Number, serializer)
}

/// The types of field that [`as_string`] and [`as_number`] take.
pub(crate) trait DecimalField {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error>;

    /// Looks at every decimal that there is.
    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E>;
}

impl DecimalField for Decimal {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        match form {
            Form::String => serializer.serialize_str(self.as_str()),
            // A key of a map is text, whatever is in it.
            Form::Number if raw::takes_keys::<S>() => serializer.serialize_str(self.as_str()),
            Form::Number if raw::takes_text::<S>() => {
                raw::serialize(&json_number(self.as_str()), serializer)
            }
            Form::Number => self.serialize_nearest(serializer),
        }
    }

    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E> {
        look(self)
    }
}

impl Decimal {
    /// As a number of serde's data model.
    fn serialize_nearest<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.as_str();
        if !text.contains(['.', 'e', 'E']) {
            if let Ok(integer) = text.parse() {
                return serializer.serialize_i64(integer);
            }
            if let Ok(integer) = text.parse() {
                return serializer.serialize_u64(integer);
            }
        }
        let float = self.to_f64();
        if !float.is_finite() || (float == 0.0 && !self.is_zero()) {
            let excerpt = Excerpt::new(text);
            return Err(ser::Error::custom(format_args!(
                "the decimal {:?} does not fit a 64-bit float",
                excerpt.as_str()
            )));
        }
        serializer.serialize_f64(float)
    }
}

/// The number in the grammar of JSON, which knows no `+5`, `.5`, `5.` or `007`.
fn json_number(text: &str) -> Cow<'_, str> {
    let Ok(parts) = Parts::parse(text) else {
        // What a decimal holds is a number.
        return Cow::Borrowed("0");
    };
    let is_json = !text.starts_with('+')
        && matches!(parts.whole, [b'0'] | [b'1'..=b'9', ..])
        && (!parts.fraction.is_empty() || !text.contains('.'));
    if is_json {
        return Cow::Borrowed(text);
    }
    let digits = |digits| str::from_utf8(digits).unwrap_or_default();
    let mut json = String::with_capacity(text.len() + 1);
    json.push_str(if parts.negative { "-" } else { "" });
    match without_leading_zeros(parts.whole) {
        [] => json.push('0'),
        whole => json.push_str(digits(whole)),
    }
    if !parts.fraction.is_empty() {
        json.push('.');
        json.push_str(digits(parts.fraction));
    }
    if parts.exponent != 0 {
        json.push('e');
        json.push_str(&parts.exponent.to_string());
    }
    Cow::Owned(json)
}

impl<T: DecimalField> DecimalField for Option<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(field) => serializer.serialize_some(&In(form, field)),
            None => serializer.serialize_none(),
        }
    }

    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E> {
        self.iter().try_for_each(|field| field.try_each(look))
    }
}

impl<T: DecimalField> DecimalField for Patch<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_value().serialize_in(form, serializer)
    }

    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E> {
        self.as_value().try_each(look)
    }
}

impl<T: DecimalField> DecimalField for Vec<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|field| In(form, field)))
    }

    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E> {
        self.iter().try_for_each(|field| field.try_each(look))
    }
}

impl<T: DecimalField> DecimalField for &T {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_in(form, serializer)
    }

    fn try_each<E>(&self, look: &impl Fn(&Decimal) -> Result<(), E>) -> Result<(), E> {
        (**self).try_each(look)
    }
}

/// A field, to be written in this form.
struct In<'a, T>(Form, &'a T);

impl<T: DecimalField> Serialize for In<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.serialize_in(self.0, serializer)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize_in(self.spelling.form(), serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match raw::gives_text::<D::Error>() {
            true => deserializer.deserialize_newtype_struct(raw::TEXT, DecimalVisitor),
            false => deserializer.deserialize_any(DecimalVisitor),
        }
    }
}

struct DecimalVisitor;

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number or a string with one")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::integer(value, Form::Number))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::unchecked(value, Form::Number))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        Decimal::float(value, Form::Number).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        Decimal::checked(text, Form::String).map_err(E::custom)
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Decimal, E> {
        Decimal::checked(text, Form::String).map_err(E::custom)
    }

    // From a deserializer that gives no text after all: the buffers that serde derives for untagged enums and
    // flattened fields have its error and not its ways.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Decimal, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Decimal, A::Error> {
        match map.next_key() {
            Ok(Some(raw::Key::Text)) => map.next_value_seed(Json),
            Ok(Some(raw::Key::Number)) => {
                let number: Cow<'de, str> = map.next_value()?;
                Decimal::checked(number, Form::Number).map_err(de::Error::custom)
            }
            _ => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// The text of any JSON value, which serde_json has checked.
struct Json;

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Decimal;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Decimal, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Json {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DecimalVisitor.expecting(f)
    }

    fn visit_str<E: de::Error>(self, json: &str) -> Result<Decimal, E> {
        let unexpected = match json.as_bytes() {
            [b'"', ..] => return string(json),
            [b'-' | b'0'..=b'9', ..] => {
                return Decimal::checked(json, Form::Number).map_err(E::custom);
            }
            [b'n', ..] => Unexpected::Unit,
            [b't', ..] => Unexpected::Bool(true),
            [b'f', ..] => Unexpected::Bool(false),
            [b'[', ..] => Unexpected::Seq,
            _ => Unexpected::Map,
        };
        Err(E::invalid_type(unexpected, &self))
    }
}

/// Reads a JSON string.
fn string<E: de::Error>(json: &str) -> Result<Decimal, E> {
    let quoted = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    if let Some(decimal) = quoted.and_then(|text| Decimal::checked(text, Form::String).ok()) {
        return Ok(decimal);
    }
    // No number, or one that is spelled with escapes.
    let text: String = serde_json::from_str(json).map_err(|_| {
        E::invalid_value(
            Unexpected::Other("a string that is no text"),
            &DecimalVisitor,
        )
    })?;
    Decimal::checked(text, Form::String).map_err(E::custom)
}
